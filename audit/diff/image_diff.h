/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two images compared: every platform of both, what differs of each, whether
 * it measures to the same, and what it is that differs (measurement page,
 * sections 6.3 to 6.5).
 */
#ifndef AU_IMAGE_DIFF_H
#define AU_IMAGE_DIFF_H

#include "audit/contents/contents_diff.h"
#include "audit/diff/launch_diff.h"
#include "audit/diff/memory_map.h"
#include "audit/image/image.h"

/* As many platform types as an IGVM file may hold, each once. */
#define AU_PLATFORMS_MAX ((size_t)16)

/* One of the two images, all borrowed. */
struct au_image_side {
	const char *name; /* of the file, as it was given */
	const struct au_image *image;
	struct ev_span map; /* text of its linker map, or empty */
};

struct au_platform_diff {
	const char *platform;	       /* as the image names it */
	const struct au_launch *a, *b; /* NULL: that image has it not */
	struct au_launch_diff diff;    /* where both have it */
	/* The launch measurements by the default rule, where there is a
	 * register and the image has the platform. */
	const struct au_register *reg;
	uint8_t value_a[AU_VALUE_MAX], value_b[AU_VALUE_MAX];
	bool equal; /* both are there and are the same */
	struct au_memory_map map_a, map_b;
	/* A measured page of both holds digests of the shared ones. */
	bool bound;
	/* The platform whose contents speak for this one, too, since the same
	 * pages differ in the same way: its own number, or a lower one. */
	size_t contents_of;
	struct au_contents_diff contents; /* where contents_of is its own */
};

/* A difference, and the platforms that have it. */
struct au_image_difference {
	const struct au_difference *d; /* of the first of them, borrowed */
	uint16_t platforms;	       /* bit i: number i of the list below */
};

/* "tdx", "snp", "vbs"; of a platform without a launch measurement what the
 * image calls it. */
static inline const char *
au_platform_diff_name(const struct au_platform_diff *p)
{
	return p->reg != NULL ? p->reg->platform_name : p->platform;
}

static inline bool au_image_difference_has(const struct au_image_difference *d,
					   size_t platform)
{
	return ((unsigned int)d->platforms >> platform & 1u) != 0;
}

struct au_image_diff {
	struct au_image_side a, b;
	struct au_platform_diff *platform; /* owned */
	size_t n_platforms;
	struct au_image_difference *item; /* owned, au_difference_cmp's order */
	size_t n;
	bool equal; /* both load the same on the same platforms */
};

/* Refuses a map that does not fit an image's platforms; EV_OK where there is
 * none.  What au_image_diff refuses as well, but of one image. */
enum ev_code au_image_map_check(const struct au_image_side *side,
				struct ev_error *err);

/*
 * Compares.  Refuses a map that does not parse, and trouble; on failure *out
 * is zeroed.
 */
enum ev_code au_image_diff(const struct au_image_side *a,
			   const struct au_image_side *b,
			   struct ev_crypto *crypto, struct au_image_diff *out,
			   struct ev_error *err);
void au_image_diff_free(struct au_image_diff *diff);

/* The component of a difference; never NULL, "" where nothing is known. */
const char *au_image_difference_component(const struct au_image_diff *diff,
					  const struct au_image_difference *d);

#endif
