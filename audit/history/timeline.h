/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times drawn from left to right, in inline SVG.  Across, places are parts of
 * a hundred, so that a drawing is as wide as there is room and its text and
 * marks keep their size; integers alone, so that it is the same everywhere.
 */
#ifndef AU_TIMELINE_H
#define AU_TIMELINE_H

#include "audit/history/lines.h"
#include "evidence/base/buffer.h"

#define AU_TICKS_MAX 5

struct au_timeline {
	int64_t from, to; /* from < to */
	int64_t tick[AU_TICKS_MAX];
	size_t n_ticks;
	size_t tick_text; /* of RFC 3339: 4 "2026", 7 "2026-06", 10 */
};

/* Room for all of a history, sightings among it. */
struct au_timeline au_timeline_of(const struct au_history *h);

/* The years, months or days along the top. */
void au_timeline_axis(const struct au_timeline *t, struct ev_buffer *out);
/* What overlaps in a line, and where nothing was seen. */
void au_timeline_line(const struct au_timeline *t, const struct au_line *line,
		      struct ev_buffer *out);
/* A row: a bar from first to last sight, a mark for each archive (as many as
 * can be told apart), hollow ones for sightings. */
void au_timeline_row(const struct au_timeline *t, const struct au_history *h,
		     const struct au_row *row, struct ev_buffer *out);
/* What a mark means: a list. */
void au_timeline_legend(struct ev_buffer *out);

/* Rules for the style of a page that has such drawings. */
extern const char au_timeline_style[];

#endif
