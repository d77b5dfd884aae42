/* SPDX-License-Identifier: Apache-2.0 */
/* CBOR: what is well-formed and of the profile is a tree, all else refused. */
#include "audit/corim/cbor.h"

#include "evidence/base/hex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t from_hex(const char *text, uint8_t out[256])
{
	size_t n = strlen(text) / 2;

	assert_true(n <= 256);
	assert_true(ev_hex_decode(ev_span_str(text), out, n));
	return n;
}

static enum ev_code parse(const char *hex, struct au_cbor *tree,
			  struct ev_error *err)
{
	static uint8_t bytes[256];

	return au_cbor_parse(ev_span_of(bytes, from_hex(hex, bytes)), 100,
			     "test", tree, err);
}

static void a_tree_has_offsets_and_extents(void **state)
{
	/* {1: [2, "ab"], -3: 552(h'0102'), "x": null} */
	const char hex[] = "a3018202626162"
			   "22d9022842"
			   "0102"
			   "6178f6";
	au_auto_cbor struct au_cbor tree = { 0 };
	struct ev_error err = { 0 };
	const struct au_cbor_node *v, *inner = NULL;

	(void)state;
	assert_int_equal(parse(hex, &tree, &err), EV_OK);
	assert_int_equal(tree.n, 10);
	assert_int_equal(tree.node[0].type, AU_CBOR_MAP);
	assert_int_equal(tree.node[0].n, 3);
	assert_int_equal(tree.node[0].extent, 10);
	v = au_cbor_member(tree.node, 1);
	assert_non_null(v);
	assert_int_equal(v->offset, 102);
	assert_int_equal(v->extent, 3);
	assert_true(au_cbor_is_int(au_cbor_inside(v), 2));
	assert_true(ev_span_eq(au_cbor_next(au_cbor_inside(v))->text,
			       EV_SPAN_LITERAL("ab")));
	v = au_cbor_member(tree.node, -3);
	assert_non_null(v);
	assert_int_equal(
		au_cbor_tagged(v, 552, AU_CBOR_BYTES, "t", "f", &inner, &err),
		EV_OK);
	assert_int_equal(inner->text.n, 2);
	assert_int_equal(inner->offset, 111);
	assert_null(au_cbor_member(tree.node, 2));
}

static void integers_keep_their_value(void **state)
{
	au_auto_cbor struct au_cbor tree = { 0 };
	struct ev_error err = { 0 };
	const struct au_cbor_node *v;
	int64_t value = 0;

	(void)state;
	assert_int_equal(parse("86"
			       "1bffffffffffffffff"
			       "3bffffffffffffffff"
			       "1b7fffffffffffffff"
			       "3b7fffffffffffffff"
			       "190100"
			       "3825",
			       &tree, &err),
			 EV_OK);
	v = au_cbor_inside(tree.node);
	assert_int_equal(v->value, UINT64_MAX);
	assert_false(au_cbor_int(v, &value));
	v = au_cbor_next(v);
	assert_false(au_cbor_int(v, &value));
	v = au_cbor_next(v);
	assert_true(au_cbor_is_int(v, INT64_MAX));
	v = au_cbor_next(v);
	assert_true(au_cbor_is_int(v, INT64_MIN));
	v = au_cbor_next(v);
	assert_true(au_cbor_is_int(v, 256));
	v = au_cbor_next(v);
	assert_true(au_cbor_is_int(v, -38));
}

/* Each number of a tag in its shortest head, and in longer ones. */
static void every_tag_is_read(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 256; i++) {
		const uint8_t shortest[] = { (uint8_t)(0xc0 + i), 0 },
			      one[] = { 0xd8, (uint8_t)i, 0 },
			      two[] = { 0xd9, 1, (uint8_t)i, 0 };
		struct au_cbor tree = { 0 };
		struct ev_error err = { 0 };

		if (i < 24) {
			assert_int_equal(au_cbor_parse(EV_SPAN(shortest), 0,
						       "test", &tree, &err),
					 EV_OK);
			assert_int_equal(tree.node[0].type, AU_CBOR_TAG);
			assert_int_equal(tree.node[0].value, i);
			assert_int_equal(tree.n, 2);
			au_cbor_free(&tree);
		}
		assert_int_equal(
			au_cbor_parse(EV_SPAN(one), 0, "test", &tree, &err),
			EV_OK);
		assert_int_equal(tree.node[0].value, i);
		au_cbor_free(&tree);
		assert_int_equal(
			au_cbor_parse(EV_SPAN(two), 0, "test", &tree, &err),
			EV_OK);
		assert_int_equal(tree.node[0].value, 256 + i);
		au_cbor_free(&tree);
	}
}

struct refusal {
	const char *hex;
	enum ev_code code;
	uint64_t offset;
};

static const struct refusal refusals[] = {
	{ "", EV_TRUNCATED, 100 },
	{ "0000", EV_TRAILING, 101 },
	/* RFC 8949 appendix F: the end of the input in a head, in an item */
	{ "18", EV_TRUNCATED, 100 },
	{ "19", EV_TRUNCATED, 100 },
	{ "1a0102", EV_TRUNCATED, 100 },
	{ "1b01020304050607", EV_TRUNCATED, 100 },
	{ "38", EV_TRUNCATED, 100 },
	{ "58", EV_TRUNCATED, 100 },
	{ "78", EV_TRUNCATED, 100 },
	{ "98", EV_TRUNCATED, 100 },
	{ "9a01ff00", EV_TRUNCATED, 100 },
	{ "b8", EV_TRUNCATED, 100 },
	{ "d8", EV_TRUNCATED, 100 },
	{ "f8", EV_SYNTAX, 100 },
	{ "f900", EV_TRUNCATED, 100 },
	{ "fa0000", EV_TRUNCATED, 100 },
	{ "fb000000", EV_TRUNCATED, 100 },
	{ "41", EV_TRUNCATED, 100 },
	{ "61", EV_TRUNCATED, 100 },
	{ "5affffffff00", EV_TRUNCATED, 100 },
	{ "5bffffffffffffffff010203", EV_TRUNCATED, 100 },
	{ "7affffffff00", EV_TRUNCATED, 100 },
	{ "7b7fffffffffffffff010203", EV_TRUNCATED, 100 },
	{ "81", EV_TRUNCATED, 100 },
	{ "818181818181818181", EV_TRUNCATED, 108 },
	{ "8200", EV_TRUNCATED, 100 },
	{ "a1", EV_TRUNCATED, 100 },
	{ "a20102", EV_TRUNCATED, 100 },
	{ "a100", EV_TRUNCATED, 100 },
	{ "c0", EV_TRUNCATED, 100 },
	{ "d2", EV_TRUNCATED, 100 },
	/* lengths of 2^32 and 2^64 - 1 */
	{ "9b000000010000000000", EV_TRUNCATED, 100 },
	{ "9bffffffffffffffff00", EV_TRUNCATED, 100 },
	{ "bb000000010000000000", EV_TRUNCATED, 100 },
	{ "bbffffffffffffffff00", EV_TRUNCATED, 100 },
	{ "bb800000000000000100", EV_TRUNCATED, 100 },
	{ "5b000000010000000000", EV_TRUNCATED, 100 },
	/* reserved heads */
	{ "1c", EV_SYNTAX, 100 },
	{ "1d", EV_SYNTAX, 100 },
	{ "1e", EV_SYNTAX, 100 },
	{ "1f", EV_SYNTAX, 100 },
	{ "3c", EV_SYNTAX, 100 },
	{ "3f", EV_SYNTAX, 100 },
	{ "5c", EV_SYNTAX, 100 },
	{ "7d", EV_SYNTAX, 100 },
	{ "9e", EV_SYNTAX, 100 },
	{ "bc", EV_SYNTAX, 100 },
	{ "dc", EV_SYNTAX, 100 },
	{ "df", EV_SYNTAX, 100 },
	{ "fc", EV_SYNTAX, 100 },
	/* simple values: in the long form, and unassigned */
	{ "f800", EV_SYNTAX, 100 },
	{ "f818", EV_SYNTAX, 100 },
	{ "f8ff", EV_SYNTAX, 100 },
	{ "e0", EV_SYNTAX, 100 },
	{ "f3", EV_SYNTAX, 100 },
	/* without a length */
	{ "5fff", EV_VALUE, 100 },
	{ "7f6161ff", EV_VALUE, 100 },
	{ "9fff", EV_VALUE, 100 },
	{ "bfff", EV_VALUE, 100 },
	{ "829f01ff00", EV_VALUE, 101 },
	{ "ff", EV_VALUE, 100 },
	{ "81ff", EV_VALUE, 101 },
	{ "a1ff00", EV_VALUE, 101 },
	{ "d901f5ff", EV_VALUE, 103 },
	/* keys */
	{ "a201000100", EV_DUPLICATE, 103 },
	{ "a20100180100", EV_DUPLICATE, 103 },
	{ "a26161006161f6", EV_DUPLICATE, 104 },
	{ "a220003b000000000000000000", EV_DUPLICATE, 103 },
	{ "a1f600", EV_VALUE, 101 },
	{ "a1410000", EV_VALUE, 101 },
	{ "a1800000", EV_VALUE, 101 },
	{ "81a201000100", EV_DUPLICATE, 104 },
	/* text */
	{ "61ff", EV_SYNTAX, 100 },
	{ "62c080", EV_SYNTAX, 100 },
	{ "63eda080", EV_SYNTAX, 100 },
};

static void each_refusal_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const struct refusal *r = &refusals[i];
		struct au_cbor tree = { 0 };
		struct ev_error err = { 0 };

		if (parse(r->hex, &tree, &err) != r->code ||
		    err.offset != r->offset) {
			char line[400];

			ev_error_format(&err, line, sizeof(line));
			fail_msg("%s: %s", r->hex, line);
		}
		assert_null(tree.node);
	}
}

/* Arrays of one, n deep, and a zero. */
static enum ev_code nested(size_t n, struct au_cbor *tree, struct ev_error *err)
{
	static uint8_t bytes[1000];

	assert_true(n < sizeof(bytes));
	memset(bytes, 0x81, n);
	bytes[n] = 0;
	return au_cbor_parse(ev_span_of(bytes, n + 1), 0, "test", tree, err);
}

static void depth_has_a_limit(void **state)
{
	au_auto_cbor struct au_cbor tree = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(nested(AU_CBOR_DEPTH_MAX, &tree, &err), EV_OK);
	au_cbor_free(&tree);
	assert_int_equal(nested(AU_CBOR_DEPTH_MAX + 1, &tree, &err), EV_LIMIT);
	assert_string_equal(err.field, "depth");
	assert_int_equal(err.offset, AU_CBOR_DEPTH_MAX);
	err = (struct ev_error){ 0 };
	assert_int_equal(nested(999, &tree, &err), EV_LIMIT);
}

/* An array of n nulls, or a map of n pairs from u32 to null. */
static enum ev_code filled(uint8_t head, size_t n, struct ev_error *err)
{
	size_t each = head == 0xba ? 6 : 1, at = 5;
	uint8_t *bytes = malloc(5 + each * n);
	au_auto_cbor struct au_cbor tree = { 0 };
	enum ev_code code;

	assert_non_null(bytes);
	bytes[0] = head;
	for (size_t i = 0; i < 4; i++)
		bytes[1 + i] = (uint8_t)(n >> (24 - 8 * i));
	for (size_t i = 0; i < n; i++) {
		if (each == 6) {
			bytes[at++] = 0x1a;
			for (size_t k = 0; k < 4; k++)
				bytes[at++] = (uint8_t)(i >> (24 - 8 * k));
		}
		bytes[at++] = 0xf6;
	}
	code = au_cbor_parse(ev_span_of(bytes, at), 0, "test", &tree, err);
	free(bytes);
	return code;
}

static void numbers_have_limits(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(filled(0x9a, AU_CBOR_NODES_MAX - 1, &err), EV_OK);
	assert_int_equal(filled(0x9a, AU_CBOR_NODES_MAX, &err), EV_LIMIT);
	assert_string_equal(err.field, "items");
	err = (struct ev_error){ 0 };
	assert_int_equal(filled(0xba, AU_CBOR_MEMBERS_MAX, &err), EV_OK);
	assert_int_equal(filled(0xba, AU_CBOR_MEMBERS_MAX + 1, &err), EV_LIMIT);
	assert_string_equal(err.field, "map");
	err = (struct ev_error){ 0 };
	assert_int_equal(filled(0x9a, AU_CBOR_BYTES_MAX, &err), EV_LIMIT);
	assert_string_equal(err.field, "size");
}

static void getters_name_what_is_missing(void **state)
{
	static const int64_t keys[] = { 1, 2 };
	au_auto_cbor struct au_cbor tree = { 0 };
	const struct au_cbor_node *v = NULL;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(parse("a2018102026161", &tree, &err), EV_OK);
	assert_int_equal(au_cbor_only(tree.node, keys, 2, "o", "f", &err),
			 EV_OK);
	assert_int_equal(au_cbor_only(tree.node, keys, 1, "o", "f", &err),
			 EV_VALUE);
	assert_string_equal(err.found, "key 2");
	err = (struct ev_error){ 0 };
	assert_int_equal(
		au_cbor_get(tree.node, 3, AU_CBOR_MAP, "o", "f", &v, &err),
		EV_MISSING);
	err = (struct ev_error){ 0 };
	assert_int_equal(
		au_cbor_get(tree.node, 2, AU_CBOR_MAP, "o", "f", &v, &err),
		EV_SYNTAX);
	err = (struct ev_error){ 0 };
	assert_int_equal(au_cbor_array_of(au_cbor_member(tree.node, 1), 2, "o",
					  "f", &err),
			 EV_VALUE);
	err = (struct ev_error){ 0 };
	assert_int_equal(
		au_cbor_tagged(tree.node, 9, AU_CBOR_MAP, "o", "f", &v, &err),
		EV_VALUE);
	assert_null(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_tree_has_offsets_and_extents),
		cmocka_unit_test(integers_keep_their_value),
		cmocka_unit_test(every_tag_is_read),
		cmocka_unit_test(each_refusal_is_named),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(numbers_have_limits),
		cmocka_unit_test(getters_name_what_is_missing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
