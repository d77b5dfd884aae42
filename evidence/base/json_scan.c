/* SPDX-License-Identifier: Apache-2.0 */
/* A walk over JSON text: syntax, nesting, slices, white space. */
#include "evidence/base/json_scan.h"

#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "evidence/base/json_string.h"
#include "evidence/base/utf8.h"

#include <stdlib.h>

static bool refuse(struct ev_json_scan *s, enum ev_code code, const char *field,
		   const char *want)
{
	if (s->code == EV_OK) {
		s->code = code;
		s->field = field;
		s->want = want;
	}
	return false;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next byte, 0 at the end: a NUL stands nowhere in JSON. */
static uint8_t peek(const struct ev_json_scan *s)
{
	return s->at < s->text.n ? s->text.p[s->at] : 0;
}

static bool take(struct ev_json_scan *s, uint8_t c)
{
	if (s->at == s->text.n || s->text.p[s->at] != c)
		return false;
	s->at++;
	return true;
}

bool ev_json_scan_space(struct ev_json_scan *s)
{
	while (s->at < s->text.n && is_space(s->text.p[s->at]))
		s->at++;
	return s->at < s->text.n;
}

/* The four digits of a \u escape. */
static bool scan_unit(struct ev_json_scan *s, unsigned *unit)
{
	*unit = 0;
	for (int i = 0; i < 4; i++) {
		int digit = ev_hex_digit(peek(s));

		if (digit < 0)
			return refuse(s, EV_SYNTAX, "text", "a hex digit");
		*unit = *unit << 4 | (unsigned)digit;
		s->at++;
	}
	return true;
}

/* What follows "\u": a code point but U+0000, or a pair of surrogates. */
static bool scan_code_point(struct ev_json_scan *s)
{
	unsigned high, low;

	if (!scan_unit(s, &high))
		return false;
	if (high == 0)
		return refuse(s, EV_SYNTAX, "text", "no U+0000");
	if (high < 0xd800 || high > 0xdfff)
		return true;
	if (high > 0xdbff || !take(s, '\\') || !take(s, 'u'))
		return refuse(s, EV_SYNTAX, "text", "a pair of surrogates");
	if (!scan_unit(s, &low))
		return false;
	if (low < 0xdc00 || low > 0xdfff)
		return refuse(s, EV_SYNTAX, "text", "a pair of surrogates");
	return true;
}

/* What follows a backslash. */
static bool scan_escape(struct ev_json_scan *s)
{
	uint8_t c = peek(s);

	if (c == 0 || strchr("\"\\/bfnrtu", c) == NULL)
		return refuse(s, EV_SYNTAX, "text", "an escape of RFC 8259");
	s->at++;
	return c != 'u' || scan_code_point(s);
}

/* The next character of a string that is not its end. */
static bool scan_character(struct ev_json_scan *s)
{
	size_t n = 1;

	if (take(s, '\\'))
		return scan_escape(s);
	if (peek(s) >= 0x80)
		n = ev_utf8_length(
			ev_span_sub(s->text, s->at, s->text.n - s->at));
	if (n == 0)
		return refuse(s, EV_SYNTAX, "text", "UTF-8");
	s->at += n;
	return true;
}

/* Passes what stands for itself in a string: nearly all that there is. */
static void pass_plain(struct ev_json_scan *s)
{
	s->at += ev_json_plain(ev_span_sub(s->text, s->at, s->text.n - s->at));
}

/* *inner: what stands between the quotes. */
static bool scan_string(struct ev_json_scan *s, struct ev_span *inner)
{
	size_t start;

	if (!take(s, '"'))
		return refuse(s, EV_SYNTAX, "text", "a string");
	start = s->at;
	pass_plain(s);
	while (peek(s) >= 0x20 && peek(s) != '"') {
		if (!scan_character(s))
			return false;
		pass_plain(s);
	}
	*inner = ev_span_sub(s->text, start, s->at - start);
	if (!take(s, '"'))
		return refuse(s, EV_SYNTAX, "text", "the end of a string");
	return true;
}

static bool scan_digits(struct ev_json_scan *s)
{
	size_t start = s->at;

	while (peek(s) >= '0' && peek(s) <= '9')
		s->at++;
	return s->at > start || refuse(s, EV_SYNTAX, "text", "a digit");
}

static bool scan_fraction(struct ev_json_scan *s)
{
	if (take(s, '.') && !scan_digits(s))
		return false;
	if (!take(s, 'e') && !take(s, 'E'))
		return true;
	if (!take(s, '+'))
		take(s, '-');
	return scan_digits(s);
}

static bool scan_number(struct ev_json_scan *s)
{
	size_t start = s->at;
	bool minus = take(s, '-');
	bool zero = take(s, '0'); /* no digit may follow it */
	uint8_t c;

	if (!zero && !scan_digits(s))
		return false;
	c = peek(s);
	if (s->integers_only &&
	    (c == '.' || c == 'e' || c == 'E' || (minus && zero))) {
		s->at = start;
		return refuse(s, EV_VALUE, "number", "an integer");
	}
	return scan_fraction(s);
}

static bool scan_word(struct ev_json_scan *s, struct ev_span word)
{
	if (s->text.n - s->at < word.n ||
	    memcmp(s->text.p + s->at, word.p, word.n) != 0)
		return refuse(s, EV_SYNTAX, "text", "a value");
	s->at += word.n;
	return true;
}

static bool scan_scalar(struct ev_json_scan *s)
{
	struct ev_span ignored;

	switch (peek(s)) {
	case '"':
		return scan_string(s, &ignored);
	case 't':
		return scan_word(s, EV_SPAN_LITERAL("true"));
	case 'f':
		return scan_word(s, EV_SPAN_LITERAL("false"));
	case 'n':
		return scan_word(s, EV_SPAN_LITERAL("null"));
	case '-':
		return scan_number(s);
	default:
		if (peek(s) >= '0' && peek(s) <= '9')
			return scan_number(s);
		return refuse(s, EV_SYNTAX, "text", "a value");
	}
}

/* A name, the colon, and the space around them. */
static bool scan_name(struct ev_json_scan *s)
{
	struct ev_span name;

	ev_json_scan_space(s);
	if (!scan_string(s, &name))
		return false;
	s->member = name;
	s->name = ev_span_of(s->text.p + s->at - 1 - name.n, name.n);
	ev_json_scan_space(s);
	return take(s, ':') || refuse(s, EV_SYNTAX, "text", "a colon");
}

/* What follows an opening bracket, to the closing one; the depth of the
 * recursion is that of the text, which scan_container bounds. */
static bool scan_elements(struct ev_json_scan *s, uint8_t close, uint32_t *n)
{
	*n = 0;
	ev_json_scan_space(s);
	if (take(s, close))
		return true;
	for (;;) {
		if (++*n > EV_JSON_MEMBERS_MAX && close == '}')
			return refuse(s, EV_LIMIT, "members",
				      "at most 1024 in one object");
		if (close == '}' && !scan_name(s))
			return false;
		if (!ev_json_scan_value(s))
			return false;
		ev_json_scan_space(s);
		if (take(s, close))
			return true;
		if (!take(s, ','))
			return refuse(s, EV_SYNTAX, "text",
				      "a comma or the closing bracket");
	}
}

static bool scan_container(struct ev_json_scan *s, uint32_t *n)
{
	bool fits;

	if (s->depth == EV_JSON_DEPTH_MAX)
		return refuse(s, EV_LIMIT, "depth", "at most 32");
	s->depth++;
	fits = scan_elements(s, s->text.p[s->at++] == '{' ? '}' : ']', n);
	s->depth--;
	return fits;
}

/* Room for one more note; false is lack of memory. */
static bool reserve_note(struct ev_json_scan *s)
{
	/* Collateral has nine bytes a value. */
	size_t guess = s->text.n < 32768 ? s->text.n / 8 + 16 : 4096;
	size_t room = s->room > 0 ? 2 * s->room : guess;
	struct ev_json_note *p = s->note;

	if (s->n_notes < s->room)
		return true;
	p = reallocarray(p, room, sizeof(*p));
	if (p == NULL)
		return refuse(s, EV_TROUBLE, "text", "memory");
	s->note = p;
	s->room = room;
	return true;
}

/* What was passed since `first` notes were there is inside the value. */
static void end_note(struct ev_json_scan *s, size_t first, uint32_t n)
{
	struct ev_json_note *note = &s->note[first];

	note->end = s->at;
	note->n_inside = n;
	note->extent = (uint32_t)(s->n_notes - first);
}

static bool scan_noted(struct ev_json_scan *s, uint8_t c)
{
	size_t first = s->n_notes;
	uint32_t n = 0;

	if (!reserve_note(s))
		return false;
	s->note[s->n_notes++] =
		(struct ev_json_note){ .name = s->name, .at = s->at };
	s->name = (struct ev_span){ NULL, 0 };
	if (c == '{' || c == '[' ? !scan_container(s, &n) : !scan_scalar(s))
		return false;
	end_note(s, first, n);
	return true;
}

bool ev_json_scan_value(struct ev_json_scan *s)
{
	uint32_t n;
	uint8_t c;

	ev_json_scan_space(s);
	c = peek(s);
	if (++s->n_values > EV_JSON_VALUES_MAX)
		return refuse(s, EV_LIMIT, "values", "at most 2097152");
	if (s->takes_notes)
		return scan_noted(s, c);
	return c == '{' || c == '[' ? scan_container(s, &n) : scan_scalar(s);
}

/* Which of n names it is; n where it is none. */
static size_t index_of(struct ev_span name, const char *const names[], size_t n)
{
	size_t i = 0;

	while (i < n && !ev_span_eq(name, ev_span_str(names[i])))
		i++;
	return i;
}

bool ev_json_members(struct ev_span text, const char *const names[],
		     struct ev_span values[], size_t n,
		     struct ev_json_extent *extent)
{
	struct ev_json_scan s = { .text = text, .depth = 1 };
	size_t n_members = 0;

	memset(values, 0, n * sizeof(values[0]));
	ev_json_scan_space(&s);
	if (!take(&s, '{'))
		return false;
	do {
		size_t start, i;

		/* An empty object has no member either. */
		if (!scan_name(&s))
			return false;
		n_members++;
		i = index_of(s.member, names, n);
		ev_json_scan_space(&s);
		start = s.at;
		if (!ev_json_scan_value(&s) || (i < n && values[i].p != NULL))
			return false;
		if (i < n)
			values[i] = ev_span_sub(text, start, s.at - start);
		ev_json_scan_space(&s);
	} while (take(&s, ','));
	if (!take(&s, '}'))
		return false;
	if (extent != NULL)
		*extent = (struct ev_json_extent){ n_members, s.at };
	return true;
}

bool ev_json_member(struct ev_span text, const char *name,
		    struct ev_span *value)
{
	struct ev_span found;

	if (!ev_json_members(text, &name, &found, 1, NULL) || found.p == NULL)
		return false;
	*value = found;
	return true;
}

void ev_json_compact(struct ev_span text, struct ev_buffer *out)
{
	bool in_string = false;
	size_t start = 0; /* of what is not copied yet */

	for (size_t at = 0; at < text.n; at++) {
		uint8_t c = text.p[at];

		if (c == '"') {
			in_string = !in_string;
		} else if (c == '\\' && in_string && at + 1 < text.n) {
			at++;
		} else if (!in_string && is_space(c)) {
			ev_buffer_add(out,
				      ev_span_sub(text, start, at - start));
			start = at + 1;
		}
	}
	ev_buffer_add(out, ev_span_sub(text, start, text.n - start));
}
