/* SPDX-License-Identifier: Apache-2.0 */
/* What a history says in words. */
#include "audit/history/history_words.h"

#include "evidence/base/hex.h"

#include <stdio.h>

/* A commit, and a time with a zone, are told by less than all of it. */
#define COMMIT_DIGITS 12
#define SHORT_DIGITS  8

static void add_shown(struct ev_buffer *out, struct ev_span text, size_t size)
{
	char shown[1200];

	assert(size <= sizeof(shown));
	ev_show(text, shown, size);
	ev_buffer_add_str(out, shown);
}

static void add_time(struct ev_buffer *out, int64_t t)
{
	char text[EV_TIME_TEXT];

	ev_time_format(t, text);
	ev_buffer_add_str(out, text);
}

static void add_value(struct ev_buffer *out, const struct au_row *row)
{
	char text[AU_SHORT_VALUE];

	au_short_value(row, text);
	ev_buffer_printf(out, "%.*s", SHORT_DIGITS, text);
}

void au_short_value(const struct au_row *row, char out[AU_SHORT_VALUE])
{
	ev_hex_encode(ev_span_of(row->value, (AU_SHORT_VALUE - 1) / 2), out);
}

void au_register_title(const struct au_register *reg,
		       char out[AU_REGISTER_TITLE])
{
	static const char *const titles[] = {
		[AU_TDX] = "MRTD",
		[AU_SNP] = "SNP LD",
		[AU_VBS] = "VBS BOOT-DIGEST",
	};

	snprintf(out, AU_REGISTER_TITLE, "%s", titles[reg->platform]);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

void au_summary_words(const struct au_history *h, struct ev_buffer *out)
{
	ev_buffer_printf(out, "%zu measurement%s, %zu archive%s, ", h->n_seen,
			 plural(h->n_seen), h->archives, plural(h->archives));
	if (h->references == NULL)
		ev_buffer_add_str(out, "no references given");
	else
		ev_buffer_printf(out, "%zu explained by a reproducible build",
				 h->n_known);
	if (h->n > h->n_seen)
		ev_buffer_printf(out, ", %zu seen by the public alone",
				 h->n - h->n_seen);
}

void au_beside_words(const struct au_history *h, struct ev_buffer *out)
{
	const struct {
		size_t n;
		const char *one, *many;
	} parts[] = {
		{ h->duplicates, "file is an archive given already",
		  "files are archives given already" },
		{ h->without, "archive holds no launch measurement",
		  "archives hold no launch measurement" },
		{ h->unreadable, "file could not be read",
		  "files could not be read" },
		{ h->without_time, "archive says no time (--at T)",
		  "archives say no time (--at T)" },
	};
	bool any = false;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].n == 0)
			continue;
		ev_buffer_printf(out, "%s%zu %s", any ? "; " : "", parts[i].n,
				 parts[i].n == 1 ? parts[i].one
						 : parts[i].many);
		any = true;
	}
}

void au_known_words(const struct au_row *row, struct ev_buffer *out)
{
	const struct au_comparison *c = &row->comparison;
	const struct au_reference *ref;

	if (c->listed == NULL || c->entry == NULL) {
		ev_buffer_printf(out, "none (%s)", au_result_name(c->result));
		return;
	}
	ref = &c->listed->reference;
	add_shown(out, ref->product, 80);
	ev_buffer_add_str(out, " ");
	add_shown(out, ref->version, 80);
	ev_buffer_printf(out, " (%s", au_result_name(c->result));
	if (c->status != NULL && c->status->state != AU_GOOD)
		ev_buffer_printf(out, ", %s", au_state_name(c->status->state));
	ev_buffer_add_str(out, "), source ");
	add_shown(out,
		  ev_span_of(ref->commit.p, ref->commit.n < COMMIT_DIGITS
						    ? ref->commit.n
						    : COMMIT_DIGITS),
		  80);
}

void au_basis_words(const struct au_history *h, const struct au_row *row,
		    struct ev_buffer *out)
{
	enum au_basis first = au_archive_of(h, au_row_first(row))->basis;
	enum au_basis last = au_archive_of(h, au_row_last(h, row))->basis;

	if (first == last)
		ev_buffer_printf(out, "time %s", au_basis_name(first));
	else
		ev_buffer_printf(out, "first time %s, last %s",
				 au_basis_name(first), au_basis_name(last));
}

void au_level_words(const struct au_row *row, const struct au_level_seen *l,
		    bool full, struct ev_buffer *out)
{
	bool is_td = row->reg->platform == AU_TDX;
	char svn[AU_SVN_TEXT];

	ev_show(ev_span_str(l->as->svn), svn, sizeof(svn));
	if (l->as->tcb[0] != '\0')
		add_shown(out, ev_span_str(l->as->tcb), AU_TCB_WORD);
	else
		ev_buffer_add_str(out, is_td ? "no TCB level" : "TCB");
	if (svn[0] == '\0')
		return;
	/* The bytes in use stand first (TDX module page, TEE_TCB_SVN). */
	ev_buffer_printf(out, is_td ? " TEE_TCB_SVN %.*s" : " %.*s",
			 is_td && !full ? 6 : (int)sizeof(svn), svn);
}

void au_sighting_words(const struct au_sighting *s, struct ev_buffer *out)
{
	add_shown(out, s->place, 400);
	ev_buffer_printf(out, ", %s: ", s->has_time ? s->time.text : "no time");
	add_shown(out, s->source, 1200);
	if (s->remarks.n == 0)
		return;
	ev_buffer_add_str(out, " (");
	add_shown(out, s->remarks, 1200);
	ev_buffer_add_str(out, ")");
}

static void add_span(const struct au_meeting *m, struct ev_buffer *out)
{
	long long days = (long long)((m->to - m->from) / 86400);

	if (m->from == m->to) {
		ev_buffer_add_str(out, "at ");
		add_time(out, m->from);
		return;
	}
	if (days == 0)
		ev_buffer_add_str(out, "less than a day");
	else
		ev_buffer_printf(out, "%lld day%s", days, days == 1 ? "" : "s");
	ev_buffer_add_str(out, ", ");
	add_time(out, m->from);
	ev_buffer_add_str(out, " to ");
	add_time(out, m->to);
}

void au_overlap_words(const struct au_meeting *m, struct ev_buffer *out)
{
	add_value(out, m->a);
	ev_buffer_add_str(out, " and ");
	add_value(out, m->b);
	ev_buffer_add_str(out, " ran side by side ");
	add_span(m, out);
}

void au_gap_words(const struct au_meeting *m, struct ev_buffer *out)
{
	ev_buffer_add_str(out, "nothing was seen for ");
	add_span(m, out);
	ev_buffer_add_str(out, ": ");
	add_value(out, m->a);
	ev_buffer_add_str(out, " before, ");
	add_value(out, m->b);
	ev_buffer_add_str(out, " behind");
}

void au_line_words(const struct au_line *line, struct ev_buffer *out)
{
	char title[AU_REGISTER_TITLE];

	au_register_title(line->reg, title);
	ev_buffer_printf(out, "%s %s", title,
			 line->is_hcl
				 ? "behind an HCL report"
				 : "of platforms that nothing tells apart");
}

void au_uncounted_words(const struct au_history *h,
			const struct au_uncounted_group *g,
			struct ev_buffer *out)
{
	const struct au_uncounted *u = g->as;
	char title[AU_REGISTER_TITLE], hex[AU_SHORT_VALUE] = "unread";

	au_register_title(u->reg, title);
	if (u->has_value)
		ev_hex_encode(ev_span_of(u->value, (sizeof(hex) - 1) / 2), hex);
	ev_buffer_printf(out, "%s %s, %zu archive%s: ", title, hex, g->archives,
			 plural(g->archives));
	add_shown(out, ev_span_str(h->sights->reason[u->reason]), 400);
}
