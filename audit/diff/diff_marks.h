/* SPDX-License-Identifier: Apache-2.0 */
/* Where two images differ, for a drawing: as few ranges as one can tell apart,
 * of all differences and not of those that a list has room for. */
#ifndef AU_DIFF_MARKS_H
#define AU_DIFF_MARKS_H

#include "audit/diff/image_diff.h"

/*
 * The memory of one image that differs on platform number i, in at most max
 * ranges: MEASURED where a measured difference is in it, else UNMEASURED.
 * side: 0 of A, 1 of B.  EV_OK or trouble; on failure *out is zeroed.
 */
enum ev_code au_diff_marks_of(const struct au_image_diff *diff, size_t i,
			      int side, size_t max, struct au_memory_map *out,
			      struct ev_error *err);

#endif
