/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of measurements: which follow one another, by what evidence proves and
 * nothing else.  A line is a register, apart for measurements that came with
 * an HCL report whose runtime data the measured guest answers for (Azure's
 * paravisor, or one that speaks as it does).  No evidence that is read here
 * tells other platforms apart: they share the line of their register.
 */
#ifndef AU_LINES_H
#define AU_LINES_H

#include "audit/history/history.h"

/* What nobody saw for less than a day is no gap. */
#define AU_GAP_SECONDS 86400

/* Beyond this the others are left out, and that is said. */
static const size_t AU_OVERLAPS_MAX = 10000;
#define AU_LINES_MAX 6 /* registers, with HCL and without */

/* Two measurements of a line: a begins first. */
struct au_meeting {
	const struct au_row *a, *b;
	int64_t from, to;
};

struct au_line {
	const struct au_register *reg;
	bool is_hcl;
	size_t n; /* measurements */
	const struct au_meeting *overlap, *gap;
	size_t n_overlaps, n_gaps;
	bool overlaps_left_out;
};

struct au_lines {
	struct au_line
		line[AU_LINES_MAX]; /* by register, those with HCL first */
	size_t n;
	struct au_meeting *overlaps, *gaps;
};

/*
 * Rows without evidence are in no line.  Overlaps: b was seen while a still
 * was, in the order of the first sights of b, then of a.  Gaps: nothing of the
 * line was seen from the last sight of a to the first of b, AU_GAP_SECONDS or
 * longer.  False: no memory.  Free with au_lines_free.
 */
bool au_lines_find(const struct au_history *history, struct au_lines *out);
void au_lines_free(struct au_lines *lines);

/* "tdx.mrtd", "tdx.mrtd.hcl" */
#define AU_LINE_NAME 40
void au_line_name(const struct au_register *reg, bool is_hcl,
		  char out[AU_LINE_NAME]);

#endif
