/* SPDX-License-Identifier: Apache-2.0 */
/* Text of logs, escaped so that it can be read and read back. */
#include "evidence/shown_text.h"

#include "evidence/base/hex.h"
#include "evidence/base/utf8.h"

#include <stdlib.h>

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* --- what is text --- */

static bool is_text(struct ev_span in)
{
	for (size_t at = 0; at < in.n;) {
		size_t n = ev_utf8_length(ev_span_sub(in, at, in.n - at));

		if (n == 0 || (n == 1 && is_control(in.p[at])))
			return false;
		/* U+0080 to U+009F are C2 80 to C2 9F. */
		if (in.p[at] == 0xc2 && in.p[at + 1] < 0xa0)
			return false;
		at += n;
	}
	return in.n > 0;
}

static bool is_utf16_ascii(struct ev_span in)
{
	for (size_t i = 0; i + 1 < in.n; i += 2)
		if (in.p[i + 1] != 0 || is_control(in.p[i]) || in.p[i] > 0x7f)
			return false;
	return in.n > 0 && in.n % 2 == 0;
}

static struct ev_span without_nuls(struct ev_span in, size_t unit)
{
	while (in.n >= unit &&
	       ev_span_is_zero(ev_span_sub(in, in.n - unit, unit)))
		in.n -= unit;
	return in;
}

enum ev_text_form ev_text_form_of(struct ev_span *text)
{
	struct ev_span bytes = without_nuls(*text, 1);
	struct ev_span units = without_nuls(*text, 2);

	if (is_text(bytes)) {
		*text = bytes;
		return EV_TEXT_BYTES;
	}
	if (is_utf16_ascii(units)) {
		*text = units;
		return EV_TEXT_UTF16LE;
	}
	return EV_TEXT_NONE;
}

struct ev_span ev_text_until_nul(struct ev_span bytes)
{
	const uint8_t *nul = bytes.n > 0 ? memchr(bytes.p, 0, bytes.n) : NULL;

	return nul != NULL ? ev_span_of(bytes.p, (size_t)(nul - bytes.p))
			   : bytes;
}

struct ev_span ev_text_until_nul16(struct ev_span units)
{
	for (size_t i = 0; i + 1 < units.n; i += 2)
		if (units.p[i] == 0 && units.p[i + 1] == 0)
			return ev_span_sub(units, 0, i);
	return units;
}

/* --- UTF-8 --- */

static bool looks_like_escape(struct ev_span in)
{
	return in.n >= 4 && in.p[1] == 'x' && ev_hex_digit(in.p[2]) >= 0 &&
	       ev_hex_digit(in.p[3]) >= 0;
}

/* What becomes of each byte or unit is at least a byte: what is cut off here
 * would stand behind the place at which the buffer is cut. */
static struct ev_span wanted(const struct ev_buffer *out, struct ev_span text,
			     size_t unit)
{
	size_t n = unit * (out->enough + 16);

	return out->enough > 0 && text.n > n ? ev_span_sub(text, 0, n) : text;
}

void ev_shown_bytes(struct ev_span text, struct ev_buffer *out)
{
	text = wanted(out, text, 1);
	while (text.n > 0) {
		const uint8_t *slash = memchr(text.p, '\\', text.n);
		size_t n = slash != NULL ? (size_t)(slash - text.p) : text.n;

		ev_escape_foreign(ev_span_sub(text, 0, n), out);
		text = ev_span_sub(text, n, text.n - n);
		if (slash == NULL)
			break;
		ev_buffer_add_str(out,
				  looks_like_escape(text) ? "\\x5c" : "\\");
		text = ev_span_sub(text, 1, text.n - 1);
	}
}

/* --- UTF-16LE --- */

static void add_utf8(uint32_t c, struct ev_buffer *out)
{
	uint8_t b[4] = { (uint8_t)(0xf0 | c >> 18),
			 (uint8_t)(0x80 | (c >> 12 & 0x3f)),
			 (uint8_t)(0x80 | (c >> 6 & 0x3f)),
			 (uint8_t)(0x80 | (c & 0x3f)) };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (n == 1)
		b[3] = (uint8_t)c;
	else if (n == 2)
		b[2] = (uint8_t)(0xc0 | c >> 6);
	else if (n == 3)
		b[1] = (uint8_t)(0xe0 | c >> 12);
	ev_buffer_add(out, ev_span_of(b + 4 - n, n));
}

/* Bytes of the code point that in begins with, 2 or 4; 0: no code point. */
static size_t next_point(struct ev_span in, uint32_t *c)
{
	uint32_t low;

	if (in.n < 2)
		return 0;
	*c = (uint32_t)(in.p[0] | in.p[1] << 8);
	if (*c < 0xd800 || *c > 0xdfff)
		return 2;
	low = in.n >= 4 ? (uint32_t)(in.p[2] | in.p[3] << 8) : 0;
	if (*c > 0xdbff || low < 0xdc00 || low > 0xdfff)
		return 0;
	*c = 0x10000 + ((*c - 0xd800) << 10) + (low - 0xdc00);
	return 4;
}

/* The well-formed text that in begins with, shown; how many bytes it is. */
static size_t show_run(struct ev_span in, struct ev_buffer *out)
{
	ev_auto_buffer struct ev_buffer run = { 0 };
	size_t at = 0, n;
	uint32_t c;

	while ((n = next_point(ev_span_sub(in, at, in.n - at), &c)) > 0) {
		add_utf8(c, &run);
		at += n;
	}
	out->failed |= !ev_buffer_ok(&run);
	ev_shown_bytes(ev_buffer_span(&run), out);
	return at;
}

void ev_shown_utf16le(struct ev_span text, struct ev_buffer *out)
{
	text = wanted(out, text, 2);
	while (text.n > 0) {
		size_t n = show_run(text, out);

		text = ev_span_sub(text, n, text.n - n);
		for (n = 0; n < 2 && n < text.n; n++)
			ev_buffer_printf(out, "\\x%02x", text.p[n]);
		text = ev_span_sub(text, n, text.n - n);
	}
}

/* --- members --- */

/* Frees what is in out. */
static void write_taken(struct ev_writer *w, const char *name,
			struct ev_buffer *out)
{
	char *text = ev_buffer_take(out, NULL);

	if (text != NULL)
		ev_write_shown(w, name, text);
	else
		/* Refused: there is no shorter truth. */
		ev_write_raw(w, name, (struct ev_span){ NULL, 0 });
	free(text);
}

void ev_shown_write(struct ev_writer *w, const char *name, uint64_t offset,
		    uint64_t length, struct ev_buffer *out)
{
	ev_write_object(w, name);
	ev_write_int(w, "offset", (int64_t)offset);
	ev_write_int(w, "length", (int64_t)length);
	write_taken(w, "value", out);
	ev_write_end(w);
}

void ev_shown_write_bytes(struct ev_writer *w, const char *name,
			  uint64_t offset, struct ev_span text)
{
	struct ev_buffer out = { 0 };

	ev_shown_bytes(text, &out);
	ev_shown_write(w, name, offset, text.n, &out);
}

void ev_shown_write_utf16le(struct ev_writer *w, const char *name,
			    uint64_t offset, struct ev_span text)
{
	struct ev_buffer out = { 0 };

	ev_shown_utf16le(text, &out);
	ev_shown_write(w, name, offset, text.n, &out);
}

void ev_shown_cut(struct ev_buffer *out, size_t from, size_t max)
{
	size_t at = from + max - 3;

	if (!ev_buffer_ok(out) || out->n - from <= max)
		return;
	/* Not inside a code point, nor inside one of our escapes. */
	while (at > from && (out->p[at] & 0xc0) == 0x80)
		at--;
	for (size_t i = 1; i <= 3 && i <= at - from; i++) {
		if (looks_like_escape(
			    ev_span_of(out->p + at - i, out->n - (at - i)))) {
			at -= i;
			break;
		}
	}
	out->n = at;
	ev_buffer_add_str(out, "...");
}

void ev_shown_write_line(struct ev_writer *w, const char *name, size_t max,
			 struct ev_buffer *out)
{
	ev_shown_cut(out, 0, max);
	write_taken(w, name, out);
}
