/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/ssh/ssh_wire and ssh_base64. */
#include "audit/ssh/ssh_base64.h"
#include "audit/ssh/ssh_wire.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct ev_reader reader(struct ev_span in, struct ev_error *err)
{
	*err = (struct ev_error){ EV_OK };
	return ev_reader_init(in, 0, "test", err);
}

static void strings_are_read_to_their_size(void **state)
{
	static const uint8_t in[] = { 0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0 };
	struct ev_error err;
	struct ev_reader r = reader(EV_SPAN(in), &err);

	(void)state;
	assert_true(
		ev_span_eq(au_ssh_read_string(&r, "x"), EV_SPAN_LITERAL("ab")));
	assert_int_equal(au_ssh_read_string(&r, "x").n, 0);
	assert_int_equal(ev_reader_finish(&r), EV_OK);
	for (size_t n = 0; n < 6; n++) {
		r = reader(ev_span_of(in, n), &err);
		au_ssh_read_string(&r, "x");
		assert_int_equal(err.code, EV_TRUNCATED);
	}
}

static void text_may_end_in_a_nul_and_hold_none(void **state)
{
	static const uint8_t ends[] = { 0, 0, 0, 2, 'a', 0 };
	static const uint8_t holds[] = { 0, 0, 0, 2, 0, 'a' };
	static const uint8_t two[] = { 0, 0, 0, 2, 0, 0 };
	struct ev_error err;
	struct ev_reader r = reader(EV_SPAN(ends), &err);

	(void)state;
	assert_true(
		ev_span_eq(au_ssh_read_text(&r, "x"), EV_SPAN_LITERAL("a")));
	assert_int_equal(ev_reader_finish(&r), EV_OK);
	r = reader(EV_SPAN(holds), &err);
	au_ssh_read_text(&r, "x");
	assert_int_equal(err.code, EV_SYNTAX);
	r = reader(EV_SPAN(two), &err);
	au_ssh_read_text(&r, "x");
	assert_int_equal(err.code, EV_SYNTAX);
}

static enum ev_code read_number(const uint8_t *bytes, size_t n, size_t *size)
{
	static uint8_t in[4 + AU_SSH_MPINT_MAX + 8];
	struct ev_error err;
	struct ev_reader r;

	in[2] = (uint8_t)(n >> 8);
	in[3] = (uint8_t)n;
	memcpy(in + 4, bytes, n);
	r = reader(ev_span_of(in, 4 + n), &err);
	*size = au_ssh_read_mpint(&r, "x").n;
	return ev_reader_finish(&r);
}

static void numbers_lose_their_zeros_and_have_a_limit(void **state)
{
	static uint8_t bytes[AU_SSH_MPINT_MAX + 2];
	size_t n;

	(void)state;
	assert_int_equal(read_number(bytes, 0, &n), EV_OK);
	assert_int_equal(n, 0);
	assert_int_equal(read_number((const uint8_t *)"\0\0\x81", 3, &n),
			 EV_OK);
	assert_int_equal(n, 1);
	assert_int_equal(read_number((const uint8_t *)"\x81", 1, &n), EV_VALUE);
	bytes[1] = 0x81;
	assert_int_equal(read_number(bytes, AU_SSH_MPINT_MAX + 1, &n), EV_OK);
	assert_int_equal(n, AU_SSH_MPINT_MAX);
	assert_int_equal(read_number(bytes, AU_SSH_MPINT_MAX + 2, &n),
			 EV_LIMIT);
	bytes[0] = 1;
	assert_int_equal(read_number(bytes, AU_SSH_MPINT_MAX + 1, &n),
			 EV_LIMIT);
}

static void numbers_are_written_as_short_as_they_can_be(void **state)
{
	static const uint8_t want[] = { 0, 0, 0,    2, 0, 0x80, 0, 0,
					0, 1, 0x7f, 0, 0, 0,	0 };
	ev_auto_buffer struct ev_buffer b = { 0 };

	(void)state;
	au_ssh_put_mpint(&b, EV_SPAN_LITERAL("\0\x80"));
	au_ssh_put_mpint(&b, EV_SPAN_LITERAL("\0\0\x7f"));
	au_ssh_put_mpint(&b, EV_SPAN_LITERAL("\0"));
	assert_true(ev_span_eq(ev_buffer_span(&b), EV_SPAN(want)));
}

static bool decodes(const char *text, const char *want)
{
	uint8_t out[4096];
	size_t n = 0;

	return au_ssh_base64_decode(ev_span_str(text), out, &n) &&
	       ev_span_eq(ev_span_of(out, n), ev_span_str(want));
}

static void base64_may_hold_white_space_and_nothing_else(void **state)
{
	char text[3001];

	(void)state;
	assert_true(decodes("", ""));
	assert_true(decodes(" \n", ""));
	assert_true(decodes("Z\tm\n9\v v\fYg = \r=\n", "foob"));
	assert_false(decodes("Zg=", "f"));
	assert_false(decodes("Zg", "f"));
	assert_false(decodes("Zh==", "f"));
	assert_false(decodes("Zg==Zg==", "ff"));
	assert_false(decodes("Zg==.", "f"));
	/* Pieces of 1024 characters: padding at the end of one ends it. */
	memset(text, 'A', sizeof(text) - 1);
	text[3000] = '\0';
	text[1023] = text[2047] = '=';
	assert_false(decodes(text, ""));
	memset(text, 'A', 2048);
	text[1023] = '=';
	text[1024] = '\0';
	{
		uint8_t out[1024];
		size_t n;

		assert_true(au_ssh_base64_decode(ev_span_str(text), out, &n));
		assert_int_equal(n, 767);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_read_to_their_size),
		cmocka_unit_test(text_may_end_in_a_nul_and_hold_none),
		cmocka_unit_test(numbers_lose_their_zeros_and_have_a_limit),
		cmocka_unit_test(numbers_are_written_as_short_as_they_can_be),
		cmocka_unit_test(base64_may_hold_white_space_and_nothing_else),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
