/* SPDX-License-Identifier: Apache-2.0 */
/* A timeline has room for everything, and labels that can be read. */
#include "audit/history/timeline.h"
#include "tests/history_sample.h"

#include <stdio.h>

static void is_time(int64_t t, const char *want)
{
	char text[EV_TIME_TEXT];

	ev_time_format(t, text);
	assert_string_equal(text, want);
}

static struct au_timeline between(const char *from, const char *to)
{
	const struct sample_report reports[] = {
		{ .id = '1', .time = from, .value = 'a' },
		{ .id = '2', .time = to, .value = 'b' },
	};
	struct au_sights s = { 0 };
	struct au_history h = { 0 };
	struct au_timeline t;

	sample_history(reports, 2, NULL, NULL, &s, &h);
	t = au_timeline_of(&h);
	au_history_free(&h);
	au_sights_free(&s);
	return t;
}

static void ticks_are_whole_years_months_or_days(void **state)
{
	static const struct {
		const char *from, *to, *first, *second;
		size_t text;
	} rows[] = {
		{ "2023-06-28T08:03:58Z", "2026-06-30T08:47:13Z",
		  "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z", 4 },
		{ "2026-01-15T00:00:00Z", "2026-05-02T00:00:00Z",
		  "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z", 7 },
		{ "2026-06-08T12:00:00Z", "2026-06-10T12:00:00Z",
		  "2026-06-09T00:00:00Z", "2026-06-10T00:00:00Z", 10 },
		{ "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
		  "2000-01-01T00:00:00Z", "4000-01-01T00:00:00Z", 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct au_timeline t = between(rows[i].from, rows[i].to);

		assert_in_range(t.n_ticks, 2, AU_TICKS_MAX);
		is_time(t.tick[0], rows[i].first);
		is_time(t.tick[1], rows[i].second);
		assert_int_equal(t.tick_text, rows[i].text);
	}
}

static void one_instant_stands_amid_days(void **state)
{
	struct au_timeline t =
		between("2026-06-08T12:00:00Z", "2026-06-08T12:00:00Z");

	(void)state;
	is_time(t.from, "2026-06-07T12:00:00Z");
	is_time(t.to, "2026-06-09T12:00:00Z");
	t = between("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z");
	is_time(t.from, "1970-01-01T00:00:00Z");
}

static void nothing_has_a_timeline_too(void **state)
{
	struct au_history h = { 0 };
	struct au_timeline t = au_timeline_of(&h);

	(void)state;
	assert_true(t.from < t.to);
}

/* Ten thousand archives are no more marks than can be told apart. */
static void marks_are_as_many_as_can_be_told_apart(void **state)
{
	enum { MANY = 10000 };
	struct au_archive_seen *archive = calloc(MANY, sizeof(*archive));
	struct au_observation *item = calloc(MANY, sizeof(*item));
	struct au_sights s = { .archive = archive, .n_archives = MANY };
	struct au_row row = { .reg = &au_registers[0], .n = MANY };
	struct au_history h = { .sights = &s, .row = &row, .n = 1 };
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct au_timeline t;
	size_t n = 0;

	(void)state;
	assert_non_null(archive);
	assert_non_null(item);
	for (size_t i = 0; i < MANY; i++) {
		archive[i].time = (int64_t)i * 86400;
		item[i].archive = i;
	}
	row.item = item;
	row.value = item[0].value;
	t = au_timeline_of(&h);
	au_timeline_row(&t, &h, &row, &out);
	ev_buffer_add_byte(&out, 0);
	assert_true(ev_buffer_ok(&out));
	for (const char *p = (const char *)out.p;
	     (p = strstr(p, "<path")) != NULL; p++)
		n++;
	assert_in_range(n, 150, 250);
	free(archive);
	free(item);
}

/* Where the label of a tick stands, in hundredths of a part of a hundred. */
static int64_t label_of(const char *axis, const char *text)
{
	const char *end = strstr(axis, text);
	long long whole = 0;
	unsigned int part = 0;

	assert_non_null(end);
	while (strncmp(end, " x=\"", 4) != 0)
		end--;
	assert_int_equal(sscanf(end, " x=\"%lld.%02u", &whole, &part), 2);
	return whole * 100 + part;
}

/* A label of a month takes 13 of a hundred on a phone, one of a day 18. */
static void labels_keep_apart_and_inside(void **state)
{
	struct au_timeline t =
		between("2023-11-14T00:00:00Z", "2025-03-11T00:00:00Z");
	ev_auto_buffer struct ev_buffer out = { 0 };
	int64_t first;

	(void)state;
	au_timeline_axis(&t, &out);
	ev_buffer_add_byte(&out, 0);
	assert_null(strstr((const char *)out.p, "\"start\""));
	first = label_of((const char *)out.p, "2024-01");
	assert_true(label_of((const char *)out.p, "2024-04") - first > 1500);
	t = between("2026-06-08T23:59:00Z", "2026-06-11T23:59:00Z");
	out.n = 0;
	au_timeline_axis(&t, &out);
	ev_buffer_add_byte(&out, 0);
	first = label_of((const char *)out.p, "2026-06-09");
	assert_true(first >= 600);
	assert_true(label_of((const char *)out.p, "2026-06-10") - first > 1900);
}

/* A bar of all of them, however many: what is left out would be missed. */
static void every_overlap_and_gap_is_drawn(void **state)
{
	enum { MANY = 2000 };
	struct au_timeline t =
		between("2023-01-01T00:00:00Z", "2026-01-01T00:00:00Z");
	struct au_meeting *list = calloc(MANY, sizeof(*list));
	struct au_line line = { .overlap = list, .n_overlaps = MANY };
	ev_auto_buffer struct ev_buffer out = { 0 };
	int64_t step = (t.to - t.from) / MANY;
	size_t n = 0;

	(void)state;
	assert_non_null(list);
	for (int64_t i = 0; i < MANY; i++)
		list[i] = (struct au_meeting){ .from = t.from + i * step,
					       .to = t.from + (i + 1) * step };
	au_timeline_line(&t, &line, &out);
	ev_buffer_add_byte(&out, 0);
	assert_non_null(
		strstr((const char *)out.p, "x=\"2.00%\" width=\"95.99%\""));
	out.n = 0;
	line = (struct au_line){ .gap = list, .n_gaps = MANY };
	au_timeline_line(&t, &line, &out);
	ev_buffer_add_byte(&out, 0);
	for (const char *p = (const char *)out.p;
	     (p = strstr(p, "\"nothing\"")) != NULL; p++)
		n++;
	assert_in_range(n, 150, 200);
	assert_non_null(strstr((const char *)out.p, "x1=\"97."));
	/* Those that follow one another are two. */
	out.n = 0;
	line.n_gaps = 1;
	au_timeline_line(&t, &line, &out);
	ev_buffer_add_byte(&out, 0);
	assert_non_null(strstr((const char *)out.p,
			       "\"end\" y1=\"15\" y2=\"21\" x1=\"2.00%\""));
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ticks_are_whole_years_months_or_days),
		cmocka_unit_test(one_instant_stands_amid_days),
		cmocka_unit_test(nothing_has_a_timeline_too),
		cmocka_unit_test(marks_are_as_many_as_can_be_told_apart),
		cmocka_unit_test(labels_keep_apart_and_inside),
		cmocka_unit_test(every_overlap_and_gap_is_drawn),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
