/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One launch measurement of the evidence beside the images at hand
 * (measurement page, section 6): which of them makes it and by which rule;
 * of those that do not, what sets them apart from the one that does.
 */
#ifndef AU_EXPLAINED_H
#define AU_EXPLAINED_H

#include "audit/at_hand.h"
#include "audit/compare.h"
#include "audit/measured.h"

/* One image beside the measurement. */
struct au_beside {
	enum au_result result;
	const struct au_launch *launch; /* NULL: none of that platform */
	const struct au_candidate *hit; /* NULL: no candidate has the value */
	size_t n_candidates;		/* whole values that were compared */
};

/* How many differences of two launches there are. */
struct au_set_apart {
	const struct au_image_diff *diff; /* borrowed from the images */
	size_t a, b;			  /* numbers of the images */
	size_t platform;		  /* number in diff */
	uint64_t measured_pages; /* that both or one of them measures */
	size_t pages;		 /* of the measured differences: pages */
	size_t other;		 /* of the measured differences: the rest */
	size_t unmeasured;	 /* they explain nothing */
	/* The first measured one, by address; NULL: there is none. */
	const struct au_image_difference *first;
};

struct au_explained {
	const struct au_measured *measured; /* borrowed */
	enum au_result result;		    /* the worst of the images */
	struct au_beside beside[AU_AT_HAND_MAX];
	size_t n_tried; /* candidates of all images */
	bool has_ran;	/* an image has the value: number `ran` */
	size_t ran;
	/* Of the image that ran against each that differs; where none did, of
	 * the first that has the platform against each of the others. */
	struct au_set_apart apart[AU_AT_HAND_MAX];
	size_t n_apart;
};

/*
 * Compares whole values, never a part.  A measurement that is not to be
 * believed, or of a guest that can be debugged, is compared with nothing.  An
 * image without that platform counts where no image has it.  EV_OK, or trouble.
 */
enum ev_code au_explain(struct au_images *images,
			const struct au_measured *measured,
			struct ev_crypto *crypto, struct au_explained *out,
			struct ev_error *err);

/* What the contents of both say in one sentence; never NULL, "" where they say
 * nothing. */
const char *au_set_apart_contents(const struct au_set_apart *apart);
/* Whether what the pages hold is the answer: it has names, or more pages differ
 * than a person looks at one by one. */
bool au_set_apart_by_contents(const struct au_set_apart *apart);

/* Pages of a launch whose contents enter its measurement. */
uint64_t au_launch_measured_pages(const struct au_launch *launch);

#endif
