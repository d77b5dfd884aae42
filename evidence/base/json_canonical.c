/* SPDX-License-Identifier: Apache-2.0 */
/* A value that was read, in canonical bytes: for those who changed it, and to
 * compare with what was read. */
#include "evidence/base/json.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/json_string.h"
#include "evidence/base/json_write.h"

#include <stdio.h>

static void rewrite_scalar(struct ev_writer *w, const char *name,
			   const json_t *v)
{
	if (json_is_string(v))
		ev_write_text(w, name,
			      ev_span_of(json_string_value(v),
					 json_string_length(v)));
	else if (json_is_integer(v))
		ev_write_int(w, name, json_integer_value(v));
	else if (json_is_boolean(v))
		ev_write_bool(w, name, json_is_true(v));
	else
		/* null and reals; no bytes are no JSON and refused. */
		ev_write_raw(w, name, ev_span_of(NULL, 0));
}

/* Where the writer stopped: the member that was last begun, and its value. */
struct stop {
	const char *name;
	const json_t *value;
};

/* jansson iterates only over what could be changed; this changes nothing. */
static json_t *unconst(const json_t *v)
{
	return (json_t *)(uintptr_t)v;
}

/* Recursion ends with the writer, which refuses beyond EV_JSON_DEPTH_MAX. */
static void rewrite(struct ev_writer *w, const char *name, const json_t *v,
		    struct stop *stop)
{
	void *i;

	if (!ev_writer_ok(w))
		return;
	stop->name = name != NULL ? name : stop->name;
	stop->value = v;
	if (json_is_object(v)) {
		ev_write_object(w, name);
		i = json_object_iter(unconst(v));
		for (; i != NULL; i = json_object_iter_next(unconst(v), i))
			rewrite(w, json_object_iter_key(i),
				json_object_iter_value(i), stop);
		ev_write_end(w);
	} else if (json_is_array(v)) {
		ev_write_array(w, name);
		for (size_t at = 0; at < json_array_size(v); at++)
			rewrite(w, NULL, json_array_get(v, at), stop);
		ev_write_end(w);
	} else {
		rewrite_scalar(w, name, v);
	}
}

static enum ev_code fail_subset(const struct ev_writer *w,
				const struct stop *stop, const char *object,
				struct ev_error *err)
{
	char name[96], found[EV_TEXT_MAX];

	if (ev_writer_no_memory(w))
		return ev_fail_trouble(err, object, "out of memory");
	ev_show(ev_span_str(stop->name), name, sizeof(name));
	snprintf(found, sizeof(found), "%s, member %s",
		 ev_json_type_word(stop->value), name);
	return ev_fail(err, EV_VALUE, object, "subset", 0,
		       "what the canonical subset allows", found);
}

enum ev_code ev_json_canonical(const json_t *v, const char *object, char **out,
			       size_t *n, struct ev_error *err)
{
	ev_auto_writer struct ev_writer *w = ev_writer_new();
	struct stop stop = { "", v };
	char *text;

	if (w == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	rewrite(w, NULL, v, &stop);
	if (!ev_writer_ok(w))
		return fail_subset(w, &stop, object, err);
	text = ev_writer_finish(w, n);
	if (text == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	*out = text;
	return EV_OK;
}

/*
 * What needs no rewriting to be seen: text without escapes, negative or long
 * numbers that is sorted already, as nearly every canonical text is.  Of all
 * others nothing is said.  Each function takes what it knows off the text.
 */
static bool take(struct ev_span *text, char c)
{
	if (text->n == 0 || text->p[0] != (uint8_t)c)
		return false;
	*text = ev_span_sub(*text, 1, text->n - 1);
	return true;
}

static bool take_word(struct ev_span *text, struct ev_span word)
{
	if (text->n < word.n || memcmp(text->p, word.p, word.n) != 0)
		return false;
	*text = ev_span_sub(*text, word.n, text->n - word.n);
	return true;
}

static bool take_string(struct ev_span *text, struct ev_span *inner)
{
	size_t n;

	if (!take(text, '"'))
		return false;
	n = ev_json_plain(*text);
	*inner = ev_span_sub(*text, 0, n);
	*text = ev_span_sub(*text, n, text->n - n);
	return take(text, '"');
}

/* At most 15 digits are below 2^53. */
static bool take_number(struct ev_span *text)
{
	size_t n = 0;

	while (n < text->n && text->p[n] >= '0' && text->p[n] <= '9')
		n++;
	if (n == 0 || n > 15 || (n > 1 && text->p[0] == '0'))
		return false;
	*text = ev_span_sub(*text, n, text->n - n);
	return true;
}

static bool take_value(struct ev_span *text, size_t depth);

static bool take_members(struct ev_span *text, size_t depth)
{
	struct ev_span last = { NULL, 0 }, name;

	if (take(text, '}'))
		return true;
	do {
		if (!take_string(text, &name) || !ev_write_is_name(name) ||
		    ev_span_cmp(last, name) >= 0 || !take(text, ':') ||
		    !take_value(text, depth))
			return false;
		last = name;
	} while (take(text, ','));
	return take(text, '}');
}

static bool take_elements(struct ev_span *text, size_t depth)
{
	if (take(text, ']'))
		return true;
	do {
		if (!take_value(text, depth))
			return false;
	} while (take(text, ','));
	return take(text, ']');
}

/* Recursion ends with the depth that the writer has, too. */
static bool take_value(struct ev_span *text, size_t depth)
{
	struct ev_span inner;

	if (depth == EV_JSON_DEPTH_MAX || text->n == 0)
		return false;
	if (take(text, '{'))
		return take_members(text, depth + 1);
	if (take(text, '['))
		return take_elements(text, depth + 1);
	if (text->p[0] == '"')
		return take_string(text, &inner);
	return take_word(text, EV_SPAN_LITERAL("true")) ||
	       take_word(text, EV_SPAN_LITERAL("false")) || take_number(text);
}

static bool is_plainly_canonical(struct ev_span text)
{
	return take_value(&text, 0) && text.n == 0;
}

enum ev_code ev_json_check_canonical(struct ev_span text, const json_t *parsed,
				     const char *object, struct ev_error *err)
{
	ev_auto_free char *canonical = NULL;
	ev_auto_json json_t *own = NULL;
	size_t n = 0, same = 0;

	if (is_plainly_canonical(text))
		return EV_OK;
	if (parsed == NULL &&
	    ev_json_parse(text, text.n, object, &own, err) != EV_OK)
		return err->code;
	if (parsed == NULL)
		parsed = own;
	if (ev_json_canonical(parsed, object, &canonical, &n, err) != EV_OK)
		return err->code;
	if (ev_span_eq(text, ev_span_of(canonical, n)))
		return EV_OK;
	while (same < n && same < text.n &&
	       text.p[same] == (uint8_t)canonical[same])
		same++;
	return ev_fail(err, EV_VALUE, object, "canonical", same,
		       same < n ? "the canonical bytes" : "the end",
		       same < text.n ? "other bytes" : "the end");
}
