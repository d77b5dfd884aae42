/* SPDX-License-Identifier: Apache-2.0 */
/* JSON through jansson, after what jansson would let pass is refused. */
#include "evidence/base/json.h"

#include "evidence/base/hex.h"
#include "evidence/base/json_scan.h"
#include "evidence/base/time.h"

#include <stdio.h>

/* Parsing */

/* The bytes at fault, and the last member before them. */
static enum ev_code fail_scan(const struct ev_json_scan *s, const char *object,
			      struct ev_error *err)
{
	char at[40] = "the end", member[64], found[EV_TEXT_MAX];
	size_t left = s->text.n - s->at;

	if (left > 0)
		ev_show(ev_span_sub(s->text, s->at, left < 8 ? left : 8), at,
			sizeof(at));
	ev_show(s->member, member, sizeof(member));
	if (s->member.p == NULL)
		snprintf(found, sizeof(found), "%s", left > 0 ? at : "the end");
	else
		snprintf(found, sizeof(found), "%s after member %s", at,
			 member);
	return ev_fail(err, s->code, object, s->field, s->at, s->want, found);
}

enum ev_code ev_json_scan_whole(struct ev_json_scan *s, const char *object,
				struct ev_error *err)
{
	if (!ev_json_scan_value(s))
		return s->code != EV_TROUBLE
			       ? fail_scan(s, object, err)
			       : ev_fail_trouble(err, object, "out of memory");
	if (ev_json_scan_space(s))
		return ev_fail_u64(err, EV_TRAILING, object, "text", s->at, 0,
				   s->text.n - s->at);
	return EV_OK;
}

/* The scan before left two things to refuse; all else that stops jansson is
 * lack of memory, which it does not always call by its name. */
static enum ev_code fail_jansson(const json_error_t *e, const char *object,
				 struct ev_error *err)
{
	uint64_t offset = e->position > 0 ? (uint64_t)e->position : 0;

	if (json_error_code(e) == json_error_duplicate_key)
		return ev_fail(err, EV_DUPLICATE, object, "member", offset,
			       "each name once", "one twice");
	if (json_error_code(e) == json_error_numeric_overflow)
		return ev_fail(err, EV_VALUE, object, "number", offset,
			       "a number of 64 bits", "a larger one");
	return ev_fail_trouble(err, object, "out of memory");
}

static enum ev_code parse(struct ev_span text, size_t max, bool integers_only,
			  const char *object, json_t **out,
			  struct ev_error *err)
{
	struct ev_json_scan s = { .text = text,
				  .integers_only = integers_only };
	size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY;
	json_error_t e = { 0 };
	json_t *v;

	if (text.n > max)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0, max,
				   text.n);
	if (ev_json_scan_whole(&s, object, err) != EV_OK)
		return err->code;
	if (!integers_only)
		flags |= JSON_DECODE_INT_AS_REAL;
	v = json_loadb((const char *)text.p, text.n, flags, &e);
	if (v == NULL)
		return fail_jansson(&e, object, err);
	*out = v;
	return EV_OK;
}

enum ev_code ev_json_parse(struct ev_span text, size_t max, const char *object,
			   json_t **out, struct ev_error *err)
{
	return parse(text, max, true, object, out, err);
}

enum ev_code ev_json_parse_numbers(struct ev_span text, size_t max,
				   const char *object, json_t **out,
				   struct ev_error *err)
{
	return parse(text, max, false, object, out, err);
}

/* Members */

const char *ev_json_type_word(const json_t *v)
{
	switch (json_typeof(v)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "an integer";
	case JSON_REAL:
		return "a real number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a truth value";
	case JSON_NULL:
	default:
		return "null";
	}
}

/* The member, of that type, or NULL with the refusal recorded; want names
 * the type for people. */
static json_t *get(const json_t *obj, const char *object, const char *name,
		   json_type type, const char *want, struct ev_error *err)
{
	json_t *v = json_object_get(obj, name);

	if (v == NULL) {
		ev_fail(err, EV_MISSING, object, name, 0, want, "nothing");
		return NULL;
	}
	if (json_typeof(v) != type) {
		ev_fail(err, EV_SYNTAX, object, name, 0, want,
			ev_json_type_word(v));
		return NULL;
	}
	return v;
}

enum ev_code ev_json_get_str(const json_t *obj, const char *object,
			     const char *name, struct ev_span *out,
			     struct ev_error *err)
{
	const json_t *v = get(obj, object, name, JSON_STRING, "a string", err);

	if (v == NULL)
		return err->code;
	*out = ev_span_of(json_string_value(v), json_string_length(v));
	return EV_OK;
}

enum ev_code ev_json_get_u64(const json_t *obj, const char *object,
			     const char *name, uint64_t max, uint64_t *out,
			     struct ev_error *err)
{
	const json_t *v =
		get(obj, object, name, JSON_INTEGER, "an integer", err);
	json_int_t i = v != NULL ? json_integer_value(v) : 0;
	char want[64], found[32];

	if (v == NULL)
		return err->code;
	if (i >= 0 && (uint64_t)i <= max) {
		*out = (uint64_t)i;
		return EV_OK;
	}
	snprintf(want, sizeof(want), "0 to %llu", (unsigned long long)max);
	snprintf(found, sizeof(found), "%lld", (long long)i);
	return ev_fail(err, EV_VALUE, object, name, 0, want, found);
}

enum ev_code ev_json_get_hex(const json_t *obj, const char *object,
			     const char *name, uint8_t *out, size_t n,
			     struct ev_error *err)
{
	struct ev_span text = { NULL, 0 };
	char want[40];

	if (ev_json_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (ev_hex_fits(text, n)) {
		ev_hex_decode(text, out, n);
		return EV_OK;
	}
	snprintf(want, sizeof(want), "%zu hex digits", 2 * n);
	return ev_fail_text(err, EV_SYNTAX, object, name, 0, want, text);
}

enum ev_code ev_json_get_time(const json_t *obj, const char *object,
			      const char *name, int64_t *out,
			      struct ev_error *err)
{
	struct ev_span text = { NULL, 0 };

	if (ev_json_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (!ev_time_parse_rfc3339(text, out))
		return ev_fail_text(err, EV_SYNTAX, object, name, 0,
				    "YYYY-MM-DDTHH:MM:SSZ", text);
	return EV_OK;
}

enum ev_code ev_json_get_array(const json_t *obj, const char *object,
			       const char *name, size_t max, json_t **out,
			       struct ev_error *err)
{
	json_t *v = get(obj, object, name, JSON_ARRAY, "an array", err);

	if (v == NULL)
		return err->code;
	if (json_array_size(v) > max)
		return ev_fail_u64(err, EV_LIMIT, object, name, 0, max,
				   json_array_size(v));
	*out = v;
	return EV_OK;
}

enum ev_code ev_json_get_object(const json_t *obj, const char *object,
				const char *name, json_t **out,
				struct ev_error *err)
{
	json_t *v = get(obj, object, name, JSON_OBJECT, "an object", err);

	if (v == NULL)
		return err->code;
	*out = v;
	return EV_OK;
}
