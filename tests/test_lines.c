/* SPDX-License-Identifier: Apache-2.0 */
/* Which measurements ran side by side, and when nothing was seen. */
#include "audit/history/lines.h"
#include "tests/history_sample.h"

#define D1  "2026-01-01T00:00:00Z"
#define D2  "2026-01-02T00:00:00Z"
#define D3  "2026-01-03T00:00:00Z"
#define D4  "2026-01-04T00:00:00Z"
#define D5  "2026-01-05T00:00:00Z"
#define D5S "2026-01-05T00:00:01Z"
#define D6  "2026-01-06T00:00:00Z"
#define MAX 8

static struct au_sights sights;
static struct au_history history;
static struct au_lines lines;

/* Reports numbered by their place. */
static void find(const struct sample_report *reports, size_t n)
{
	struct sample_report list[MAX];

	assert_true(n <= MAX);
	for (size_t i = 0; i < n; i++) {
		list[i] = reports[i];
		list[i].id = (char)('1' + i);
	}
	sample_history(list, n, NULL, NULL, &sights, &history);
	assert_true(au_lines_find(&history, &lines));
}

static int drop(void **state)
{
	(void)state;
	au_lines_free(&lines);
	au_history_free(&history);
	au_sights_free(&sights);
	return 0;
}

static void is_meeting(const struct au_meeting *m, char a, char b,
		       int64_t seconds)
{
	assert_int_equal(m->a->value[0] & 15, a - 'a' + 10);
	assert_int_equal(m->b->value[0] & 15, b - 'a' + 10);
	assert_int_equal(m->to - m->from, seconds);
}

static void interleaved_sights_overlap(void **state)
{
	static const struct sample_report reports[] = {
		{ .time = D1, .value = 'a' }, { .time = D4, .value = 'a' },
		{ .time = D2, .value = 'b' }, { .time = D5, .value = 'b' },
		{ .time = D3, .value = 'c' },
	};

	(void)state;
	find(reports, 5);
	assert_int_equal(lines.n, 1);
	assert_int_equal(lines.line[0].n, 3);
	assert_int_equal(lines.line[0].n_overlaps, 3);
	is_meeting(&lines.line[0].overlap[0], 'a', 'b', 2 * 86400);
	/* One sight amid those of another. */
	is_meeting(&lines.line[0].overlap[1], 'a', 'c', 0);
	is_meeting(&lines.line[0].overlap[2], 'b', 'c', 0);
	assert_int_equal(lines.line[0].n_gaps, 0);
}

static void one_after_the_other_does_not_overlap(void **state)
{
	static const struct sample_report reports[] = {
		{ .time = D1, .value = 'a' },
		{ .time = D2, .value = 'a' },
		/* At the last instant of a, which says nothing of an order. */
		{ .time = D2, .value = 'b' },
		{ .time = D3, .value = 'b' },
		/* At one instant, both alone. */
		{ .time = D4, .value = 'c' },
		{ .time = D4, .value = 'd' },
	};

	(void)state;
	find(reports, 6);
	assert_int_equal(lines.line[0].n_overlaps, 0);
	assert_int_equal(lines.line[0].n_gaps, 1);
	is_meeting(&lines.line[0].gap[0], 'b', 'c', 86400);
}

static void one_sight_at_the_first_of_another_is_beside_nothing(void **state)
{
	static const struct sample_report reports[] = {
		{ .time = D1, .value = 'a' },
		{ .time = D4, .value = 'a' },
		{ .time = D1, .value = 'b' },
	};

	(void)state;
	find(reports, 3);
	assert_int_equal(lines.line[0].n_overlaps, 0);
}

static void a_gap_is_a_day_behind_all_that_came_before(void **state)
{
	static const struct sample_report reports[] = {
		/* The longest reaches over b; from it the gap is a day less a
		 * second, and from d a day. */
		{ .time = D1, .value = 'a' }, { .time = D4, .value = 'a' },
		{ .time = D2, .value = 'b' }, { .time = D5S, .value = 'd' },
		{ .time = D6, .value = 'e' },
	};

	(void)state;
	find(reports, 5);
	assert_int_equal(lines.line[0].n_gaps, 1);
	is_meeting(&lines.line[0].gap[0], 'a', 'd', 86401);
}

static void an_hcl_report_makes_a_line_of_its_own(void **state)
{
	static const struct sample_report reports[] = {
		{ .time = D1, .value = 'a', .hcl = true },
		{ .time = D4, .value = 'a' }, /* alone: the same value */
		{ .time = D2, .value = 'b' },
		{ .time = D3, .value = 'c', .hcl = true },
	};
	char name[AU_LINE_NAME];

	(void)state;
	find(reports, 4);
	assert_int_equal(lines.n, 2);
	assert_true(lines.line[0].is_hcl);
	assert_int_equal(lines.line[0].n, 2);
	assert_int_equal(lines.line[0].n_overlaps, 1);
	is_meeting(&lines.line[0].overlap[0], 'a', 'c', 0);
	assert_false(lines.line[1].is_hcl);
	assert_int_equal(lines.line[1].n, 1);
	au_line_name(lines.line[0].reg, true, name);
	assert_string_equal(name, "tdx.mrtd.hcl");
	au_line_name(lines.line[1].reg, false, name);
	assert_string_equal(name, "tdx.mrtd");
}

/* 200 rows that all run side by side: 19900 pairs. */
static void more_overlaps_than_are_kept_are_said(void **state)
{
	static struct au_archive_seen archive[2] = { { .time = 0 },
						     { .time = 1000 } };
	static struct au_observation item[400];
	static uint8_t value[200][AU_VALUE_MAX];
	static struct au_row row[200];
	struct au_sights s = { .archive = archive, .n_archives = 2 };
	struct au_history h = { .sights = &s, .row = row, .n = 200 };

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		value[i][0] = (uint8_t)i;
		item[2 * i + 1].archive = 1;
		row[i] = (struct au_row){ .reg = &au_registers[0],
					  .value = value[i],
					  .item = &item[2 * i],
					  .n = 2 };
	}
	assert_true(au_lines_find(&h, &lines));
	assert_int_equal(lines.line[0].n, 200);
	assert_int_equal(lines.line[0].n_overlaps, AU_OVERLAPS_MAX);
	assert_true(lines.line[0].overlaps_left_out);
}

#define WITH_DROP(test) cmocka_unit_test_teardown(test, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DROP(interleaved_sights_overlap),
		WITH_DROP(one_after_the_other_does_not_overlap),
		WITH_DROP(one_sight_at_the_first_of_another_is_beside_nothing),
		WITH_DROP(a_gap_is_a_day_behind_all_that_came_before),
		WITH_DROP(an_hcl_report_makes_a_line_of_its_own),
		WITH_DROP(more_overlaps_than_are_kept_are_said),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
