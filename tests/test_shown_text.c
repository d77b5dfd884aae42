/* SPDX-License-Identifier: Apache-2.0 */
/* Text of logs as a person reads it. */
#include "evidence/shown_text.h"

#include "tests/parse_case.h"

#define U16(text) EV_SPAN_LITERAL(text)

static void shows(void (*show)(struct ev_span, struct ev_buffer *),
		  struct ev_span in, const char *want)
{
	uint8_t *p = parse_copy(in, in.n);
	struct ev_buffer out = { 0 };
	char *text;

	show(ev_span_of(p, in.n), &out);
	text = ev_buffer_take(&out, NULL);
	free(p);
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void bytes_are_read_and_escaped(void **state)
{
	(void)state;
	shows(ev_shown_bytes, EV_SPAN_LITERAL(""), "");
	shows(ev_shown_bytes, EV_SPAN_LITERAL("a\tb\x7f"), "a\\x09b\\x7f");
	shows(ev_shown_bytes, EV_SPAN_LITERAL("\xc3\xa9 \xff"),
	      "\xc3\xa9 \\xff");
	shows(ev_shown_bytes, EV_SPAN_LITERAL("\xc2\x85"), "\\xc2\\x85");
}

static void a_backslash_is_one_but_where_it_would_lie(void **state)
{
	(void)state;
	shows(ev_shown_bytes, EV_SPAN_LITERAL("\\EFI\\xen"), "\\EFI\\xen");
	shows(ev_shown_bytes, EV_SPAN_LITERAL("\\x41"), "\\x5cx41");
	shows(ev_shown_bytes, EV_SPAN_LITERAL("\\x4"), "\\x4");
	shows(ev_shown_bytes, EV_SPAN_LITERAL("\\"), "\\");
	shows(ev_shown_bytes, EV_SPAN_LITERAL("\\\x01"), "\\\\x01");
}

static void utf16_becomes_utf8(void **state)
{
	(void)state;
	shows(ev_shown_utf16le, U16("\\\0E\0"), "\\E");
	shows(ev_shown_utf16le, U16("\xe9\0\xac\x20"), "\xc3\xa9\xe2\x82\xac");
	shows(ev_shown_utf16le, U16("\x3d\xd8\x00\xde"), "\xf0\x9f\x98\x80");
	shows(ev_shown_utf16le, U16("\x07\0"), "\\x07");
	shows(ev_shown_utf16le,
	      U16("\\\0x\0"
		  "4\0"
		  "1\0"),
	      "\\x5cx41");
}

static void what_is_no_utf16_stands_as_its_bytes(void **state)
{
	(void)state;
	/* A high surrogate at the end, before a letter, a low one alone. */
	shows(ev_shown_utf16le, U16("\x3d\xd8"), "\\x3d\\xd8");
	shows(ev_shown_utf16le,
	      U16("\x3d\xd8"
		  "a\0"),
	      "\\x3d\\xd8a");
	shows(ev_shown_utf16le,
	      U16("\x00\xde"
		  "b\0"),
	      "\\x00\\xdeb");
	shows(ev_shown_utf16le, U16("a\0b"), "a\\x62");
	shows(ev_shown_utf16le, U16("\x3d\xd8\x00"), "\\x3d\\xd8\\x00");
}

static void text_ends_at_its_nul(void **state)
{
	struct ev_span in;

	(void)state;
	in = ev_text_until_nul(EV_SPAN_LITERAL("ab\0c"));
	assert_true(ev_span_eq(in, EV_SPAN_LITERAL("ab")));
	in = ev_text_until_nul(EV_SPAN_LITERAL("ab"));
	assert_true(ev_span_eq(in, EV_SPAN_LITERAL("ab")));
	in = ev_text_until_nul16(U16("a\0\0b\0\0c\0"));
	assert_int_equal(in.n, 4); /* 0x6200 is no NUL */
	assert_int_equal(ev_text_until_nul16(U16("\0\0")).n, 0);
	assert_int_equal(ev_text_until_nul16(U16("a")).n, 1);
}

static void forms_are_told_apart(void **state)
{
	static const struct {
		struct ev_span in;
		enum ev_text_form form;
		size_t n;
	} cases[] = {
		{ { (const uint8_t *)"ACPI DATA\0", 10 }, EV_TEXT_BYTES, 9 },
		{ { (const uint8_t *)"\xc3\xa9", 2 }, EV_TEXT_BYTES, 2 },
		{ { (const uint8_t *)"\xc2\x85", 2 }, EV_TEXT_NONE, 2 },
		{ { (const uint8_t *)"a\0b\0\0\0", 6 }, EV_TEXT_UTF16LE, 4 },
		{ { (const uint8_t *)"a\nb", 3 }, EV_TEXT_NONE, 3 },
		{ { (const uint8_t *)"\0\0\0\0", 4 }, EV_TEXT_NONE, 4 },
		{ { NULL, 0 }, EV_TEXT_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_span text = cases[i].in;

		assert_int_equal(ev_text_form_of(&text), cases[i].form);
		assert_int_equal(text.n, cases[i].n);
	}
}

static void cuts(const char *text, size_t max, const char *want)
{
	struct ev_buffer out = { 0 };
	char *got;

	ev_buffer_add_str(&out, "##");
	ev_buffer_add_str(&out, text);
	ev_shown_cut(&out, 2, max);
	got = ev_buffer_take(&out, NULL);
	assert_non_null(got);
	assert_string_equal(got + 2, want);
	free(got);
}

static void long_text_is_cut_between_characters(void **state)
{
	(void)state;
	cuts("abcdefgh", 8, "abcdefgh");
	cuts("abcdefghi", 8, "abcde...");
	cuts("abcd\xc3\xa9ghi", 8, "abcd...");
	cuts("abcd\\xffghi", 8, "abcd...");
	cuts("ab\\xffcdefghi", 9, "ab\\xff...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_read_and_escaped),
		cmocka_unit_test(a_backslash_is_one_but_where_it_would_lie),
		cmocka_unit_test(utf16_becomes_utf8),
		cmocka_unit_test(what_is_no_utf16_stands_as_its_bytes),
		cmocka_unit_test(text_ends_at_its_nul),
		cmocka_unit_test(forms_are_told_apart),
		cmocka_unit_test(long_text_is_cut_between_characters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
