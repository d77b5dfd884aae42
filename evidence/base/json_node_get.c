/* SPDX-License-Identifier: Apache-2.0 */
/* Members of nodes, by name and type. */
#include "evidence/base/json_node.h"

#include "evidence/base/hex.h"
#include "evidence/base/time.h"

#include <stdio.h>

static const char *const type_words[] = {
	[EV_NODE_OBJECT] = "an object",	   [EV_NODE_ARRAY] = "an array",
	[EV_NODE_STRING] = "a string",	   [EV_NODE_INTEGER] = "an integer",
	[EV_NODE_NUMBER] = "a number",	   [EV_NODE_REAL] = "a real number",
	[EV_NODE_TRUTH] = "a truth value", [EV_NODE_NULL] = "null",
};

const char *ev_node_type_word(const struct ev_node *v)
{
	return type_words[v->type];
}

const char *ev_node_text(const struct ev_node *v)
{
	return v != NULL && v->type == EV_NODE_STRING ? (const char *)v->text.p
						      : NULL;
}

const struct ev_node *ev_node_member(const struct ev_node *obj,
				     const char *name)
{
	struct ev_span wanted = ev_span_str(name);
	const struct ev_node *v;

	if (obj == NULL || obj->type != EV_NODE_OBJECT)
		return NULL;
	v = ev_node_inside(obj);
	for (uint32_t i = 0; i < obj->n; i++, v = ev_node_next(v))
		if (ev_span_eq(v->name, wanted))
			return v;
	return NULL;
}

/* The member, of that type, or NULL with the refusal recorded. */
static const struct ev_node *get(const struct ev_node *obj, const char *object,
				 const char *name, enum ev_node_type type,
				 struct ev_error *err)
{
	const struct ev_node *v = ev_node_member(obj, name);

	if (v == NULL)
		ev_fail(err, EV_MISSING, object, name, 0, type_words[type],
			"nothing");
	else if (v->type != type)
		ev_fail(err, EV_SYNTAX, object, name, 0, type_words[type],
			ev_node_type_word(v));
	else
		return v;
	return NULL;
}

enum ev_code ev_node_get_str(const struct ev_node *obj, const char *object,
			     const char *name, struct ev_span *out,
			     struct ev_error *err)
{
	const struct ev_node *v = get(obj, object, name, EV_NODE_STRING, err);

	if (v == NULL)
		return err->code;
	*out = v->text;
	return EV_OK;
}

enum ev_code ev_node_get_u64(const struct ev_node *obj, const char *object,
			     const char *name, uint64_t max, uint64_t *out,
			     struct ev_error *err)
{
	const struct ev_node *v = get(obj, object, name, EV_NODE_INTEGER, err);
	char want[64], found[32];

	if (v == NULL)
		return err->code;
	if (v->integer >= 0 && (uint64_t)v->integer <= max) {
		*out = (uint64_t)v->integer;
		return EV_OK;
	}
	snprintf(want, sizeof(want), "0 to %llu", (unsigned long long)max);
	snprintf(found, sizeof(found), "%lld", (long long)v->integer);
	return ev_fail(err, EV_VALUE, object, name, 0, want, found);
}

enum ev_code ev_node_get_hex(const struct ev_node *obj, const char *object,
			     const char *name, uint8_t *out, size_t n,
			     struct ev_error *err)
{
	struct ev_span text = { NULL, 0 };
	char want[40];

	if (ev_node_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (ev_hex_fits(text, n)) {
		ev_hex_decode(text, out, n);
		return EV_OK;
	}
	snprintf(want, sizeof(want), "%zu hex digits", 2 * n);
	return ev_fail_text(err, EV_SYNTAX, object, name, 0, want, text);
}

enum ev_code ev_node_get_time(const struct ev_node *obj, const char *object,
			      const char *name, int64_t *out,
			      struct ev_error *err)
{
	struct ev_span text = { NULL, 0 };

	if (ev_node_get_str(obj, object, name, &text, err) != EV_OK)
		return err->code;
	if (!ev_time_parse_rfc3339(text, out))
		return ev_fail_text(err, EV_SYNTAX, object, name, 0,
				    "YYYY-MM-DDTHH:MM:SSZ", text);
	return EV_OK;
}

enum ev_code ev_node_get_array(const struct ev_node *obj, const char *object,
			       const char *name, size_t max,
			       const struct ev_node **out, struct ev_error *err)
{
	const struct ev_node *v = get(obj, object, name, EV_NODE_ARRAY, err);

	if (v == NULL)
		return err->code;
	if (v->n > max)
		return ev_fail_u64(err, EV_LIMIT, object, name, 0, max, v->n);
	*out = v;
	return EV_OK;
}

enum ev_code ev_node_get_object(const struct ev_node *obj, const char *object,
				const char *name, const struct ev_node **out,
				struct ev_error *err)
{
	const struct ev_node *v = get(obj, object, name, EV_NODE_OBJECT, err);

	if (v == NULL)
		return err->code;
	*out = v;
	return EV_OK;
}
