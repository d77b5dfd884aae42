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

int ev_hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
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
