/* SPDX-License-Identifier: Apache-2.0 */
/* From libyaml's events to a JSON tree, with a stack of our own. */
#include "collect/yaml.h"

#include "evidence/base/json.h"

#include <stdlib.h>
#include <yaml.h>

struct frame {
	json_t *node; /* borrowed: the tree owns it */
	char *key;    /* owned: of a mapping whose value is awaited */
};

struct loader {
	const char *object;
	struct ev_error *err;
	struct frame frame[CO_YAML_DEPTH_MAX];
	size_t depth;
	size_t n_nodes, n_documents;
	json_t *root; /* owned */
	bool done;
};

static enum ev_code refuse(struct loader *l, enum ev_code code,
			   const char *field, const yaml_event_t *event,
			   const char *want, const char *found)
{
	return ev_fail(l->err, code, l->object, field, event->start_mark.index,
		       want, found);
}

/* Puts v, which it takes over, where the document is at. */
static enum ev_code put(struct loader *l, json_t *v, const yaml_event_t *event)
{
	struct frame *top = l->depth > 0 ? &l->frame[l->depth - 1] : NULL;
	int failed = v == NULL;

	if (!failed && ++l->n_nodes > CO_YAML_NODES_MAX) {
		json_decref(v);
		return refuse(l, EV_LIMIT, "nodes", event, "at most 262144",
			      "more");
	}
	if (!failed && top == NULL) {
		l->root = v;
	} else if (!failed && json_is_array(top->node)) {
		failed = json_array_append_new(top->node, v);
	} else if (!failed && top->key == NULL) {
		json_decref(v);
		return refuse(l, EV_SYNTAX, "key", event, "text",
			      "a mapping or sequence");
	} else if (!failed) {
		failed = json_object_set_new(top->node, top->key, v);
		free(top->key);
		top->key = NULL;
	}
	if (failed)
		return ev_fail_trouble(l->err, l->object, "out of memory");
	return EV_OK;
}

static enum ev_code open_container(struct loader *l, json_t *v,
				   const yaml_event_t *event)
{
	enum ev_code code;

	if (l->depth >= CO_YAML_DEPTH_MAX) {
		json_decref(v);
		return refuse(l, EV_LIMIT, "depth", event, "at most 32",
			      "more");
	}
	code = put(l, v, event);
	if (code == EV_OK)
		l->frame[l->depth++] = (struct frame){ .node = v };
	return code;
}

static enum ev_code set_key(struct loader *l, struct frame *top,
			    const yaml_event_t *event)
{
	const char *key = (const char *)event->data.scalar.value;

	if (strlen(key) != event->data.scalar.length)
		return refuse(l, EV_SYNTAX, "key", event, "text", "a NUL");
	if (json_object_size(top->node) >= CO_YAML_KEYS_MAX)
		return refuse(l, EV_LIMIT, "keys", event, "at most 256",
			      "more");
	if (json_object_get(top->node, key) != NULL)
		return refuse(l, EV_DUPLICATE, "key", event, "each key once",
			      "the same key twice");
	top->key = strdup(key);
	if (top->key == NULL)
		return ev_fail_trouble(l->err, l->object, "out of memory");
	return EV_OK;
}

/* Decimal without sign and leading zeros, small enough for every reader. */
static bool plain_integer(struct ev_span text, json_int_t *out)
{
	json_int_t v = 0;

	if (text.n == 0 || text.n > 15 || (text.n > 1 && text.p[0] == '0'))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		v = 10 * v + (text.p[i] - '0');
	}
	*out = v;
	return true;
}

static bool plain_null(struct ev_span text)
{
	return text.n == 0 || ev_span_eq(text, EV_SPAN_LITERAL("~")) ||
	       ev_span_eq(text, EV_SPAN_LITERAL("null"));
}

static enum ev_code put_scalar(struct loader *l, const yaml_event_t *event)
{
	struct frame *top = l->depth > 0 ? &l->frame[l->depth - 1] : NULL;
	struct ev_span text =
		ev_span_of(event->data.scalar.value, event->data.scalar.length);
	json_int_t number;

	if (top != NULL && json_is_object(top->node) && top->key == NULL)
		return set_key(l, top, event);
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE) {
		if (plain_null(text))
			return put(l, json_null(), event);
		if (plain_integer(text, &number))
			return put(l, json_integer(number), event);
	}
	return put(l, json_stringn((const char *)text.p, text.n), event);
}

static enum ev_code begin_document(struct loader *l, const yaml_event_t *event)
{
	if (l->n_documents++ > 0)
		return refuse(l, EV_TRAILING, "document", event, "one document",
			      "a second one");
	if (event->data.document_start.version_directive != NULL ||
	    event->data.document_start.tag_directives.start !=
		    event->data.document_start.tag_directives.end)
		return refuse(l, EV_VALUE, "document", event, "no directive",
			      "a directive");
	return EV_OK;
}

/* A node with an anchor or a tag could be repeated or mean something else. */
static enum ev_code plain_node(struct loader *l, const yaml_event_t *event,
			       const yaml_char_t *anchor,
			       const yaml_char_t *tag)
{
	if (anchor != NULL)
		return refuse(l, EV_VALUE, "anchor", event, "none", "one");
	if (tag != NULL)
		return refuse(l, EV_VALUE, "tag", event, "none", "one");
	return EV_OK;
}

static enum ev_code close_container(struct loader *l)
{
	assert(l->depth > 0);
	l->depth--;
	return EV_OK;
}

static enum ev_code handle(struct loader *l, const yaml_event_t *event)
{
	enum ev_code code;

	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return begin_document(l, event);
	case YAML_ALIAS_EVENT:
		return refuse(l, EV_VALUE, "alias", event, "none", "one");
	case YAML_SCALAR_EVENT:
		code = plain_node(l, event, event->data.scalar.anchor,
				  event->data.scalar.tag);
		return code != EV_OK ? code : put_scalar(l, event);
	case YAML_SEQUENCE_START_EVENT:
		code = plain_node(l, event, event->data.sequence_start.anchor,
				  event->data.sequence_start.tag);
		return code != EV_OK ? code
				     : open_container(l, json_array(), event);
	case YAML_MAPPING_START_EVENT:
		code = plain_node(l, event, event->data.mapping_start.anchor,
				  event->data.mapping_start.tag);
		return code != EV_OK ? code
				     : open_container(l, json_object(), event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_container(l);
	case YAML_STREAM_END_EVENT:
		l->done = true;
		return EV_OK;
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
	case YAML_NO_EVENT:
		return EV_OK;
	}
	return EV_OK;
}

static enum ev_code next_event(struct loader *l, yaml_parser_t *parser)
{
	yaml_event_t event;
	enum ev_code code;

	if (!yaml_parser_parse(parser, &event)) {
		if (parser->error == YAML_MEMORY_ERROR)
			return ev_fail_trouble(l->err, l->object,
					       "out of memory");
		return ev_fail(l->err, EV_SYNTAX, l->object, "text",
			       parser->error == YAML_READER_ERROR
				       ? parser->problem_offset
				       : parser->problem_mark.index,
			       "YAML",
			       parser->problem != NULL ? parser->problem
						       : "something else");
	}
	code = handle(l, &event);
	yaml_event_delete(&event);
	return code;
}

enum ev_code co_yaml_parse(struct ev_span text, size_t max, const char *object,
			   json_t **out, struct ev_error *err)
{
	struct loader l = { .object = object, .err = err };
	enum ev_code code = EV_OK;
	yaml_parser_t parser;

	if (text.n > max)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0, max,
				   text.n);
	if (!yaml_parser_initialize(&parser))
		return ev_fail_trouble(err, object, "out of memory");
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, text.p, text.n);
	while (code == EV_OK && !l.done)
		code = next_event(&l, &parser);
	yaml_parser_delete(&parser);
	for (size_t i = 0; i < l.depth; i++)
		free(l.frame[i].key);
	if (code == EV_OK && l.root == NULL)
		code = ev_fail(err, EV_MISSING, object, "document", 0,
			       "one document", "none");
	if (code == EV_OK)
		*out = l.root;
	else
		json_decref(l.root);
	return code;
}
