/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes against what jansson reads of the same text. */
#ifndef TESTS_NODE_EQUAL_H
#define TESTS_NODE_EQUAL_H

#include "evidence/base/json.h"
#include "evidence/base/json_node.h"

#include <stdlib.h>

static inline bool node_is_text(struct ev_span text, const char *p, size_t n)
{
	return ev_span_eq(text, ev_span_of(p, n)) && text.p[n] == 0;
}

static inline bool node_equals(const struct ev_node *v, const json_t *j);

static inline bool node_members_equal(const struct ev_node *v, const json_t *j)
{
	const struct ev_node *m = ev_node_inside(v);

	if (v->n != json_object_size(j))
		return false;
	for (uint32_t i = 0; i < v->n; i++, m = ev_node_next(m)) {
		const char *name = (const char *)m->name.p;

		if (!node_is_text(m->name, name, m->name.n) ||
		    strlen(name) != m->name.n || ev_node_member(v, name) != m ||
		    json_object_get(j, name) == NULL ||
		    !node_equals(m, json_object_get(j, name)))
			return false;
	}
	return m == ev_node_next(v);
}

static inline bool node_elements_equal(const struct ev_node *v, const json_t *j)
{
	const struct ev_node *e = ev_node_inside(v);

	if (v->n != json_array_size(j))
		return false;
	for (uint32_t i = 0; i < v->n; i++, e = ev_node_next(e))
		if (!node_equals(e, json_array_get(j, i)))
			return false;
	return e == ev_node_next(v);
}

static inline bool node_equals(const struct ev_node *v, const json_t *j)
{
	if (strcmp(ev_node_type_word(v), ev_json_type_word(j)) != 0)
		return false;
	switch (v->type) {
	case EV_NODE_OBJECT:
		return node_members_equal(v, j);
	case EV_NODE_ARRAY:
		return node_elements_equal(v, j);
	case EV_NODE_STRING:
		return node_is_text(v->text, json_string_value(j),
				    json_string_length(j));
	case EV_NODE_INTEGER:
		return v->integer == json_integer_value(j);
	case EV_NODE_NUMBER: /* neither of both parsers makes one */
		return false;
	case EV_NODE_REAL:
		return strtod((const char *)v->text.p, NULL) ==
		       json_real_value(j);
	case EV_NODE_TRUTH:
		return v->truth == json_is_true(j);
	case EV_NODE_NULL:
		break;
	}
	return true;
}

typedef enum ev_code node_parser(struct ev_span text, size_t max,
				 const char *object, struct ev_nodes *out,
				 struct ev_error *err);
typedef enum ev_code jansson_parser(struct ev_span text, size_t max,
				    const char *object, json_t **out,
				    struct ev_error *err);

/* Both read the text alike, or refuse it in the same words. */
static inline bool node_parsers_agree(struct ev_span text, node_parser *parse,
				      jansson_parser *parse_too)
{
	struct ev_error mine = { 0 }, theirs = { 0 };
	struct ev_nodes nodes = { 0 };
	json_t *j = NULL;
	bool same;

	parse(text, text.n, "text", &nodes, &mine);
	parse_too(text, text.n, "text", &j, &theirs);
	if (j != NULL)
		same = nodes.root != NULL && node_equals(nodes.root, j);
	else
		same = nodes.root == NULL && mine.code == theirs.code &&
		       mine.offset == theirs.offset &&
		       strcmp(mine.object, theirs.object) == 0 &&
		       strcmp(mine.field, theirs.field) == 0 &&
		       strcmp(mine.want, theirs.want) == 0 &&
		       strcmp(mine.found, theirs.found) == 0;
	json_decref(j);
	ev_nodes_free(&nodes);
	return same;
}

static inline bool node_reads_as_jansson(struct ev_span text)
{
	return node_parsers_agree(text, ev_nodes_parse, ev_json_parse) &&
	       node_parsers_agree(text, ev_nodes_parse_reals,
				  ev_json_parse_numbers);
}

#endif
