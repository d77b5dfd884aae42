/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/hex. */
#include "evidence/base/hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void hex_writes_lower_case(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xa5, 0xff };
	char text[9];

	(void)state;
	ev_hex_encode(EV_SPAN(bytes), text);
	assert_string_equal(text, "000fa5ff");
	ev_hex_encode(ev_span_of(NULL, 0), text);
	assert_string_equal(text, "");
}

static void hex_reads_both_cases(void **state)
{
	static const uint8_t want[] = { 0x00, 0xab, 0xcd, 0xef };
	uint8_t out[4];

	(void)state;
	assert_true(ev_hex_decode(EV_SPAN_LITERAL("00aBCdEf"), out, 4));
	assert_memory_equal(out, want, 4);
	assert_true(ev_hex_decode(ev_span_of(NULL, 0), out, 0));
}

static void hex_refuses_every_other_length(void **state)
{
	struct ev_span digits = EV_SPAN_LITERAL("0123456789");
	uint8_t out[8];

	(void)state;
	for (size_t n = 0; n <= digits.n; n++) {
		bool fits = ev_hex_decode(ev_span_sub(digits, 0, n), out, 3);

		assert_int_equal(fits, n == 6);
	}
	assert_false(ev_hex_decode(digits, out, SIZE_MAX));
	assert_false(ev_hex_decode(digits, out, (SIZE_MAX / 2) + 6));
}

static void hex_refuses_every_byte_that_is_no_digit(void **state)
{
	uint8_t text[2];
	uint8_t out;

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		bool digit = c != 0 &&
			     strchr("0123456789abcdefABCDEF", (int)c) != NULL;

		text[0] = (uint8_t)c;
		text[1] = '0';
		assert_int_equal(ev_hex_decode(EV_SPAN(text), &out, 1), digit);
		text[1] = (uint8_t)c;
		text[0] = '0';
		assert_int_equal(ev_hex_decode(EV_SPAN(text), &out, 1), digit);
		assert_int_equal(ev_hex_digit((uint8_t)c) >= 0, digit);
	}
}

static void hex_survives_the_way_there_and_back(void **state)
{
	uint8_t bytes[256], back[256];
	char text[513];

	(void)state;
	for (unsigned i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	ev_hex_encode(EV_SPAN(bytes), text);
	assert_true(ev_hex_decode(ev_span_str(text), back, 256));
	assert_memory_equal(bytes, back, 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hex_writes_lower_case),
		cmocka_unit_test(hex_reads_both_cases),
		cmocka_unit_test(hex_refuses_every_other_length),
		cmocka_unit_test(hex_refuses_every_byte_that_is_no_digit),
		cmocka_unit_test(hex_survives_the_way_there_and_back),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
