/* SPDX-License-Identifier: Apache-2.0 */
/* The envelope of Intel's collateral: an object and the signature over it. */
#include "evidence/tcb_info.h"

#include "evidence/base/hex.h"
#include "evidence/base/json.h"
#include "evidence/base/json_scan.h"
#include "evidence/limits.h"
#include "evidence/signed_json.h"

#define SIGNATURE_DIGITS 128

/* The two members, and nothing beside or behind them. */
static bool are_both(struct ev_span item, const char *inner,
		     struct ev_span *slice, struct ev_span *signature)
{
	const char *const names[] = { inner, "signature" };
	struct ev_span values[2];
	struct ev_json_scan behind = { .text = item };
	struct ev_json_extent extent;

	if (!ev_json_members(item, names, values, 2, &extent))
		return false;
	behind.at = extent.end;
	if (extent.n_members != 2 || values[0].p == NULL ||
	    values[1].p == NULL || ev_json_scan_space(&behind))
		return false;
	*slice = values[0];
	*signature = values[1];
	return true;
}

/* Whether text is one JSON value and nothing else. */
static bool scan(struct ev_span text, struct ev_json_scan *s)
{
	*s = (struct ev_json_scan){ .text = text, .integers_only = true };
	if (!ev_json_scan_value(s))
		return false;
	if (ev_json_scan_space(s)) {
		s->code = EV_TRAILING;
		s->field = "end";
		s->want = "nothing behind the object";
		return false;
	}
	return true;
}

/* Why they are not: what is wrong with the text goes first. */
static enum ev_code refuse(struct ev_span item, const char *inner,
			   const char *object, struct ev_error *err)
{
	struct ev_json_scan whole;
	struct ev_span value;

	if (!scan(item, &whole))
		return ev_fail(err, whole.code, object, whole.field, whole.at,
			       whole.want, "other text");
	if (!ev_json_member(item, inner, &value))
		return ev_fail(err, EV_MISSING, object, inner, 0,
			       "the member once", "none, or several");
	if (!ev_json_member(item, "signature", &value))
		return ev_fail(err, EV_MISSING, object, "signature", 0,
			       "the member once", "none, or several");
	return ev_fail(err, EV_VALUE, object, "members", 0,
		       "the signed object and signature alone",
		       "another member");
}

static enum ev_code parse_signature(struct ev_span value, uint64_t offset,
				    const char *object,
				    struct ev_signed_json *out,
				    struct ev_error *err)
{
	struct ev_span hex;

	if (value.n != SIGNATURE_DIGITS + 2 || value.p[0] != '"')
		return ev_fail_text(err, EV_SYNTAX, object, "signature", offset,
				    "a string of 128 hex digits", value);
	hex = ev_span_sub(value, 1, SIGNATURE_DIGITS);
	if (!ev_hex_decode(hex, out->signature, sizeof(out->signature)))
		return ev_fail_text(err, EV_SYNTAX, object, "signature", offset,
				    "a string of 128 hex digits", value);
	out->signature_hex = hex;
	return EV_OK;
}

/* Whether v is the member of that name, spelled without an escape. */
static bool is_spelled(struct ev_span item, const struct ev_nodes *nodes,
		       const struct ev_node *v, const char *name)
{
	size_t at = (size_t)((const char *)v->name.p - nodes->text);
	struct ev_span spelled = ev_span_sub(item, at, v->name.n);

	return ev_span_eq(v->name, ev_span_str(name)) &&
	       ev_span_eq(spelled, v->name) && item.p[at + v->name.n] == '"';
}

static struct ev_span place_of(struct ev_span item, const struct ev_node *v)
{
	return ev_span_sub(item, v->at, v->size);
}

/* What Intel serves, in one walk.  False: anything else, and nothing is said
 * of it. */
static bool parse_whole(struct ev_span item, const char *inner,
			struct ev_signed_json *s)
{
	struct ev_error unsaid = { 0 };
	const struct ev_node *first, *second;
	bool swapped;

	if (ev_nodes_parse(item, EV_COLLATERAL_MAX, inner, &s->nodes,
			   &unsaid) != EV_OK ||
	    s->nodes.root->type != EV_NODE_OBJECT || s->nodes.root->n != 2)
		return false;
	first = ev_node_inside(s->nodes.root);
	second = ev_node_next(first);
	swapped = is_spelled(item, &s->nodes, second, inner);
	s->root = swapped ? second : first;
	second = swapped ? first : second;
	if (!is_spelled(item, &s->nodes, s->root, inner) ||
	    !is_spelled(item, &s->nodes, second, "signature") ||
	    s->root->type != EV_NODE_OBJECT)
		return false;
	s->slice = place_of(item, s->root);
	return parse_signature(place_of(item, second), 0, inner, s, &unsaid) ==
	       EV_OK;
}

/* The slice alone; offsets of a refusal are the item's. */
static enum ev_code load_slice(struct ev_span item, const char *object,
			       struct ev_signed_json *s, struct ev_error *err)
{
	bool fresh = err->code == EV_OK;

	if (ev_nodes_parse(s->slice, EV_COLLATERAL_MAX, object, &s->nodes,
			   err) == EV_OK) {
		s->root = s->nodes.root;
		return EV_OK;
	}
	if (fresh)
		err->offset += (uint64_t)(s->slice.p - item.p);
	return err->code;
}

/* Piece by piece, to say what is wrong. */
static enum ev_code parse_pieces(struct ev_span item, const char *inner,
				 const char *object, struct ev_signed_json *s,
				 struct ev_error *err)
{
	struct ev_span value;

	if (item.n > EV_COLLATERAL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_COLLATERAL_MAX, item.n);
	if (!are_both(item, inner, &s->slice, &value))
		return refuse(item, inner, object, err);
	if (s->slice.p[0] != '{')
		return ev_fail(err, EV_SYNTAX, object, inner,
			       (uint64_t)(s->slice.p - item.p), "an object",
			       "another value");
	if (parse_signature(value, (uint64_t)(value.p - item.p), object, s,
			    err) != EV_OK)
		return err->code;
	return load_slice(item, object, s, err);
}

enum ev_code ev_signed_json_parse(struct ev_span item, const char *inner,
				  const char *object,
				  struct ev_signed_json *out,
				  struct ev_error *err)
{
	struct ev_signed_json s = { 0 };

	if (!parse_whole(item, inner, &s)) {
		ev_nodes_free(&s.nodes);
		s = (struct ev_signed_json){ 0 };
		if (parse_pieces(item, inner, object, &s, err) != EV_OK)
			return err->code;
	}
	*out = s;
	return EV_OK;
}
