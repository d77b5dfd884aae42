/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of evidence/base/utf8. */
#include "evidence/base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Encodes without looking whether c may be encoded. */
static size_t encode(uint32_t c, size_t n, uint8_t out[4])
{
	static const uint8_t lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	if (n == 1) {
		out[0] = (uint8_t)c;
		return 1;
	}
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (uint8_t)(lead[n] | c);
	return n;
}

static size_t shortest(uint32_t c)
{
	if (c < 0x80)
		return 1;
	if (c < 0x800)
		return 2;
	return c < 0x10000 ? 3 : 4;
}

/* c in n bytes: accepted where c exists and n is its shortest form. */
static void check_form(uint32_t c, size_t n)
{
	bool exists = c < 0xd800 || (c > 0xdfff && c < 0x110000);
	uint8_t bytes[4];
	struct ev_span in = ev_span_of(bytes, encode(c, n, bytes));
	size_t want = exists && n == shortest(c) ? n : 0;

	if (ev_utf8_length(in) != want)
		fail_msg("U+%04X in %zu bytes", c, n);
	in.n--;
	if (n > 1)
		assert_int_equal(ev_utf8_length(in), 0);
}

static void each_code_point_has_its_shortest_form_alone(void **state)
{
	(void)state;
	for (uint32_t c = 0; c < 0x200000; c++) {
		for (size_t n = shortest(c); n <= 4; n++)
			check_form(c, n);
	}
}

static void every_wrong_continuation_is_refused(void **state)
{
	static const char *const texts[] = { "\xc3\xa9", "\xe2\x82\xac",
					     "\xf0\x9f\x98\x80" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		size_t n = strlen(texts[i]);

		for (unsigned c = 0; c < 256 * n; c++) {
			uint8_t bytes[4];
			size_t at = c / 256;

			memcpy(bytes, texts[i], n);
			bytes[at] = (uint8_t)c;
			if (at == 0 || (c % 256 >= 0x80 && c % 256 < 0xc0))
				continue;
			assert_int_equal(ev_utf8_length(ev_span_of(bytes, n)),
					 0);
		}
	}
	assert_int_equal(ev_utf8_length(ev_span_of(NULL, 0)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_point_has_its_shortest_form_alone),
		cmocka_unit_test(every_wrong_continuation_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
