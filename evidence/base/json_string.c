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

/* Bytes from `at` on that stand in a string as they are. */
static size_t plain_run(struct ev_span in, size_t at)
{
	size_t end = at;

	while (end < in.n) {
		uint8_t c = in.p[end];
		size_t n = 1;

		if (c == '"' || c == '\\')
			break;
		if (c < 0x20 || c > 0x7e)
			n = subset_length(ev_span_of(in.p + end, in.n - end));
		if (n == 0)
			break;
		end += n;
	}
	return end - at;
}

bool ev_json_quote(struct ev_span text, struct ev_buffer *out)
{
	size_t at = 0;

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

void ev_escape_foreign(struct ev_span text, struct ev_buffer *out)
{
	size_t at = 0;

	while (at < text.n) {
		size_t n = plain_run(text, at);
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
