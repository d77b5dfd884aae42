/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/json_string. */
#include "evidence/base/json_string.h"

#include "evidence/base/json_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Sixteen bytes are looked at together: each value at each place of them, and
 * beside neighbours at the edges of what is plain. */
static void every_byte_is_told_at_every_place(void **state)
{
	static const uint8_t beside[] = { ' ', '!', '#', '[', ']', '~', 'a' };
	uint8_t text[36];

	(void)state;
	for (size_t b = 0; b < sizeof(beside); b++)
		for (unsigned int c = 0; c < 256; c++)
			for (size_t at = 0; at < sizeof(text); at++) {
				bool plain = c >= 0x20 && c < 0x7f &&
					     c != '"' && c != '\\';

				memset(text, beside[b], sizeof(text));
				text[at] = (uint8_t)c;
				assert_int_equal(ev_json_plain(EV_SPAN(text)),
						 plain ? sizeof(text) : at);
			}
}

static void no_more_is_read_than_there_is(void **state)
{
	static const uint8_t text[] = "abcdefghijklmnopqrst\"";

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++)
		assert_int_equal(ev_json_plain(ev_span_of(text, n)),
				 n < 20 ? n : 20);
}

static void quotes_stand_around_and_backslashes_before(void **state)
{
	static const struct {
		const char *text, *quoted;
	} cases[] = {
		{ "", "\"\"" },
		{ "plain text of more than eight", "\"plain text of more than "
						   "eight\"" },
		{ "a\"b", "\"a\\\"b\"" },
		{ "12345678\\", "\"12345678\\\\\"" },
		{ "\xc3\xa9t\xc3\xa9", "\"\xc3\xa9t\xc3\xa9\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ev_auto_buffer struct ev_buffer out = { 0 };

		assert_true(ev_json_quote(ev_span_str(cases[i].text), &out));
		assert_true(ev_span_eq(ev_buffer_span(&out),
				       ev_span_str(cases[i].quoted)));
	}
}

static size_t utf8(uint32_t c, uint8_t out[3])
{
	if (c < 0x800) {
		out[0] = (uint8_t)(0xc0 | c >> 6);
		out[1] = (uint8_t)(0x80 | (c & 0x3f));
		return 2;
	}
	out[0] = (uint8_t)(0xe0 | c >> 12);
	out[1] = (uint8_t)(0x80 | (c >> 6 & 0x3f));
	out[2] = (uint8_t)(0x80 | (c & 0x3f));
	return 3;
}

/* Each character of two and three bytes stands for itself, or is one of those
 * that a person does not see as what they are. */
static void what_turns_a_line_round_is_escaped(void **state)
{
	static const struct {
		uint32_t from, to;
	} escaped[] = {
		{ 0x80, 0x9f },	    { 0x61c, 0x61c },	{ 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
	};

	(void)state;
	for (uint32_t c = 0x80; c < 0x10000; c++) {
		uint8_t text[5] = "a";
		struct ev_buffer out = { 0 };
		size_t n = 1 + utf8(c, text + 1);
		bool shown = true;

		if (c >= 0xd800 && c < 0xe000)
			continue; /* no character */
		text[n++] = 'b';
		for (size_t i = 0; i < sizeof(escaped) / sizeof(escaped[0]);
		     i++)
			shown = shown &&
				(c < escaped[i].from || c > escaped[i].to);
		ev_escape_foreign(ev_span_of(text, n), &out);
		if (shown !=
		    ev_span_eq(ev_buffer_span(&out), ev_span_of(text, n)))
			fail_msg("U+%04X", c);
		if (!shown)
			assert_int_equal(out.n, 2 + 4 * (n - 2));
		ev_buffer_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_told_at_every_place),
		cmocka_unit_test(no_more_is_read_than_there_is),
		cmocka_unit_test(quotes_stand_around_and_backslashes_before),
		cmocka_unit_test(what_turns_a_line_round_is_escaped),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
