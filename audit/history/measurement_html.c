/* SPDX-License-Identifier: Apache-2.0 */
/* A measurement of a history, in words, as part of a page. */
#include "audit/history/measurement_html.h"

#include "audit/history/history_words.h"
#include "audit/html.h"
#include "evidence/base/hex.h"

#include <stdio.h>

/* What stands open; longer lists are folded. */
#define ARCHIVES_OPEN 12
/* What a page has room for; the JSON has all. */
#define ARCHIVES_MAX  500
#define SIGHTINGS_MAX 200

struct page {
	const struct au_history *h;
	struct ev_buffer *out;
};

static void add(struct page *p, const char *markup)
{
	ev_buffer_add_str(p->out, markup);
}

static void term(struct page *p, const char *name, const char *class,
		 struct ev_buffer *text)
{
	au_html_element(p->out, "dt", NULL, name);
	au_html_words(p->out, "dd", class, text);
	add(p, "\n");
}

static void sight(struct page *p, const char *name,
		  const struct au_archive_seen *a)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	char time[EV_TIME_TEXT];

	ev_time_format(a->time, time);
	ev_buffer_printf(&text, "%s, %s", time, au_basis_name(a->basis));
	term(p, name, NULL, &text);
}

static void known(struct page *p, const struct au_row *row)
{
	const struct au_comparison *c = &row->comparison;
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (!row->is_compared)
		return;
	au_known_words(row, &text);
	term(p, "known build", au_row_is_known(row) ? "good" : NULL, &text);
	ev_buffer_add_str(&text, c->reason);
	term(p, "because", NULL, &text);
	if (c->listed == NULL)
		return;
	ev_buffer_add_str(&text, c->listed->path);
	term(p, "reference", "mono", &text);
	ev_buffer_add(&text, c->listed->reference.repository);
	ev_buffer_add_str(&text, " ");
	ev_buffer_add(&text, c->listed->reference.commit);
	term(p, "source", "mono", &text);
}

static void counted(struct page *p, const struct au_row *row)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	sight(p, "first seen", au_archive_of(p->h, au_row_first(row)));
	sight(p, "last seen", au_archive_of(p->h, au_row_last(p->h, row)));
	for (size_t i = 0; i < row->n_levels; i++) {
		char from[EV_TIME_TEXT], to[EV_TIME_TEXT];

		ev_time_format(row->level[i].first, from);
		ev_time_format(row->level[i].last, to);
		au_level_words(row, &row->level[i], true, &text);
		ev_buffer_printf(&text, ", %s to %s", from, to);
		term(p, "level", NULL, &text);
	}
	ev_buffer_printf(&text, "%zu pass, %zu fail, %zu incomplete",
			 row->verdicts[0], row->verdicts[1], row->verdicts[2]);
	term(p, "archives", NULL, &text);
	ev_buffer_printf(&text, "%zu", row->n_machines);
	if (row->without_machine > 0)
		ev_buffer_printf(&text, ", and %zu archives that tell of none",
				 row->without_machine);
	term(p, "machines", NULL, &text);
	known(p, row);
}

static void archive_rows(struct page *p, const struct au_row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < row->n && n < ARCHIVES_MAX; i++) {
		const struct au_archive_seen *a =
			au_archive_of(p->h, &row->item[i]);
		char time[EV_TIME_TEXT], id[65];

		if (i > 0 && row->item[i].archive == row->item[i - 1].archive)
			continue;
		n++;
		ev_time_format(a->time, time);
		ev_hex_encode(EV_SPAN(a->id), id);
		ev_buffer_printf(p->out,
				 "<li>%s, %s, %s<br><code>%s</code></li>\n",
				 time, au_basis_name(a->basis),
				 au_verdict_name(a->verdict), id);
	}
	if (row->archives > n)
		ev_buffer_printf(p->out,
				 "<li class=\"muted\">and %zu more, which the "
				 "JSON has</li>\n",
				 row->archives - n);
}

static void archive_list(struct page *p, const struct au_row *row)
{
	ev_buffer_printf(p->out,
			 "<details%s><summary>%zu archive%s</summary>\n<ul>\n",
			 row->archives <= ARCHIVES_OPEN ? " open" : "",
			 row->archives, row->archives == 1 ? "" : "s");
	archive_rows(p, row);
	add(p, "</ul></details>\n");
}

void au_measurement_id(const struct au_row *row, char out[AU_MEASUREMENT_ID])
{
	char hex[2 * AU_VALUE_MAX + 1];

	ev_hex_encode(ev_span_of(row->value, row->reg->size), hex);
	snprintf(out, AU_MEASUREMENT_ID, "m-%s-%s", row->reg->name, hex);
}

void au_measurement_html(const struct au_history *h, const struct au_row *row,
			 struct ev_buffer *out)
{
	struct page page = { h, out }, *p = &page;
	ev_auto_buffer struct ev_buffer text = { 0 };
	char value[AU_SHORT_VALUE], title[AU_REGISTER_TITLE];
	char id[AU_MEASUREMENT_ID];
	char hex[2 * AU_VALUE_MAX + 1];

	au_short_value(row, value);
	au_register_title(row->reg, title);
	au_measurement_id(row, id);
	ev_hex_encode(ev_span_of(row->value, row->reg->size), hex);
	ev_buffer_printf(p->out, "<section id=\"%s\">\n", id);
	ev_buffer_printf(&text, "%s %s", title, value);
	au_html_words(p->out, "h3", NULL, &text);
	add(p, "<dl>\n");
	ev_buffer_add_str(&text, hex);
	term(p, "value", "mono", &text);
	if (row->n > 0) {
		counted(p, row);
	} else {
		ev_buffer_add_str(&text, "by the public alone: no evidence");
		term(p, "seen", "dim", &text);
	}
	for (size_t i = 0; i < row->n_sightings && i < SIGHTINGS_MAX; i++) {
		au_sighting_words(&row->sighting[i], &text);
		term(p, "public", NULL, &text);
	}
	add(p, "</dl>\n");
	if (row->n > 0)
		archive_list(p, row);
	add(p, "</section>\n");
}
