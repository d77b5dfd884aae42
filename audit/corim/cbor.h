/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CBOR (RFC 8949) as a tree of nodes, read strictly: well-formed, one item
 * and nothing behind it, definite lengths alone, text that is UTF-8, map keys
 * that are integers or text and stand once each, simple values 20 to 23.
 * Integers may be longer than they need to be: two spellings of one key are
 * the same key.
 *
 * libcbor's streaming decoder reads each head: it allocates nothing, stays in
 * the bytes it is given and calls back with what it found.  Its cbor_load is
 * not used: in 0.8 it allocates for as many elements as a head claims before
 * one of them was seen, takes a key twice, checks no UTF-8, takes bytes behind
 * the item and keeps no offsets.
 */
#ifndef AU_CBOR_H
#define AU_CBOR_H

#include "evidence/base/error.h"

/* A launch measurement document goes 14 deep; recursion there is none. */
#define AU_CBOR_DEPTH_MAX 32
/* 56 bytes each, made as they are met: an item is at least a byte. */
static const size_t AU_CBOR_NODES_MAX = (size_t)1 << 16;
/* Keys of one map are compared with one another. */
static const size_t AU_CBOR_MEMBERS_MAX = 256;
/* Documents of a few hundred bytes to some hundred KiB. */
static const size_t AU_CBOR_BYTES_MAX = (size_t)4 << 20;

enum au_cbor_type {
	AU_CBOR_UINT,
	AU_CBOR_NINT, /* -1 - value */
	AU_CBOR_BYTES,
	AU_CBOR_TEXT,
	AU_CBOR_ARRAY,
	AU_CBOR_MAP,
	AU_CBOR_TAG,
	AU_CBOR_BOOL,
	AU_CBOR_NULL,
	AU_CBOR_UNDEFINED,
	AU_CBOR_FLOAT,
};

/* Lies in an array: what is inside a container follows it, a map's keys and
 * values in turn, a tag's one item. */
struct au_cbor_node {
	enum au_cbor_type type;
	uint32_t n;	     /* elements, or pairs of a map */
	uint32_t extent;     /* nodes with all that is inside, itself counted */
	uint64_t value;	     /* of an integer; number of a tag; bool: 0, 1 */
	uint64_t offset;     /* of its first byte in the item */
	struct ev_span text; /* content of a byte or text string */
	uint64_t content;    /* offset of text in the item */
};

struct au_cbor {
	struct au_cbor_node *node; /* owned; node[0] is the whole */
	size_t n;
};

/*
 * Reads the whole of bytes, which begin at offset base of their item and must
 * outlive the tree.  Free with au_cbor_free; on failure *out is zeroed.
 */
enum ev_code au_cbor_parse(struct ev_span bytes, uint64_t base,
			   const char *object, struct au_cbor *out,
			   struct ev_error *err);
void au_cbor_free(struct au_cbor *tree);
static inline void au_cbor_cleanup(struct au_cbor *tree)
{
	au_cbor_free(tree);
}
#define au_auto_cbor __attribute__((cleanup(au_cbor_cleanup)))

/* The first item inside a container that has one, and the item behind. */
static inline const struct au_cbor_node *
au_cbor_inside(const struct au_cbor_node *v)
{
	return v + 1;
}
static inline const struct au_cbor_node *
au_cbor_next(const struct au_cbor_node *v)
{
	return v + v->extent;
}

/* The value of a map's integer key; NULL: none, or map is no map. */
const struct au_cbor_node *au_cbor_member(const struct au_cbor_node *map,
					  int64_t key);

/* Whether v is an integer that fits. */
bool au_cbor_int(const struct au_cbor_node *v, int64_t *out);
bool au_cbor_is_int(const struct au_cbor_node *v, int64_t value);

/* "a map", "tag 501", ...: for want and found. */
const char *au_cbor_type_word(enum au_cbor_type type);

/* Each refuses with field what is not as asked for, and gives the item out. */
enum ev_code au_cbor_want(const struct au_cbor_node *v, enum au_cbor_type type,
			  const char *object, const char *field,
			  struct ev_error *err);
/* A member that must be there, of a type. */
enum ev_code au_cbor_get(const struct au_cbor_node *map, int64_t key,
			 enum au_cbor_type type, const char *object,
			 const char *field, const struct au_cbor_node **out,
			 struct ev_error *err);
/* What tag `number` holds, which must be of a type. */
enum ev_code au_cbor_tagged(const struct au_cbor_node *v, uint64_t number,
			    enum au_cbor_type type, const char *object,
			    const char *field, const struct au_cbor_node **out,
			    struct ev_error *err);
/* The one or n elements of an array of exactly that many. */
enum ev_code au_cbor_array_of(const struct au_cbor_node *v, uint32_t n,
			      const char *object, const char *field,
			      struct ev_error *err);
/* A map whose every key is one of n integers. */
enum ev_code au_cbor_only(const struct au_cbor_node *map, const int64_t *keys,
			  size_t n, const char *object, const char *field,
			  struct ev_error *err);

#endif
