/* SPDX-License-Identifier: Apache-2.0 */
/* A tree of CBOR items, each head read by libcbor's streaming decoder. */
#include "audit/corim/cbor.h"

#include "evidence/base/utf8.h"

#include <cbor.h>

#include <stdlib.h>

/* What the decoder called back with. */
struct head {
	struct au_cbor_node node;
	uint64_t items; /* inside: a map's keys and values */
	bool indefinite;
	bool wide; /* a length that no node counts */
};

static void take(void *context, enum au_cbor_type type, uint64_t value)
{
	struct head *head = context;

	head->node.type = type;
	head->node.value = value;
}

static void take_uint8(void *context, uint8_t value)
{
	take(context, AU_CBOR_UINT, value);
}

static void take_uint16(void *context, uint16_t value)
{
	take(context, AU_CBOR_UINT, value);
}

static void take_uint32(void *context, uint32_t value)
{
	take(context, AU_CBOR_UINT, value);
}

static void take_uint64(void *context, uint64_t value)
{
	take(context, AU_CBOR_UINT, value);
}

static void take_nint8(void *context, uint8_t value)
{
	take(context, AU_CBOR_NINT, value);
}

static void take_nint16(void *context, uint16_t value)
{
	take(context, AU_CBOR_NINT, value);
}

static void take_nint32(void *context, uint32_t value)
{
	take(context, AU_CBOR_NINT, value);
}

static void take_nint64(void *context, uint64_t value)
{
	take(context, AU_CBOR_NINT, value);
}

static void take_string(void *context, enum au_cbor_type type, cbor_data p,
			size_t n)
{
	struct head *head = context;

	head->node.type = type;
	head->node.text = ev_span_of(n > 0 ? p : NULL, n);
}

static void take_bytes(void *context, cbor_data p, size_t n)
{
	take_string(context, AU_CBOR_BYTES, p, n);
}

static void take_text(void *context, cbor_data p, size_t n)
{
	take_string(context, AU_CBOR_TEXT, p, n);
}

static void take_container(struct head *head, enum au_cbor_type type, size_t n,
			   unsigned int each)
{
	head->node.type = type;
	head->wide = n > UINT32_MAX;
	head->node.n = (uint32_t)n;
	head->items = (uint64_t)head->node.n * each;
}

static void take_array(void *context, size_t n)
{
	take_container(context, AU_CBOR_ARRAY, n, 1);
}

static void take_map(void *context, size_t n)
{
	take_container(context, AU_CBOR_MAP, n, 2);
}

static void take_tag(void *context, uint64_t number)
{
	struct head *head = context;

	take(context, AU_CBOR_TAG, number);
	head->node.n = 1;
	head->items = 1;
}

static void take_bool(void *context, bool value)
{
	take(context, AU_CBOR_BOOL, value);
}

static void take_null(void *context)
{
	take(context, AU_CBOR_NULL, 0);
}

static void take_undefined(void *context)
{
	take(context, AU_CBOR_UNDEFINED, 0);
}

/* Nothing here has a number that is no integer: its value is not kept. */
static void take_float(void *context, float value)
{
	(void)value;
	take(context, AU_CBOR_FLOAT, 0);
}

static void take_double(void *context, double value)
{
	(void)value;
	take(context, AU_CBOR_FLOAT, 0);
}

/* The start of an item without a length, or its end. */
static void take_indefinite(void *context)
{
	((struct head *)context)->indefinite = true;
}

static const struct cbor_callbacks callbacks = {
	.uint8 = take_uint8,
	.uint16 = take_uint16,
	.uint32 = take_uint32,
	.uint64 = take_uint64,
	.negint8 = take_nint8,
	.negint16 = take_nint16,
	.negint32 = take_nint32,
	.negint64 = take_nint64,
	.byte_string = take_bytes,
	.byte_string_start = take_indefinite,
	.string = take_text,
	.string_start = take_indefinite,
	.array_start = take_array,
	.indef_array_start = take_indefinite,
	.map_start = take_map,
	.indef_map_start = take_indefinite,
	.tag = take_tag,
	.float2 = take_float,
	.float4 = take_float,
	.float8 = take_double,
	.undefined = take_undefined,
	.null = take_null,
	.boolean = take_bool,
	.indef_break = take_indefinite,
};

/* libcbor 0.8 calls tags 6 to 20 in their one-byte head unassigned and
 * malformed; COSE's is 18. */
static struct cbor_decoder_result read_head(struct ev_span bytes,
					    struct head *head)
{
	if (bytes.n > 0 && bytes.p[0] >= 0xc0 + 6 && bytes.p[0] <= 0xc0 + 20) {
		take_tag(head, bytes.p[0] - 0xc0u);
		return (struct cbor_decoder_result){
			.read = 1, .status = CBOR_DECODER_FINISHED
		};
	}
	return cbor_stream_decode(bytes.p, bytes.n, &callbacks, head);
}

/* A container whose items are still to come. */
struct frame {
	size_t node;
	uint64_t left;
};

struct parse {
	struct ev_span bytes;
	uint64_t base;
	const char *object;
	struct ev_error *err;
	size_t at;
	struct au_cbor tree;
	size_t room;
	struct frame open[AU_CBOR_DEPTH_MAX];
	size_t depth;
};

static bool fail(struct parse *p, enum ev_code code, const char *field,
		 const char *want, const char *found)
{
	ev_fail(p->err, code, p->object, field, p->base + p->at, want, found);
	return false;
}

static bool is_utf8(struct ev_span text)
{
	while (text.n > 0) {
		size_t n = ev_utf8_length(text);

		if (n == 0)
			return false;
		text = ev_span_sub(text, n, text.n - n);
	}
	return true;
}

static bool check_head(struct parse *p, const struct head *head, size_t read)
{
	size_t left = p->bytes.n - p->at - read;

	if (head->indefinite)
		return fail(p, EV_VALUE, "length", "a definite length",
			    "an indefinite one");
	/* Each item inside takes a byte at least. */
	if (head->wide || head->items > left)
		return fail(p, EV_TRUNCATED, "length",
			    "no more items than bytes follow", "more");
	if (head->items > 0 && p->depth == AU_CBOR_DEPTH_MAX)
		return fail(p, EV_LIMIT, "depth", "at most 32", "more");
	if (head->node.type == AU_CBOR_MAP &&
	    head->node.n > AU_CBOR_MEMBERS_MAX)
		return fail(p, EV_LIMIT, "map", "at most 256 members", "more");
	if (head->node.type == AU_CBOR_TEXT && !is_utf8(head->node.text))
		return fail(p, EV_SYNTAX, "text", "UTF-8", "other bytes");
	return true;
}

static bool append(struct parse *p, const struct head *head)
{
	if (p->tree.n == AU_CBOR_NODES_MAX)
		return fail(p, EV_LIMIT, "items", "at most 65536", "more");
	if (p->tree.n == p->room) {
		size_t room = p->room > 0 ? 2 * p->room : 64;
		struct au_cbor_node *node =
			reallocarray(p->tree.node, room, sizeof(*node));

		if (node == NULL) {
			ev_fail_trouble(p->err, p->object, "out of memory");
			return false;
		}
		p->tree.node = node;
		p->room = room;
	}
	p->tree.node[p->tree.n++] = head->node;
	return true;
}

/* One item's head, and the content of a string. */
static bool read_item(struct parse *p)
{
	struct head head = { .node.extent = 1 };
	struct cbor_decoder_result r = read_head(
		ev_span_sub(p->bytes, p->at, p->bytes.n - p->at), &head);

	if (r.status == CBOR_DECODER_ERROR)
		return fail(p, EV_SYNTAX, "item", "well-formed CBOR",
			    "a reserved head");
	if (r.status != CBOR_DECODER_FINISHED)
		return fail(p, EV_TRUNCATED, "item", "a whole item",
			    "the end of the bytes");
	head.node.offset = p->base + p->at;
	head.node.content = p->base + p->at + r.read - head.node.text.n;
	if (!check_head(p, &head, r.read) || !append(p, &head))
		return false;
	if (p->depth > 0)
		p->open[p->depth - 1].left--;
	if (head.items > 0)
		p->open[p->depth++] =
			(struct frame){ p->tree.n - 1, head.items };
	p->at += r.read;
	return true;
}

static bool same_key(const struct au_cbor_node *a, const struct au_cbor_node *b)
{
	return a->type == b->type && a->value == b->value &&
	       ev_span_eq(a->text, b->text);
}

/* The keys of a map whose items are all there. */
static bool check_keys(struct parse *p, const struct au_cbor_node *map)
{
	const struct au_cbor_node *key = au_cbor_inside(map);

	for (uint32_t i = 0; i < map->n; i++) {
		const struct au_cbor_node *other = au_cbor_inside(map);

		if (key->type != AU_CBOR_UINT && key->type != AU_CBOR_NINT &&
		    key->type != AU_CBOR_TEXT) {
			ev_fail(p->err, EV_VALUE, p->object, "map key",
				key->offset, "an integer or text",
				au_cbor_type_word(key->type));
			return false;
		}
		for (; other != key; other = au_cbor_next(au_cbor_next(other)))
			if (same_key(other, key)) {
				ev_fail(p->err, EV_DUPLICATE, p->object,
					"map key", key->offset, "each key once",
					"one twice");
				return false;
			}
		key = au_cbor_next(au_cbor_next(key));
	}
	return true;
}

static bool close_full(struct parse *p)
{
	while (p->depth > 0 && p->open[p->depth - 1].left == 0) {
		struct au_cbor_node *v =
			&p->tree.node[p->open[--p->depth].node];

		v->extent = (uint32_t)(p->tree.n - (size_t)(v - p->tree.node));
		if (v->type == AU_CBOR_MAP && !check_keys(p, v))
			return false;
	}
	return true;
}

enum ev_code au_cbor_parse(struct ev_span bytes, uint64_t base,
			   const char *object, struct au_cbor *out,
			   struct ev_error *err)
{
	struct parse p = {
		bytes, base, object, err, 0, { 0 }, 0, { { 0 } }, 0
	};
	bool good;

	*out = (struct au_cbor){ 0 };
	if (bytes.n == 0)
		return ev_fail(err, EV_TRUNCATED, object, "item", base,
			       "an item", "no bytes");
	if (bytes.n > AU_CBOR_BYTES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", base,
				   AU_CBOR_BYTES_MAX, bytes.n);
	do
		good = read_item(&p) && close_full(&p);
	while (good && p.depth > 0);
	if (good && p.at < bytes.n)
		good = fail(&p, EV_TRAILING, "item", "the end of the bytes",
			    "more");
	if (!good) {
		au_cbor_free(&p.tree);
		return err->code;
	}
	*out = p.tree;
	return EV_OK;
}

void au_cbor_free(struct au_cbor *tree)
{
	free(tree->node);
	*tree = (struct au_cbor){ 0 };
}
