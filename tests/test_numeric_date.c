/* SPDX-License-Identifier: Apache-2.0 */
/* NumericDate: however a number is spelled, or refused. */
#include "evidence/base/numeric_date.h"

#include "tests/parse_case.h"

static int64_t last;

static enum ev_code parse(struct ev_span text, struct ev_error *err)
{
	struct ev_nodes nodes = { 0 };
	enum ev_code code;

	code = ev_nodes_parse_numbers(text, 4096, "text", &nodes, err);
	if (code == EV_OK)
		code = ev_numeric_date_read(nodes.root, "text", "exp", &last,
					    err);
	ev_nodes_free(&nodes);
	return code;
}

static void numbers_are_cut_to_seconds(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{ "0", 0 },
		{ "-1", -1 },
		{ "253402300799", 253402300799 },
		{ "-62135596800", -62135596800 },
		{ "1695737747.999999999999999999999999", 1695737747 },
		{ "1.695737747e9", 1695737747 },
		{ "1.6957377479E+9", 1695737747 },
		{ "16957377470e-1", 1695737747 },
		{ "253402300799.9", 253402300799 },
		{ "0.000001e6", 1 },
		{ "0e999999999999999999999999", 0 },
		{ "0.0e400", 0 },
		{ "12e-400", 0 },
		{ "9e-1", 0 },
		{ "1e0", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };

		last = -7;
		assert_int_equal(parse(ev_span_str(rows[i].text), &err), EV_OK);
		assert_int_equal(last, rows[i].seconds);
	}
}

static void what_is_no_time_is_refused(void **state)
{
	static const struct {
		const char *text;
		enum ev_code code;
	} rows[] = {
		{ "253402300800", EV_VALUE },
		{ "-62135596801", EV_VALUE },
		{ "253402300800.0", EV_VALUE },
		{ "9223372036854775808", EV_VALUE },
		{ "99999999999999999999999999999999999", EV_VALUE },
		{ "1e309", EV_VALUE },
		{ "1e99999999999999999999999", EV_VALUE },
		{ "0.1e20", EV_VALUE },
		{ "-0", EV_VALUE },
		{ "-0.5", EV_VALUE },
		{ "-1e-400", EV_VALUE },
		{ "\"1\"", EV_SYNTAX },
		{ "true", EV_SYNTAX },
		{ "[1]", EV_SYNTAX },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };

		last = -7;
		parse(ev_span_str(rows[i].text), &err);
		parse_expect(&err, rows[i].code, "text", "exp");
		assert_int_equal(last, -7);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_cut_to_seconds),
		cmocka_unit_test(what_is_no_time_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
