/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/error. */
#include "evidence/base/error.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void the_first_refusal_wins(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		ev_fail(&err, EV_VALUE, "quote.header", "version", 4, "5", "6"),
		EV_VALUE);
	assert_int_equal(
		ev_fail_u64(&err, EV_TRUNCATED, "other", "field", 9, 1, 2),
		EV_VALUE);
	assert_int_equal(ev_fail_trouble(&err, "other", "memory"), EV_VALUE);
	assert_string_equal(err.object, "quote.header");
	assert_string_equal(err.field, "version");
	assert_int_equal(err.offset, 4);
}

static void a_refusal_prints_as_one_line(void **state)
{
	struct ev_error err = { 0 };
	char line[128];

	(void)state;
	ev_fail_u64(&err, EV_VALUE, "quote.header", "tee_type", 4, 129, 130);
	ev_error_format(&err, line, sizeof(line));
	assert_string_equal(line, "quote.header: tee_type at byte 4: "
				  "want 129, found 130");
	ev_error_format(&err, line, 10);
	assert_string_equal(line, "quote.hea");
}

static void trouble_prints_without_bytes(void **state)
{
	struct ev_error err = { 0 };
	char line[128];

	(void)state;
	assert_int_equal(ev_fail_trouble(&err, "archive", "out of memory"),
			 EV_TROUBLE);
	ev_error_format(&err, line, sizeof(line));
	assert_string_equal(line, "archive: out of memory");
}

static void bytes_are_shown_as_hex_and_cut(void **state)
{
	static const uint8_t bytes[40] = { 0xab };
	struct ev_error err = { 0 };

	(void)state;
	ev_fail_bytes(&err, EV_VALUE, "x", "y", 0, "zero", EV_SPAN(bytes));
	assert_int_equal(strlen(err.found), 64);
	assert_memory_equal(err.found, "ab00", 4);
}

static void where_no_byte_is_meant_none_is_named(void **state)
{
	struct ev_error err = { 0 };
	char line[200];

	(void)state;
	ev_fail(&err, EV_VALUE, "--root", "folder", EV_NO_BYTE,
		"one that can be opened", "none");
	ev_error_format(&err, line, sizeof(line));
	assert_string_equal(line, "--root: folder: want one that can be "
				  "opened, found none");
}

static void long_texts_are_cut(void **state)
{
	struct ev_error err = { 0 };
	char text[300];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[299] = '\0';
	ev_fail(&err, EV_VALUE, "x", "y", 0, text, text);
	assert_int_equal(strlen(err.want), EV_TEXT_MAX - 1);
	assert_int_equal(strlen(err.found), EV_TEXT_MAX - 1);
}

static void foreign_text_is_shown_as_printable_ascii(void **state)
{
	struct ev_error err = { 0 };
	char shown[64];

	(void)state;
	ev_show(EV_SPAN_LITERAL("a\\b\x1b[31m\xc3\xa9~\x7f"), shown,
		sizeof(shown));
	assert_string_equal(shown, "a\\x5cb\\x1b[31m\\xc3\\xa9~\\x7f");
	ev_show(ev_span_of(NULL, 0), shown, sizeof(shown));
	assert_string_equal(shown, "");
	ev_fail_text(&err, EV_SYNTAX, "x", "y", 3, "digits",
		     EV_SPAN_LITERAL("1\n"));
	assert_string_equal(err.found, "1\\x0a");
}

static void foreign_text_is_cut_to_every_size(void **state)
{
	static const char *const texts[] = { "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
					     "\x01\x01\x01\x01\x01\x01\x01" };
	char shown[32];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t size = 8; size <= sizeof(shown); size++) {
			struct ev_span in = ev_span_str(texts[i]);
			size_t n;

			ev_show(in, shown, size);
			n = strlen(shown);
			assert_true(n < size);
			assert_true(n > 3 || in.n == 0);
		}
	}
	ev_show(EV_SPAN_LITERAL("aaaaaaaa"), shown, 8);
	assert_string_equal(shown, "a...");
}

static void every_code_has_a_word(void **state)
{
	(void)state;
	for (int code = EV_OK; code <= EV_TROUBLE; code++)
		assert_true(strlen(ev_code_word((enum ev_code)code)) > 0);
	assert_string_equal(ev_code_word(EV_TRUNCATED), "truncated");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_refusal_wins),
		cmocka_unit_test(a_refusal_prints_as_one_line),
		cmocka_unit_test(trouble_prints_without_bytes),
		cmocka_unit_test(bytes_are_shown_as_hex_and_cut),
		cmocka_unit_test(where_no_byte_is_meant_none_is_named),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(foreign_text_is_shown_as_printable_ascii),
		cmocka_unit_test(foreign_text_is_cut_to_every_size),
		cmocka_unit_test(every_code_has_a_word),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
