/* SPDX-License-Identifier: Apache-2.0 */
/* A history for programs. */
#include "audit/history/history_document.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_write.h"

struct document {
	const struct au_history *h;
	const struct au_lines *lines;
	struct ev_writer *w;
};

static void count(struct document *d, const char *name, size_t n)
{
	ev_write_int(d->w, name, (int64_t)n);
}

static void value(struct document *d, const char *name,
		  const struct au_row *row)
{
	ev_write_hex(d->w, name, ev_span_of(row->value, row->reg->size));
}

static void line_name(struct document *d, const struct au_register *reg,
		      bool is_hcl)
{
	char name[AU_LINE_NAME];

	au_line_name(reg, is_hcl, name);
	ev_write_str(d->w, "line", name);
}

static void archive(struct document *d, const char *name,
		    const struct au_archive_seen *a)
{
	ev_write_object(d->w, name);
	ev_write_hex(d->w, "archive", EV_SPAN(a->id));
	ev_write_str(d->w, "basis", au_basis_name(a->basis));
	ev_write_time(d->w, "time", a->time);
}

static void sights(struct document *d, const struct au_row *row)
{
	ev_write_array(d->w, "sights");
	for (size_t i = 0; i < row->n; i++) {
		const struct au_archive_seen *a =
			au_archive_of(d->h, &row->item[i]);

		if (i > 0 && row->item[i].archive == row->item[i - 1].archive)
			continue;
		archive(d, NULL, a);
		ev_write_str(d->w, "verdict", au_verdict_name(a->verdict));
		ev_write_end(d->w);
	}
	ev_write_end(d->w);
}

static void levels(struct document *d, const struct au_row *row)
{
	ev_write_array(d->w, "levels");
	for (size_t i = 0; i < row->n_levels; i++) {
		const struct au_level_seen *l = &row->level[i];

		ev_write_object(d->w, NULL);
		count(d, "archives", l->archives);
		ev_write_time(d->w, "firstSeen", l->first);
		ev_write_time(d->w, "lastSeen", l->last);
		if (l->as->tcb[0] != '\0')
			ev_write_foreign(d->w, "status",
					 ev_span_str(l->as->tcb));
		if (l->as->svn[0] != '\0')
			ev_write_foreign(d->w, "svn", ev_span_str(l->as->svn));
		ev_write_end(d->w);
	}
	ev_write_end(d->w);
}

static void machines(struct document *d, const struct au_row *row)
{
	count(d, "machines", row->n_machines);
	count(d, "archivesWithoutMachine", row->without_machine);
	ev_write_array(d->w, "machineIds");
	for (size_t i = 0; i < row->n_machines; i++)
		ev_write_hex(d->w, NULL, EV_SPAN(row->machine[i]));
	ev_write_end(d->w);
}

static void verdicts(struct document *d, const struct au_row *row)
{
	ev_write_object(d->w, "verdicts");
	for (size_t i = 0; i < AU_N_VERDICTS; i++)
		count(d, au_verdict_name(i), row->verdicts[i]);
	ev_write_end(d->w);
}

static void listed(struct document *d, const struct au_comparison *c)
{
	const struct au_reference *ref = &c->listed->reference;

	ev_write_foreign(d->w, "path", ev_span_str(c->listed->path));
	ev_write_foreign(d->w, "product", ref->product);
	ev_write_foreign(d->w, "version", ref->version);
	ev_write_object(d->w, "source");
	ev_write_foreign(d->w, "commit", ref->commit);
	ev_write_foreign(d->w, "repository", ref->repository);
	ev_write_end(d->w);
	if (c->status == NULL)
		return;
	ev_write_str(d->w, "status", au_state_name(c->status->state));
	ev_write_time(d->w, "since", c->status->since);
}

static void reference(struct document *d, const struct au_row *row)
{
	const struct au_comparison *c = &row->comparison;

	if (!row->is_compared)
		return;
	ev_write_object(d->w, "reference");
	ev_write_str(d->w, "result", au_result_name(c->result));
	ev_write_foreign(d->w, "reason", ev_span_str(c->reason));
	if (c->listed != NULL)
		listed(d, c);
	ev_write_end(d->w);
}

static void sightings(struct document *d, const struct au_row *row)
{
	if (d->h->sightings == NULL)
		return;
	ev_write_array(d->w, "sightings");
	for (size_t i = 0; i < row->n_sightings; i++) {
		const struct au_sighting *s = &row->sighting[i];

		ev_write_object(d->w, NULL);
		ev_write_str(d->w, "basis", "public");
		ev_write_foreign(d->w, "place", s->place);
		ev_write_foreign(d->w, "source", s->source);
		if (s->remarks.n > 0)
			ev_write_foreign(d->w, "remarks", s->remarks);
		if (s->has_time)
			ev_write_str(d->w, "time", s->time.text);
		ev_write_end(d->w);
	}
	ev_write_end(d->w);
}

static void evidence(struct document *d, const struct au_row *row)
{
	archive(d, "firstSeen", au_archive_of(d->h, au_row_first(row)));
	ev_write_end(d->w);
	archive(d, "lastSeen", au_archive_of(d->h, au_row_last(d->h, row)));
	ev_write_end(d->w);
	line_name(d, row->reg, row->is_hcl);
	sights(d, row);
	levels(d, row);
	verdicts(d, row);
	reference(d, row);
}

static void measurement(struct document *d, const struct au_row *row)
{
	ev_write_object(d->w, NULL);
	ev_write_str(d->w, "platform", row->reg->platform_name);
	ev_write_str(d->w, "register", row->reg->name);
	value(d, "value", row);
	ev_write_str(d->w, "seen", row->n > 0 ? "evidence" : "public");
	count(d, "archives", row->archives);
	machines(d, row);
	if (row->n > 0)
		evidence(d, row);
	sightings(d, row);
	ev_write_end(d->w);
}

static void meetings(struct document *d, const char *name,
		     const struct au_meeting *list, size_t n, const char *a,
		     const char *b)
{
	ev_write_array(d->w, name);
	for (size_t i = 0; i < n; i++) {
		ev_write_object(d->w, NULL);
		value(d, a, list[i].a);
		value(d, b, list[i].b);
		ev_write_int(d->w, "days", (list[i].to - list[i].from) / 86400);
		ev_write_time(d->w, "from", list[i].from);
		ev_write_time(d->w, "to", list[i].to);
		ev_write_end(d->w);
	}
	ev_write_end(d->w);
}

static void all_lines(struct document *d)
{
	ev_write_array(d->w, "lines");
	for (size_t i = 0; i < d->lines->n; i++) {
		const struct au_line *line = &d->lines->line[i];

		ev_write_object(d->w, NULL);
		line_name(d, line->reg, line->is_hcl);
		ev_write_str(d->w, "platform", line->reg->platform_name);
		ev_write_str(d->w, "register", line->reg->name);
		count(d, "measurements", line->n);
		meetings(d, "overlaps", line->overlap, line->n_overlaps, "a",
			 "b");
		ev_write_bool(d->w, "overlapsLeftOut", line->overlaps_left_out);
		meetings(d, "gaps", line->gap, line->n_gaps, "after", "before");
		ev_write_end(d->w);
	}
	ev_write_end(d->w);
}

static void not_counted(struct document *d)
{
	ev_write_array(d->w, "notCounted");
	for (size_t i = 0; i < d->h->n_uncounted; i++) {
		const struct au_uncounted_group *g = &d->h->uncounted[i];
		const struct au_uncounted *u = g->as;

		ev_write_object(d->w, NULL);
		ev_write_str(d->w, "platform", u->reg->platform_name);
		ev_write_str(d->w, "register", u->reg->name);
		if (u->has_value)
			ev_write_hex(d->w, "value",
				     ev_span_of(u->value, u->reg->size));
		ev_write_foreign(d->w, "reason",
				 ev_span_str(d->h->sights->reason[u->reason]));
		count(d, "archives", g->archives);
		count(d, "items", g->n);
		ev_write_end(d->w);
	}
	ev_write_end(d->w);
}

static void archives(struct document *d)
{
	ev_write_object(d->w, "archives");
	count(d, "counted", d->h->archives);
	count(d, "duplicates", d->h->duplicates);
	count(d, "measuringNothing", d->h->without);
	count(d, "unreadable", d->h->unreadable);
	count(d, "withoutTime", d->h->without_time);
	ev_write_end(d->w);
}

/* Never where they lie: the document must not depend on it. */
static void references(struct document *d)
{
	const struct au_references *refs = d->h->references;

	if (refs == NULL)
		return;
	ev_write_object(d->w, "references");
	if (refs->commit[0] != '\0')
		ev_write_str(d->w, "commit", refs->commit);
	else
		ev_write_str(d->w, "note", "not in git");
	count(d, "manifests", refs->n);
	ev_write_hex(d->w, "sha256", EV_SPAN(refs->sha256));
	ev_write_end(d->w);
}

static void policy(struct document *d)
{
	const struct au_sights *s = d->h->sights;

	if (s->n_archives == 0)
		return;
	ev_write_object(d->w, "policy");
	ev_write_shown(d->w, "name", s->policy);
	ev_write_shown(d->w, "sha256", s->policy_sha256);
	ev_write_end(d->w);
}

char *au_history_json(const struct au_history *history,
		      const struct au_lines *lines, size_t *n)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	struct document d = { history, lines, w };

	if (w == NULL)
		return NULL;
	ev_write_object(w, NULL);
	ev_write_str(w, "history", "ecart-history/1");
	ev_write_str(w, "ecart", ECART_VERSION);
	ev_write_bool(w, "simulated", history->sights->simulated);
	archives(&d);
	policy(&d);
	references(&d);
	ev_write_array(w, "measurements");
	for (size_t i = 0; i < history->n; i++)
		measurement(&d, &history->row[i]);
	ev_write_end(w);
	all_lines(&d);
	not_counted(&d);
	ev_write_end(w);
	return ev_writer_finish(w, n);
}
