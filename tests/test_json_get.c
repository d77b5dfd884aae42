/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/json: the members of what was parsed. */
#include "evidence/base/json.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static json_t *load(const char *text)
{
	struct ev_error err = { 0 };
	json_t *v = NULL;

	assert_int_equal(
		ev_json_parse(ev_span_str(text), 1000, "test", &v, &err),
		EV_OK);
	return v;
}

static void getters_give_what_is_there(void **state)
{
	ev_auto_json json_t *v = load(
		"{\"s\":\"text\",\"u\":7,\"h\":\"00fF\",\"a\":[1,2],\"o\":{},"
		"\"t\":\"1970-01-01T00:01:00Z\"}");
	struct ev_error err = { 0 };
	struct ev_span s;
	uint64_t u = 0;
	uint8_t h[2];
	int64_t t = 0;
	json_t *inner = NULL;

	(void)state;
	assert_int_equal(ev_json_get_str(v, "x", "s", &s, &err), EV_OK);
	assert_true(ev_span_eq(s, EV_SPAN_LITERAL("text")));
	assert_int_equal(ev_json_get_u64(v, "x", "u", 7, &u, &err), EV_OK);
	assert_int_equal(u, 7);
	assert_int_equal(ev_json_get_hex(v, "x", "h", h, 2, &err), EV_OK);
	assert_true(h[0] == 0 && h[1] == 0xff);
	assert_int_equal(ev_json_get_time(v, "x", "t", &t, &err), EV_OK);
	assert_int_equal(t, 60);
	assert_int_equal(ev_json_get_array(v, "x", "a", 2, &inner, &err),
			 EV_OK);
	assert_int_equal(json_array_size(inner), 2);
	assert_int_equal(ev_json_get_object(v, "x", "o", &inner, &err), EV_OK);
	assert_int_equal(json_object_size(inner), 0);
}

static void getters_refuse_absent_members_and_other_types(void **state)
{
	ev_auto_json json_t *v = load("{\"s\":\"x\",\"n\":null}");
	ev_auto_json json_t *array = load("[]");
	struct ev_error err[6] = { 0 };
	struct ev_span s;
	uint64_t u;
	json_t *inner;

	(void)state;
	assert_int_equal(ev_json_get_str(v, "x", "y", &s, &err[0]), EV_MISSING);
	assert_int_equal(ev_json_get_str(v, "x", "n", &s, &err[1]), EV_SYNTAX);
	assert_string_equal(err[1].found, "null");
	assert_int_equal(ev_json_get_u64(v, "x", "s", 1, &u, &err[2]),
			 EV_SYNTAX);
	assert_int_equal(ev_json_get_array(v, "x", "s", 1, &inner, &err[3]),
			 EV_SYNTAX);
	assert_int_equal(ev_json_get_object(v, "x", "s", &inner, &err[4]),
			 EV_SYNTAX);
	assert_int_equal(ev_json_get_str(array, "x", "y", &s, &err[5]),
			 EV_MISSING);
}

static void getters_refuse_values_out_of_bounds(void **state)
{
	ev_auto_json json_t *v =
		load("{\"neg\":-1,\"big\":256,\"a\":[1,2],\"h\":\"00f\","
		     "\"z\":\"00zz\",\"t\":\"1970-01-01T00:00:60Z\"}");
	struct ev_error err[6] = { 0 };
	uint8_t h[2] = { 1, 2 };
	uint64_t u = 5;
	int64_t t = 5;
	json_t *inner = NULL;

	(void)state;
	assert_int_equal(ev_json_get_u64(v, "x", "neg", 255, &u, &err[0]),
			 EV_VALUE);
	assert_int_equal(ev_json_get_u64(v, "x", "big", 255, &u, &err[1]),
			 EV_VALUE);
	assert_int_equal(ev_json_get_array(v, "x", "a", 1, &inner, &err[2]),
			 EV_LIMIT);
	assert_int_equal(ev_json_get_hex(v, "x", "h", h, 2, &err[3]),
			 EV_SYNTAX);
	assert_int_equal(ev_json_get_hex(v, "x", "z", h, 2, &err[4]),
			 EV_SYNTAX);
	assert_int_equal(ev_json_get_time(v, "x", "t", &t, &err[5]), EV_SYNTAX);
	assert_true(u == 5 && t == 5 && h[0] == 1 && h[1] == 2);
	assert_null(inner);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(getters_give_what_is_there),
		cmocka_unit_test(getters_refuse_absent_members_and_other_types),
		cmocka_unit_test(getters_refuse_values_out_of_bounds),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
