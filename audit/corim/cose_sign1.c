/* SPDX-License-Identifier: Apache-2.0 */
/* COSE_Sign1 around or beside a CoRIM. */
#include "audit/corim/cose_sign1.h"

#include <cbor.h>

static const char object[] = "cose_sign1";
static const char header[] = "cose_sign1.protected";

enum { TAG_TIME = 1, TAG_SIGN1 = 18 };
enum {
	ALG = 1,
	CRIT = 2,
	CONTENT_TYPE = 3,
	CORIM_META = 8,
	CWT_CLAIMS = 15,
	X5BAG = 32,
	X5CHAIN = 33,
	PAYLOAD_HASH_ALG = 258,
};

static const struct {
	int64_t number;
	const char *name;
	bool igvm;
} algorithms[] = {
	{ -7, "ES256", false },
	{ -35, "ES384", false },
	{ -38, "PS384", true },
};

static enum ev_code read_alg(const struct au_cbor_node *map,
			     enum au_cose_use use, struct au_cose_sign1 *s,
			     struct ev_error *err)
{
	const struct au_cbor_node *v = au_cbor_member(map, ALG);
	const char *want = use == AU_COSE_IGVM
				   ? "-38 (PS384)"
				   : "-38 (PS384), -35 (ES384) or -7 (ES256)";

	if (v == NULL)
		return ev_fail(err, EV_MISSING, header, "alg", map->offset,
			       want, "none");
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (au_cbor_is_int(v, algorithms[i].number) &&
		    (use != AU_COSE_IGVM || algorithms[i].igvm)) {
			s->alg = algorithms[i].number;
			s->algorithm = ev_jws_algorithm_named(
				ev_span_str(algorithms[i].name));
			return EV_OK;
		}
	return ev_fail(err, EV_VALUE, header, "alg", v->offset, want,
		       "another algorithm");
}

static enum ev_code read_content_type(const struct au_cbor_node *map,
				      struct ev_error *err)
{
	static const char want[] = "application/rim+cbor";
	const struct au_cbor_node *v = au_cbor_member(map, CONTENT_TYPE);

	if (v == NULL)
		return EV_OK;
	if (au_cbor_want(v, AU_CBOR_TEXT, header, "content type", err) != EV_OK)
		return err->code;
	if (!ev_span_eq(v->text, ev_span_str(want)))
		return ev_fail_text(err, EV_VALUE, header, "content type",
				    v->content, want, v->text);
	return EV_OK;
}

/* x5chain or x5bag (RFC 9360, 2): a certificate, or an array of them. */
static enum ev_code read_certs(const struct au_cbor_node *map,
			       struct au_cose_sign1 *s, struct ev_error *err)
{
	const struct au_cbor_node *chain = au_cbor_member(map, X5CHAIN),
				  *v = au_cbor_member(map, X5BAG);
	uint32_t n = 1;

	if (chain != NULL && v != NULL)
		return ev_fail(err, EV_DUPLICATE, header, "certificates",
			       v->offset, "x5chain or x5bag", "both");
	s->is_bag = chain == NULL;
	v = chain != NULL ? chain : v;
	if (v == NULL)
		return ev_fail(err, EV_MISSING, header, "certificates",
			       map->offset, "x5chain or x5bag", "none");
	if (v->type == AU_CBOR_ARRAY) {
		n = v->n;
		if (n == 0 || n > AU_COSE_CERTS_MAX)
			return ev_fail_u64(err, EV_LIMIT, header,
					   "certificates", v->offset,
					   AU_COSE_CERTS_MAX, n);
		v = au_cbor_inside(v);
	}
	for (uint32_t i = 0; i < n; i++, v = au_cbor_next(v)) {
		if (au_cbor_want(v, AU_CBOR_BYTES, header, "certificates",
				 err) != EV_OK)
			return err->code;
		s->cert[i] = v->text;
		s->cert_offset[i] = v->content;
	}
	s->n_certs = n;
	return EV_OK;
}

/* A time that may be absent: an integer, or tag 1 with one. */
static enum ev_code read_time(const struct au_cbor_node *map, int64_t key,
			      const char *field, bool *has, int64_t *out,
			      struct ev_error *err)
{
	const struct au_cbor_node *v = au_cbor_member(map, key);

	*has = v != NULL;
	if (v == NULL)
		return EV_OK;
	if (v->type == AU_CBOR_TAG && v->value == TAG_TIME)
		v = au_cbor_inside(v);
	if (au_cbor_int(v, out))
		return EV_OK;
	return ev_fail(err, EV_SYNTAX, header, field, v->offset,
		       "whole seconds since 1970", au_cbor_type_word(v->type));
}

/* {0: {0: name}, 1: {0: not before, 1: not after}} in a byte string */
static enum ev_code read_meta(const struct au_cbor_node *bytes,
			      struct au_cose_sign1 *s, struct ev_error *err)
{
	static const char field[] = "corim-meta";
	au_auto_cbor struct au_cbor tree = { 0 };
	const struct au_cbor_node *signer = NULL, *name = NULL, *window;

	if (au_cbor_want(bytes, AU_CBOR_BYTES, header, field, err) != EV_OK ||
	    au_cbor_parse(bytes->text, bytes->content, field, &tree, err) !=
		    EV_OK ||
	    au_cbor_get(tree.node, 0, AU_CBOR_MAP, header, "corim-meta signer",
			&signer, err) != EV_OK ||
	    au_cbor_get(signer, 0, AU_CBOR_TEXT, header, "corim-meta name",
			&name, err) != EV_OK)
		return err->code;
	s->signer = name->text;
	window = au_cbor_member(tree.node, 1);
	if (window == NULL)
		return EV_OK;
	if (au_cbor_want(window, AU_CBOR_MAP, header, "corim-meta validity",
			 err) != EV_OK ||
	    read_time(window, 0, "corim-meta not-before",
		      &s->meta.has_not_before, &s->meta.not_before,
		      err) != EV_OK)
		return err->code;
	return read_time(window, 1, "corim-meta not-after",
			 &s->meta.has_not_after, &s->meta.not_after, err);
}

/* RFC 9597: {1: iss, 4: exp, 5: nbf} */
static enum ev_code read_claims(const struct au_cbor_node *claims,
				struct au_cose_sign1 *s, struct ev_error *err)
{
	const struct au_cbor_node *issuer = NULL;

	if (au_cbor_want(claims, AU_CBOR_MAP, header, "CWT claims", err) !=
		    EV_OK ||
	    au_cbor_get(claims, 1, AU_CBOR_TEXT, header, "CWT iss", &issuer,
			err) != EV_OK)
		return err->code;
	s->issuer = issuer->text;
	if (read_time(claims, 5, "CWT nbf", &s->claims.has_not_before,
		      &s->claims.not_before, err) != EV_OK)
		return err->code;
	return read_time(claims, 4, "CWT exp", &s->claims.has_not_after,
			 &s->claims.not_after, err);
}

static enum ev_code read_statement(const struct au_cbor_node *map,
				   struct au_cose_sign1 *s,
				   struct ev_error *err)
{
	const struct au_cbor_node *meta = au_cbor_member(map, CORIM_META),
				  *claims = au_cbor_member(map, CWT_CLAIMS);

	if (meta == NULL && claims == NULL)
		return ev_fail(err, EV_MISSING, header, "corim-meta",
			       map->offset, "corim-meta or CWT claims",
			       "neither");
	if (meta != NULL && read_meta(meta, s, err) != EV_OK)
		return err->code;
	return claims != NULL ? read_claims(claims, s, err) : EV_OK;
}

/* Headers that change what a signature means, and that nobody here heeds. */
static enum ev_code refuse_unheeded(const struct au_cbor_node *map,
				    struct ev_error *err)
{
	const struct au_cbor_node *v = au_cbor_member(map, CRIT);

	if (v != NULL)
		return ev_fail(err, EV_VALUE, header, "crit", v->offset,
			       "no critical header", "some");
	v = au_cbor_member(map, PAYLOAD_HASH_ALG);
	if (v != NULL)
		return ev_fail(err, EV_VALUE, header, "payload hash algorithm",
			       v->offset, "a payload that is the document",
			       "its digest");
	return EV_OK;
}

static enum ev_code read_protected(struct au_cbor_node const *bytes,
				   enum au_cose_use use,
				   struct au_cose_sign1 *s,
				   struct ev_error *err)
{
	au_auto_cbor struct au_cbor tree = { 0 };
	const struct au_cbor_node *map;

	if (au_cbor_want(bytes, AU_CBOR_BYTES, object, "protected", err) !=
		    EV_OK ||
	    au_cbor_parse(bytes->text, bytes->content, header, &tree, err) !=
		    EV_OK)
		return err->code;
	map = tree.node;
	if (au_cbor_want(map, AU_CBOR_MAP, header, "headers", err) != EV_OK ||
	    refuse_unheeded(map, err) != EV_OK ||
	    read_alg(map, use, s, err) != EV_OK ||
	    read_content_type(map, err) != EV_OK ||
	    read_certs(map, s, err) != EV_OK ||
	    read_statement(map, s, err) != EV_OK)
		return err->code;
	s->headers = bytes->text;
	return EV_OK;
}

/* What nobody signed must not say what the signed headers say. */
static enum ev_code check_unprotected(const struct au_cbor_node *map,
				      enum au_cose_use use,
				      struct ev_error *err)
{
	static const int64_t signed_only[] = {
		ALG, CRIT, CONTENT_TYPE, CORIM_META, CWT_CLAIMS, X5BAG, X5CHAIN
	};

	if (au_cbor_want(map, AU_CBOR_MAP, object, "unprotected", err) != EV_OK)
		return err->code;
	if (use == AU_COSE_IGVM && map->n > 0)
		return ev_fail_u64(err, EV_VALUE, object, "unprotected",
				   map->offset, 0, map->n);
	for (size_t i = 0; i < sizeof(signed_only) / sizeof(signed_only[0]);
	     i++) {
		const struct au_cbor_node *v =
			au_cbor_member(map, signed_only[i]);

		if (v != NULL)
			return ev_fail(err, EV_VALUE, object, "unprotected",
				       v->offset, "nothing that must be signed",
				       "a header of the protected ones");
	}
	return EV_OK;
}

static enum ev_code read_payload(const struct au_cbor_node *v,
				 enum au_cose_use use, struct au_cose_sign1 *s,
				 struct ev_error *err)
{
	enum au_cbor_type want =
		use == AU_COSE_ATTACHED ? AU_CBOR_BYTES : AU_CBOR_NULL;

	if (au_cbor_want(v, want, object, "payload", err) != EV_OK)
		return err->code;
	s->payload = v->text;
	s->payload_offset = v->content;
	return EV_OK;
}

enum ev_code au_cose_sign1_parse(struct ev_span bytes, uint64_t base,
				 enum au_cose_use use,
				 struct au_cose_sign1 *out,
				 struct ev_error *err)
{
	au_auto_cbor struct au_cbor tree = { 0 };
	const struct au_cbor_node *array = NULL, *v;
	struct au_cose_sign1 s = { 0 };

	if (au_cbor_parse(bytes, base, object, &tree, err) != EV_OK ||
	    au_cbor_tagged(tree.node, TAG_SIGN1, AU_CBOR_ARRAY, object,
			   "document", &array, err) != EV_OK ||
	    au_cbor_array_of(array, 4, object, "document", err) != EV_OK)
		return err->code;
	v = au_cbor_inside(array);
	if (read_protected(v, use, &s, err) != EV_OK)
		return err->code;
	v = au_cbor_next(v);
	if (check_unprotected(v, use, err) != EV_OK)
		return err->code;
	v = au_cbor_next(v);
	if (read_payload(v, use, &s, err) != EV_OK)
		return err->code;
	v = au_cbor_next(v);
	if (au_cbor_want(v, AU_CBOR_BYTES, object, "signature", err) != EV_OK)
		return err->code;
	s.signature = v->text;
	s.signature_offset = v->content;
	*out = s;
	return EV_OK;
}

static void add_bytes(struct ev_buffer *out, struct ev_span bytes)
{
	uint8_t head[9];
	size_t n = cbor_encode_bytestring_start(bytes.n, head, sizeof(head));

	ev_buffer_add(out, ev_span_of(head, n));
	ev_buffer_add(out, bytes);
}

bool au_cose_sign1_message(const struct au_cose_sign1 *sign,
			   struct ev_span payload, struct ev_buffer *out)
{
	/* An array of four, and a text of ten bytes. */
	ev_buffer_add_str(out, "\x84\x6aSignature1");
	add_bytes(out, sign->headers);
	add_bytes(out, (struct ev_span){ NULL, 0 });
	add_bytes(out, payload);
	return ev_buffer_ok(out);
}
