/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/json_canonical. */
#include "evidence/base/json.h"

#include "evidence/base/cleanup.h"

#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum ev_code canonical(struct ev_span text, struct ev_error *err)
{
	ev_auto_json json_t *v = NULL;

	*err = (struct ev_error){ 0 };
	assert_int_equal(ev_json_parse(text, (size_t)1 << 20, "test", &v, err),
			 EV_OK);
	return ev_json_check_canonical(text, v, "test", err);
}

static void canonical_text_is_accepted(void **state)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"[1,-1,true,false,\"\"]",
		"{\"A\":1,\"Z\":2,\"a\":{\"b\":[{}]}}",
		"\"\\\"\\\\/\xc3\xa9\xf0\x9f\x98\x80\"",
		"9007199254740991",
		"{\"a\":1,\"a-\":1,\"a.b\":1,\"a/b\":1,\"a1\":1,\"a_\":1}",
	};
	struct ev_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_int_equal(canonical(ev_span_str(texts[i]), &err), EV_OK);
}

static void other_spellings_are_refused_at_the_first_difference(void **state)
{
	static const struct {
		const char *text;
		uint64_t offset;
	} cases[] = {
		{ " {}", 0 },
		{ "{}\n", 2 },
		{ "[1, 2]", 3 },
		{ "{\"b\":1,\"a\":2}", 2 },
		{ "[\"\\/\"]", 2 },
		{ "[\"\\u0041\"]", 2 },
		{ "[\"\xc3\xa9\\u00e9\"]", 4 },
	};
	struct ev_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(canonical(ev_span_str(cases[i].text), &err),
				 EV_VALUE);
		assert_string_equal(err.field, "canonical");
		assert_int_equal(err.offset, cases[i].offset);
	}
}

static void what_the_subset_forbids_is_refused(void **state)
{
	static const char *const texts[] = {
		"null",
		"[null]",
		"{\"a\":null}",
		"9007199254740992",
		"-9007199254740992",
		"[\"\\u001b\"]",
		"[\"\\n\"]",
		"[\"\x7f\"]",
		"[\"\xc2\x85\"]",
		"{\"\":1}",
		"{\"a b\":1}",
		"{\"\xc3\xa9\":1}",
	};
	struct ev_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		assert_int_equal(canonical(ev_span_str(texts[i]), &err),
				 EV_VALUE);
		assert_string_equal(err.field, "subset");
	}
}

static void the_manifest_of_the_vectors_is_canonical(void **state)
{
	struct ev_span text = { NULL, 0 };
	struct ev_error err;

	(void)state;
	vectors_need();
	vectors_read("archive/dsse-local/manifest.json", &text);
	assert_int_equal(canonical(text, &err), EV_OK);
}

static void a_changed_value_is_written_canonically(void **state)
{
	struct ev_error err = { 0 };
	ev_auto_json json_t *v = NULL;
	char *text = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(ev_json_parse(EV_SPAN_LITERAL("{\"b\": 1, \"a\":[]}"),
				       100, "test", &v, &err),
			 EV_OK);
	assert_int_equal(json_object_set_new(v, "Z", json_string("\xc3\xa9")),
			 0);
	assert_int_equal(ev_json_canonical(v, "test", &text, &n, &err), EV_OK);
	assert_string_equal(text, "{\"Z\":\"\xc3\xa9\",\"a\":[],\"b\":1}");
	assert_int_equal(n, strlen(text));
	free(text);
	assert_int_equal(json_object_set_new(v, "c", json_null()), 0);
	assert_int_equal(ev_json_canonical(v, "test", &text, &n, &err),
			 EV_VALUE);
	assert_string_equal(err.field, "subset");
	assert_non_null(strstr(err.found, "member c"));
}

/* Texts that are canonical are mostly seen to be without a rewriting; what is
 * said must be what the rewriting says, of every text one byte away, too. */
static void both_ways_of_looking_agree(void **state)
{
	static const char text[] =
		"{\"A\":[1,0,10,true,false],\"a\":{\"b\":[{},\"x y\"]},"
		"\"a-\":999999999999999,\"b\":9007199254740991,\"c\":\"\"}";
	static const char bytes[] = "\"\\{}[]:,01-9 aAbtfn\n\x7f\xc3\x01.";
	char changed[sizeof(text)];
	size_t n_same = 0, n_other = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		for (size_t k = 0; k < sizeof(bytes); k++) {
			struct ev_span all =
				ev_span_of(changed, sizeof(text) - 1);
			ev_auto_json json_t *v = NULL;
			ev_auto_free char *out = NULL;
			struct ev_error err = { 0 };
			bool same;
			size_t n;

			memcpy(changed, text, sizeof(text));
			changed[i] = bytes[k];
			if (ev_json_parse(all, 4096, "test", &v, &err) != EV_OK)
				continue;
			same = ev_json_canonical(v, "test", &out, &n, &err) ==
				       EV_OK &&
			       ev_span_eq(all, ev_span_of(out, n));
			n_same += same;
			n_other += !same;
			err = (struct ev_error){ 0 };
			assert_int_equal(ev_json_check_canonical(all, v, "test",
								 &err) == EV_OK,
					 same);
		}
	assert_true(n_same > 100 && n_other > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_text_is_accepted),
		cmocka_unit_test(both_ways_of_looking_agree),
		cmocka_unit_test(
			other_spellings_are_refused_at_the_first_difference),
		cmocka_unit_test(what_the_subset_forbids_is_refused),
		cmocka_unit_test(the_manifest_of_the_vectors_is_canonical),
		cmocka_unit_test(a_changed_value_is_written_canonically),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
