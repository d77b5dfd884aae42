/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The images at hand: those that somebody has, each with every launch
 * measurement that it can come to, and what sets any two of them apart.
 */
#ifndef AU_AT_HAND_H
#define AU_AT_HAND_H

#include "audit/diff/image_diff.h"
#include "audit/endorsement.h"

/* One letter each in a report. */
#define AU_AT_HAND_MAX ((size_t)16)

struct au_at_hand {
	const char *name; /* for people; borrowed */
	struct au_image image;
	/* Of all its launches under every rule, launch after launch. */
	struct au_candidates candidates;
	/* What the image carries about itself, compared with what it comes to;
	 * no root is trusted here.  Owned. */
	struct au_statements *statements;
};

/* Not to be copied. */
struct au_images {
	struct au_at_hand item[AU_AT_HAND_MAX];
	size_t n;
	struct au_image_diff *diff[AU_AT_HAND_MAX][AU_AT_HAND_MAX];
};

/*
 * Reads an image and measures it; bytes must outlive the list.  Refuses what
 * au_image_read refuses, and an image beyond AU_AT_HAND_MAX (EV_LIMIT).
 */
enum ev_code au_images_add(struct au_images *list, const char *name,
			   struct ev_span bytes, struct ev_crypto *crypto,
			   struct ev_error *err);
void au_images_free(struct au_images *list);

/* What sets number b apart from number a, compared when it is first asked
 * for; owned by the list.  EV_OK or trouble. */
enum ev_code au_images_diff(struct au_images *list, size_t a, size_t b,
			    struct ev_crypto *crypto,
			    const struct au_image_diff **out,
			    struct ev_error *err);

/* The candidate of a launch with that value, whole (reg->size bytes); the
 * default before a variant.  NULL: none. */
const struct au_candidate *au_at_hand_find(const struct au_at_hand *image,
					   const struct au_launch *launch,
					   const uint8_t *value);
/* How many candidates a launch has. */
size_t au_at_hand_count(const struct au_at_hand *image,
			const struct au_launch *launch);

#endif
