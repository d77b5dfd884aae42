/* SPDX-License-Identifier: Apache-2.0 */
/* Well-formedness of UTF-8, one code point at a time. */
#include "evidence/base/utf8.h"

static bool between(uint8_t c, uint8_t low, uint8_t high)
{
	return c >= low && c <= high;
}

/* The second byte carries all that shortest form, surrogates and U+10FFFF
 * forbid; the ones behind it are plain continuation bytes. */
static bool second_fits(uint8_t first, uint8_t second)
{
	switch (first) {
	case 0xe0:
		return between(second, 0xa0, 0xbf);
	case 0xed:
		return between(second, 0x80, 0x9f);
	case 0xf0:
		return between(second, 0x90, 0xbf);
	case 0xf4:
		return between(second, 0x80, 0x8f);
	default:
		return between(second, 0x80, 0xbf);
	}
}

static size_t length_by_first(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (between(first, 0xc2, 0xdf))
		return 2;
	if (between(first, 0xe0, 0xef))
		return 3;
	return between(first, 0xf0, 0xf4) ? 4 : 0;
}

size_t ev_utf8_length(struct ev_span in)
{
	size_t n = in.n > 0 ? length_by_first(in.p[0]) : 0;

	if (n <= 1)
		return n;
	if (n > in.n || !second_fits(in.p[0], in.p[1]))
		return 0;
	for (size_t i = 2; i < n; i++) {
		if (!between(in.p[i], 0x80, 0xbf))
			return 0;
	}
	return n;
}
