/* SPDX-License-Identifier: Apache-2.0 */
/* Keys of a set: numbers and certificates, decoded once. */
#include "evidence/jwks.h"

#include "evidence/base/base64.h"
#include "evidence/limits.h"
#include "evidence/path.h"

#include <stdlib.h>

static const char object[] = "jwks";
static const char key_object[] = "jwks.key";

/* One key while it is read. */
struct load {
	struct ev_jwk *key;
	uint8_t **storage; /* where the next decoded bytes go */
};

static enum ev_code refuse(struct load *l, enum ev_code code, const char *field,
			   const struct ev_node *at, const char *want,
			   const char *found)
{
	return ev_fail(&l->key->refused, code, key_object, field,
		       at != NULL ? at->at : l->key->offset, want, found);
}

/* A member that may lack; its text, p NULL where it does. */
static enum ev_code text_member(struct load *l, const char *name,
				struct ev_span *out)
{
	const struct ev_node *v = ev_node_member(l->key->node, name);

	*out = (struct ev_span){ NULL, 0 };
	if (v == NULL)
		return EV_OK;
	if (v->type != EV_NODE_STRING)
		return refuse(l, EV_SYNTAX, name, v, "a string",
			      ev_node_type_word(v));
	*out = v->text;
	return EV_OK;
}

/* The bytes of a text are never more than the text. */
static bool decode(struct load *l, enum ev_base64 form, struct ev_span text,
		   struct ev_span *out)
{
	size_t n = 0;

	if (!ev_base64_decode(form, text, *l->storage, &n))
		return false;
	*out = ev_span_of(*l->storage, n);
	*l->storage += ev_base64_decoded_max(text.n);
	return true;
}

/* Two members that are numbers: both, or neither (has is false then). */
static enum ev_code number_pair(struct load *l, const char *const names[2],
				struct ev_span out[2], bool *has)
{
	struct ev_span text[2];

	for (size_t i = 0; i < 2; i++)
		if (text_member(l, names[i], &text[i]) != EV_OK)
			return l->key->refused.code;
	*has = text[0].p != NULL || text[1].p != NULL;
	for (size_t i = 0; *has && i < 2; i++) {
		if (text[i].p == NULL)
			return refuse(l, EV_MISSING, names[i], NULL,
				      "both numbers of a key", "one");
		if (!decode(l, EV_BASE64_URL, text[i], &out[i]))
			return refuse(l, EV_SYNTAX, names[i],
				      ev_node_member(l->key->node, names[i]),
				      "base64url in its one spelling",
				      "another text");
	}
	return EV_OK;
}

static struct ev_span without_zeros(struct ev_span number)
{
	while (number.n > 0 && number.p[0] == 0)
		number = ev_span_sub(number, 1, number.n - 1);
	return number;
}

static enum ev_code read_rsa(struct load *l)
{
	static const char *const names[] = { "n", "e" };
	struct ev_span v[2];

	if (number_pair(l, names, v, &l->key->has_numbers) != EV_OK)
		return l->key->refused.code;
	if (!l->key->has_numbers)
		return EV_OK;
	l->key->key =
		ev_public_key_rsa(without_zeros(v[0]), without_zeros(v[1]));
	if (!ev_public_key_is_there(&l->key->key))
		return refuse(l, EV_VALUE, "e",
			      ev_node_member(l->key->node, "e"),
			      "a modulus, an exponent of at most 8 bytes",
			      "other numbers");
	return EV_OK;
}

/* RFC 7518 6.2.1.2: coordinates are of the curve's width. */
static enum ev_code read_ec(struct load *l)
{
	static const char *const names[] = { "x", "y" };
	const struct ev_curve *curve;
	struct ev_span name, v[2];

	if (number_pair(l, names, v, &l->key->has_numbers) != EV_OK)
		return l->key->refused.code;
	if (!l->key->has_numbers)
		return EV_OK;
	if (text_member(l, "crv", &name) != EV_OK)
		return l->key->refused.code;
	curve = ev_curve_named(name);
	if (curve == NULL)
		return ev_fail_text(&l->key->refused, EV_VALUE, key_object,
				    "crv", l->key->offset,
				    "P-256, P-384 or P-521", name);
	for (size_t i = 0; i < 2; i++)
		if (v[i].n != curve->width)
			return ev_fail_u64(
				&l->key->refused, EV_VALUE, key_object,
				names[i],
				ev_node_member(l->key->node, names[i])->at,
				curve->width, v[i].n);
	l->key->key = ev_public_key_ec(curve, v[0], v[1]);
	return EV_OK;
}

static enum ev_code read_x5c(struct load *l)
{
	const struct ev_node *list = ev_node_member(l->key->node, "x5c"),
			     *first;

	if (list == NULL)
		return EV_OK;
	if (list->type != EV_NODE_ARRAY || list->n == 0)
		return refuse(l, EV_SYNTAX, "x5c", list, "an array of texts",
			      list->type != EV_NODE_ARRAY
				      ? ev_node_type_word(list)
				      : "an empty one");
	first = ev_node_inside(list);
	if (first->type != EV_NODE_STRING)
		return refuse(l, EV_SYNTAX, "x5c", first, "a string",
			      ev_node_type_word(first));
	if (first->text.n > EV_X5C_TEXT_MAX)
		return refuse(l, EV_LIMIT, "x5c", first,
			      "a certificate of at most 64 KiB",
			      "a larger one");
	if (!decode(l, EV_BASE64_STD, first->text, &l->key->cert_der))
		return refuse(l, EV_SYNTAX, "x5c", first, "base64",
			      "another text");
	if (!ev_x509_spki(l->key->cert_der, &l->key->spki))
		return refuse(l, EV_SYNTAX, "x5c", first, "a certificate",
			      "another text");
	l->key->x5c = list;
	return EV_OK;
}

/* RFC 7517 4.3. */
static enum ev_code read_key_ops(struct load *l)
{
	const struct ev_node *list = ev_node_member(l->key->node, "key_ops");
	const struct ev_node *v;

	if (list == NULL)
		return EV_OK;
	if (list->type != EV_NODE_ARRAY)
		return refuse(l, EV_SYNTAX, "key_ops", list, "an array",
			      ev_node_type_word(list));
	v = ev_node_inside(list);
	for (uint32_t i = 0; i < list->n; i++, v = ev_node_next(v))
		if (v->type != EV_NODE_STRING)
			return refuse(l, EV_SYNTAX, "key_ops", v, "strings",
				      ev_node_type_word(v));
	l->key->key_ops = list;
	return EV_OK;
}

bool ev_jwk_may_verify(const struct ev_jwk *key)
{
	const struct ev_node *v;

	if (key->use.p != NULL && !ev_span_eq(key->use, EV_SPAN_LITERAL("sig")))
		return false;
	if (key->key_ops == NULL)
		return true;
	v = ev_node_inside(key->key_ops);
	for (uint32_t i = 0; i < key->key_ops->n; i++, v = ev_node_next(v))
		if (ev_span_eq(v->text, EV_SPAN_LITERAL("verify")))
			return true;
	return false;
}

/* What x5c adds to the numbers, or stands in for. */
static enum ev_code join(struct load *l)
{
	struct ev_jwk *k = l->key;
	struct ev_public_key of_cert;

	k->key_twice_equal = true;
	if (k->x5c == NULL)
		return k->has_numbers
			       ? EV_OK
			       : refuse(l, EV_MISSING, "x5c", NULL,
					"numbers of a key, or a certificate",
					"neither");
	of_cert = ev_public_key_of_spki(k->spki);
	if (!k->has_numbers) {
		k->key = of_cert;
		return ev_public_key_is_there(&of_cert)
			       ? EV_OK
			       : refuse(l, EV_VALUE, "x5c", k->x5c,
					"a certificate of an RSA or EC key",
					"another key");
	}
	k->key_twice_equal = ev_public_key_eq(&k->key, &of_cert);
	if (!k->key_twice_equal)
		return refuse(l, EV_VALUE, "x5c", k->x5c,
			      "a certificate of the key that the numbers say",
			      "another key");
	return EV_OK;
}

static enum ev_code read_key(struct load *l)
{
	struct ev_jwk *k = l->key;
	struct ev_span kty;
	bool is_ec;

	k->offset = k->node->at;
	k->size = k->node->size;
	if (text_member(l, "kid", &k->kid) != EV_OK ||
	    text_member(l, "alg", &k->alg) != EV_OK ||
	    text_member(l, "use", &k->use) != EV_OK ||
	    read_key_ops(l) != EV_OK || text_member(l, "kty", &kty) != EV_OK)
		return k->refused.code;
	is_ec = ev_span_eq(kty, EV_SPAN_LITERAL("EC"));
	if (!is_ec && !ev_span_eq(kty, EV_SPAN_LITERAL("RSA")))
		return ev_fail_text(&k->refused, EV_VALUE, key_object, "kty",
				    k->offset, "RSA or EC", kty);
	if ((is_ec ? read_ec(l) : read_rsa(l)) != EV_OK || read_x5c(l) != EV_OK)
		return k->refused.code;
	return join(l);
}

static enum ev_code read_keys(struct ev_jwks *j, struct ev_error *err)
{
	const struct ev_node *keys, *v;
	struct load l;
	uint8_t *storage;

	if (ev_node_get_array(j->nodes.root, object, "keys", EV_JWKS_KEYS_MAX,
			      &keys, err) != EV_OK)
		return err->code;
	j->key = calloc(keys->n + 1, sizeof(*j->key));
	j->storage = malloc(j->item.n + 1);
	if (j->key == NULL || j->storage == NULL)
		return ev_fail_trouble(err, object, "memory");
	storage = j->storage;
	v = ev_node_inside(keys);
	for (; j->n < keys->n; j->n++, v = ev_node_next(v)) {
		if (v->type != EV_NODE_OBJECT)
			return ev_fail(err, EV_SYNTAX, object, "keys", v->at,
				       "objects", ev_node_type_word(v));
		l = (struct load){ &j->key[j->n], &storage };
		l.key->node = v;
		read_key(&l);
	}
	return EV_OK;
}

enum ev_code ev_jwks_parse(struct ev_span item, struct ev_jwks *out,
			   struct ev_error *err)
{
	struct ev_jwks j = { .item = item };

	if (ev_nodes_parse_numbers(item, EV_COLLATERAL_MAX, object, &j.nodes,
				   err) != EV_OK)
		return err->code;
	if (read_keys(&j, err) != EV_OK) {
		ev_jwks_free(&j);
		return err->code;
	}
	*out = j;
	return EV_OK;
}

void ev_jwks_free(struct ev_jwks *jwks)
{
	ev_nodes_free(&jwks->nodes);
	free(jwks->key);
	free(jwks->storage);
	*jwks = (struct ev_jwks){ .n = 0 };
}

const struct ev_jwk *ev_jwks_find(const struct ev_jwks *jwks,
				  struct ev_span kid, size_t *n)
{
	const struct ev_jwk *first = NULL;

	*n = 0;
	for (size_t i = 0; i < jwks->n; i++) {
		const struct ev_jwk *k = &jwks->key[i];

		if (k->kid.p == NULL || !ev_span_eq(k->kid, kid))
			continue;
		if (first == NULL)
			first = k;
		++*n;
	}
	return first;
}
