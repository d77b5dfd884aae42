/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of measurements, with what of them overlaps and where nothing is. */
#include "audit/history/lines.h"

#include <stdio.h>
#include <stdlib.h>

/* One line being looked at. */
struct walk {
	const struct au_history *h;
	struct au_line *line;
	const struct au_row **active; /* whose last sight is yet to come */
	size_t n_active;
	struct au_meeting *overlap, *gap; /* of this line */
	size_t room;			  /* for overlaps */
	const struct au_row *latest;	  /* whose last sight is the latest */
};

static int64_t first_of(const struct au_history *h, const struct au_row *row)
{
	return au_time_of(h, au_row_first(row));
}

static int64_t last_of(const struct au_history *h, const struct au_row *row)
{
	return au_time_of(h, &row->item[row->n - 1]);
}

/* a begins no later than b and ends later than b begins.  One sight of b at
 * the very first one of a is beside nothing. */
static bool is_beside(const struct walk *w, const struct au_row *a,
		      const struct au_row *b)
{
	return last_of(w->h, b) > first_of(w->h, b) ||
	       first_of(w->h, a) < first_of(w->h, b);
}

static void meet(struct walk *w, const struct au_row *a, const struct au_row *b)
{
	int64_t a_last = last_of(w->h, a), b_last = last_of(w->h, b);

	if (w->line->n_overlaps == w->room) {
		w->line->overlaps_left_out = true;
		return;
	}
	w->overlap[w->line->n_overlaps++] =
		(struct au_meeting){ a, b, first_of(w->h, b),
				     a_last < b_last ? a_last : b_last };
}

static void add_overlaps(struct walk *w, const struct au_row *row)
{
	size_t kept = 0;

	for (size_t i = 0; i < w->n_active; i++) {
		if (last_of(w->h, w->active[i]) > first_of(w->h, row))
			w->active[kept++] = w->active[i];
	}
	w->n_active = kept;
	/* One that left out is enough: the others need not be counted. */
	for (size_t i = 0; i < kept && !w->line->overlaps_left_out; i++) {
		if (is_beside(w, w->active[i], row))
			meet(w, w->active[i], row);
	}
	/* As many as there is room for are beside one another already. */
	if (!w->line->overlaps_left_out)
		w->active[w->n_active++] = row;
}

static void add_gap(struct walk *w, const struct au_row *row)
{
	if (w->latest != NULL &&
	    first_of(w->h, row) - last_of(w->h, w->latest) >= AU_GAP_SECONDS)
		w->gap[w->line->n_gaps++] =
			(struct au_meeting){ w->latest, row,
					     last_of(w->h, w->latest),
					     first_of(w->h, row) };
	if (w->latest == NULL || last_of(w->h, row) > last_of(w->h, w->latest))
		w->latest = row;
}

static void walk_line(struct walk *w)
{
	const struct au_history *h = w->h;

	for (size_t i = 0; i < h->n; i++) {
		const struct au_row *row = &h->row[i];

		if (row->n == 0 || row->reg != w->line->reg ||
		    row->is_hcl != w->line->is_hcl)
			continue;
		w->line->n++;
		add_overlaps(w, row);
		add_gap(w, row);
	}
	w->line->overlap = w->overlap;
	w->line->gap = w->gap;
}

static void walk_lines(const struct au_history *h, struct au_lines *lines,
		       const struct au_row **active)
{
	size_t n_overlaps = 0, n_gaps = 0;

	for (size_t i = 0; i < AU_LINES_MAX; i++) {
		struct au_line *line = &lines->line[lines->n];
		struct walk w = { .h = h,
				  .line = line,
				  .active = active,
				  .overlap = &lines->overlaps[n_overlaps],
				  .gap = &lines->gaps[n_gaps],
				  .room = AU_OVERLAPS_MAX - n_overlaps };

		*line = (struct au_line){ .reg = &au_registers[i / 2],
					  .is_hcl = i % 2 == 0 };
		walk_line(&w);
		n_overlaps += line->n_overlaps;
		n_gaps += line->n_gaps;
		lines->n += line->n > 0;
	}
}

bool au_lines_find(const struct au_history *history, struct au_lines *out)
{
	struct au_lines lines = { 0 };
	const struct au_row **active =
		calloc(history->n + 1, sizeof(const void *));

	assert(2 * au_n_registers == AU_LINES_MAX);
	lines.overlaps = calloc(AU_OVERLAPS_MAX, sizeof(*lines.overlaps));
	lines.gaps = calloc(history->n + 1, sizeof(*lines.gaps));
	if (active == NULL || lines.overlaps == NULL || lines.gaps == NULL) {
		free(active);
		au_lines_free(&lines);
		return false;
	}
	walk_lines(history, &lines, active);
	free(active);
	*out = lines;
	return true;
}

void au_lines_free(struct au_lines *lines)
{
	free(lines->overlaps);
	free(lines->gaps);
	*lines = (struct au_lines){ 0 };
}

void au_line_name(const struct au_register *reg, bool is_hcl,
		  char out[AU_LINE_NAME])
{
	snprintf(out, AU_LINE_NAME, "%s.%s%s", reg->platform_name, reg->name,
		 is_hcl ? ".hcl" : "");
}
