/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A JSON text as a tree of nodes, for what is parsed for every archive: one
 * walk of the scanner, one copy of the text, one array.  Refuses what
 * ev_json_parse refuses, in the same words.
 */
#ifndef EV_JSON_NODE_H
#define EV_JSON_NODE_H

#include "evidence/base/error.h"

enum ev_node_type {
	EV_NODE_OBJECT,
	EV_NODE_ARRAY,
	EV_NODE_STRING,
	EV_NODE_INTEGER,
	EV_NODE_NUMBER, /* of ev_nodes_parse_numbers alone: any other number */
	EV_NODE_REAL,	/* of ev_nodes_parse_reals alone: each number */
	EV_NODE_TRUTH,
	EV_NODE_NULL,
};

/* Lies in an array: what is inside a container follows it. */
struct ev_node {
	enum ev_node_type type;
	uint32_t n;	     /* members or elements */
	uint32_t extent;     /* nodes with all that is inside, itself counted */
	uint32_t at, size;   /* its place in the text, to the byte */
	struct ev_span name; /* of a member, decoded; a NUL is behind it */
	union {
		/* Of a string, decoded; of a number as it is spelled.  A NUL
		 * is behind it, none in it. */
		struct ev_span text;
		int64_t integer;
		bool truth;
	};
};

/* What owns them; nodes and text live as long.  Start from { 0 }. */
struct ev_nodes {
	struct ev_node *root; /* NULL: nothing was parsed */
	char *text;	      /* a copy, decoded: each piece where it stood */
};

/*
 * The whole text: UTF-8, no duplicate member at any level, integers that fit
 * int64_t alone, depth at most 32, nothing but white space behind the value,
 * at most max bytes, which is below 4 GiB.  Free with ev_nodes_free.
 */
enum ev_code ev_nodes_parse(struct ev_span text, size_t max, const char *object,
			    struct ev_nodes *out, struct ev_error *err);
/* The same with any number of RFC 8259: one that is no integer, that is spelled
 * "-0" or that does not fit int64_t is kept as its text. */
enum ev_code ev_nodes_parse_numbers(struct ev_span text, size_t max,
				    const char *object, struct ev_nodes *out,
				    struct ev_error *err);
/* The same with any number that a double can hold, each kept as its text:
 * refuses what ev_json_parse_numbers refuses, in the same words. */
enum ev_code ev_nodes_parse_reals(struct ev_span text, size_t max,
				  const char *object, struct ev_nodes *out,
				  struct ev_error *err);
void ev_nodes_free(struct ev_nodes *nodes);

/* The member of an object; NULL where there is none, or obj is no object. */
const struct ev_node *ev_node_member(const struct ev_node *obj,
				     const char *name);

/* The first member or element, and the one behind; a container holds n. */
static inline const struct ev_node *ev_node_inside(const struct ev_node *v)
{
	return v + 1;
}
static inline const struct ev_node *ev_node_next(const struct ev_node *v)
{
	return v + v->extent;
}

/* The text of a string; NULL where v is NULL or something else. */
const char *ev_node_text(const struct ev_node *v);

/* "an object", "a string", ...: for want and found. */
const char *ev_node_type_word(const struct ev_node *v);

/* Members of an object that must be there; refuse with EV_MISSING, EV_SYNTAX
 * and as said.  obj may be anything; what is given out borrows. */
enum ev_code ev_node_get_str(const struct ev_node *obj, const char *object,
			     const char *name, struct ev_span *out,
			     struct ev_error *err);
/* 0 to max, else EV_VALUE. */
enum ev_code ev_node_get_u64(const struct ev_node *obj, const char *object,
			     const char *name, uint64_t max, uint64_t *out,
			     struct ev_error *err);
/* Hex of exactly n bytes, either case. */
enum ev_code ev_node_get_hex(const struct ev_node *obj, const char *object,
			     const char *name, uint8_t *out, size_t n,
			     struct ev_error *err);
/* "YYYY-MM-DDTHH:MM:SSZ". */
enum ev_code ev_node_get_time(const struct ev_node *obj, const char *object,
			      const char *name, int64_t *out,
			      struct ev_error *err);
/* At most max elements, else EV_LIMIT. */
enum ev_code ev_node_get_array(const struct ev_node *obj, const char *object,
			       const char *name, size_t max,
			       const struct ev_node **out,
			       struct ev_error *err);
enum ev_code ev_node_get_object(const struct ev_node *obj, const char *object,
				const char *name, const struct ev_node **out,
				struct ev_error *err);

#endif
