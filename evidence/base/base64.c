/* SPDX-License-Identifier: Apache-2.0 */
/* Base64 in both alphabets, one spelling for one byte string. */
#include "evidence/base/base64.h"

/* What the characters that differ between the alphabets have shown so far. */
struct alphabet {
	bool std;
	bool url;
};

/* One more than the six bits of what both alphabets have; all else is 0. */
static const uint8_t sextets_up[256] = {
	['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,  ['F'] = 6,
	['G'] = 7,  ['H'] = 8,	['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12,
	['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18,
	['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
	['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30,
	['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36,
	['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
	['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54,
	['2'] = 55, ['3'] = 56, ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60,
	['8'] = 61, ['9'] = 62,
};

/* The six bits of c, or -1 where it belongs to no alphabet that is open; the
 * first character that is of one alphabet alone closes the other. */
static int sextet(uint8_t c, struct alphabet *open)
{
	if (sextets_up[c] > 0)
		return sextets_up[c] - 1;
	if ((c == '+' || c == '/') && open->std) {
		open->url = false;
		return c == '+' ? 62 : 63;
	}
	if ((c == '-' || c == '_') && open->url) {
		open->std = false;
		return c == '-' ? 62 : 63;
	}
	return -1;
}

/* Where one of the four is none of the characters of both alphabets. */
static bool slow_bits(const uint8_t *in, struct alphabet *open, uint32_t *bits)
{
	*bits = 0;
	for (size_t i = 0; i < 4; i++) {
		int six = sextet(in[i], open);

		if (six < 0)
			return false;
		*bits = *bits << 6 | (uint32_t)six;
	}
	return true;
}

/* Four characters are three bytes. */
static bool decode_four(const uint8_t *in, struct alphabet *open, uint8_t *out)
{
	uint32_t a = sextets_up[in[0]], b = sextets_up[in[1]];
	uint32_t c = sextets_up[in[2]], d = sextets_up[in[3]];
	uint32_t bits;

	if (a != 0 && b != 0 && c != 0 && d != 0)
		bits = (a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1);
	else if (!slow_bits(in, open, &bits))
		return false;
	out[0] = (uint8_t)(bits >> 16);
	out[1] = (uint8_t)(bits >> 8);
	out[2] = (uint8_t)bits;
	return true;
}

/* Takes the padding off; false where the form forbids what is or is not
 * there, or where no byte string has so many characters. */
static bool strip_padding(enum ev_base64 form, struct ev_span *in)
{
	size_t pad = 0;

	while (pad < 2 && pad < in->n && in->p[in->n - 1 - pad] == '=')
		pad++;
	if (pad > 0 && (form == EV_BASE64_URL || in->n % 4 != 0))
		return false;
	if (form == EV_BASE64_STD && in->n % 4 != 0)
		return false;
	in->n -= pad;
	return in->n % 4 != 1; /* six bits are no byte */
}

size_t ev_base64_decoded_max(size_t n)
{
	return n / 4 * 3 + 3;
}

bool ev_base64_decode(enum ev_base64 form, struct ev_span in, uint8_t *out,
		      size_t *n)
{
	struct alphabet open = {
		.std = form == EV_BASE64_STD || form == EV_BASE64_ANY,
		.url = form != EV_BASE64_STD,
	};
	uint32_t bits = 0;
	unsigned n_bits = 0;
	size_t written = 0, at = 0;

	if (!strip_padding(form, &in))
		return false;
	for (; in.n - at >= 4; at += 4, written += 3)
		if (!decode_four(in.p + at, &open, out + written))
			return false;
	for (size_t i = at; i < in.n; i++) {
		int six = sextet(in.p[i], &open);

		if (six < 0)
			return false;
		bits = (bits << 6 | (uint32_t)six) & 0xffff;
		n_bits += 6;
		if (n_bits < 8)
			continue;
		n_bits -= 8;
		out[written++] = (uint8_t)(bits >> n_bits);
	}
	/* RFC 4648, 3.5: the bits that no byte uses are zero. */
	if ((bits & ((1U << n_bits) - 1)) != 0)
		return false;
	*n = written;
	return true;
}

void ev_base64_encode(struct ev_span in, char *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789+/";

	for (size_t i = 0; i < in.n; i += 3) {
		uint32_t b1 = i + 1 < in.n ? in.p[i + 1] : 0;
		uint32_t b2 = i + 2 < in.n ? in.p[i + 2] : 0;
		uint32_t bits = (uint32_t)in.p[i] << 16 | b1 << 8 | b2;

		*out++ = alphabet[bits >> 18];
		*out++ = alphabet[bits >> 12 & 63];
		*out++ = alphabet[bits >> 6 & 63];
		*out++ = alphabet[bits & 63];
	}
	for (size_t pad = (3 - in.n % 3) % 3; pad > 0; pad--)
		out[-(ptrdiff_t)pad] = '=';
	*out = '\0';
}

size_t ev_base64_encode_url(struct ev_span in, char *out)
{
	size_t n = (4 * in.n + 2) / 3;

	ev_base64_encode(in, out);
	for (size_t i = 0; i < n; i++)
		out[i] = out[i] == '+' ? '-' : out[i] == '/' ? '_' : out[i];
	out[n] = '\0';
	return n;
}
