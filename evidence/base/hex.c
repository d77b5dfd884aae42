/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal, without tables of the locale. */
#include "evidence/base/hex.h"

void ev_hex_encode(struct ev_span in, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < in.n; i++) {
		out[2 * i] = digits[in.p[i] >> 4];
		out[2 * i + 1] = digits[in.p[i] & 15];
	}
	out[2 * in.n] = '\0';
}

/* One more than the digit's value, so that all else is 0. */
static const uint8_t digits_up[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int ev_hex_digit(uint8_t c)
{
	return digits_up[c] - 1;
}

bool ev_hex_fits(struct ev_span in, size_t n)
{
	if (in.n / 2 != n || in.n % 2 != 0)
		return false;
	for (size_t i = 0; i < in.n; i++)
		if (digits_up[in.p[i]] == 0)
			return false;
	return true;
}

bool ev_hex_decode(struct ev_span in, uint8_t *out, size_t n)
{
	if (in.n / 2 != n || in.n % 2 != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		int hi = ev_hex_digit(in.p[2 * i]);
		int lo = ev_hex_digit(in.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}
