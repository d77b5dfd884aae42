/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes out of the scanner's notes: names, strings and numbers decoded. */
#include "evidence/base/json_node.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "evidence/base/json_scan.h"

#include <stdlib.h>

/* Objects of more members are sorted to find one that is there twice. */
#define FEW 16

/* What the scanner lets pass and is refused all the same: the first of them
 * in the text. */
struct fault {
	enum ev_code code; /* EV_OK: none */
	uint64_t at;	   /* behind the name or the number */
};

/* Which are read, and as what. */
enum numbers { INTEGERS, ANY_NUMBERS, REALS };

struct load {
	struct ev_span text;
	const struct ev_json_note *note;
	size_t n_notes;
	struct ev_node *node;
	char *copy; /* of the text, decoded in place */
	enum numbers numbers;
	struct fault fault;
	bool no_memory;
};

static void note_fault(struct load *l, enum ev_code code, uint64_t at)
{
	if (l->fault.code == EV_OK || at < l->fault.at)
		l->fault = (struct fault){ code, at };
}

/* --- strings: what the scanner passed is well-formed --- */

static unsigned unit_of(const char *digits)
{
	unsigned unit = 0;

	for (size_t i = 0; i < 4; i++)
		unit = unit << 4 | (unsigned)ev_hex_digit((uint8_t)digits[i]);
	return unit;
}

static size_t put_utf8(char *out, unsigned c)
{
	static const uint8_t first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(first[n] | c);
	return n;
}

/* What follows a backslash; moves *in behind it. */
static size_t put_escape(char *out, const char **in)
{
	static const char letters[] = "bfnrt", stand_for[] = "\b\f\n\r\t";
	const char *letter;
	unsigned c;

	if (**in != 'u') {
		letter = strchr(letters, **in);
		*out = letter != NULL ? stand_for[letter - letters] : **in;
		++*in;
		return 1;
	}
	c = unit_of(*in + 1);
	*in += 5;
	if (c >= 0xd800 && c <= 0xdbff) {
		c = 0x10000 + ((c - 0xd800) << 10) + unit_of(*in + 2) - 0xdc00;
		*in += 6;
	}
	return put_utf8(out, c);
}

/* Decodes n bytes in place, where a quote is behind them, and ends them. */
static struct ev_span decode(char *p, size_t n)
{
	const char *in = memchr(p, '\\', n), *end = p + n;
	char *out = p + (in != NULL ? (size_t)(in - p) : n);

	while (in != NULL && in < end) {
		if (*in == '\\') {
			in++;
			out += put_escape(out, &in);
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return ev_span_of(p, (size_t)(out - p));
}

/* --- numbers --- */

/* False where it is no integer, "-0", or needs more than 64 bits. */
static bool read_integer(struct ev_span text, int64_t *out)
{
	const uint8_t *p = text.p, *end = text.p + text.n;
	bool minus = *p == '-';
	int64_t v = 0;

	if (minus && text.n > 1 && p[1] == '0')
		return false;
	for (p += minus; p < end; p++) {
		int64_t digit = *p - '0';

		if (*p < '0' || *p > '9' || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, minus ? -digit : digit, &v))
			return false;
	}
	*out = v;
	return true;
}

/* Whether a double holds it; jansson knows, who reads it as one. */
static void check_real(struct load *l, const struct ev_json_note *note)
{
	json_error_t e = { 0 };
	ev_auto_json json_t *v = json_loadb(
		(const char *)l->text.p + note->at, note->end - note->at,
		JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &e);

	if (v != NULL)
		return;
	if (json_error_code(&e) == json_error_numeric_overflow)
		note_fault(l, EV_VALUE, note->end);
	else
		l->no_memory = true;
}

/* A comma, a bracket or white space is behind a number: in the copy there is
 * room for the NUL. */
static void load_number(struct load *l, const struct ev_json_note *note,
			struct ev_node *v)
{
	size_t n = note->end - note->at;
	char *copy = l->copy + note->at;

	v->type = EV_NODE_INTEGER;
	if (l->numbers != REALS &&
	    read_integer(ev_span_of(l->text.p + note->at, n), &v->integer))
		return;
	if (l->numbers == INTEGERS)
		note_fault(l, EV_VALUE, note->end);
	else if (l->numbers == REALS)
		check_real(l, note);
	v->type = l->numbers == REALS ? EV_NODE_REAL : EV_NODE_NUMBER;
	copy[n] = '\0';
	v->text = ev_span_of(copy, n);
}

/* --- nodes --- */

static void load_node(struct load *l, const struct ev_json_note *note,
		      struct ev_node *v)
{
	char *copy = l->copy + note->at;

	v->n = note->n_inside;
	v->extent = note->extent;
	v->at = (uint32_t)note->at;
	v->size = (uint32_t)(note->end - note->at);
	if (note->name.p != NULL)
		v->name = decode(l->copy + (note->name.p - l->text.p),
				 note->name.n);
	switch (l->text.p[note->at]) {
	case '{':
		v->type = EV_NODE_OBJECT;
		break;
	case '[':
		v->type = EV_NODE_ARRAY;
		break;
	case '"':
		v->type = EV_NODE_STRING;
		v->text = decode(copy + 1, note->end - note->at - 2);
		break;
	case 't':
	case 'f':
		v->type = EV_NODE_TRUTH;
		v->truth = *copy == 't';
		break;
	case 'n':
		v->type = EV_NODE_NULL;
		break;
	default:
		load_number(l, note, v);
		break;
	}
}

/* Where the name of a member ends in the text, its quote counted. */
static uint64_t end_of_name(const struct load *l, const struct ev_node *v)
{
	const struct ev_json_note *note = &l->note[v - l->node];

	return (uint64_t)(note->name.p - l->text.p) + note->name.n + 1;
}

static int by_name(const void *a, const void *b)
{
	const struct ev_node *x = *(const struct ev_node *const *)a;
	const struct ev_node *y = *(const struct ev_node *const *)b;
	int order = ev_span_cmp(x->name, y->name);

	return order != 0 ? order : (x > y) - (x < y);
}

/* False: no memory. */
static bool check_many(struct load *l, const struct ev_node *obj)
{
	ev_auto_free const struct ev_node **member =
		calloc(obj->n, sizeof(struct ev_node *));
	const struct ev_node *v = ev_node_inside(obj);

	if (member == NULL)
		return false;
	for (uint32_t i = 0; i < obj->n; i++, v = ev_node_next(v))
		member[i] = v;
	qsort(member, obj->n, sizeof(struct ev_node *), by_name);
	for (uint32_t i = 1; i < obj->n; i++)
		if (ev_span_eq(member[i - 1]->name, member[i]->name))
			note_fault(l, EV_DUPLICATE, end_of_name(l, member[i]));
	return true;
}

static bool stands_before(const struct ev_node *obj, const struct ev_node *v)
{
	const struct ev_node *other = ev_node_inside(obj);

	for (; other < v; other = ev_node_next(other))
		if (ev_span_eq(other->name, v->name))
			return true;
	return false;
}

static bool check_object(struct load *l, const struct ev_node *obj)
{
	const struct ev_node *v = ev_node_inside(obj);

	if (obj->n > FEW)
		return check_many(l, obj);
	for (uint32_t i = 0; i < obj->n; i++, v = ev_node_next(v))
		if (stands_before(obj, v))
			note_fault(l, EV_DUPLICATE, end_of_name(l, v));
	return true;
}

static enum ev_code load(struct load *l, const char *object,
			 struct ev_error *err)
{
	for (size_t i = 0; i < l->n_notes; i++)
		load_node(l, &l->note[i], &l->node[i]);
	for (size_t i = 0; i < l->n_notes; i++)
		if (l->node[i].type == EV_NODE_OBJECT &&
		    !check_object(l, &l->node[i]))
			return ev_fail_trouble(err, object, "out of memory");
	if (l->no_memory)
		return ev_fail_trouble(err, object, "out of memory");
	if (l->fault.code == EV_DUPLICATE)
		return ev_fail(err, EV_DUPLICATE, object, "member", l->fault.at,
			       "each name once", "one twice");
	if (l->fault.code != EV_OK)
		return ev_fail(err, EV_VALUE, object, "number", l->fault.at,
			       "a number of 64 bits", "a larger one");
	return EV_OK;
}

static enum ev_code build(const struct ev_json_scan *s, enum numbers numbers,
			  const char *object, struct ev_nodes *out,
			  struct ev_error *err)
{
	struct load l = {
		.text = s->text,
		.note = s->note,
		.n_notes = s->n_notes,
		.node = calloc(s->n_notes, sizeof(*l.node)),
		/* A number may be all there is: see load_number. */
		.copy = malloc(s->text.n + 1),
		.numbers = numbers,
	};
	enum ev_code code;

	if (l.node == NULL || l.copy == NULL) {
		code = ev_fail_trouble(err, object, "out of memory");
	} else {
		memcpy(l.copy, s->text.p, s->text.n);
		code = load(&l, object, err);
	}
	if (code == EV_OK) {
		*out = (struct ev_nodes){ l.node, l.copy };
		return EV_OK;
	}
	free(l.node);
	free(l.copy);
	return code;
}

static enum ev_code parse(struct ev_span text, enum numbers numbers, size_t max,
			  const char *object, struct ev_nodes *out,
			  struct ev_error *err)
{
	struct ev_json_scan s = {
		.text = text,
		.integers_only = numbers == INTEGERS,
		.takes_notes = true,
	};
	enum ev_code code;

	assert(max < UINT32_MAX);
	if (text.n > max)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0, max,
				   text.n);
	code = ev_json_scan_whole(&s, object, err);
	if (code == EV_OK)
		code = build(&s, numbers, object, out, err);
	free(s.note);
	return code;
}

enum ev_code ev_nodes_parse(struct ev_span text, size_t max, const char *object,
			    struct ev_nodes *out, struct ev_error *err)
{
	return parse(text, INTEGERS, max, object, out, err);
}

enum ev_code ev_nodes_parse_numbers(struct ev_span text, size_t max,
				    const char *object, struct ev_nodes *out,
				    struct ev_error *err)
{
	return parse(text, ANY_NUMBERS, max, object, out, err);
}

enum ev_code ev_nodes_parse_reals(struct ev_span text, size_t max,
				  const char *object, struct ev_nodes *out,
				  struct ev_error *err)
{
	return parse(text, REALS, max, object, out, err);
}

void ev_nodes_free(struct ev_nodes *nodes)
{
	free(nodes->root);
	free(nodes->text);
	*nodes = (struct ev_nodes){ 0 };
}
