/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two launches of one platform, operation by operation (measurement page,
 * section 6.3), whether they come from an IGVM file or a TDVF image.  Pages
 * are aligned by (kind, address, occurrence), never by their place in a file.
 */
#ifndef AU_LAUNCH_DIFF_H
#define AU_LAUNCH_DIFF_H

#include "audit/diff/checkpoints.h"
#include "audit/diff/difference.h"
#include "audit/diff/launch_first.h"

struct au_launch_diff {
	const struct au_launch *a, *b;
	struct au_differences differences;
	/* How many operations their digests take. */
	uint64_t operations_a, operations_b;
	/* Empty where the platform has no launch measurement. */
	struct au_checkpoints checkpoints_a, checkpoints_b;
	/* The first that differs, 0 being the first of all; the digests are
	 * equal up to it.  Without it the digests' inputs are equal. */
	bool has_first;
	struct au_launch_first first;
};

/*
 * Compares a and b, which must outlive *out.  n log n in the pages of both,
 * which launch.h bounds; what is kept is a difference a page at most, not a
 * byte.  EV_OK or trouble; on failure *out is zeroed.
 */
enum ev_code au_launch_diff(const struct au_launch *a,
			    const struct au_launch *b, struct ev_crypto *crypto,
			    struct au_launch_diff *out, struct ev_error *err);
void au_launch_diff_free(struct au_launch_diff *diff);

#endif
