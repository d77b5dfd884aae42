/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/time, against the C library where it can say. */
#include "evidence/base/time.h"

#include "tests/lcg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

struct pair {
	const char *text;
	int64_t t;
};

static const struct pair pairs[] = {
	{ "1970-01-01T00:00:00Z", 0 },
	{ "1972-02-29T12:00:00Z", 68212800 },
	{ "2000-02-29T23:59:59Z", 951868799 },
	{ "2026-06-08T12:42:41Z", 1780922561 },
	{ "2038-01-19T03:14:08Z", 2147483648 },
	{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
};

static bool parses(const char *text)
{
	int64_t t;

	return ev_time_parse_rfc3339(ev_span_str(text), &t);
}

static void time_parses_and_formats_known_instants(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		char text[EV_TIME_TEXT];
		int64_t t = -1;

		assert_true(
			ev_time_parse_rfc3339(ev_span_str(pairs[i].text), &t));
		assert_int_equal(t, pairs[i].t);
		ev_time_format(t, text);
		assert_string_equal(text, pairs[i].text);
	}
}

static void time_formats_from_year_1_on(void **state)
{
	char text[EV_TIME_TEXT];

	(void)state;
	ev_time_format(EV_TIME_MIN, text);
	assert_string_equal(text, "0001-01-01T00:00:00Z");
	ev_time_format(-1, text);
	assert_string_equal(text, "1969-12-31T23:59:59Z");
	ev_time_format(EV_TIME_MAX, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
}

static void time_agrees_with_gmtime_on_random_instants(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		int64_t day = lcg_below(&seed, 3652059); /* of year 1..9999 */
		int64_t t = EV_TIME_MIN + day * 86400 + lcg_below(&seed, 86400);
		time_t c_time = (time_t)t;
		char ours[EV_TIME_TEXT], theirs[80];
		struct tm tm;
		int64_t back = 0;

		ev_time_format(t, ours);
		assert_non_null(gmtime_r(&c_time, &tm));
		snprintf(theirs, sizeof(theirs),
			 "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
			 tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min,
			 tm.tm_sec);
		assert_string_equal(ours, theirs);
		assert_int_equal(parses(ours), t >= 0);
		if (ev_time_parse_rfc3339(ev_span_str(ours), &back))
			assert_int_equal(back, t);
	}
}

static void time_refuses_what_the_calendar_lacks(void **state)
{
	static const char *const texts[] = {
		"1969-12-31T23:59:59Z", "2026-00-01T00:00:00Z",
		"2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-01-32T00:00:00Z", "2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-01-01T00:00:60Z", "2016-12-31T23:59:60Z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(parses(texts[i]));
}

static void time_refuses_every_other_spelling(void **state)
{
	static const char *const texts[] = {
		"",
		"2026-06-08",
		"2026-06-08T12:42:41",
		"2026-06-08t12:42:41Z",
		"2026-06-08T12:42:41z",
		"2026-06-08 12:42:41Z",
		"2026-06-08T12:42:41ZZ",
		"2026-06-08T12:42:41+00:00",
		"2026-06-08T12:42:41.5Z",
		"+026-06-08T12:42:41Z",
		"2026-06-08T12:42:4 Z",
		"2026/06/08T12:42:41Z",
	};
	struct ev_span good = EV_SPAN_LITERAL("2026-06-08T12:42:41Z");
	int64_t t = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(parses(texts[i]));
	for (size_t n = 0; n < good.n; n++)
		assert_false(
			ev_time_parse_rfc3339(ev_span_sub(good, 0, n), &t));
	assert_int_equal(t, 99);
}

static void fraction_is_cut(void **state)
{
	static const char *const good[] = { "2026-06-08T12:42:41Z",
					    "2026-06-08T12:42:41.0Z",
					    "2026-06-08T12:42:41.9Z",
					    "2026-06-08T12:42:41.123456789Z" };
	static const char *const bad[] = {
		"2026-06-08T12:42:41.Z",	   "2026-06-08T12:42:41,5Z",
		"2026-06-08T12:42:41.1234567890Z", "2026-06-08T12:42:41.5",
		"2026-06-08T12:42:41.-5Z",	   "2026-06-08T12:42:61.5Z",
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		t = 0;
		assert_true(ev_time_parse_fraction(ev_span_str(good[i]), &t));
		assert_int_equal(t, 1780922561);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(ev_time_parse_fraction(ev_span_str(bad[i]), &t));
}

static void argument_takes_seconds_or_rfc3339(void **state)
{
	static const char *const bad[] = { "",	  "@",	  "@-1",
					   "@+1", "@1.0", "@253402300800",
					   "1",	  "@ 1",  "@0000000000001",
					   "now", "@1a",  "2026-06-08" };
	int64_t t = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(ev_time_parse_argument(bad[i], &t));
	assert_int_equal(t, 99);
	assert_true(ev_time_parse_argument("@0", &t));
	assert_int_equal(t, 0);
	assert_true(ev_time_parse_argument("@253402300799", &t));
	assert_int_equal(t, EV_TIME_MAX);
	assert_true(ev_time_parse_argument("2026-06-08T12:42:41Z", &t));
	assert_int_equal(t, 1780922561);
}

static void imds_times_have_two_digits_of_a_year(void **state)
{
	static const char *const bad[] = {
		"",
		"7/28/26 13:24:00 -0000",
		"07/28/26 13:24:00 +0000",
		"07/28/26 13:24:00 -0000 ",
		"07/28/2026 13:24:00 -0000",
		"28/07/26 13:24:00 -0000",
		"02/29/26 13:24:00 -0000",
		"07/28/26 24:00:00 -0000",
		"07-28-26 13:24:00 -0000",
		"07/28/ 6 13:24:00 -0000",
	};
	int64_t t = 0;

	(void)state;
	assert_true(ev_time_parse_imds(
		EV_SPAN_LITERAL("07/28/26 13:24:00 -0000"), &t));
	assert_int_equal(t, 1785245040);
	assert_true(ev_time_parse_imds(
		EV_SPAN_LITERAL("02/29/00 00:00:00 -0000"), &t));
	assert_int_equal(t, 951782400);
	assert_true(ev_time_parse_imds(
		EV_SPAN_LITERAL("12/31/99 23:59:59 -0000"), &t));
	assert_int_equal(t, 4102444799);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(ev_time_parse_imds(ev_span_str(bad[i]), &t));
}

static void utctime_turns_the_century_at_50(void **state)
{
	int64_t t = 0;

	(void)state;
	assert_true(
		ev_time_parse_utctime(EV_SPAN_LITERAL("700101000000Z"), &t));
	assert_int_equal(t, 0);
	assert_true(
		ev_time_parse_utctime(EV_SPAN_LITERAL("491231235959Z"), &t));
	assert_int_equal(t, INT64_C(2524607999));
	assert_true(
		ev_time_parse_utctime(EV_SPAN_LITERAL("500101000000Z"), &t));
	assert_int_equal(t, -INT64_C(631152000));
}

static void der_times_refuse_every_other_form(void **state)
{
	static const char *const utc[] = {
		"",
		"7001010000Z",
		"700101000000",
		"7001010000000",
		"700101000000+",
		"70010100000aZ",
		"701301000000Z",
		"700101000060Z",
		"19700101000000Z",
	};
	static const char *const generalized[] = {
		"",
		"19700101000000",
		"19700101000000.5Z",
		"197001010000Z",
		"19691231235959Z",
		"19700101000000z",
		"1970010100000 Z",
		"99991331235959Z",
		"700101000000Z",
	};
	int64_t t = 99;

	(void)state;
	for (size_t i = 0; i < sizeof(utc) / sizeof(*utc); i++)
		assert_false(ev_time_parse_utctime(ev_span_str(utc[i]), &t));
	for (size_t i = 0; i < sizeof(generalized) / sizeof(*generalized); i++)
		assert_false(ev_time_parse_generalized(
			ev_span_str(generalized[i]), &t));
	assert_int_equal(t, 99);
	assert_true(ev_time_parse_generalized(
		EV_SPAN_LITERAL("99991231235959Z"), &t));
	assert_int_equal(t, EV_TIME_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(time_parses_and_formats_known_instants),
		cmocka_unit_test(time_formats_from_year_1_on),
		cmocka_unit_test(time_agrees_with_gmtime_on_random_instants),
		cmocka_unit_test(time_refuses_what_the_calendar_lacks),
		cmocka_unit_test(time_refuses_every_other_spelling),
		cmocka_unit_test(fraction_is_cut),
		cmocka_unit_test(argument_takes_seconds_or_rfc3339),
		cmocka_unit_test(imds_times_have_two_digits_of_a_year),
		cmocka_unit_test(utctime_turns_the_century_at_50),
		cmocka_unit_test(der_times_refuse_every_other_form),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
