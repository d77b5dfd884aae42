/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who repeats a header most often does so in JSON or in an address: frameworks
 * escape "/" and what is not a letter; a Basic or Bearer header is logged in
 * base64.
 */
#include "collect/http_secret.h"

#include "evidence/base/base64.h"
#include "evidence/base/buffer.h"
#include "evidence/base/hex.h"

#include <stdlib.h>
#include <string.h>

/* Of two hexadecimal digits, or negative. */
static int byte_of(const uint8_t *digits)
{
	int high = ev_hex_digit(digits[0]), low = ev_hex_digit(digits[1]);

	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* How many characters at the beginning of n stand for the byte; 0: none. */
static size_t spelled(const uint8_t *p, size_t n, uint8_t byte)
{
	if (n >= 3 && p[0] == '%' && byte_of(p + 1) == byte)
		return 3;
	if (n >= 6 && memcmp(p, "\\u00", 4) == 0 && byte_of(p + 4) == byte)
		return 6;
	if (n >= 2 && p[0] == '\\' && p[1] == byte &&
	    memchr("/\"\\", byte, 3) != NULL)
		return 2;
	return n >= 1 && p[0] == byte;
}

static bool begins(struct ev_span text, size_t at, struct ev_span what)
{
	for (size_t i = 0; i < what.n; i++) {
		size_t n = spelled(text.p + at, text.n - at, what.p[i]);

		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

static bool holds(struct ev_span text, struct ev_span what)
{
	/* A secret that has escapes itself may stand there as it is. */
	if (text.n == 0 || memmem(text.p, text.n, what.p, what.n) != NULL)
		return text.n > 0;
	for (size_t at = 0; at < text.n; at++)
		if (begins(text, at, what))
			return true;
	return false;
}

/* The other alphabet. */
static void to_url(char *text)
{
	for (; *text != 0; text++) {
		if (*text == '+')
			*text = '-';
		else if (*text == '/')
			*text = '_';
	}
}

/* Within base64 of a string in which it stands behind so many bytes (modulo
 * 3): the characters that depend on no byte but its own. */
static bool holds_base64(struct ev_span text, struct ev_span secret,
			 size_t before)
{
	static const size_t foreign[] = { 0, 2, 3 };
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	size_t first = foreign[before], end;
	struct ev_span own;
	char *encoded;
	bool found;

	for (size_t i = 0; i < before; i++)
		ev_buffer_add_byte(&bytes, 0);
	ev_buffer_add(&bytes, secret);
	encoded = malloc(4 * ((bytes.n + 2) / 3) + 1);
	if (encoded == NULL || !ev_buffer_ok(&bytes)) {
		free(encoded);
		return true;
	}
	ev_base64_encode(ev_buffer_span(&bytes), encoded);
	end = bytes.n * 8 / 6;
	own = ev_span_of((const uint8_t *)encoded + first, end - first);
	found = holds(text, own);
	to_url(encoded);
	found = found || holds(text, own);
	free(encoded);
	return found;
}

bool co_http_secret_in(struct ev_span text, struct ev_span secret)
{
	bool found = holds(text, secret);

	for (size_t before = 0; before < 3 && !found; before++)
		found = holds_base64(text, secret, before);
	return found;
}
