/* SPDX-License-Identifier: Apache-2.0 */
/* Launch measurements over time. */
#include "audit/history/history.h"

#include "audit/history/sights_order.h"

#include <stdlib.h>

/* A history being made. */
struct making {
	struct au_history h;
	const struct au_observation **level; /* of one row, put in order */
	size_t n_machines, n_levels;	     /* of all rows */
};

const struct au_observation *au_row_first(const struct au_row *row)
{
	return &row->item[0];
}

const struct au_observation *au_row_last(const struct au_history *h,
					 const struct au_row *row)
{
	const struct au_observation *o = &row->item[row->n - 1];
	int64_t time = au_time_of(h, o);

	while (o > row->item && au_time_of(h, o - 1) == time)
		o--;
	return o;
}

bool au_row_is_known(const struct au_row *row)
{
	return row->is_compared &&
	       (row->comparison.result == AU_MATCH ||
		row->comparison.result == AU_MATCH_WITH_VARIANT);
}

static int by_digest(const void *a, const void *b)
{
	return memcmp(a, b, 32);
}

/* --- what one row says --- */

/* Archives, by their verdicts, and those that tell of no machine. */
static void count_archives(const struct au_history *h, struct au_row *row)
{
	bool told = true;

	for (size_t i = 0; i < row->n; i++) {
		const struct au_observation *o = &row->item[i];
		bool next = i == 0 || o->archive != row->item[i - 1].archive;

		row->is_hcl = row->is_hcl || o->is_hcl;
		if (!next) {
			told = told || o->has_machine;
			continue;
		}
		row->without_machine += !told;
		told = o->has_machine;
		row->archives++;
		row->verdicts[au_archive_of(h, o)->verdict]++;
	}
	row->without_machine += !told;
}

static void count_machines(struct making *m, struct au_row *row)
{
	uint8_t(*list)[32] = &m->h.machines[m->n_machines];
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < row->n; i++) {
		if (row->item[i].has_machine)
			memcpy(list[n++], row->item[i].machine, 32);
	}
	if (n > 1)
		qsort(list, n, 32, by_digest);
	for (size_t i = 0; i < n; i++) {
		if (kept == 0 || memcmp(list[kept - 1], list[i], 32) != 0)
			memmove(list[kept++], list[i], 32);
	}
	row->machine = (const uint8_t(*)[32])list;
	row->n_machines = kept;
	m->n_machines += kept;
}

static int by_level(const struct au_observation *a,
		    const struct au_observation *b)
{
	int by = strcmp(a->svn, b->svn);

	return by != 0 ? by : strcmp(a->tcb, b->tcb);
}

/* Observations of a row lie by time. */
static int by_level_and_time(const void *left, const void *right)
{
	const struct au_observation *a =
		*(const struct au_observation *const *)left;
	const struct au_observation *b =
		*(const struct au_observation *const *)right;
	int by = by_level(a, b);

	return by != 0 ? by : (a > b) - (a < b);
}

static int by_first(const void *left, const void *right)
{
	const struct au_level_seen *a = left, *b = right;
	int by = au_by_number(a->first, b->first);

	return by != 0 ? by : by_level(a->as, b->as);
}

static void collect_levels(struct making *m, struct au_row *row)
{
	struct au_level_seen *list = &m->h.levels[m->n_levels];
	const struct au_observation **at = m->level;
	size_t n = 0;

	for (size_t i = 0; i < row->n; i++)
		at[i] = &row->item[i];
	if (row->n > 1)
		qsort(at, row->n, sizeof(const void *), by_level_and_time);
	for (size_t i = 0; i < row->n; i++) {
		int64_t time = au_time_of(&m->h, at[i]);
		bool same = i > 0 && by_level(at[i - 1], at[i]) == 0;

		if (!same)
			list[n++] =
				(struct au_level_seen){ at[i], time, time, 0 };
		list[n - 1].last = time;
		list[n - 1].archives +=
			!same || at[i]->archive != at[i - 1]->archive;
	}
	if (n > 1)
		qsort(list, n, sizeof(*list), by_first);
	row->level = list;
	row->n_levels = n;
	m->n_levels += n;
}

static void compare(struct au_history *h, struct au_row *row)
{
	const struct au_question q = {
		.platform = row->reg->platform,
		.reg = ev_span_str(row->reg->name),
		.value = ev_span_of(row->value, row->reg->size),
		.at = au_time_of(h, &row->item[row->n - 1]),
		.objector = h->objector,
	};

	if (h->references == NULL)
		return;
	row->comparison = au_compare(h->references, &q);
	row->is_compared = true;
	h->n_known += au_row_is_known(row);
}

/* --- the rows --- */

static void add_seen(struct making *m)
{
	const struct au_sights *s = m->h.sights;
	size_t end;

	for (size_t i = 0; i < s->n; i = end) {
		struct au_row *row = &m->h.row[m->h.n++];

		for (end = i + 1; end < s->n; end++) {
			if (!au_observation_same(&s->item[i], &s->item[end]))
				break;
		}
		row->reg = s->item[i].reg;
		row->value = s->item[i].value;
		row->item = &s->item[i];
		row->n = end - i;
		count_archives(&m->h, row);
		count_machines(m, row);
		collect_levels(m, row);
		compare(&m->h, row);
	}
	m->h.n_seen = m->h.n;
}

static bool is_of(const struct au_row *row, const struct au_sighting *s)
{
	return au_by_value(row->reg, row->value, s->reg, s->value) == 0;
}

/* Both lie by register and value: one walk joins them.  What the public alone
 * saw is a row of its own. */
static void add_public(struct making *m)
{
	const struct au_sightings *all = m->h.sightings;
	size_t at = 0, end;

	for (size_t i = 0; all != NULL && i < all->n; i = end) {
		const struct au_sighting *s = &all->item[i];
		struct au_row *row;

		for (end = i + 1; end < all->n; end++) {
			if (au_by_value(s->reg, s->value, all->item[end].reg,
					all->item[end].value) != 0)
				break;
		}
		while (at < m->h.n_seen &&
		       au_by_value(m->h.row[at].reg, m->h.row[at].value, s->reg,
				   s->value) < 0)
			at++;
		row = at < m->h.n_seen && is_of(&m->h.row[at], s)
			      ? &m->h.row[at]
			      : &m->h.row[m->h.n++];
		row->reg = s->reg;
		if (row->n == 0)
			row->value = s->value;
		row->sighting = s;
		row->n_sightings = end - i;
	}
}

/* Without any time at the end. */
static int64_t begins(const struct au_history *h, const struct au_row *row)
{
	if (row->n > 0)
		return au_time_of(h, au_row_first(row));
	return row->sighting->has_time ? row->sighting->time.first : INT64_MAX;
}

static int by_sight(const void *left, const void *right, void *user)
{
	const struct au_row *a = left, *b = right;
	int by = au_by_number(begins(user, a), begins(user, b));

	return by != 0 ? by : au_by_value(a->reg, a->value, b->reg, b->value);
}

/* --- around them --- */

static void group_uncounted(struct au_history *h)
{
	const struct au_sights *s = h->sights;

	for (size_t i = 0; i < s->n_uncounted; i++) {
		const struct au_uncounted *u = &s->uncounted[i];
		struct au_uncounted_group *g =
			h->n_uncounted > 0 ? &h->uncounted[h->n_uncounted - 1]
					   : NULL;

		if (g == NULL || g->as->reason != u->reason ||
		    g->as->has_value != u->has_value ||
		    au_by_value(g->as->reg, g->as->value, u->reg, u->value) !=
			    0) {
			g = &h->uncounted[h->n_uncounted++];
			*g = (struct au_uncounted_group){ u, 0, 0 };
		}
		g->archives +=
			g->n == 0 || u->archive != s->uncounted[i - 1].archive;
		g->n++;
	}
}

/* measures: a byte an archive. */
static void count_all(struct au_history *h, uint8_t *measures)
{
	const struct au_sights *s = h->sights;

	for (size_t i = 0; i < s->n; i++)
		measures[s->item[i].archive] = 1;
	for (size_t i = 0; i < s->n_uncounted; i++)
		measures[s->uncounted[i].archive] = 1;
	for (size_t i = 0; i < s->n_archives; i++) {
		h->archives += s->archive[i].is_counted;
		h->duplicates += !s->archive[i].is_counted;
		h->without += s->archive[i].is_counted && !measures[i];
	}
}

/* A row is large, and values are few: they are counted first. */
static size_t count_rows(const struct au_history *h)
{
	const struct au_sights *s = h->sights;
	size_t n = h->sightings != NULL ? h->sightings->n : 0;

	for (size_t i = 0; i < s->n; i++)
		n += i == 0 ||
		     !au_observation_same(&s->item[i - 1], &s->item[i]);
	return n;
}

static bool make(struct making *m, uint8_t *measures)
{
	struct au_history *h = &m->h;
	size_t n = h->sights->n;

	h->row = calloc(count_rows(h) + 1, sizeof(*h->row));
	h->uncounted =
		calloc(h->sights->n_uncounted + 1, sizeof(*h->uncounted));
	h->machines = calloc(n + 1, sizeof(*h->machines));
	h->levels = calloc(n + 1, sizeof(*h->levels));
	m->level = calloc(n + 1, sizeof(const void *));
	if (h->row == NULL || h->uncounted == NULL || h->machines == NULL ||
	    h->levels == NULL || m->level == NULL)
		return false;
	add_seen(m);
	add_public(m);
	if (h->n > 1)
		qsort_r(h->row, h->n, sizeof(*h->row), by_sight, h);
	group_uncounted(h);
	count_all(h, measures);
	return true;
}

enum ev_code au_history_make(struct au_sights *sights,
			     const struct au_references *references,
			     const struct au_objector *objector,
			     const struct au_sightings *sightings,
			     struct au_history *out, struct ev_error *err)
{
	struct making m = { .h = { .sights = sights,
				   .references = references,
				   .objector = objector,
				   .sightings = sightings } };
	uint8_t *measures = calloc(sights->n_archives + 1, 1);
	bool done = measures != NULL && au_sights_settle(sights) &&
		    make(&m, measures);

	free(measures);
	free(m.level);
	if (!done) {
		au_history_free(&m.h);
		return ev_fail_trouble(err, "history", "out of memory");
	}
	*out = m.h;
	return EV_OK;
}

void au_history_free(struct au_history *history)
{
	free(history->row);
	free(history->uncounted);
	free(history->machines);
	free(history->levels);
	*history = (struct au_history){ 0 };
}
