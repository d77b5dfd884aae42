/* SPDX-License-Identifier: Apache-2.0 */
/* A history for people, on a terminal. */
#include "audit/history/history_document.h"

#include "audit/history/history_words.h"
#include "evidence/base/hex.h"
#include "replay/render_line.h"
#include "replay/render_member.h"

#include <stdio.h>

/* Of a list; what is left out is said, and the JSON has it. */
#define LIST_MAX 20
/* Of a line that mixes platforms: most of its overlaps mean nothing. */
#define MIXED_LIST_MAX 3
#define SUMMARY_INDENT 8

struct page {
	const struct au_history *h;
	const struct au_lines *lines;
	bool full;
	struct ev_buffer *out;
};

/* An entry whose text is put together in words; text is used up. */
static void entry(struct page *p, const char *begin, size_t indent,
		  struct ev_buffer *text)
{
	ev_buffer_add_byte(text, 0);
	if (ev_buffer_ok(text))
		rp_render_words(p->out, begin, indent, (const char *)text->p);
	else
		p->out->failed = true;
	text->n = 0;
}

static void heading(struct page *p, const struct au_register *reg)
{
	char title[AU_REGISTER_TITLE];

	au_register_title(reg, title);
	ev_buffer_printf(p->out, "%s%-16s  %-20s  %-20s  %8s  %8s\n",
			 p->out->n > 0 ? "\n" : "", title, "first seen",
			 "last seen", "archives", "machines");
}

static void seen(struct page *p, const struct au_row *row)
{
	char value[AU_SHORT_VALUE], first[EV_TIME_TEXT], last[EV_TIME_TEXT];

	au_short_value(row, value);
	ev_time_format(au_time_of(p->h, au_row_first(row)), first);
	ev_time_format(au_time_of(p->h, au_row_last(p->h, row)), last);
	ev_buffer_printf(p->out, "%s  %s  %s  %8zu  %8zu\n", value, first, last,
			 row->archives, row->n_machines);
}

static void seen_publicly(struct page *p, const struct au_row *row)
{
	const struct au_sighting *s = row->sighting;
	char value[AU_SHORT_VALUE];

	au_short_value(row, value);
	ev_buffer_printf(p->out, "%s  %-20s  %-20s  %8s  %8s\n", value,
			 s->has_time ? s->time.text : "no time", "public alone",
			 "-", "-");
}

/* How many times the public saw it, and how first. */
static void add_public(const struct au_row *row, struct ev_buffer *out)
{
	const struct au_sighting *s = row->sighting;
	char place[60];

	ev_show(s->place, place, sizeof(place));
	ev_buffer_printf(out, "public: %s%s%s", place, s->has_time ? " " : "",
			 s->has_time ? s->time.text : "");
	if (row->n_sightings > 1)
		ev_buffer_printf(out, " and %zu more", row->n_sightings - 1);
}

static void add_verdicts(const struct au_row *row, struct ev_buffer *out)
{
	if (row->verdicts[0] == row->archives)
		return;
	for (size_t i = 1; i < AU_N_VERDICTS; i++) {
		if (row->verdicts[i] > 0)
			ev_buffer_printf(out, "; %zu %s", row->verdicts[i],
					 au_verdict_name(i));
	}
}

/* The line below: what the columns have no room for. */
static void below(struct page *p, const struct au_row *row)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (row->is_compared) {
		ev_buffer_add_str(&text, "known build ");
		au_known_words(row, &text);
		ev_buffer_add_str(&text, "; ");
	}
	if (row->n > 0) {
		au_basis_words(p->h, row, &text);
		ev_buffer_add_str(&text, "; ");
		au_level_words(row, &row->level[0], false, &text);
		if (row->n_levels > 1)
			ev_buffer_printf(&text, " and %zu more level%s",
					 row->n_levels - 1,
					 row->n_levels > 2 ? "s" : "");
		if (row->is_hcl)
			ev_buffer_add_str(&text, "; behind an HCL report");
		add_verdicts(row, &text);
	}
	if (row->n_sightings > 0) {
		if (text.n > 0)
			ev_buffer_add_str(&text, "; ");
		add_public(row, &text);
	}
	entry(p, "", 2, &text);
}

static void archive(struct page *p, const struct au_archive_seen *a)
{
	char time[EV_TIME_TEXT], id[65];

	ev_time_format(a->time, time);
	ev_hex_encode(EV_SPAN(a->id), id);
	ev_buffer_printf(p->out, "    archive   %s  %s %s  %s\n", time,
			 au_basis_name(a->basis), au_verdict_name(a->verdict),
			 id);
}

/* Everything of a row, however wide. */
static void whole(struct page *p, const struct au_row *row)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	char hex[2 * AU_VALUE_MAX + 1];

	ev_hex_encode(ev_span_of(row->value, row->reg->size), hex);
	ev_buffer_printf(p->out, "    value     %s\n", hex);
	for (size_t i = 0; i < row->n_levels; i++) {
		char first[EV_TIME_TEXT], last[EV_TIME_TEXT];

		ev_time_format(row->level[i].first, first);
		ev_time_format(row->level[i].last, last);
		au_level_words(row, &row->level[i], true, &text);
		ev_buffer_printf(&text, ", %s to %s", first, last);
		entry(p, "    level", 14, &text);
	}
	for (size_t i = 0; i < row->n; i++) {
		if (i == 0 || row->item[i].archive != row->item[i - 1].archive)
			archive(p, au_archive_of(p->h, &row->item[i]));
	}
	for (size_t i = 0; i < row->n_sightings; i++) {
		au_sighting_words(&row->sighting[i], &text);
		entry(p, "    public", 14, &text);
	}
}

static void rows(struct page *p, const struct au_register *reg)
{
	size_t n = 0;

	for (size_t i = 0; i < p->h->n; i++) {
		const struct au_row *row = &p->h->row[i];

		if (row->reg != reg)
			continue;
		if (n++ == 0)
			heading(p, reg);
		if (row->n > 0)
			seen(p, row);
		else
			seen_publicly(p, row);
		below(p, row);
		if (p->full)
			whole(p, row);
	}
}

static void meetings(struct page *p, const char *word, size_t max,
		     const struct au_meeting *list, size_t n,
		     au_meeting_words_fn *words)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	size_t shown = p->full || n <= max ? n : max;

	for (size_t i = 0; i < shown; i++) {
		words(&list[i], &text);
		entry(p, word, 10, &text);
	}
	if (shown < n) {
		ev_buffer_printf(&text, "and %zu more, which the JSON has",
				 n - shown);
		entry(p, word, 10, &text);
	}
}

static void line(struct page *p, const struct au_line *line)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	size_t max = line->is_hcl ? LIST_MAX : MIXED_LIST_MAX;

	if (line->n_overlaps == 0 && line->n_gaps == 0)
		return;
	au_line_words(line, &text);
	ev_buffer_printf(&text, ", %zu measurement%s", line->n,
			 line->n == 1 ? "" : "s");
	ev_buffer_add_str(p->out, "\n");
	entry(p, "Line", 6, &text);
	meetings(p, "  overlap", max, line->overlap, line->n_overlaps,
		 au_overlap_words);
	if (line->overlaps_left_out) {
		ev_buffer_add_str(&text, "more than are looked for");
		entry(p, "  overlap", 10, &text);
	}
	meetings(p, "  gap", max, line->gap, line->n_gaps, au_gap_words);
}

static void uncounted(struct page *p)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	size_t n = p->h->n_uncounted;
	size_t shown = p->full || n <= LIST_MAX ? n : LIST_MAX;

	if (n > 0)
		ev_buffer_add_str(p->out,
				  "\nNot counted: nobody answers for these\n");
	for (size_t i = 0; i < shown; i++) {
		au_uncounted_words(p->h, &p->h->uncounted[i], &text);
		entry(p, "", 2, &text);
	}
	if (shown < n)
		ev_buffer_printf(p->out, "  and %zu more, which the JSON has\n",
				 n - shown);
}

/* A history of builds is worth what the place it was compared with is worth. */
static void against(struct page *p, struct ev_buffer *text)
{
	const struct au_references *refs = p->h->references;

	if (refs == NULL)
		return;
	ev_buffer_printf(text, "%zu reference%s", refs->n,
			 refs->n == 1 ? "" : "s");
	if (refs->commit[0] == '\0')
		ev_buffer_add_str(text, ", not in git");
	else if (p->full)
		ev_buffer_printf(text, " at commit %s", refs->commit);
	else
		ev_buffer_printf(text, " at commit %.16s...", refs->commit);
	entry(p, "Against", SUMMARY_INDENT, text);
}

static void summary(struct page *p)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (p->out->n > 0)
		ev_buffer_add_str(p->out, "\n");
	au_summary_words(p->h, &text);
	entry(p, "Total", SUMMARY_INDENT, &text);
	against(p, &text);
	au_beside_words(p->h, &text);
	if (text.n > 0)
		entry(p, "Beside", SUMMARY_INDENT, &text);
	if (p->h->sights->simulated) {
		ev_buffer_add_str(&text, RP_SIMULATED);
		entry(p, "", SUMMARY_INDENT, &text);
	}
}

void au_history_text(const struct au_history *history,
		     const struct au_lines *lines, bool full,
		     struct ev_buffer *out)
{
	struct page p = { history, lines, full, out };

	for (size_t i = 0; i < au_n_registers; i++)
		rows(&p, &au_registers[i]);
	for (size_t i = 0; i < lines->n; i++)
		line(&p, &lines->line[i]);
	uncounted(&p);
	summary(&p);
}
