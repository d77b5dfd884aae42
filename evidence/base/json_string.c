/* SPDX-License-Identifier: Apache-2.0 */
/* What may stand in a canonical string, and what is done with the rest. */
#include "evidence/base/json_string.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_write.h"
#include "evidence/base/utf8.h"

/* Bytes of the first code point; 0 where the subset forbids what is there. */
static size_t subset_length(struct ev_span in)
{
	size_t n = ev_utf8_length(in);

	if (n == 0)
		return 0;
	if (in.p[0] < 0x20 || in.p[0] == 0x7f)
		return 0;
	if (in.p[0] == 0xc2 && in.p[1] < 0xa0)
		return 0; /* U+0080..U+009F */
	return n;
}

static bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* Sixteen at a time, in the compiler's own vectors: every machine has them, or
 * what stands for them. */
typedef uint8_t sixteen __attribute__((vector_size(16)));

/* The place in memory of the first byte of a word that is not 0. */
static size_t first_odd(uint64_t word)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return (size_t)__builtin_ctzll(word) / 8;
#else
	return (size_t)__builtin_clzll(word) / 8;
#endif
}

/* How many of sixteen bytes are plain before the first that is not. */
static size_t plain_of_sixteen(const uint8_t *p)
{
	sixteen v, odd;
	uint64_t any[2];

	memcpy(&v, p, sizeof(v));
	/* One comparison for both ends: 0x20..0x7e become 0..0x5e. */
	odd = (sixteen)(v - 0x20 > 0x5e) | (sixteen)(v == '"') |
	      (sixteen)(v == '\\');
	memcpy(any, &odd, sizeof(any));
	if (any[0] != 0)
		return first_odd(any[0]);
	return any[1] != 0 ? 8 + first_odd(any[1]) : 16;
}

size_t ev_json_plain(struct ev_span text)
{
	size_t n = 0, more = 16;

	while (more == 16 && text.n - n >= 16) {
		more = plain_of_sixteen(text.p + n);
		n += more;
	}
	if (more < 16)
		return n;
	/* The rest with some that were looked at: seldom is one odd. */
	if (n > 0 && plain_of_sixteen(text.p + text.n - 16) == 16)
		return text.n;
	while (n < text.n && is_plain(text.p[n]))
		n++;
	return n;
}

/* Bytes from `at` on that stand in a string as they are. */
static size_t plain_run(struct ev_span in, size_t at)
{
	size_t end = at;

	for (;;) {
		size_t n;

		end += ev_json_plain(ev_span_sub(in, end, in.n - end));
		if (end == in.n || in.p[end] == '"' || in.p[end] == '\\')
			break;
		n = subset_length(ev_span_of(in.p + end, in.n - end));
		if (n == 0)
			break;
		end += n;
	}
	return end - at;
}

void ev_json_quote_plain(struct ev_span text, struct ev_buffer *out)
{
	uint8_t *p = ev_buffer_extend(out, text.n + 2);

	if (p == NULL)
		return;
	p[0] = '"';
	if (text.n > 0)
		memcpy(p + 1, text.p, text.n);
	p[1 + text.n] = '"';
}

bool ev_json_quote(struct ev_span text, struct ev_buffer *out)
{
	size_t at = 0;

	if (ev_json_plain(text) == text.n) {
		ev_json_quote_plain(text, out);
		return true;
	}
	ev_buffer_add_byte(out, '"');
	while (at < text.n) {
		size_t n = plain_run(text, at);

		ev_buffer_add(out, ev_span_sub(text, at, n));
		at += n;
		if (at == text.n)
			break;
		if (text.p[at] != '"' && text.p[at] != '\\')
			return false;
		ev_buffer_add_byte(out, '\\');
		ev_buffer_add_byte(out, text.p[at++]);
	}
	ev_buffer_add_byte(out, '"');
	return true;
}

/* U+061C, U+200B to U+200F, U+2028 to U+202E, U+2060 to U+206F, U+FEFF: shows
 * nothing, breaks a line, or turns it round. */
static bool is_invisible(const uint8_t *p, size_t n)
{
	if (n >= 2 && p[0] == 0xd8 && p[1] == 0x9c)
		return true;
	if (n < 3)
		return false;
	if (p[0] == 0xe2 && p[1] == 0x80)
		return (p[2] >= 0x8b && p[2] <= 0x8f) ||
		       (p[2] >= 0xa8 && p[2] <= 0xae);
	if (p[0] == 0xe2 && p[1] == 0x81)
		return p[2] >= 0xa0 && p[2] <= 0xaf;
	return p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf;
}

/* What a person sees as it is, from there. */
static size_t visible_run(struct ev_span text, size_t at)
{
	size_t n = plain_run(text, at);

	for (size_t i = 0; i < n; i++)
		if (is_invisible(text.p + at + i, n - i))
			return i;
	return n;
}

void ev_escape_foreign(struct ev_span text, struct ev_buffer *out)
{
	size_t at = 0;

	while (at < text.n) {
		size_t n = visible_run(text, at);
		char hex[3];

		ev_buffer_add(out, ev_span_sub(text, at, n));
		at += n;
		if (at == text.n)
			break;
		if (text.p[at] == '"') {
			ev_buffer_add_byte(out, '"');
		} else {
			ev_hex_encode(ev_span_sub(text, at, 1), hex);
			ev_buffer_add(out, EV_SPAN_LITERAL("\\x"));
			ev_buffer_add_str(out, hex);
		}
		at++;
	}
}

/* A backslash is one of an escape and stands as it is. */
void ev_json_escape_shown(const char *text, struct ev_buffer *out)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\\");

		ev_escape_foreign(ev_span_of(text, n), out);
		text += n;
		if (*text == '\\')
			ev_buffer_add_byte(out, (uint8_t)*text++);
	}
}

/* Appends what was escaped in quotes. */
static void quote_escaped(struct ev_buffer *escaped, struct ev_buffer *out)
{
	ev_json_quote(ev_buffer_span(escaped), out);
	out->failed |= escaped->failed;
	ev_buffer_free(escaped);
}

void ev_json_quote_foreign(struct ev_span text, struct ev_buffer *out)
{
	struct ev_buffer escaped = { 0 };

	if (ev_json_plain(text) == text.n) {
		ev_json_quote_plain(text, out);
		return;
	}
	ev_escape_foreign(text, &escaped);
	quote_escaped(&escaped, out);
}

void ev_json_quote_shown(const char *text, struct ev_buffer *out)
{
	struct ev_buffer escaped = { 0 };

	ev_json_escape_shown(text, &escaped);
	quote_escaped(&escaped, out);
}

void ev_json_decimal(uint64_t value, struct ev_buffer *out)
{
	uint8_t digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (uint8_t)('0' + value % 10);
		value /= 10;
	} while (value > 0);
	ev_buffer_add(out, ev_span_of(digits + at, sizeof(digits) - at));
}
