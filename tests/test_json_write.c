/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/json_write and json_string. */
#include "evidence/base/json_write.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/json.h"
#include "evidence/base/time.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct ev_writer *new_writer(void)
{
	struct ev_writer *w = ev_writer_new();

	assert_non_null(w);
	return w;
}

/* Finishes and compares; want of NULL is a refusal.  w can be used again. */
static void expect(struct ev_writer *w, const char *want)
{
	size_t n = 0;
	ev_auto_free char *text = NULL;

	assert_int_equal(ev_writer_ok(w), want != NULL);
	assert_false(ev_writer_no_memory(w));
	text = ev_writer_finish(w, &n);
	if (want == NULL) {
		assert_null(text);
		return;
	}
	assert_non_null(text);
	assert_string_equal(text, want);
	assert_int_equal(n, strlen(want));
}

static void each_value_has_one_spelling(void **state)
{
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	ev_write_array(w, NULL);
	ev_write_str(w, NULL, "a\"b\\c/\xc3\xa9");
	ev_write_text(w, NULL, ev_span_of(NULL, 0));
	ev_write_hex(w, NULL, EV_SPAN_LITERAL("\x01\xab"));
	ev_write_base64(w, NULL, EV_SPAN_LITERAL("foob"));
	ev_write_bool(w, NULL, true);
	ev_write_bool(w, NULL, false);
	ev_write_int(w, NULL, 0);
	ev_write_int(w, NULL, -9007199254740991);
	ev_write_u64(w, NULL, UINT64_MAX);
	ev_write_time(w, NULL, 1780922561);
	ev_write_raw(w, NULL, EV_SPAN_LITERAL("{\"x\":[]}"));
	ev_buffer_add_str(ev_write_into(w, NULL), "{\"y\":1}");
	ev_write_object(w, NULL);
	ev_write_end(w);
	ev_write_end(w);
	expect(w, "[\"a\\\"b\\\\c/\xc3\xa9\",\"\",\"01ab\",\"Zm9vYg==\",true,"
		  "false,0,-9007199254740991,\"18446744073709551615\","
		  "\"2026-06-08T12:42:41Z\",{\"x\":[]},{\"y\":1},{}]");
	ev_write_int(w, NULL, 7);
	expect(w, "7");
}

static void long_bytes_are_written_in_whole(void **state)
{
	ev_auto_writer struct ev_writer *w = new_writer();
	uint8_t bytes[150];
	char want[2 + 2 * sizeof(bytes) + 1] = "\"";

	(void)state;
	memset(bytes, 0, sizeof(bytes));
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		memset(want + 1, '0', 2 * n);
		memcpy(want + 1 + 2 * n, "\"", 2);
		ev_write_hex(w, NULL, ev_span_of(bytes, n));
		expect(w, want);
	}
	for (size_t n = 0; n <= sizeof(bytes); n += 3) {
		memset(want + 1, 'A', n / 3 * 4);
		memcpy(want + 1 + n / 3 * 4, "\"", 2);
		ev_write_base64(w, NULL, ev_span_of(bytes, n));
		expect(w, want);
	}
}

static void members_are_sorted_at_every_level(void **state)
{
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	ev_write_object(w, NULL);
	ev_write_int(w, "b", 1);
	ev_write_object(w, "a");
	ev_write_int(w, "z", 1);
	ev_write_array(w, "y");
	ev_write_object(w, NULL);
	ev_write_int(w, "2", 2);
	ev_write_int(w, "10", 1);
	ev_write_end(w);
	ev_write_end(w);
	ev_write_end(w);
	ev_write_int(w, "B", 1);
	ev_write_int(w, "aa", 1);
	ev_write_end(w);
	expect(w, "{\"B\":1,\"a\":{\"y\":[{\"10\":1,\"2\":2}],\"z\":1},"
		  "\"aa\":1,\"b\":1}");
}

static void duplicate_members_are_refused(void **state)
{
	static const char *const orders[][3] = { { "a", "a", "b" },
						 { "a", "b", "a" },
						 { "b", "a", "a" } };
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		ev_write_object(w, NULL);
		for (size_t j = 0; j < 3; j++)
			ev_write_int(w, orders[i][j], 1);
		ev_write_end(w);
		expect(w, NULL);
	}
}

static bool name_passes(struct ev_writer *w, const char *name)
{
	ev_auto_free char *text = NULL;

	ev_write_object(w, NULL);
	ev_write_int(w, name, 1);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	return text != NULL;
}

static void names_are_of_the_subset(void **state)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789_.:/-";
	ev_auto_writer struct ev_writer *w = new_writer();
	char name[130];

	(void)state;
	for (int c = 1; c < 256; c++) {
		name[0] = 'a';
		name[1] = (char)c;
		name[2] = '\0';
		assert_int_equal(name_passes(w, name),
				 strchr(allowed, c) != NULL);
	}
	memset(name, 'n', sizeof(name));
	name[129] = '\0';
	assert_false(name_passes(w, name));
	name[128] = '\0';
	assert_true(name_passes(w, name));
	assert_false(name_passes(w, ""));
}

static void text_outside_the_subset_is_refused(void **state)
{
	static const char *const texts[] = {
		"\x01",		"\n",
		"\x1f",		"\x7f",
		"\xc2\x80",	"\xc2\x9f",
		"\x80",		"\xc0\xaf",
		"\xed\xa0\x80", "\xf4\x90\x80\x80",
		"a\xe2\x82",	"\xff",
	};
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		ev_write_str(w, NULL, texts[i]);
		expect(w, NULL);
	}
	ev_write_text(w, NULL, EV_SPAN_LITERAL("a\0b"));
	expect(w, NULL);
	ev_write_str(w, NULL, " ~\xc2\xa0\xed\x9f\xbf\xee\x80\x80");
	expect(w, "\" ~\xc2\xa0\xed\x9f\xbf\xee\x80\x80\"");
}

static void numbers_outside_the_subset_are_refused(void **state)
{
	static const int64_t numbers[] = { INT64_C(9007199254740992),
					   -INT64_C(9007199254740992),
					   INT64_MAX, INT64_MIN };
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		ev_write_int(w, NULL, numbers[i]);
		expect(w, NULL);
	}
	ev_write_time(w, NULL, EV_TIME_MAX + 1);
	expect(w, NULL);
	ev_write_raw(w, NULL, ev_span_of(NULL, 0));
	expect(w, NULL);
}

static void misplaced_calls_are_refused(void **state)
{
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	ev_write_int(w, "a", 1); /* a name outside of an object */
	assert_null(ev_write_into(w, NULL));
	expect(w, NULL);
	ev_write_array(w, NULL);
	ev_write_int(w, "a", 1); /* in an array */
	expect(w, NULL);
	ev_write_object(w, NULL);
	ev_write_int(w, NULL, 1); /* no name in an object */
	expect(w, NULL);
	ev_write_int(w, NULL, 1);
	ev_write_int(w, NULL, 1); /* a second outermost value */
	expect(w, NULL);
	ev_write_end(w); /* nothing is open */
	expect(w, NULL);
	assert_null(ev_writer_finish(w, NULL)); /* nothing was written */
	ev_write_array(w, NULL);
	assert_null(ev_writer_finish(w, NULL)); /* one is still open */
}

static void nothing_happens_after_a_refusal(void **state)
{
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	ev_write_object(w, NULL);
	ev_write_str(w, "a", "\n");
	ev_write_object(w, "b");
	ev_write_end(w);
	ev_write_end(w);
	ev_write_end(w);
	ev_write_end(w);
	expect(w, NULL);
}

static void depth_is_bounded(void **state)
{
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	for (int n = 31; n < 35; n++) {
		ev_auto_free char *text = NULL;

		for (int i = 0; i < n; i++)
			ev_write_array(w, NULL);
		for (int i = 0; i < n; i++)
			ev_write_end(w);
		text = ev_writer_finish(w, NULL);
		assert_int_equal(text != NULL, n <= 32);
	}
}

static void foreign_text_is_escaped_bytewise(void **state)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "plain", "plain" },
		{ "a\\b", "a\\x5cb" },
		{ "\"q\"", "\"q\"" },
		{ "\x01\n\x7f", "\\x01\\x0a\\x7f" },
		{ "\xc2\x85\xc3\xa9", "\\xc2\\x85\xc3\xa9" },
		{ "\xe2\x82", "\\xe2\\x82" },
		{ "\xed\xa0\x80", "\\xed\\xa0\\x80" },
		{ "\xffok", "\\xffok" },
	};
	ev_auto_writer struct ev_writer *w = new_writer();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ev_auto_buffer struct ev_buffer b = { 0 };
		ev_auto_free char *text = NULL;
		ev_auto_json json_t *v = NULL;
		struct ev_span in = ev_span_str(cases[i].text);
		struct ev_error err = { 0 };
		size_t n = 0;

		ev_escape_foreign(in, &b);
		assert_true(ev_span_eq(ev_buffer_span(&b),
				       ev_span_str(cases[i].want)));
		ev_write_foreign(w, NULL, in);
		text = ev_writer_finish(w, &n);
		assert_non_null(text);
		assert_int_equal(
			ev_json_parse(ev_span_of(text, n), n, "test", &v, &err),
			EV_OK);
		assert_string_equal(json_string_value(v), cases[i].want);
	}
}

static void shown_text_is_not_escaped_again(void **state)
{
	struct ev_writer *w = ev_writer_new();
	size_t n;
	char *text;

	(void)state;
	assert_non_null(w);
	ev_write_array(w, NULL);
	ev_write_shown(w, NULL, "a \\x1b \"b\" \\");
	ev_write_shown(w, NULL, "\x1b\xff\\x5c");
	ev_write_shown(w, NULL, "");
	ev_write_end(w);
	text = ev_writer_finish(w, &n);
	assert_string_equal(text, "[\"a \\\\x1b \\\"b\\\" \\\\\","
				  "\"\\\\x1b\\\\xff\\\\x5c\",\"\"]");
	free(text);
	ev_writer_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shown_text_is_not_escaped_again),
		cmocka_unit_test(each_value_has_one_spelling),
		cmocka_unit_test(long_bytes_are_written_in_whole),
		cmocka_unit_test(members_are_sorted_at_every_level),
		cmocka_unit_test(duplicate_members_are_refused),
		cmocka_unit_test(names_are_of_the_subset),
		cmocka_unit_test(text_outside_the_subset_is_refused),
		cmocka_unit_test(numbers_outside_the_subset_are_refused),
		cmocka_unit_test(misplaced_calls_are_refused),
		cmocka_unit_test(nothing_happens_after_a_refusal),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(foreign_text_is_escaped_bytewise),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
