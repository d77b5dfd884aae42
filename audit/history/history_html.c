/* SPDX-License-Identifier: Apache-2.0 */
/* A history as a page. */
#include "audit/history/history_document.h"

#include "audit/history/history_words.h"
#include "audit/history/measurement_html.h"
#include "audit/history/timeline.h"
#include "audit/html.h"
#include "replay/render_member.h"

#include <stdio.h>

/* What stands open; behind it lists are folded. */
#define ROWS_OPEN 40
/* What a page has room for; the JSON has all.  Rows: anybody who runs guests
 * can make measurements by the thousand.  What the public alone saw takes no
 * room from evidence. */
#define ROWS_MAX     1000
#define PUBLIC_MAX   500
#define MEETINGS_MAX 100
#define OTHERS_MAX   200

struct page {
	const struct au_history *h;
	const struct au_lines *lines;
	struct au_timeline time;
	size_t seen_end, public_end; /* of the rows that are shown */
	struct ev_buffer *out;
};

static void add(struct page *p, const char *markup)
{
	ev_buffer_add_str(p->out, markup);
}

/* Behind the first max rows with evidence, or without. */
static size_t end_of(const struct au_history *h, bool seen, size_t max)
{
	for (size_t i = 0; i < h->n; i++) {
		if ((h->row[i].n > 0) == seen && max-- == 0)
			return i;
	}
	return h->n;
}

static bool is_shown(const struct page *p, size_t i)
{
	return i < (p->h->row[i].n > 0 ? p->seen_end : p->public_end);
}

/* That the page does not have all. */
static void left_out(struct page *p, size_t n, size_t max, const char *what)
{
	if (n > max)
		ev_buffer_printf(p->out,
				 "<p class=\"dim\">The first %zu of %zu %s; "
				 "the JSON has all.</p>\n",
				 max, n, what);
}

static void head(struct page *p)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	add(p, "<header>\n<h1>Launch measurements over time</h1>\n");
	au_summary_words(p->h, &text);
	au_html_words(p->out, "p", "summary", &text);
	au_beside_words(p->h, &text);
	if (text.n > 0)
		au_html_words(p->out, "p", "muted", &text);
	if (p->h->sights->simulated)
		au_html_element(p->out, "p", "bad", RP_SIMULATED);
	add(p, "<p class=\"muted\">Each archive was replayed as of its own "
	       "time");
	if (p->h->sights->policy[0] != '\0')
		au_html_printf(p->out, ", under policy \"%s\"",
			       p->h->sights->policy);
	add(p, ". A time that is claimed is the word of whoever packed the "
	       "archive.</p>\n</header>\n");
}

/* --- the drawing --- */

/* Where its heading does not say it. */
static void add_register(struct page *p, const struct au_register *reg)
{
	char title[AU_REGISTER_TITLE];

	au_register_title(reg, title);
	ev_buffer_printf(p->out, "%s; ", title);
}

static void label(struct page *p, const struct au_row *row)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	char value[AU_SHORT_VALUE], id[AU_MEASUREMENT_ID], place[60];

	au_short_value(row, value);
	add(p, "<div><p>");
	au_measurement_id(row, id);
	ev_buffer_printf(p->out, "<a href=\"#%s\">", id);
	au_html_element(p->out, "code", NULL, value);
	add(p, "</a></p>\n<p class=\"muted\">");
	if (row->n > 0)
		ev_buffer_printf(p->out, "%zu archive%s, %zu machine%s",
				 row->archives, row->archives == 1 ? "" : "s",
				 row->n_machines,
				 row->n_machines == 1 ? "" : "s");
	else
		add_register(p, row->reg);
	if (row->n > 0 && row->n_sightings > 0)
		add(p, "; ");
	if (row->n_sightings > 0) {
		ev_show(row->sighting[0].place, place, sizeof(place));
		au_html_printf(p->out, "public: %s%s", place,
			       row->sighting[0].has_time ? ""
							 : ", no time stated");
	}
	add(p, "</p>\n");
	if (row->is_compared) {
		ev_buffer_add_str(&text, "known build ");
		au_known_words(row, &text);
		au_html_words(p->out, "p",
			      au_row_is_known(row) ? "good" : "muted", &text);
	}
	add(p, "</div>\n");
}

static void draw_row(struct page *p, const struct au_row *row, size_t n)
{
	if (n == ROWS_OPEN)
		add(p, "<details><summary>and more</summary>\n");
	add(p, "<div class=\"row\">");
	label(p, row);
	au_timeline_row(&p->time, p->h, row, p->out);
	add(p, "</div>\n");
}

static void draw_axis(struct page *p)
{
	add(p, "<div class=\"row\"><div></div>");
	au_timeline_axis(&p->time, p->out);
	add(p, "</div>\n");
}

static void draw_line(struct page *p, const struct au_line *line)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	size_t n = 0;

	au_line_words(line, &text);
	au_html_words(p->out, "h3", NULL, &text);
	add(p, "<div class=\"time\">\n");
	draw_axis(p);
	if (line->n_overlaps > 0 || line->n_gaps > 0) {
		add(p, "<div class=\"row\"><p class=\"muted\">overlaps and "
		       "gaps</p>");
		au_timeline_line(&p->time, line, p->out);
		add(p, "</div>\n");
	}
	for (size_t i = 0; i < p->h->n; i++) {
		const struct au_row *row = &p->h->row[i];

		if (is_shown(p, i) && row->n > 0 && row->reg == line->reg &&
		    row->is_hcl == line->is_hcl)
			draw_row(p, row, n++);
	}
	add(p, n > ROWS_OPEN ? "</details></div>\n" : "</div>\n");
}

static void draw_public(struct page *p)
{
	size_t n = 0;

	if (p->h->n == p->h->n_seen)
		return;
	add(p, "<h3>Seen by the public alone</h3>\n");
	left_out(p, p->h->n - p->h->n_seen, PUBLIC_MAX, "values");
	add(p, "<div class=\"time\">\n");
	draw_axis(p);
	for (size_t i = 0; i < p->public_end; i++) {
		if (p->h->row[i].n == 0)
			draw_row(p, &p->h->row[i], n++);
	}
	add(p, n > ROWS_OPEN ? "</details></div>\n" : "</div>\n");
}

static void drawing(struct page *p)
{
	add(p, "<h2>Timeline</h2>\n");
	left_out(p, p->h->n_seen, ROWS_MAX, "measurements");
	for (size_t i = 0; i < p->lines->n; i++)
		draw_line(p, &p->lines->line[i]);
	draw_public(p);
	au_timeline_legend(p->out);
}

/* --- overlaps and gaps --- */

static void meetings(struct page *p, const struct au_meeting *list, size_t n,
		     au_meeting_words_fn *words)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	for (size_t i = 0; i < n && i < MEETINGS_MAX; i++) {
		words(&list[i], &text);
		au_html_words(p->out, "li", NULL, &text);
		add(p, "\n");
	}
	if (n > MEETINGS_MAX)
		ev_buffer_printf(p->out,
				 "<li class=\"muted\">and %zu more, which the "
				 "JSON has</li>\n",
				 n - MEETINGS_MAX);
}

static void line_words(struct page *p, const struct au_line *line)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (line->n_overlaps == 0 && line->n_gaps == 0)
		return;
	au_line_words(line, &text);
	ev_buffer_printf(&text, ": %zu%s overlaps, %zu gaps", line->n_overlaps,
			 line->overlaps_left_out ? " and more" : "",
			 line->n_gaps);
	/* Where platforms are mixed most of it means nothing. */
	ev_buffer_printf(p->out, "<details%s>", line->is_hcl ? " open" : "");
	au_html_words(p->out, "summary", NULL, &text);
	add(p, "<ul>\n");
	meetings(p, line->overlap, line->n_overlaps, au_overlap_words);
	meetings(p, line->gap, line->n_gaps, au_gap_words);
	add(p, "</ul></details>\n");
}

static void between(struct page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->lines->n; i++)
		any = any || p->lines->line[i].n_overlaps > 0 ||
		      p->lines->line[i].n_gaps > 0;
	if (!any)
		return;
	add(p, "<h2>Overlaps and gaps</h2>\n");
	for (size_t i = 0; i < p->lines->n; i++)
		line_words(p, &p->lines->line[i]);
}

/* --- the others --- */

static void measurements(struct page *p)
{
	size_t n = 0;

	add(p, "<h2>Measurements</h2>\n");
	for (size_t i = 0; i < p->h->n; i++) {
		if (!is_shown(p, i))
			continue;
		if (n++ == ROWS_OPEN)
			add(p, "<details><summary>and more</summary>\n");
		au_measurement_html(p->h, &p->h->row[i], p->out);
	}
	if (n > ROWS_OPEN)
		add(p, "</details>\n");
}

static void uncounted(struct page *p)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	size_t n = p->h->n_uncounted;

	if (n == 0)
		return;
	add(p, "<h2>Not counted</h2>\n<p class=\"muted\">Nobody answers for "
	       "these: they are never counted as seen.</p>\n<ul>\n");
	for (size_t i = 0; i < n && i < OTHERS_MAX; i++) {
		au_uncounted_words(p->h, &p->h->uncounted[i], &text);
		au_html_words(p->out, "li", NULL, &text);
		add(p, "\n");
	}
	if (n > OTHERS_MAX)
		ev_buffer_printf(p->out,
				 "<li class=\"muted\">and %zu more, which the "
				 "JSON has</li>\n",
				 n - OTHERS_MAX);
	add(p, "</ul>\n");
}

static void foot(struct page *p)
{
	const struct au_references *refs = p->h->references;

	add(p, "<footer>ecart " ECART_VERSION);
	if (refs != NULL && refs->commit[0] != '\0')
		au_html_printf(p->out, "; references at commit %s",
			       refs->commit);
	else if (refs != NULL)
		add(p, "; references not in git");
	add(p, "</footer>\n");
}

void au_history_html(const struct au_history *history,
		     const struct au_lines *lines, struct ev_buffer *out)
{
	struct page p = { .h = history,
			  .lines = lines,
			  .time = au_timeline_of(history),
			  .seen_end = end_of(history, true, ROWS_MAX),
			  .public_end = end_of(history, false, PUBLIC_MAX),
			  .out = out };

	au_html_begin_styled(out, "Launch measurements over time",
			     au_timeline_style);
	head(&p);
	drawing(&p);
	between(&p);
	measurements(&p);
	uncounted(&p);
	foot(&p);
	au_html_end(out);
}
