/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/json_node: nodes are what jansson reads. */
#include "evidence/base/cleanup.h"
#include "evidence/base/json_write.h"
#include "tests/node_equal.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void compare(struct ev_span text)
{
	if (!node_reads_as_jansson(text))
		fail_msg("read in another way: %.*s", (int)text.n,
			 (const char *)text.p);
}

static void nodes_are_what_jansson_reads(void **state)
{
	static const char *const texts[] = {
		"null",
		" [ ] ",
		"{}",
		"{\"a\":{},\"b\":[],\"c\":[[],{}],\"d\":\"\"}",
		"[true,false,null,0,-1,12]",
		"[9223372036854775807,-9223372036854775808]",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
		"\"\\u0041\\u00e9\\u20AC\\ud834\\udd1e\\u007f\\u0800\\uffff\"",
		"\"a\\u0041b\\\\\"",
		"{\"\":1,\"\\u0061\":2,\"a\\nb\":{\"\":[\"\\u0001\"]}}",
		"\"\xc3\xa9\xe2\x82\xac\xf0\x9d\x84\x9e\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		compare(ev_span_str(texts[i]));
}

static void refusals_are_those_of_jansson(void **state)
{
	static const char *const texts[] = {
		"",
		"{\"a\":1,\"a\":2}",
		"{\"a\":1,\"\\u0061\":2}",
		"{\"\":1,\"\":2}",
		"{\"a\":1,\"a\":{\"x\":1,\"x\":2}}",
		"{\"a\":{\"x\":1,\"x\":2},\"a\":1}",
		"[{\"a\":0,\"b\":1,\"b\":2,\"a\":3}]",
		"[9223372036854775808]",
		"[-9223372036854775809, 1]",
		"[123456789012345678901234567890]",
		"{\"a\":99999999999999999999,\"a\":1}",
		"{\"a\":1,\"a\":99999999999999999999}",
		"{\"b\":1,\"a\":99999999999999999999,\"b\":1}",
		"[1.5]",
		"[-0]",
		"[1e2]",
		"[1e309]",
		"[1.7976931348623158e308,-1e-999]",
		"[1.7976931348623159e308]",
		"[1, -1.5e400 ,2e400]",
		"{\"a\":1e309,\"a\":1}",
		"{\"a\":1,\"a\":1e309}",
		"[1,]",
		"[1] x",
		"\"\\u0000\"",
		"\"\\ud800\"",
		"\"\xff\"",
		"{\"a\" 1}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		compare(ev_span_str(texts[i]));
}

/* Objects large enough to be sorted: one name twice, at every two places. */
static void names_that_stand_twice_are_found(void **state)
{
	enum { N = 40 };

	(void)state;
	for (int first = 0; first < N; first++)
		for (int again = first + 1; again < N; again++) {
			ev_auto_buffer struct ev_buffer b = { 0 };

			for (int i = 0; i < N; i++)
				ev_buffer_printf(&b, "%s\"m%d\":%d",
						 i == 0 ? "{" : ",",
						 i == again ? first : i, i);
			ev_buffer_add_byte(&b, '}');
			compare(ev_buffer_span(&b));
		}
}

static void members_are_limited_as_before(void **state)
{
	(void)state;
	for (int n = 1023; n < 1027; n++) {
		ev_auto_buffer struct ev_buffer b = { 0 };

		for (int i = 0; i < n; i++)
			ev_buffer_printf(&b, "%s\"%d\":[1]", i == 0 ? "{" : ",",
					 i);
		ev_buffer_add_byte(&b, '}');
		compare(ev_buffer_span(&b));
	}
}

/* Bytes put in, taken out and changed, and every prefix. */
static void mutants_are_read_alike(void **state)
{
	static const char base[] =
		"{\"tcbInfo\":{\"id\":\"TDX\",\"n\":[0,-12,true,null],"
		"\"s\":\"\\u00e9\\n\\ud834\\udd1e\",\"id\\u0032\":{}},\"e\":\"\"}";
	static const char odd[] = "\"\\{}[],:0-1.eutx \x01\xc3\x7f";
	char text[sizeof(base) + 1];
	size_t n = sizeof(base) - 1;

	(void)state;
	for (size_t at = 0; at < n; at++) {
		compare(ev_span_of(base, at));
		memcpy(text, base, at);
		memcpy(text + at, base + at + 1, n - at - 1);
		compare(ev_span_of(text, n - 1));
		for (size_t k = 0; k < sizeof(odd); k++) {
			memcpy(text, base, n);
			text[at] = odd[k];
			compare(ev_span_of(text, n));
			memcpy(text + at + 1, base + at, n - at);
			compare(ev_span_of(text, n + 1));
		}
	}
}

static void collateral_is_read_alike(void **state)
{
	static const char *const files[] = {
		"dcap/tdx-v5-relaunch/collateral-2026-01-12-eval18/"
		"tcb_info.json",
		"dcap/sgx-v3-old-root/collateral-2025-05-27-eval17/"
		"qe_identity.json",
		"archive/dsse-local/manifest.json",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct ev_span text;

		if (!vectors_read(files[i], &text))
			continue;
		compare(text);
		for (size_t n = 0; n < text.n; n += 7)
			compare(ev_span_of(text.p, n));
	}
}

static void nothing_is_asked_of_what_is_no_container(void **state)
{
	struct ev_nodes nodes = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_null(ev_node_member(NULL, "a"));
	assert_null(ev_node_text(NULL));
	assert_int_equal(ev_nodes_parse(EV_SPAN_LITERAL("[\"a\",7]"), 100,
					"text", &nodes, &err),
			 EV_OK);
	assert_null(ev_node_member(nodes.root, "a"));
	assert_string_equal(ev_node_text(ev_node_inside(nodes.root)), "a");
	assert_null(ev_node_text(ev_node_next(ev_node_inside(nodes.root))));
	ev_nodes_free(&nodes);
	assert_null(nodes.root);
	assert_int_equal(
		ev_nodes_parse(EV_SPAN_LITERAL("[1]"), 2, "text", &nodes, &err),
		EV_LIMIT);
}

/* What ev_nodes_parse refuses is text here; what it takes is the same. */
static void other_numbers_are_kept_as_text(void **state)
{
	static const struct {
		const char *text;
		bool is_integer;
	} rows[] = {
		{ "0", true },
		{ "12", true },
		{ "-9223372036854775808", true },
		{ "9223372036854775808", false },
		{ "-9223372036854775809", false },
		{ "-0", false },
		{ "0.5", false },
		{ "1e309", false },
		{ "-1.25E-3", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_span text = ev_span_str(rows[i].text);
		struct ev_nodes nodes = { 0 };
		struct ev_error err = { 0 };

		/* A copy of its own size: the NUL behind must have room. */
		uint8_t *copy = malloc(text.n);

		assert_non_null(copy);
		memcpy(copy, text.p, text.n);
		assert_int_equal(
			ev_nodes_parse_numbers(ev_span_of(copy, text.n), 100,
					       "text", &nodes, &err),
			EV_OK);
		free(copy);
		assert_int_equal(nodes.root->type, rows[i].is_integer
							   ? EV_NODE_INTEGER
							   : EV_NODE_NUMBER);
		if (!rows[i].is_integer) {
			assert_true(ev_span_eq(nodes.root->text, text));
			assert_int_equal(nodes.root->text.p[text.n], 0);
		}
		ev_nodes_free(&nodes);
		assert_int_equal(ev_nodes_parse(text, 100, "text", &nodes,
						&err) == EV_OK,
				 rows[i].is_integer);
		ev_nodes_free(&nodes);
	}
}

static void numbers_stand_between_members(void **state)
{
	struct ev_nodes nodes = { 0 };
	struct ev_error err = { 0 };
	const struct ev_node *v;

	(void)state;
	assert_int_equal(ev_nodes_parse_numbers(
				 EV_SPAN_LITERAL("{\"a\":[1.5,2e3],\"b\":-0}"),
				 100, "text", &nodes, &err),
			 EV_OK);
	v = ev_node_inside(ev_node_member(nodes.root, "a"));
	assert_string_equal((const char *)v->text.p, "1.5");
	v = ev_node_next(v);
	assert_string_equal((const char *)v->text.p, "2e3");
	assert_string_equal(
		(const char *)ev_node_member(nodes.root, "b")->text.p, "-0");
	assert_null(ev_node_text(v)); /* no string */
	ev_nodes_free(&nodes);
	assert_int_equal(
		ev_nodes_parse_numbers(EV_SPAN_LITERAL("{\"a\":1.5,\"a\":1.5}"),
				       100, "text", &nodes, &err),
		EV_DUPLICATE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_are_what_jansson_reads),
		cmocka_unit_test(refusals_are_those_of_jansson),
		cmocka_unit_test(names_that_stand_twice_are_found),
		cmocka_unit_test(members_are_limited_as_before),
		cmocka_unit_test(mutants_are_read_alike),
		cmocka_unit_test(collateral_is_read_alike),
		cmocka_unit_test(other_numbers_are_kept_as_text),
		cmocka_unit_test(numbers_stand_between_members),
		cmocka_unit_test(nothing_is_asked_of_what_is_no_container),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
