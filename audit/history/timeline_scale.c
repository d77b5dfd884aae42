/* SPDX-License-Identifier: Apache-2.0 */
/* From when to when a timeline is, and where its ticks stand. */
#include "audit/history/timeline.h"

#include <stdio.h>

static void include(struct au_timeline *t, int64_t from, int64_t to)
{
	t->from = from < t->from ? from : t->from;
	t->to = to > t->to ? to : t->to;
}

static void include_row(struct au_timeline *t, const struct au_history *h,
			const struct au_row *row)
{
	if (row->n > 0)
		include(t, au_time_of(h, au_row_first(row)),
			au_time_of(h, &row->item[row->n - 1]));
	for (size_t i = 0; i < row->n_sightings; i++) {
		const struct au_sighting *s = &row->sighting[i];

		if (s->has_time)
			include(t, s->time.first, s->time.last);
	}
}

/* The year and month, from 0, of a time that can be written. */
static int64_t month_of(int64_t t)
{
	char text[EV_TIME_TEXT];
	int64_t year = 0, month;

	ev_time_format(t, text);
	for (size_t i = 0; i < 4; i++)
		year = year * 10 + (text[i] - '0');
	month = (text[5] - '0') * 10 + (text[6] - '0');
	return year * 12 + month - 1;
}

static bool month_begins(int64_t month, int64_t *out)
{
	char text[EV_TIME_TEXT];

	if (month / 12 > 9999)
		return false;
	snprintf(text, sizeof(text), "%04u-%02u-01T00:00:00Z",
		 (unsigned int)(month / 12) % 10000,
		 (unsigned int)(month % 12) + 1);
	return ev_time_parse_rfc3339(ev_span_str(text), out);
}

/* Ticks every so many months; false where there is no room for them all. */
static bool by_months(struct au_timeline *t, int64_t step)
{
	int64_t month = month_of(t->from), at = 0;

	t->n_ticks = 0;
	month += (step - month % step) % step;
	for (; month_begins(month, &at) && at <= t->to; month += step) {
		if (at < t->from)
			continue;
		if (t->n_ticks == AU_TICKS_MAX)
			return false;
		t->tick[t->n_ticks++] = at;
	}
	t->tick_text = step % 12 == 0 ? 4 : 7;
	return true;
}

/* Labels of days are wider: there is room for fewer. */
static bool by_days(struct au_timeline *t, int64_t step)
{
	int64_t at = t->from + (step - t->from % step) % step;

	t->n_ticks = 0;
	for (; at <= t->to; at += step) {
		if (t->n_ticks == AU_TICKS_MAX - 2)
			return false;
		t->tick[t->n_ticks++] = at;
	}
	t->tick_text = 10;
	return true;
}

static void set_ticks(struct au_timeline *t)
{
	static const int64_t days[] = { 1, 2, 7, 14 };
	static const int64_t months[] = { 1,   2,   3,	 6,    12,   24,   60,
					  120, 240, 600, 1200, 6000, 24000 };

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++) {
		if (by_days(t, days[i] * 86400))
			return;
	}
	for (size_t i = 0; i < sizeof(months) / sizeof(months[0]); i++) {
		if (by_months(t, months[i]))
			return;
	}
	t->n_ticks = 0;
}

struct au_timeline au_timeline_of(const struct au_history *h)
{
	struct au_timeline t = { .from = EV_TIME_MAX, .to = 0 };

	for (size_t i = 0; i < h->n; i++)
		include_row(&t, h, &h->row[i]);
	if (t.from > t.to)
		t.from = t.to = 0;
	/* One instant stands in the middle of a few days. */
	if (t.to - t.from < 2 * 86400) {
		t.from = t.from > 86400 ? t.from - 86400 : 0;
		t.to = t.to < EV_TIME_MAX - 86400 ? t.to + 86400 : t.to;
	}
	set_ticks(&t);
	return t;
}
