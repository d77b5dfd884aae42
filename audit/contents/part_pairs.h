/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is inside two versions of a part, aligned: by kind, GUID and name, the
 * first of one name to the first, the second to the second.
 */
#ifndef AU_PART_PAIRS_H
#define AU_PART_PAIRS_H

#include "audit/contents/part.h"

struct au_part_pair {
	struct au_part *a, *b; /* borrowed; NULL: only in the other */
};

struct au_part_pairs {
	/* Owned: as they stand in A, those only in B behind as they stand
	 * there. */
	struct au_part_pair *item;
	size_t n;
	bool reordered; /* the pairs stand in another order in B */
};

/* EV_OK or EV_TROUBLE, *out zeroed then. */
enum ev_code au_part_pairs_of(struct au_part *a, struct au_part *b,
			      struct au_part_pairs *out, struct ev_error *err);
void au_part_pairs_free(struct au_part_pairs *pairs);

#endif
