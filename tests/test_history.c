/* SPDX-License-Identifier: Apache-2.0 */
/* Sights collected by measurement, whatever order their archives came in. */
#include "audit/history/history.h"
#include "audit/history/history_document.h"
#include "tests/history_sample.h"
#include "tests/lcg.h"

#define A "2026-01-01T00:00:00Z"
#define B "2026-01-05T00:00:00Z"
#define C "2026-02-01T00:00:00Z"
#define D "2026-03-01T00:00:00Z"

/* Measurement a: archives 1, 2 and 4 on machines 5 and 6; b: archive 3;
 * archive 2 came again with a time that is known better. */
static const struct sample_report reports[] = {
	{ .id = '1',
	  .time = A,
	  .value = 'a',
	  .machine = '5',
	  .tcb = "UpToDate" },
	{ .id = '2',
	  .time = D,
	  .value = 'a',
	  .machine = '6',
	  .tcb = "OutOfDate",
	  .verdict = "fail" },
	{ .id = '2',
	  .time = C,
	  .value = 'a',
	  .machine = '6',
	  .tcb = "OutOfDate",
	  .basis = "proven",
	  .verdict = "fail" },
	{ .id = '3', .time = B, .value = 'b', .tcb = "UpToDate" },
	{ .id = '4',
	  .time = C,
	  .value = 'a',
	  .machine = '5',
	  .tcb = "UpToDate" },
	{ .id = '5', .time = A, .value = 'c', .debug = true },
	{ .id = '6', .time = B, .value = 'c', .debug = true },
	{ .id = '7', .time = A },
};
#define N (sizeof(reports) / sizeof(reports[0]))

static int64_t at(const char *text)
{
	int64_t t = 0;

	assert_true(ev_time_parse_rfc3339(ev_span_str(text), &t));
	return t;
}

static void rows_collect_what_was_seen(void **state)
{
	struct au_sights s = { 0 };
	struct au_history h = { 0 };
	const struct au_row *a;

	(void)state;
	sample_history(reports, N, NULL, NULL, &s, &h);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.n_seen, 2);
	a = &h.row[0];
	assert_int_equal(a->value[0], 0xaa);
	assert_int_equal(a->archives, 3);
	assert_int_equal(a->n_machines, 2);
	assert_int_equal(a->without_machine, 0);
	assert_int_equal(au_time_of(&h, au_row_first(a)), at(A));
	assert_int_equal(au_time_of(&h, au_row_last(&h, a)), at(C));
	/* Of two archives at one time, the one whose time is proven. */
	assert_int_equal(au_archive_of(&h, au_row_last(&h, a))->id[0], 0x22);
	assert_int_equal(a->verdicts[0], 2);
	assert_int_equal(a->verdicts[1], 1);
	assert_int_equal(a->n_levels, 2);
	assert_string_equal(a->level[0].as->tcb, "UpToDate");
	assert_int_equal(a->level[0].archives, 2);
	assert_int_equal(a->level[0].last, at(C));
	assert_string_equal(a->level[1].as->tcb, "OutOfDate");
	assert_int_equal(h.row[1].value[0], 0xbb);
	assert_int_equal(h.row[1].without_machine, 1);
	assert_int_equal(h.row[1].n_machines, 0);
	assert_int_equal(h.archives, 7);
	assert_int_equal(h.duplicates, 1);
	assert_int_equal(h.without, 1);
	assert_int_equal(h.n_uncounted, 1);
	assert_int_equal(h.uncounted[0].archives, 2);
	au_history_free(&h);
	au_sights_free(&s);
}

static char *json_of(const struct sample_report *list, size_t n,
		     const size_t *order)
{
	struct au_sights s = { 0 };
	struct au_history h = { 0 };
	struct au_lines lines = { 0 };
	char *text;

	sample_history(list, n, order, NULL, &s, &h);
	assert_true(au_lines_find(&h, &lines));
	text = au_history_json(&h, &lines, NULL);
	assert_non_null(text);
	au_lines_free(&lines);
	au_history_free(&h);
	au_sights_free(&s);
	return text;
}

static void any_order_makes_the_same_bytes(void **state)
{
	char *first = json_of(reports, N, NULL);
	size_t order[N];
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < N; i++)
		order[i] = i;
	for (size_t round = 0; round < 200; round++) {
		char *text;

		for (size_t i = N - 1; i > 0; i--) {
			size_t k = lcg_below(&seed, (uint32_t)i + 1);
			size_t kept = order[i];

			order[i] = order[k];
			order[k] = kept;
		}
		text = json_of(reports, N, order);
		assert_string_equal(text, first);
		free(text);
	}
	free(first);
}

/* Its id is that of the archive whose manifest it has. */
static void a_tampered_copy_takes_nothing_away(void **state)
{
	static const struct sample_report copies[] = {
		{ .id = '1', .time = A, .value = 'a', .verdict = "incomplete" },
		{ .id = '1',
		  .time = A,
		  .value = 'b',
		  .verdict = "fail",
		  .tampered = true },
		{ .id = '1',
		  .time = A,
		  .value = 'c',
		  .verdict = "fail",
		  .tampered = true },
		{ .id = '1',
		  .time = A,
		  .value = 'c',
		  .verdict = "fail",
		  .tampered = true },
	};
	static const size_t orders[][4] = { { 0, 1, 2, 3 },
					    { 3, 2, 1, 0 },
					    { 1, 3, 0, 2 } };
	char *first = json_of(copies, 4, NULL);
	struct au_sights s = { 0 };
	struct au_history h = { 0 };

	(void)state;
	sample_history(copies, 4, NULL, NULL, &s, &h);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.row[0].value[0], 0xaa);
	assert_int_equal(h.n_uncounted, 2);
	assert_int_equal(h.archives, 3);
	assert_int_equal(h.duplicates, 1);
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		char *text = json_of(copies, 4, orders[i]);

		assert_string_equal(text, first);
		free(text);
	}
	free(first);
	au_history_free(&h);
	au_sights_free(&s);
}

static void sightings_move_nothing(void **state)
{
#define ENTRY(value, time)                                                     \
	"{\"place\":\"P\",\"platform\":\"tdx\",\"register\":\"mrtd\","         \
	"\"source\":\"S\"" time ",\"value\":\"" value "\"}"
#define SIXTEEN(x) x x x x x x x x x x x x x x x x
#define VALUE(x)   SIXTEEN(x) SIXTEEN(x) SIXTEEN(x)
#define A_EARLY	   ENTRY(VALUE("aa"), ",\"time\":\"2020\"")
#define A_LATE	   ENTRY(VALUE("aa"), ",\"time\":\"2030\"")
#define D_ALONE	   ENTRY(VALUE("dd"), ",\"time\":\"2019-05\"")
#define C_ALONE	   ENTRY(VALUE("cc"), "")
	static const char text[] = "{\"list\":[" A_EARLY "," A_LATE "," D_ALONE
				   "," C_ALONE "],\"sightings\":"
				   "\"ecart-sightings/1\"}";
	struct au_sightings public = { 0 };
	struct au_sights s = { 0 };
	struct au_history h = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_sightings_parse(ev_span_str(text), &public, &err),
			 EV_OK);
	sample_history(reports, N, NULL, &public, &s, &h);
	assert_int_equal(h.n, 4);
	assert_int_equal(h.n_seen, 2);
	/* The public alone: the oldest, and behind all what has no time. */
	assert_int_equal(h.row[0].value[0], 0xdd);
	assert_int_equal(h.row[0].n, 0);
	assert_int_equal(h.row[0].archives, 0);
	assert_int_equal(h.row[3].value[0], 0xcc);
	assert_int_equal(h.row[1].value[0], 0xaa);
	assert_int_equal(h.row[1].n_sightings, 2);
	assert_string_equal(h.row[1].sighting[0].time.text, "2020");
	assert_int_equal(au_time_of(&h, au_row_first(&h.row[1])), at(A));
	assert_int_equal(au_time_of(&h, au_row_last(&h, &h.row[1])), at(C));
	assert_int_equal(h.row[2].n_sightings, 0);
	au_history_free(&h);
	au_sights_free(&s);
	au_sightings_free(&public);
}

static void nothing_makes_an_empty_history(void **state)
{
	struct au_sights s = { 0 };
	struct au_history h = { 0 };

	(void)state;
	sample_history(NULL, 0, NULL, NULL, &s, &h);
	assert_int_equal(h.n + h.archives + h.n_uncounted, 0);
	au_history_free(&h);
	au_sights_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_collect_what_was_seen),
		cmocka_unit_test(any_order_makes_the_same_bytes),
		cmocka_unit_test(a_tampered_copy_takes_nothing_away),
		cmocka_unit_test(sightings_move_nothing),
		cmocka_unit_test(nothing_makes_an_empty_history),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
