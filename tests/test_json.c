/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/json. */
#include "evidence/base/json.h"

#include "tests/lcg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const size_t MAX = 1 << 20;

static enum ev_code parse_span(struct ev_span text, struct ev_error *err)
{
	ev_auto_json json_t *v = NULL;
	enum ev_code code;

	*err = (struct ev_error){ 0 };
	code = ev_json_parse(text, MAX, "test", &v, err);
	assert_int_equal(code, err->code);
	assert_int_equal(v != NULL, code == EV_OK);
	return code;
}

static enum ev_code parse(const char *text)
{
	struct ev_error err;

	return parse_span(ev_span_str(text), &err);
}

/* n times open, middle, n times close; the caller frees it. */
static char *nested(size_t n, const char *open, const char *middle,
		    const char *close)
{
	struct ev_buffer b = { 0 };

	for (size_t i = 0; i < n; i++)
		ev_buffer_add_str(&b, open);
	ev_buffer_add_str(&b, middle);
	for (size_t i = 0; i < n; i++)
		ev_buffer_add_str(&b, close);
	return ev_buffer_take(&b, NULL);
}

static void parse_accepts_each_kind_of_value(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		" \t\r\n[ ]\n",
		"0",
		"-1",
		"9223372036854775807",
		"-9223372036854775808",
		"true",
		"false",
		"null",
		"\"\"",
		"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\"",
		"{\"a\":[1,{\"b\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(parse(texts[i]), EV_OK);
}

static void parse_refuses_what_is_no_json(void **state)
{
	static const char *const texts[] = { "",
					     " ",
					     "{",
					     "[",
					     "]",
					     "[1",
					     "[1,",
					     "[1,]",
					     "[,1]",
					     "[1 2]",
					     "{\"a\"}",
					     "{\"a\":}",
					     "{\"a\":1,}",
					     "{,}",
					     "{a:1}",
					     "{'a':1}",
					     "{1:1}",
					     "[1}",
					     "{\"a\":1]",
					     "-",
					     "-a",
					     "+1",
					     ".5",
					     "tru",
					     "True",
					     "nul",
					     "NaN",
					     "Infinity",
					     "\"",
					     "\"a",
					     "\"\\\"",
					     "\"\\x41\"",
					     "\"\\u00\"",
					     "\"\\u004g\"",
					     "\"\\u0000\"",
					     "\"\\ud800\"",
					     "\"\\ud800\\u0041\"",
					     "\"\\udc00\\ud800\"",
					     "\"\\ud800\\",
					     "\"\x01\"",
					     "\"a\nb\"",
					     "\"\xc0\x80\"",
					     "\"\xed\xa0\x80\"",
					     "\"\xf4\x90\x80\x80\"",
					     "\"\xff\"",
					     "\"\xe2\x82\"",
					     "\xef\xbb\xbf{}",
					     "/* */{}" };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(parse(texts[i]), EV_SYNTAX);
}

static void parse_refuses_what_follows_the_value(void **state)
{
	struct ev_error err;

	(void)state;
	assert_int_equal(parse("{}x"), EV_TRAILING);
	assert_int_equal(parse("{} {}"), EV_TRAILING);
	assert_int_equal(parse("1 2"), EV_TRAILING);
	assert_int_equal(parse("01"), EV_TRAILING);
	assert_int_equal(parse("0x1"), EV_TRAILING);
	assert_int_equal(parse_span(EV_SPAN_LITERAL("{}\0"), &err),
			 EV_TRAILING);
	assert_int_equal(err.offset, 2);
}

static void parse_refuses_duplicates_at_every_level(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"a\":1,\"a\":1}"), EV_DUPLICATE);
	assert_int_equal(parse("[{\"b\":{\"a\":1,\"c\":2,\"a\":1}}]"),
			 EV_DUPLICATE);
	assert_int_equal(parse("{\"a\":1,\"\\u0061\":1}"), EV_DUPLICATE);
	assert_int_equal(parse("{\"a\":1,\"b\":{\"a\":1}}"), EV_OK);
}

static void parse_refuses_real_numbers_with_their_member(void **state)
{
	static const char *const texts[] = {
		"1.0",	"1e0",	"1E5",	"-0",	"[1.5]", "0.0",
		"-0.0", "10e2", "1e+1", "1e-1", "0e0",	 "1.",
	};
	struct ev_error err;
	char line[200];

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(parse(texts[i]), EV_VALUE);
	assert_int_equal(
		parse_span(EV_SPAN_LITERAL("{\"a\":1,\"svn\":3.0}"), &err),
		EV_VALUE);
	ev_error_format(&err, line, sizeof(line));
	assert_string_equal(line, "test: number at byte 13: want an integer, "
				  "found 3.0} after member svn");
}

static void parse_refuses_integers_beyond_64_bits(void **state)
{
	(void)state;
	assert_int_equal(parse("9223372036854775808"), EV_VALUE);
	assert_int_equal(parse("[-9223372036854775809]"), EV_VALUE);
	assert_int_equal(parse("10000000000000000000000000000000000"),
			 EV_VALUE);
}

static void parse_bounds_depth(void **state)
{
	(void)state;
	for (size_t n = 1; n < 40; n++) {
		char *arrays = nested(n, "[", "", "]");
		char *objects = nested(n, "{\"a\":", "0", "}");
		enum ev_code want = n <= 32 ? EV_OK : EV_LIMIT;

		assert_int_equal(parse(arrays), want);
		assert_int_equal(parse(objects), want);
		free(arrays);
		free(objects);
	}
}

static void parse_refuses_a_megabyte_of_brackets_without_a_stack(void **state)
{
	char *text = nested(500000, "[", "", "]");

	(void)state;
	assert_int_equal(parse(text), EV_LIMIT);
	free(text);
}

static void parse_bounds_size_and_members(void **state)
{
	struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	json_t *v = NULL;

	(void)state;
	assert_int_equal(
		ev_json_parse(EV_SPAN_LITERAL("[1]"), 2, "test", &v, &err),
		EV_LIMIT);
	assert_null(v);
	for (unsigned n = 0; n <= 1024; n++) {
		ev_buffer_printf(&b, "%c\"%u\":0", n > 0 ? ',' : '{', n);
		if (n < 1022)
			continue;
		ev_buffer_add_byte(&b, '}');
		assert_int_equal(parse_span(ev_buffer_span(&b), &err),
				 n < 1024 ? EV_OK : EV_LIMIT);
		b.n--;
	}
	ev_buffer_free(&b);
}

static void parse_bounds_the_number_of_values(void **state)
{
	struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	json_t *v = NULL;

	(void)state;
	ev_buffer_add_byte(&b, '[');
	for (size_t n = 0; n < EV_JSON_VALUES_MAX; n++)
		ev_buffer_add_str(&b, "0,");
	b.p[b.n - 1] = ']';
	assert_int_equal(
		ev_json_parse(ev_buffer_span(&b), b.n, "test", &v, &err),
		EV_LIMIT);
	assert_string_equal(err.field, "values");
	ev_buffer_free(&b);
}

static void parse_refuses_every_prefix(void **state)
{
	static const char text[] = "{\"a\":[1,true,\"x\\u00e9\"],\"b\":{}}";
	struct ev_error err;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		/* A copy of exactly that size, so that ASan sees the end. */
		uint8_t *copy = malloc(n + 1);

		assert_non_null(copy);
		memcpy(copy + 1, text, n);
		assert_int_equal(parse_span(ev_span_of(copy + 1, n), &err),
				 EV_SYNTAX);
		free(copy);
	}
}

static void parse_never_blames_memory_for_hostile_text(void **state)
{
	static const char seed_text[] =
		"{\"a\":[1,-20,true,null,\"x\\u00e9\\ud83d\\ude00\"],"
		"\"b\":{\"c\":\"\xe2\x82\xac\",\"d\":[[],{}]}}";
	static const char spice[] = "{}[],:\"\\u0d8e-19.e \xe2\x82\xac\xff";
	uint8_t text[sizeof(seed_text) - 1];
	uint64_t seed = 3;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct ev_span value;
		struct ev_error err;

		memcpy(text, seed_text, sizeof(text));
		for (uint32_t i = lcg_below(&seed, 6); i < 6; i++)
			text[lcg_below(&seed, sizeof(text))] =
				(uint8_t)spice[lcg_below(&seed, sizeof(spice))];
		assert_int_not_equal(parse_span(EV_SPAN(text), &err),
				     EV_TROUBLE);
		ev_json_member(EV_SPAN(text), "b", &value);
	}
}

/* jansson's allocations; the one that makes n_left zero fails, and all after
 * it. */
static size_t n_left;

static void *fail_in_time(size_t size)
{
	if (n_left == 0)
		return NULL;
	n_left--;
	return malloc(size);
}

static void parse_calls_lack_of_memory_trouble(void **state)
{
	static const char text[] =
		"{\"a\":[1,2,3,4,5,6,7,8,9],\"b\":{\"c\":\"a long string that "
		"does not fit into the first allocation\",\"d\":true},\"e\":1,"
		"\"f\":2,\"g\":3,\"h\":4,\"i\":5,\"j\":6,\"k\":\"\\u20ac\"}";
	enum ev_code code = EV_TROUBLE;
	size_t n;

	(void)state;
	json_set_alloc_funcs(fail_in_time, free);
	for (n = 0; code == EV_TROUBLE; n++) {
		n_left = n;
		code = parse(text);
	}
	json_set_alloc_funcs(malloc, free);
	assert_int_equal(code, EV_OK);
	assert_true(n > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse_accepts_each_kind_of_value),
		cmocka_unit_test(parse_refuses_what_is_no_json),
		cmocka_unit_test(parse_refuses_what_follows_the_value),
		cmocka_unit_test(parse_refuses_duplicates_at_every_level),
		cmocka_unit_test(parse_refuses_real_numbers_with_their_member),
		cmocka_unit_test(parse_refuses_integers_beyond_64_bits),
		cmocka_unit_test(parse_bounds_depth),
		cmocka_unit_test(
			parse_refuses_a_megabyte_of_brackets_without_a_stack),
		cmocka_unit_test(parse_bounds_size_and_members),
		cmocka_unit_test(parse_bounds_the_number_of_values),
		cmocka_unit_test(parse_refuses_every_prefix),
		cmocka_unit_test(parse_never_blames_memory_for_hostile_text),
		cmocka_unit_test(parse_calls_lack_of_memory_trouble),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
