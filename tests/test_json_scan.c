/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/json_scan: slices and white space. */
#include "evidence/base/json.h"

#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static bool member_is(const char *text, const char *name, const char *want)
{
	struct ev_span value = { NULL, 0 };

	if (!ev_json_member(ev_span_str(text), name, &value))
		return false;
	return ev_span_eq(value, ev_span_str(want));
}

static void member_is_cut_to_the_byte(void **state)
{
	(void)state;
	assert_true(member_is("{\"a\":1}", "a", "1"));
	assert_true(member_is(" {\"a\" : { \"b\" : [1, 2] } , \"c\":3}", "a",
			      "{ \"b\" : [1, 2] }"));
	assert_true(member_is("{\"s\":\"}\\\"{\",\"a\":\"x,\\\\\"}", "a",
			      "\"x,\\\\\""));
	assert_true(member_is("{\"b\":{\"a\":1},\"a\":2}", "a", "2"));
	assert_true(member_is("{\"a\":1.50e3,\"b\":-0}", "a", "1.50e3"));
	assert_true(member_is("{\"a\":null} and more", "a", "null"));
}

static void member_is_refused_when_absent_twice_or_malformed(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{}",
		"{\"b\":1}",
		"{\"a\":1,\"a\":1}",
		"{\"a\":1",
		"{\"a\":1,}",
		"{\"\\u0061\":1}",
		"{\"b\":{\"a\":1}}",
		"\"a\"",
		"{\"a\":1,\"b\":}",
		"{\"a\":1 \"b\":2}",
		"{\"a\":1]",
		"x{\"a\":1}",
	};
	struct ev_span value = EV_SPAN_LITERAL("untouched");

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_false(
			ev_json_member(ev_span_str(texts[i]), "a", &value));
	assert_true(ev_span_eq(value, EV_SPAN_LITERAL("untouched")));
}

static void member_bounds_depth_too(void **state)
{
	struct ev_buffer b = { 0 };
	struct ev_span value;

	(void)state;
	for (size_t n = 1; n < 40; n++) {
		b.n = 0;
		ev_buffer_add_str(&b, "{\"a\":");
		for (size_t i = 1; i < n; i++)
			ev_buffer_add_byte(&b, '[');
		for (size_t i = 1; i < n; i++)
			ev_buffer_add_byte(&b, ']');
		ev_buffer_add_str(&b, n > 1 ? "}" : "0}");
		assert_int_equal(
			ev_json_member(ev_buffer_span(&b), "a", &value),
			n <= 32);
	}
	ev_buffer_free(&b);
}

static void member_refuses_every_prefix(void **state)
{
	static const char text[] = "{\"b\":[1,\"\\u00e9\"],\"a\":{\"c\":2}}";
	struct ev_span value;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		/* A copy of exactly that size, so that ASan sees the end. */
		uint8_t *copy = malloc(n + 1);

		assert_non_null(copy);
		memcpy(copy + 1, text, n);
		assert_false(
			ev_json_member(ev_span_of(copy + 1, n), "a", &value));
		free(copy);
	}
	assert_true(ev_json_member(EV_SPAN_LITERAL(text), "a", &value));
}

static void compact_removes_space_outside_strings_alone(void **state)
{
	struct ev_buffer b = { 0 };

	(void)state;
	ev_json_compact(EV_SPAN_LITERAL(" {\n\t\"b \\\" c\" : [ 1 , 2 ] ,"
					"\r\n \"a\":\" \\\\\" } "),
			&b);
	assert_true(ev_span_eq(ev_buffer_span(&b),
			       EV_SPAN_LITERAL("{\"b \\\" c\":[1,2],"
					       "\"a\":\" \\\\\"}")));
	b.n = 0;
	ev_json_compact(EV_SPAN_LITERAL("\"open \\"), &b);
	assert_true(
		ev_span_eq(ev_buffer_span(&b), EV_SPAN_LITERAL("\"open \\")));
	ev_buffer_free(&b);
}

/* The slice and the member that jansson sees are the same value. */
static void check_slice(struct ev_span text, const char *name)
{
	ev_auto_json json_t *whole = NULL;
	ev_auto_json json_t *part = NULL;
	struct ev_error err = { 0 };
	struct ev_span value;

	assert_true(ev_json_member(text, name, &value));
	assert_int_equal(value.p[0], '{');
	assert_int_equal(value.p[value.n - 1], '}');
	assert_int_equal(ev_json_parse(text, text.n, "whole", &whole, &err),
			 EV_OK);
	assert_int_equal(ev_json_parse(value, text.n, "part", &part, &err),
			 EV_OK);
	assert_true(json_equal(json_object_get(whole, name), part));
	assert_true(ev_json_member(text, "signature", &value));
	assert_int_equal(value.n, 130);
}

static size_t check_case(const char *folder)
{
	const char *const *names;
	size_t n, n_seen = 0;
	struct ev_span text;

	vectors_list(folder, &names, &n);
	for (size_t i = 0; i < n; i++) {
		const char *rel = vectors_join(folder, names[i]);

		if (strncmp(names[i], "collateral-", 11) != 0)
			continue;
		if (!vectors_read(vectors_join(rel, "tcb_info.json"), &text))
			continue;
		check_slice(text, "tcbInfo");
		n_seen++;
	}
	return n_seen;
}

static void collateral_of_the_vectors_has_its_slice(void **state)
{
	const char *const *cases;
	size_t n, n_seen = 0;

	(void)state;
	vectors_need();
	vectors_list("dcap", &cases, &n);
	for (size_t i = 0; i < n; i++) {
		if (strncmp(cases[i], "tdx-", 4) == 0 ||
		    strncmp(cases[i], "sgx-", 4) == 0)
			n_seen += check_case(vectors_join("dcap", cases[i]));
	}
	assert_true(n_seen > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(member_is_cut_to_the_byte),
		cmocka_unit_test(
			member_is_refused_when_absent_twice_or_malformed),
		cmocka_unit_test(member_bounds_depth_too),
		cmocka_unit_test(member_refuses_every_prefix),
		cmocka_unit_test(compact_removes_space_outside_strings_alone),
		cmocka_unit_test(collateral_of_the_vectors_has_its_slice),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
