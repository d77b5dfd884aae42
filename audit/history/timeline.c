/* SPDX-License-Identifier: Apache-2.0 */
/* Times drawn in SVG. */
#include "audit/history/timeline.h"

#include "audit/history/history_words.h"
#include "audit/html.h"

#include <stdio.h>

/* Across: hundredths of a part of a hundred, with room for marks at both ends.
 */
#define WIDTH  10000
#define MARGIN 200

/* Marks closer than this are one. */
#define APART 50
/* A gap that wide has room for its days; a period that wide is drawn as one. */
#define LABELLED 1500
#define PERIOD	 100

const char au_timeline_style[] =
	".time a{color:inherit}"
	".time svg{display:block;width:100%;overflow:visible}"
	".time .row{display:grid;gap:.1rem 1rem;padding:.3rem 0;"
	"border-bottom:1px solid var(--line);break-inside:avoid}"
	".time .row p{margin:0;font-size:.9rem;line-height:1.35}"
	"svg .tick{stroke:var(--line)}"
	"svg .seen{fill:var(--c0);stroke:var(--fg);stroke-width:.7}"
	"svg .pass{fill:var(--fg);stroke:var(--bg);stroke-width:.7}"
	"svg .fail{fill:var(--bad);stroke:var(--bg);stroke-width:.7}"
	"svg .incomplete{fill:var(--dim);stroke:var(--bg);stroke-width:.7}"
	"svg .hollow{fill:var(--bg);stroke:var(--dim);stroke-width:1.6}"
	"svg .nothing{stroke:var(--muted);stroke-width:2;"
	"stroke-dasharray:2 4}"
	"svg .end{stroke:var(--muted)}"
	"svg .both{fill:var(--dim)}"
	"details{margin:.4rem 0}summary{cursor:pointer}"
	"@media(min-width:60rem){.time .row{grid-template-columns:22rem 1fr;"
	"align-items:center}}"
	"@media print{.time svg{print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}}";

/* --- the scale --- */

static int64_t place(const struct au_timeline *t, int64_t at)
{
	return MARGIN +
	       (at - t->from) * (WIDTH - 2 * MARGIN) / (t->to - t->from);
}

/* " x=\"12.34%\"" */
static void across(struct ev_buffer *out, const char *name, int64_t at)
{
	ev_buffer_printf(out, " %s=\"%lld.%02u%%\"", name,
			 (long long)(at / 100), (unsigned int)(at % 100));
}

static void begin(struct ev_buffer *out, unsigned int height)
{
	ev_buffer_printf(out, "<svg height=\"%u\" role=\"img\" aria-label=\"",
			 height);
}

static void ticks(const struct au_timeline *t, unsigned int height,
		  struct ev_buffer *out)
{
	for (size_t i = 0; i < t->n_ticks; i++) {
		ev_buffer_add_str(out, "<line class=\"tick\"");
		across(out, "x1", place(t, t->tick[i]));
		across(out, "x2", place(t, t->tick[i]));
		ev_buffer_printf(out, " y1=\"0\" y2=\"%u\"/>", height);
	}
}

void au_timeline_axis(const struct au_timeline *t, struct ev_buffer *out)
{
	/* Half of what a label takes on a phone, but for the page's margin. */
	int64_t edge = 100 * (int64_t)(t->tick_text - 4);

	begin(out, 18);
	ev_buffer_add_str(out, "the times below\">");
	for (size_t i = 0; i < t->n_ticks; i++) {
		int64_t at = place(t, t->tick[i]);
		char text[EV_TIME_TEXT];

		at = at < edge ? edge : at;
		at = at > WIDTH - edge ? WIDTH - edge : at;
		ev_time_format(t->tick[i], text);
		ev_buffer_add_str(out, "<text y=\"13\" text-anchor=\"middle\"");
		across(out, "x", at);
		ev_buffer_printf(out, ">%.*s</text>", (int)t->tick_text, text);
	}
	ev_buffer_add_str(out, "</svg>\n");
}

/* --- marks --- */

/* Told apart by shape too. */
static const struct {
	const char *class, *path, *words;
} marks[AU_N_VERDICTS] = {
	{ "pass", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
	  "an archive whose replay passes" },
	{ "fail", "M0-5L5 0 0 5-5 0z", "an archive whose replay fails" },
	{ "incomplete", "M-4-4H4V4H-4z",
	  "an archive whose replay is "
	  "incomplete" },
};
static const char hollow[] = "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z";

static void mark(struct ev_buffer *out, int64_t at, unsigned int y,
		 const char *class, const char *path)
{
	ev_buffer_add_str(out, "<svg");
	across(out, "x", at);
	ev_buffer_printf(out, " y=\"%u\"><path class=\"%s\" d=\"%s\"/></svg>",
			 y, class, path);
}

static void bar(struct ev_buffer *out, const char *class, int64_t from,
		int64_t to, unsigned int y, unsigned int height)
{
	ev_buffer_printf(out, "<rect class=\"%s\" y=\"%u\" height=\"%u\"",
			 class, y, height);
	across(out, "x", from);
	across(out, "width", to - from);
	ev_buffer_add_str(out, " rx=\"2\"/>");
}

/* Those of one verdict that can be told apart, from left to right. */
static void archives(const struct au_timeline *t, const struct au_history *h,
		     const struct au_row *row, size_t verdict,
		     struct ev_buffer *out)
{
	int64_t last = -APART;

	for (size_t i = 0; i < row->n; i++) {
		const struct au_archive_seen *a =
			au_archive_of(h, &row->item[i]);
		int64_t at = place(t, a->time);

		if (a->verdict != verdict || at - last < APART)
			continue;
		mark(out, at, 11, marks[verdict].class, marks[verdict].path);
		last = at;
	}
}

static void sightings(const struct au_timeline *t, const struct au_row *row,
		      struct ev_buffer *out)
{
	int64_t last = -APART;

	for (size_t i = 0; i < row->n_sightings; i++) {
		const struct au_sighting *s = &row->sighting[i];
		int64_t from, to;

		if (!s->has_time)
			continue;
		from = place(t, s->time.first);
		to = place(t, s->time.last);
		if (from - last < APART)
			continue;
		last = from;
		if (to - from >= PERIOD)
			bar(out, "hollow", from, to, 19, 7);
		else
			mark(out, (from + to) / 2, 22, "hollow", hollow);
	}
}

static void row_label(const struct au_history *h, const struct au_row *row,
		      struct ev_buffer *out)
{
	char value[AU_SHORT_VALUE], first[EV_TIME_TEXT], last[EV_TIME_TEXT];

	au_short_value(row, value);
	if (row->n == 0) {
		ev_buffer_printf(out, "%s, seen by the public alone", value);
		return;
	}
	ev_time_format(au_time_of(h, au_row_first(row)), first);
	ev_time_format(au_time_of(h, &row->item[row->n - 1]), last);
	ev_buffer_printf(out, "%s, seen from %s to %s", value, first, last);
}

void au_timeline_row(const struct au_timeline *t, const struct au_history *h,
		     const struct au_row *row, struct ev_buffer *out)
{
	unsigned int height = row->n_sightings > 0 ? 30 : 22;

	begin(out, height);
	row_label(h, row, out);
	ev_buffer_add_str(out, "\">");
	ticks(t, height, out);
	if (row->n > 0)
		bar(out, "seen", place(t, au_time_of(h, au_row_first(row))),
		    place(t, au_time_of(h, &row->item[row->n - 1])), 8, 6);
	for (size_t i = 0; i < AU_N_VERDICTS; i++)
		archives(t, h, row, i, out);
	sightings(t, row, out);
	ev_buffer_add_str(out, "</svg>\n");
}

/* --- a line --- */

/* What was seen once has no width: two gaps would look like one. */
static void end_of_gap(struct ev_buffer *out, int64_t at)
{
	ev_buffer_add_str(out, "<line class=\"end\" y1=\"15\" y2=\"21\"");
	across(out, "x1", at);
	across(out, "x2", at);
	ev_buffer_add_str(out, "/>");
}

static void gap(const struct au_timeline *t, const struct au_meeting *m,
		struct ev_buffer *out)
{
	int64_t from = place(t, m->from), to = place(t, m->to);

	ev_buffer_add_str(out, "<line class=\"nothing\" y1=\"18\" y2=\"18\"");
	across(out, "x1", from);
	across(out, "x2", to);
	ev_buffer_add_str(out, "/>");
	end_of_gap(out, from);
	end_of_gap(out, to);
	if (to - from < LABELLED)
		return;
	ev_buffer_add_str(out, "<text class=\"at\" y=\"12\" "
			       "text-anchor=\"middle\"");
	across(out, "x", (from + to) / 2);
	ev_buffer_printf(out, ">%lld d</text>",
			 (long long)((m->to - m->from) / 86400));
}

/* They lie by when they begin; those that touch, to the eye, are one. */
static void overlaps(const struct au_timeline *t, const struct au_line *line,
		     struct ev_buffer *out)
{
	int64_t from = 0, to = -1;

	for (size_t i = 0; i < line->n_overlaps; i++) {
		int64_t next = place(t, line->overlap[i].from);
		int64_t end = place(t, line->overlap[i].to);

		if (to >= 0 && next > to + APART)
			bar(out, "both", from, to, 14, 8);
		if (to < 0 || next > to + APART)
			from = next;
		to = end > to ? end : to;
	}
	if (to >= 0)
		bar(out, "both", from, to, 14, 8);
}

/* As many as can be told apart, the widest for certain. */
static void gaps(const struct au_timeline *t, const struct au_line *line,
		 struct ev_buffer *out)
{
	int64_t last = -APART;

	for (size_t i = 0; i < line->n_gaps; i++) {
		const struct au_meeting *m = &line->gap[i];
		int64_t from = place(t, m->from);

		if (from - last < APART && place(t, m->to) - from < APART)
			continue;
		gap(t, m, out);
		last = from;
	}
}

void au_timeline_line(const struct au_timeline *t, const struct au_line *line,
		      struct ev_buffer *out)
{
	begin(out, 26);
	ev_buffer_printf(out, "%zu overlaps and %zu gaps, told below\">",
			 line->n_overlaps, line->n_gaps);
	ticks(t, 26, out);
	overlaps(t, line, out);
	gaps(t, line, out);
	ev_buffer_add_str(out, "</svg>\n");
}

/* --- the legend --- */

static void legend_entry(struct ev_buffer *out, const char *drawing,
			 const char *words)
{
	ev_buffer_printf(out, "<li><svg aria-hidden=\"true\">%s</svg>",
			 drawing);
	au_html_element(out, "span", NULL, words);
	ev_buffer_add_str(out, "</li>\n");
}

void au_timeline_legend(struct ev_buffer *out)
{
	char drawing[200];

	ev_buffer_add_str(out, "<ul class=\"legend\">\n");
	legend_entry(out,
		     "<rect class=\"seen\" x=\"1\" y=\"5\" width=\"26\" "
		     "height=\"6\" rx=\"2\"/>",
		     "from the first sight in an archive to the last");
	for (size_t i = 0; i < AU_N_VERDICTS; i++) {
		snprintf(drawing, sizeof(drawing),
			 "<svg x=\"14\" y=\"8\" overflow=\"visible\"><path "
			 "class=\"%s\" d=\"%s\"/></svg>",
			 marks[i].class, marks[i].path);
		legend_entry(out, drawing, marks[i].words);
	}
	legend_entry(out,
		     "<rect class=\"hollow\" x=\"4\" y=\"4\" width=\"20\" "
		     "height=\"8\" rx=\"2\"/>",
		     "a sighting by the public, as exact as its time was "
		     "stated: somebody's word, no evidence");
	legend_entry(out,
		     "<rect class=\"both\" x=\"1\" y=\"4\" width=\"26\" "
		     "height=\"8\"/>",
		     "two measurements of a line side by side");
	legend_entry(out,
		     "<line class=\"nothing\" x1=\"1\" x2=\"27\" y1=\"8\" "
		     "y2=\"8\"/>",
		     "nothing of a line was seen");
	ev_buffer_add_str(out, "</ul>\n");
}
