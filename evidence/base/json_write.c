/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical JSON into one growing buffer.  Members lie there in the order of
 * the calls; beside the text stands a list of where each member of the open
 * objects begins, and closing an object puts its members in order.
 */
#include "evidence/base/json_write.h"

#include "evidence/base/base64.h"
#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "evidence/base/json_string.h"
#include "evidence/base/time.h"

#include <stdlib.h>

static const size_t NAME_MAX_BYTES = 128;
static const int64_t INT_MAX_EXACT = (INT64_C(1) << 53) - 1;

struct member {
	size_t start;	  /* offset of the name's opening quote in the text */
	size_t n_name;	  /* without quotes */
	const uint8_t *p; /* that quote; set by the sort, as the next */
	size_t n;	  /* name, colon and value */
};

/* An object or array that is not closed yet. */
struct level {
	bool is_object;
	bool unsorted;	     /* a member is not behind the one before it */
	size_t start;	     /* offset behind the opening bracket */
	size_t first_member; /* index of its first in the list of members */
};

struct ev_writer {
	struct ev_buffer text;
	struct ev_buffer scratch;
	struct member *members;
	size_t n_members;
	size_t room;
	struct level levels[EV_JSON_DEPTH_MAX];
	size_t depth;
	bool refused;
	bool no_memory;
};

struct ev_writer *ev_writer_new(void)
{
	return calloc(1, sizeof(struct ev_writer));
}

void ev_writer_expect(struct ev_writer *w, size_t n)
{
	ev_buffer_grow(&w->text, n);
}

void ev_writer_free(struct ev_writer *w)
{
	if (w == NULL)
		return;
	ev_buffer_free(&w->text);
	ev_buffer_free(&w->scratch);
	free(w->members);
	free(w);
}

bool ev_writer_no_memory(const struct ev_writer *w)
{
	return w->no_memory || !ev_buffer_ok(&w->text) ||
	       !ev_buffer_ok(&w->scratch);
}

bool ev_writer_ok(const struct ev_writer *w)
{
	return !w->refused && !ev_writer_no_memory(w);
}

/* Names */

/* Letters, digits, '_', '-', '.', '/' and ':'. */
static const bool name_bytes[256] = {
	['-'] = true, ['.'] = true, ['/'] = true, ['0'] = true, ['1'] = true,
	['2'] = true, ['3'] = true, ['4'] = true, ['5'] = true, ['6'] = true,
	['7'] = true, ['8'] = true, ['9'] = true, [':'] = true, ['A'] = true,
	['B'] = true, ['C'] = true, ['D'] = true, ['E'] = true, ['F'] = true,
	['G'] = true, ['H'] = true, ['I'] = true, ['J'] = true, ['K'] = true,
	['L'] = true, ['M'] = true, ['N'] = true, ['O'] = true, ['P'] = true,
	['Q'] = true, ['R'] = true, ['S'] = true, ['T'] = true, ['U'] = true,
	['V'] = true, ['W'] = true, ['X'] = true, ['Y'] = true, ['Z'] = true,
	['_'] = true, ['a'] = true, ['b'] = true, ['c'] = true, ['d'] = true,
	['e'] = true, ['f'] = true, ['g'] = true, ['h'] = true, ['i'] = true,
	['j'] = true, ['k'] = true, ['l'] = true, ['m'] = true, ['n'] = true,
	['o'] = true, ['p'] = true, ['q'] = true, ['r'] = true, ['s'] = true,
	['t'] = true, ['u'] = true, ['v'] = true, ['w'] = true, ['x'] = true,
	['y'] = true, ['z'] = true,
};

bool ev_write_is_name(struct ev_span name)
{
	if (name.n == 0 || name.n > NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!name_bytes[name.p[i]])
			return false;
	return true;
}

static bool reserve_member(struct ev_writer *w)
{
	size_t room = w->room > 0 ? 2 * w->room : 32;
	struct member *p;

	if (w->n_members < w->room)
		return true;
	p = reallocarray(w->members, room, sizeof(*p));
	if (p == NULL) {
		w->no_memory = true;
		return false;
	}
	w->members = p;
	w->room = room;
	return true;
}

/* Or equal to it, which the sort refuses. */
static bool is_before_last(const struct ev_writer *w, const struct level *in,
			   struct ev_span name)
{
	const struct member *m = w->members + w->n_members;
	const uint8_t *last;

	if (w->n_members == in->first_member)
		return false;
	last = w->text.p + m[-1].start + 1;
	if (name.p[0] != last[0])
		return name.p[0] < last[0];
	return ev_span_cmp(name, ev_span_of(last, m[-1].n_name)) <= 0;
}

static bool begin_member(struct ev_writer *w, struct level *in,
			 const char *text)
{
	size_t comma = w->text.n > in->start ? 1 : 0, n = 0;
	struct ev_span name;
	uint8_t *p;

	while (n <= NAME_MAX_BYTES && name_bytes[(uint8_t)text[n]])
		n++;
	name = ev_span_of(text, n);
	w->refused = n == 0 || n > NAME_MAX_BYTES || text[n] != '\0';
	if (w->refused || !reserve_member(w))
		return false;
	if (is_before_last(w, in, name))
		in->unsorted = true;
	w->members[w->n_members].start = w->text.n + comma;
	w->members[w->n_members++].n_name = n;
	p = ev_buffer_extend(&w->text, comma + n + 3);
	if (p == NULL)
		return false;
	p[0] = ','; /* the quote stands over it where there is none */
	p += comma;
	p[0] = '"';
	memcpy(p + 1, name.p, n);
	p[1 + n] = '"';
	p[2 + n] = ':';
	return true;
}

/* Writes what stands before a value; false where none may stand here. */
static bool begin_value(struct ev_writer *w, const char *name)
{
	struct level *in;

	if (!ev_writer_ok(w))
		return false;
	if (w->depth == 0) {
		w->refused = name != NULL || w->text.n > 0;
		return !w->refused;
	}
	in = &w->levels[w->depth - 1];
	if (in->is_object != (name != NULL)) {
		w->refused = true;
		return false;
	}
	if (name != NULL)
		return begin_member(w, in, name);
	if (w->text.n > in->start)
		ev_buffer_add_byte(&w->text, ',');
	return true;
}

/* Objects and arrays */

static void open_level(struct ev_writer *w, const char *name, bool is_object)
{
	if (w->depth == EV_JSON_DEPTH_MAX)
		w->refused = true;
	if (!begin_value(w, name))
		return;
	ev_buffer_add_byte(&w->text, is_object ? '{' : '[');
	w->levels[w->depth++] = (struct level){
		.is_object = is_object,
		.start = w->text.n,
		.first_member = w->n_members,
	};
}

void ev_write_object(struct ev_writer *w, const char *name)
{
	open_level(w, name, true);
}

void ev_write_array(struct ev_writer *w, const char *name)
{
	open_level(w, name, false);
}

static int compare_members(const void *a, const void *b)
{
	const struct member *x = a;
	const struct member *y = b;

	return ev_span_cmp(ev_span_of(x->p + 1, x->n_name),
			   ev_span_of(y->p + 1, y->n_name));
}

/* Fills in what the sort needs. */
static void measure_members(const struct ev_writer *w, struct member *m,
			    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		/* One comma lies between a member and the next. */
		size_t end = i + 1 < n ? m[i + 1].start - 1 : w->text.n;

		m[i].p = w->text.p + m[i].start;
		m[i].n = end - m[i].start;
	}
}

static void sort_members(struct ev_writer *w, const struct level *in)
{
	size_t n = w->n_members - in->first_member;
	struct member *m = w->members + in->first_member;

	measure_members(w, m, n);
	qsort(m, n, sizeof(*m), compare_members);
	w->scratch.n = 0;
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && compare_members(&m[i - 1], &m[i]) == 0) {
			w->refused = true;
			return;
		}
		if (i > 0)
			ev_buffer_add_byte(&w->scratch, ',');
		ev_buffer_add(&w->scratch, ev_span_of(m[i].p, m[i].n));
	}
	if (!ev_buffer_ok(&w->scratch))
		return;
	assert(w->scratch.n == w->text.n - in->start);
	memcpy(w->text.p + in->start, w->scratch.p, w->scratch.n);
}

void ev_write_end(struct ev_writer *w)
{
	struct level in;

	if (!ev_writer_ok(w))
		return;
	if (w->depth == 0) {
		w->refused = true;
		return;
	}
	in = w->levels[--w->depth];
	if (in.unsorted)
		sort_members(w, &in);
	w->n_members = in.first_member;
	ev_buffer_add_byte(&w->text, in.is_object ? '}' : ']');
}

/* Strings */

void ev_write_text(struct ev_writer *w, const char *name, struct ev_span text)
{
	if (begin_value(w, name) && !ev_json_quote(text, &w->text))
		w->refused = true;
}

void ev_write_str(struct ev_writer *w, const char *name, const char *text)
{
	ev_write_text(w, name, ev_span_str(text));
}

void ev_write_foreign(struct ev_writer *w, const char *name,
		      struct ev_span text)
{
	if (begin_value(w, name))
		ev_json_quote_foreign(text, &w->text);
}

void ev_write_shown(struct ev_writer *w, const char *name, const char *text)
{
	if (begin_value(w, name))
		ev_json_quote_shown(text, &w->text);
}

void ev_write_hex(struct ev_writer *w, const char *name, struct ev_span bytes)
{
	uint8_t *p;

	if (!begin_value(w, name))
		return;
	/* The encoder's NUL is where the closing quote comes to stand. */
	p = ev_buffer_extend(&w->text, 2 * bytes.n + 2);
	if (p == NULL)
		return;
	p[0] = '"';
	ev_hex_encode(bytes, (char *)p + 1);
	p[1 + 2 * bytes.n] = '"';
}

void ev_write_base64(struct ev_writer *w, const char *name,
		     struct ev_span bytes)
{
	char piece[64 + 1];

	if (!begin_value(w, name))
		return;
	ev_buffer_add_byte(&w->text, '"');
	/* 48 is a multiple of 3: only the last piece is padded. */
	for (size_t at = 0; at < bytes.n; at += 48) {
		size_t n = bytes.n - at < 48 ? bytes.n - at : 48;

		ev_base64_encode(ev_span_sub(bytes, at, n), piece);
		ev_buffer_add_str(&w->text, piece);
	}
	ev_buffer_add_byte(&w->text, '"');
}

/* The other scalars */

void ev_write_bool(struct ev_writer *w, const char *name, bool value)
{
	if (begin_value(w, name))
		ev_buffer_add_str(&w->text, value ? "true" : "false");
}

void ev_write_int(struct ev_writer *w, const char *name, int64_t value)
{
	if (value > INT_MAX_EXACT || value < -INT_MAX_EXACT) {
		w->refused = true;
		return;
	}
	if (!begin_value(w, name))
		return;
	if (value < 0)
		ev_buffer_add_byte(&w->text, '-');
	ev_json_decimal((uint64_t)(value < 0 ? -value : value), &w->text);
}

void ev_write_u64(struct ev_writer *w, const char *name, uint64_t value)
{
	if (!begin_value(w, name))
		return;
	ev_buffer_add_byte(&w->text, '"');
	ev_json_decimal(value, &w->text);
	ev_buffer_add_byte(&w->text, '"');
}

void ev_write_time(struct ev_writer *w, const char *name, int64_t t)
{
	uint8_t *p;

	if (t < EV_TIME_MIN || t > EV_TIME_MAX) {
		w->refused = true;
		return;
	}
	if (!begin_value(w, name))
		return;
	/* The text's NUL is where the closing quote comes to stand. */
	p = ev_buffer_extend(&w->text, EV_TIME_TEXT + 1);
	if (p == NULL)
		return;
	p[0] = '"';
	ev_time_format(t, (char *)p + 1);
	p[EV_TIME_TEXT] = '"';
}

struct ev_buffer *ev_write_into(struct ev_writer *w, const char *name)
{
	return begin_value(w, name) ? &w->text : NULL;
}

void ev_write_raw(struct ev_writer *w, const char *name, struct ev_span json)
{
	if (json.n == 0)
		w->refused = true;
	if (begin_value(w, name))
		ev_buffer_add(&w->text, json);
}

char *ev_writer_finish(struct ev_writer *w, size_t *n)
{
	char *text = NULL;

	if (ev_writer_ok(w) && w->depth == 0 && w->text.n > 0)
		text = ev_buffer_take(&w->text, n);
	ev_buffer_free(&w->text);
	ev_buffer_free(&w->scratch);
	w->n_members = 0;
	w->depth = 0;
	w->refused = false;
	w->no_memory = false;
	return text;
}
