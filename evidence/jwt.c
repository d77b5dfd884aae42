/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens: three parts, decoded strictly, and what their header says. */
#include "evidence/jwt.h"

#include "evidence/base/base64.h"
#include "evidence/base/numeric_date.h"
#include "evidence/limits.h"

#include <stdlib.h>

static const char object[] = "jwt";
static const char header_object[] = "jwt.header";
static const char payload_object[] = "jwt.payload";

/* The text up to the next dot, which is taken off too. */
static bool next_part(struct ev_span *left, struct ev_span *out)
{
	const uint8_t *dot = left->n > 0 ? memchr(left->p, '.', left->n) : NULL;
	size_t n = dot != NULL ? (size_t)(dot - left->p) : left->n;

	*out = ev_span_sub(*left, 0, n);
	*left = ev_span_sub(*left, n, left->n - n);
	if (dot == NULL)
		return false;
	*left = ev_span_sub(*left, 1, left->n - 1);
	return true;
}

static enum ev_code refuse_parts(struct ev_error *err)
{
	return ev_fail(err, EV_SYNTAX, object, "parts", 0,
		       "three parts with dots between them", "another text");
}

static enum ev_code split(struct ev_jwt *t, struct ev_error *err)
{
	struct ev_span left = t->item;
	bool three = next_part(&left, &t->header_text) &&
		     next_part(&left, &t->payload_text) &&
		     !next_part(&left, &t->signature_text);

	if (!three || t->header_text.n == 0 || t->payload_text.n == 0)
		return refuse_parts(err);
	return EV_OK;
}

/* Decodes a part to `to`. */
static enum ev_code decode(const struct ev_jwt *t, struct ev_span text,
			   const char *field, uint8_t *to, struct ev_span *out,
			   struct ev_error *err)
{
	uint64_t at = text.n > 0 ? (uint64_t)(text.p - t->item.p) : t->item.n;
	size_t n = 0;

	if (!ev_base64_decode(EV_BASE64_URL, text, to, &n))
		return ev_fail(err, EV_SYNTAX, object, field, at,
			       "base64url in its one spelling", "another text");
	*out = ev_span_of(to, n);
	return EV_OK;
}

static enum ev_code decode_parts(struct ev_jwt *t, struct ev_error *err)
{
	size_t payload_at = ev_base64_decoded_max(t->header_text.n);
	size_t signature_at =
		payload_at + ev_base64_decoded_max(t->payload_text.n);

	t->storage = malloc(signature_at +
			    ev_base64_decoded_max(t->signature_text.n) + 1);
	if (t->storage == NULL)
		return ev_fail_trouble(err, object, "memory");
	if (decode(t, t->header_text, "header", t->storage, &t->header, err) !=
		    EV_OK ||
	    decode(t, t->payload_text, "payload", t->storage + payload_at,
		   &t->payload, err) != EV_OK)
		return err->code;
	return decode(t, t->signature_text, "signature",
		      t->storage + signature_at, &t->signature, err);
}

static enum ev_code parse_object(struct ev_span text, const char *name,
				 struct ev_nodes *out, struct ev_error *err)
{
	if (ev_nodes_parse_numbers(text, EV_COLLATERAL_MAX, name, out, err) !=
	    EV_OK)
		return err->code;
	if (out->root->type != EV_NODE_OBJECT)
		return ev_fail(err, EV_SYNTAX, name, "text", 0, "a JSON object",
			       ev_node_type_word(out->root));
	return EV_OK;
}

/* Extensions that a reader must understand, and this one has none. */
static enum ev_code refuse_extensions(const struct ev_node *header,
				      struct ev_error *err)
{
	static const char *const names[] = { "crit", "b64" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct ev_node *v = ev_node_member(header, names[i]);

		if (v != NULL)
			return ev_fail(err, EV_VALUE, header_object, names[i],
				       v->at, "no such member", "one");
	}
	return EV_OK;
}

/* A member that may lack, of that type. */
static enum ev_code member(const struct ev_node *header, const char *name,
			   enum ev_node_type type, const char *want,
			   const struct ev_node **out, struct ev_error *err)
{
	const struct ev_node *v = ev_node_member(header, name);

	if (v != NULL && v->type != type)
		return ev_fail(err, EV_SYNTAX, header_object, name, v->at, want,
			       ev_node_type_word(v));
	*out = v;
	return EV_OK;
}

static enum ev_code read_header(struct ev_jwt *t, struct ev_error *err)
{
	const struct ev_node *header = t->header_nodes.root, *v;
	struct {
		const char *name;
		struct ev_span *to;
	} rows[] = {
		{ "alg", &t->alg },
		{ "kid", &t->kid },
		{ "typ", &t->typ },
		{ "jku", &t->jku },
	};

	if (refuse_extensions(header, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (member(header, rows[i].name, EV_NODE_STRING, "a string", &v,
			   err) != EV_OK)
			return err->code;
		if (v != NULL)
			*rows[i].to = v->text;
	}
	if (t->alg.p == NULL)
		return ev_fail(err, EV_MISSING, header_object, "alg", 0,
			       "a string", "nothing");
	return member(header, "x5c", EV_NODE_ARRAY, "an array", &t->x5c, err);
}

static enum ev_code parse_parts(struct ev_jwt *t, struct ev_error *err)
{
	if (decode_parts(t, err) != EV_OK ||
	    parse_object(t->header, header_object, &t->header_nodes, err) !=
		    EV_OK ||
	    read_header(t, err) != EV_OK)
		return err->code;
	/* RFC 7515, A.5: an unsecured token ends in its second dot. */
	if (t->signature_text.n == 0 &&
	    !ev_span_eq(t->alg, EV_SPAN_LITERAL("none")))
		return refuse_parts(err);
	return parse_object(t->payload, payload_object, &t->payload_nodes, err);
}

enum ev_code ev_jwt_parse(struct ev_span item, struct ev_jwt *out,
			  struct ev_error *err)
{
	struct ev_jwt t = { .item = item };

	if (item.n > EV_COLLATERAL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   EV_COLLATERAL_MAX, item.n);
	if (split(&t, err) != EV_OK)
		return err->code;
	if (parse_parts(&t, err) != EV_OK) {
		ev_jwt_free(&t);
		return err->code;
	}
	*out = t;
	return EV_OK;
}

void ev_jwt_free(struct ev_jwt *jwt)
{
	ev_nodes_free(&jwt->header_nodes);
	ev_nodes_free(&jwt->payload_nodes);
	free(jwt->storage);
	*jwt = (struct ev_jwt){ .storage = NULL };
}

const struct ev_node *ev_jwt_claim(const struct ev_jwt *jwt,
				   const char *const *path)
{
	const struct ev_node *v = jwt->payload_nodes.root;

	for (; v != NULL && *path != NULL; path++)
		v = ev_node_member(v, *path);
	return v;
}

bool ev_jwt_text(const struct ev_jwt *jwt, const char *const *path,
		 struct ev_span *out)
{
	const struct ev_node *v = ev_jwt_claim(jwt, path);

	if (v == NULL || v->type != EV_NODE_STRING)
		return false;
	*out = v->text;
	return true;
}

struct ev_span ev_jwt_signed(const struct ev_jwt *jwt)
{
	return ev_span_sub(jwt->item, 0,
			   jwt->header_text.n + 1 + jwt->payload_text.n);
}

enum ev_code ev_jwt_times(const struct ev_jwt *jwt, struct ev_jwt_times *out,
			  struct ev_error *err)
{
	struct ev_jwt_times t = { .has_iat = false };
	struct {
		const char *name;
		bool *has;
		int64_t *to;
	} rows[] = {
		{ "iat", &t.has_iat, &t.iat },
		{ "nbf", &t.has_nbf, &t.nbf },
		{ "exp", &t.has_exp, &t.exp },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ev_node *v =
			ev_node_member(jwt->payload_nodes.root, rows[i].name);

		if (v == NULL)
			continue;
		if (ev_numeric_date_read(v, payload_object, rows[i].name,
					 rows[i].to, err) != EV_OK)
			return err->code;
		*rows[i].has = true;
	}
	*out = t;
	return EV_OK;
}
