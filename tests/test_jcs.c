/* SPDX-License-Identifier: Apache-2.0 */
/* Our canonical JSON against jansson's dump and the vectors of RFC 8785. */
#include "evidence/base/json_write.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"
#include "tests/lcg.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct ev_writer *new_writer(void)
{
	struct ev_writer *w = ev_writer_new();

	assert_non_null(w);
	return w;
}

/* Finishes and compares; w can be used again. */
static void expect(struct ev_writer *w, const char *want)
{
	ev_auto_free char *text = ev_writer_finish(w, NULL);

	assert_non_null(text);
	assert_string_equal(text, want);
}

static void random_text(uint64_t *seed, char out[64])
{
	static const char *const pieces[] = { "a",
					      "Z",
					      " ",
					      "\"",
					      "\\",
					      "/",
					      "~",
					      "\xc2\xa0",
					      "\xc3\xa9",
					      "\xe2\x82\xac",
					      "\xee\x80\x80",
					      "\xf0\x9f\x98\x80",
					      "0",
					      "<" };
	uint32_t n = lcg_below(seed, 12);
	size_t at = 0;

	for (uint32_t i = 0; i < n; i++) {
		const char *piece = pieces[lcg_below(seed, 14)];

		memcpy(out + at, piece, strlen(piece));
		at += strlen(piece);
	}
	out[at] = '\0';
}

static int64_t random_integer(uint64_t *seed)
{
	int64_t v = (int64_t)lcg_below(seed, 1U << 21) << 32 |
		    lcg_below(seed, UINT32_MAX);

	v >>= lcg_below(seed, 53);
	return lcg_below(seed, 2) == 0 ? v : -v;
}

static json_t *random_scalar(uint64_t *seed, struct ev_writer *w,
			     const char *name)
{
	char text[64];
	int64_t integer;
	bool truth;

	switch (lcg_below(seed, 3)) {
	case 0:
		random_text(seed, text);
		ev_write_str(w, name, text);
		return json_string(text);
	case 1:
		integer = random_integer(seed);
		ev_write_int(w, name, integer);
		return json_integer(integer);
	default:
		truth = lcg_below(seed, 2) == 1;
		ev_write_bool(w, name, truth);
		return json_boolean(truth);
	}
}

static json_t *random_value(uint64_t *seed, struct ev_writer *w,
			    const char *name, unsigned depth)
{
	uint32_t n = lcg_below(seed, 7);
	uint32_t kind = depth < 6 ? lcg_below(seed, 3) : 2;
	json_t *v;

	if (kind == 2)
		return random_scalar(seed, w, name);
	v = kind == 0 ? json_object() : json_array();
	if (kind == 0)
		ev_write_object(w, name);
	else
		ev_write_array(w, name);
	for (uint32_t i = 0; i < n; i++) {
		char member[32];

		snprintf(member, sizeof(member), "%x%c%u",
			 lcg_below(seed, 4096), "_.:/-aZ"[i], i);
		if (kind == 0)
			json_object_set_new(
				v, member,
				random_value(seed, w, member, depth + 1));
		else
			json_array_append_new(
				v, random_value(seed, w, NULL, depth + 1));
	}
	ev_write_end(w);
	return v;
}

static void random_trees_are_written_as_jansson_dumps_them(void **state)
{
	ev_auto_writer struct ev_writer *w = new_writer();
	uint64_t seed = 2026;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		ev_auto_json json_t *v = random_value(&seed, w, NULL, 0);
		ev_auto_free char *dump = json_dumps(
			v, JSON_COMPACT | JSON_SORT_KEYS | JSON_ENCODE_ANY);
		struct ev_error err = { 0 };

		assert_non_null(dump);
		expect(w, dump);
		assert_int_equal(ev_json_check_canonical(ev_span_str(dump), v,
							 "test", &err),
				 EV_OK);
	}
}

/* The RFC 8785 vectors: all four inputs are outside of the subset, two only by
 * a null and by a name with a space, which jansson reads and dumps rightly. */

static void jcs_arrays_and_unicode_pass_but_for_the_subset(void **state)
{
	static const char *const names[] = { "arrays.json", "unicode.json" };

	(void)state;
	vectors_need();
	for (size_t i = 0; i < 2; i++) {
		ev_auto_json json_t *v = NULL;
		ev_auto_free char *dump = NULL;
		struct ev_span in = { NULL, 0 }, out = { NULL, 0 };
		struct ev_error err = { 0 };

		vectors_read(vectors_join("archive/jcs/input", names[i]), &in);
		vectors_read(vectors_join("archive/jcs/output", names[i]),
			     &out);
		assert_int_equal(ev_json_parse(in, in.n, "jcs", &v, &err),
				 EV_OK);
		dump = json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS);
		assert_non_null(dump);
		assert_true(ev_span_eq(ev_span_str(dump), out));
		assert_int_equal(ev_json_check_canonical(out, v, "jcs", &err),
				 EV_VALUE);
		assert_string_equal(err.field, "subset");
	}
}

static void jcs_values_of_the_subset_are_written_alike(void **state)
{
	ev_auto_writer struct ev_writer *w = NULL;
	struct ev_span out = { NULL, 0 };

	(void)state;
	vectors_need();
	w = new_writer();
	vectors_read("archive/jcs/output/unicode.json", &out);
	/* {"Unnormalized Unicode":"..."} */
	ev_write_text(w, NULL, EV_SPAN_LITERAL("A\xcc\x8a"));
	expect(w, "\"A\xcc\x8a\"");
	assert_memory_equal(out.p + 24, "\"A\xcc\x8a\"}", out.n - 24);
	ev_write_array(w, NULL);
	ev_write_int(w, NULL, 56);
	ev_write_object(w, NULL);
	ev_write_bool(w, "d", true);
	ev_write_array(w, "10");
	ev_write_end(w);
	ev_write_array(w, "1");
	ev_write_end(w);
	ev_write_end(w);
	ev_write_end(w);
	expect(w, "[56,{\"1\":[],\"10\":[],\"d\":true}]");
}

static void jcs_structures_and_values_are_refused_for_their_reals(void **state)
{
	static const char *const names[] = { "structures.json", "values.json" };

	(void)state;
	vectors_need();
	for (size_t i = 0; i < 2; i++) {
		ev_auto_json json_t *v = NULL;
		struct ev_span in = { NULL, 0 };
		struct ev_error err = { 0 };

		vectors_read(vectors_join("archive/jcs/input", names[i]), &in);
		assert_int_equal(ev_json_parse(in, in.n, "jcs", &v, &err),
				 EV_VALUE);
		assert_string_equal(err.field, "number");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			random_trees_are_written_as_jansson_dumps_them),
		cmocka_unit_test(
			jcs_arrays_and_unicode_pass_but_for_the_subset),
		cmocka_unit_test(jcs_values_of_the_subset_are_written_alike),
		cmocka_unit_test(
			jcs_structures_and_values_are_refused_for_their_reals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
