/* SPDX-License-Identifier: Apache-2.0 */
/* Header fields, media types and percent encoding. */
#include "collect/http_text.h"

#include "collect/http.h"

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct ev_span co_http_trim(struct ev_span in)
{
	size_t from = 0, to = in.n;

	while (from < to && is_blank(in.p[from]))
		from++;
	while (to > from && is_blank(in.p[to - 1]))
		to--;
	return ev_span_sub(in, from, to - from);
}

bool co_http_same_word(struct ev_span a, struct ev_span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

/* Cuts what stands before the byte off *in, and that byte too; all of it
 * where the byte is not there. */
static struct ev_span cut_at(struct ev_span *in, char byte)
{
	const uint8_t *end = in->n > 0 ? memchr(in->p, byte, in->n) : NULL;
	size_t n = end == NULL ? in->n : (size_t)(end - in->p);
	struct ev_span piece = ev_span_sub(*in, 0, n);
	size_t past = end == NULL ? n : n + 1;

	*in = ev_span_sub(*in, past, in->n - past);
	return piece;
}

bool co_http_field(struct ev_span headers, const char *name,
		   struct ev_span *value)
{
	struct ev_span left = headers;

	cut_at(&left, '\n'); /* the status line */
	while (left.n > 0) {
		struct ev_span line = cut_at(&left, '\n');
		struct ev_span field = cut_at(&line, ':');

		if (!co_http_same_word(field, ev_span_str(name)))
			continue;
		if (left.n > 0 && (left.p[0] == ' ' || left.p[0] == '\t'))
			return false;
		*value = co_http_trim(line);
		return true;
	}
	return false;
}

bool co_http_header(const struct co_http_reply *reply, const char *name,
		    struct ev_span *value)
{
	return co_http_field(ev_buffer_span(&reply->headers), name, value);
}

bool co_http_is_type(struct ev_span content_type, const char *types)
{
	struct ev_span type = co_http_trim(cut_at(&content_type, ';'));
	struct ev_span left = ev_span_str(types);

	while (left.n > 0 && type.n > 0)
		if (co_http_same_word(cut_at(&left, ' '), type))
			return true;
	return false;
}

bool co_http_is_html(struct ev_span body)
{
	static const char *const begins[] = { "<!doctype html", "<html" };
	struct ev_span text = co_http_trim(body);

	for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		struct ev_span want = ev_span_str(begins[i]);

		if (text.n >= want.n &&
		    co_http_same_word(ev_span_sub(text, 0, want.n), want))
			return true;
	}
	return false;
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool co_http_percent_decode(struct ev_span in, struct ev_buffer *out)
{
	for (size_t i = 0; i < in.n; i++) {
		int high, low;

		if (in.p[i] != '%') {
			ev_buffer_add_byte(out, in.p[i]);
			continue;
		}
		if (in.n - i < 3)
			return false;
		high = hex_value(in.p[i + 1]);
		low = hex_value(in.p[i + 2]);
		if (high < 0 || low < 0)
			return false;
		ev_buffer_add_byte(out, (uint8_t)(high << 4 | low));
		i += 2;
	}
	return true;
}
