/* SPDX-License-Identifier: Apache-2.0 */
/* Sights in an order of their own. */
#include "audit/history/sights_order.h"

#include <stdlib.h>

int au_by_value(const struct au_register *a, const uint8_t *a_value,
		const struct au_register *b, const uint8_t *b_value)
{
	if (a != b)
		return a < b ? -1 : 1;
	return memcmp(a_value, b_value, a->size);
}

bool au_observation_same(const struct au_observation *a,
			 const struct au_observation *b)
{
	return au_by_value(a->reg, a->value, b->reg, b->value) == 0;
}

static int by_archive_at(const void *a, const void *b, void *user)
{
	const struct au_archive_seen *all = user;

	return au_archive_seen_order(&all[*(const size_t *)a],
				     &all[*(const size_t *)b]);
}

static int by_sight(const void *left, const void *right, void *user)
{
	const struct au_archive_seen *all = user;
	const struct au_observation *a = left, *b = right;
	const struct au_archive_seen *in_a = &all[a->archive];
	const struct au_archive_seen *in_b = &all[b->archive];
	int by = au_by_value(a->reg, a->value, b->reg, b->value);

	if (by == 0)
		by = au_by_number(in_a->time, in_b->time);
	if (by == 0)
		by = au_by_number(in_a->basis, in_b->basis);
	if (by == 0)
		by = au_archive_seen_order(in_a, in_b);
	if (by == 0)
		by = a->has_machine - b->has_machine;
	if (by == 0)
		by = memcmp(a->machine, b->machine, sizeof(a->machine));
	if (by == 0)
		by = strcmp(a->svn, b->svn);
	if (by == 0)
		by = strcmp(a->tcb, b->tcb);
	return by != 0 ? by : a->is_hcl - b->is_hcl;
}

static int by_reason(const void *left, const void *right, void *user)
{
	const struct au_sights *s = user;
	const struct au_uncounted *a = left, *b = right;
	int by = au_by_value(a->reg, a->value, b->reg, b->value);

	if (by == 0)
		by = a->has_value - b->has_value;
	if (by == 0)
		by = strcmp(s->reason[a->reason], s->reason[b->reason]);
	return by != 0 ? by
		       : au_archive_seen_order(&s->archive[a->archive],
					       &s->archive[b->archive]);
}

/* Of each id the first in order is counted. */
static bool mark_again(struct au_sights *s)
{
	size_t *at = calloc(s->n_archives + 1, sizeof(*at));

	if (at == NULL)
		return false;
	for (size_t i = 0; i < s->n_archives; i++)
		at[i] = i;
	qsort_r(at, s->n_archives, sizeof(*at), by_archive_at, s->archive);
	for (size_t i = 1; i < s->n_archives; i++) {
		if (au_archive_seen_same(&s->archive[at[i]],
					 &s->archive[at[i - 1]]))
			s->archive[at[i]].is_counted = false;
	}
	free(at);
	return true;
}

static void drop_again(struct au_sights *s)
{
	size_t n = 0, n_uncounted = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->archive[s->item[i].archive].is_counted)
			s->item[n++] = s->item[i];
	}
	for (size_t i = 0; i < s->n_uncounted; i++) {
		if (s->archive[s->uncounted[i].archive].is_counted)
			s->uncounted[n_uncounted++] = s->uncounted[i];
	}
	s->n = n;
	s->n_uncounted = n_uncounted;
}

bool au_sights_settle(struct au_sights *sights)
{
	if (!mark_again(sights))
		return false;
	drop_again(sights);
	if (sights->n > 1)
		qsort_r(sights->item, sights->n, sizeof(*sights->item),
			by_sight, sights->archive);
	if (sights->n_uncounted > 1)
		qsort_r(sights->uncounted, sights->n_uncounted,
			sizeof(*sights->uncounted), by_reason, sights);
	return true;
}
