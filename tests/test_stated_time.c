/* SPDX-License-Identifier: Apache-2.0 */
/* Times as somebody stated them: no more exact than that. */
#include "audit/history/stated_time.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void a_statement_is_as_wide_as_it_says(void **state)
{
	static const struct {
		const char *text, *first, *last;
	} rows[] = {
		{ "2024", "2024-01-01T00:00:00Z", "2024-12-31T23:59:59Z" },
		{ "2025-10", "2025-10-01T00:00:00Z", "2025-10-31T23:59:59Z" },
		{ "2025-12", "2025-12-01T00:00:00Z", "2025-12-31T23:59:59Z" },
		{ "2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59Z" },
		{ "2026-06-30", "2026-06-30T00:00:00Z",
		  "2026-06-30T23:59:59Z" },
		{ "2026-06-08T12:42:41Z", "2026-06-08T12:42:41Z",
		  "2026-06-08T12:42:41Z" },
		{ "1970", "1970-01-01T00:00:00Z", "1970-12-31T23:59:59Z" },
		{ "9999", "9999-01-01T00:00:00Z", "9999-12-31T23:59:59Z" },
		{ "9999-12", "9999-12-01T00:00:00Z", "9999-12-31T23:59:59Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct au_stated_time t = { 0 };
		char text[EV_TIME_TEXT];

		assert_true(
			au_stated_time_parse(ev_span_str(rows[i].text), &t));
		assert_string_equal(t.text, rows[i].text);
		ev_time_format(t.first, text);
		assert_string_equal(text, rows[i].first);
		ev_time_format(t.last, text);
		assert_string_equal(text, rows[i].last);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"doc",
		"202",
		"20245",
		"1969",
		"2024-13",
		"2024-00",
		"2024-1",
		"2025-02-29",
		"2025-06-31",
		"2025-06-00",
		"2025/06/30",
		"abcd",
		"2024-ab",
		"20-24",
		"2024-06-3x",
		"2026-06-08T12:42:41+00:00",
		"2026-06-08T12:42:60Z",
		"2026-06-08t12:42:41z",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct au_stated_time t = { .first = 42 };

		assert_false(au_stated_time_parse(ev_span_str(rows[i]), &t));
		assert_int_equal(t.first, 42);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_statement_is_as_wide_as_it_says),
		cmocka_unit_test(what_is_no_time_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
