/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets of a case. */
#include "replay/key_set.h"

#include "evidence/base/base64.h"
#include "evidence/base/hex.h"
#include "evidence/base/pem.h"
#include "evidence/key_digest.h"
#include "evidence/limits.h"
#include "replay/link.h"

#include <stdlib.h>

static const char begin[] = "-----BEGIN";

/* --- certificates --- */

static enum ev_code refuse(struct rp_x5c *x, const struct ev_node *at,
			   enum ev_code code, const char *want,
			   const char *found)
{
	x->parsed.code = ev_fail(&x->parsed.err, code, "x5c", "certificate",
				 at->at, want, found);
	return x->parsed.code;
}

/* Google's entries are PEM text, which RFC 7515 4.1.6 does not have. */
static enum ev_code decode_pem(struct rp_x5c *x, const struct ev_node *v,
			       uint8_t *to, size_t *n)
{
	struct ev_pem_list list = { .n_blocks = 0 };

	if (ev_pem_list_parse(v->text, v->at, "CERTIFICATE", &list,
			      &x->parsed.err) != EV_OK)
		x->parsed.code = x->parsed.err.code;
	else if (list.n_blocks != 1)
		refuse(x, v, EV_VALUE, "one certificate an entry", "more");
	else {
		*n = list.block[0].der.n;
		memcpy(to, list.block[0].der.p, *n);
	}
	ev_pem_list_free(&list);
	return x->parsed.code;
}

static enum ev_code decode(struct rp_x5c *x, const struct ev_node *v,
			   uint8_t *to, size_t *n)
{
	if (v->type != EV_NODE_STRING)
		return refuse(x, v, EV_SYNTAX, "a string",
			      ev_node_type_word(v));
	if (v->text.n > EV_X5C_TEXT_MAX)
		return refuse(x, v, EV_LIMIT, "at most 64 KiB", "more");
	if (v->text.n > sizeof(begin) &&
	    memcmp(v->text.p, begin, sizeof(begin) - 1) == 0)
		return decode_pem(x, v, to, n);
	if (!ev_base64_decode(EV_BASE64_STD, v->text, to, n))
		return refuse(x, v, EV_SYNTAX, "base64", "another text");
	return EV_OK;
}

/* Bytes are never more than the text they are decoded from. */
static enum ev_code read_certs(struct ev_crypto *crypto, struct rp_x5c *x,
			       const struct ev_node *list)
{
	const struct ev_node *v = ev_node_inside(list);
	size_t at = 0, n = 0;

	if (list->n == 0 || list->n > EV_PATH_MAX)
		return refuse(x, list, EV_LIMIT, "one to eight certificates",
			      list->n == 0 ? "none" : "more");
	x->der = malloc(list->size);
	if (x->der == NULL)
		return EV_TROUBLE;
	for (uint32_t i = 0; i < list->n; i++, v = ev_node_next(v), at += n) {
		if (decode(x, v, x->der + at, &n) != EV_OK)
			return x->parsed.code;
		x->parsed.code =
			ev_x509_parse(crypto, ev_span_of(x->der + at, n), 0,
				      &x->cert[i], &x->parsed.err);
		if (x->parsed.code != EV_OK)
			return x->parsed.code;
		x->n++;
	}
	return EV_OK;
}

static void drop_certs(struct rp_x5c *x)
{
	for (size_t i = 0; i < x->n; i++)
		ev_x509_free(&x->cert[i]);
	x->n = 0;
}

struct rp_x5c *rp_x5c_read(struct ev_crypto *crypto, const struct ev_node *list)
{
	struct rp_x5c *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	if (read_certs(crypto, x, list) == EV_TROUBLE) {
		rp_x5c_free(x);
		return NULL;
	}
	if (x->parsed.code != EV_OK)
		drop_certs(x);
	return x;
}

void rp_x5c_free(struct rp_x5c *x5c)
{
	if (x5c == NULL)
		return;
	drop_certs(x5c);
	free(x5c->der);
	free(x5c);
}

/* --- keys --- */

static enum ev_code read_kid(struct ev_crypto *crypto, const struct ev_jwk *key,
			     struct rp_set_key *out)
{
	char of_key[4 * 11 + 1], of_cert[2 * 48 + 1];
	uint8_t digest[EV_DIGEST_MAX];

	if (key->refused.code != EV_OK || key->cert_der.n == 0 ||
	    key->kid.p == NULL)
		return EV_OK;
	if (!ev_key_commitment(crypto, key->spki, digest))
		return EV_TROUBLE;
	ev_base64_encode(ev_span_of(digest, 32), of_key);
	if (!ev_digest(crypto, EV_SHA384, key->cert_der, digest))
		return EV_TROUBLE;
	ev_hex_encode(ev_span_of(digest, 48), of_cert);
	out->kid_of_key = ev_span_eq(key->kid, ev_span_str(of_key));
	out->kid_of_cert = ev_span_eq(key->kid, ev_span_str(of_cert));
	return EV_OK;
}

static enum ev_code read_set(struct rp_case *c, struct rp_key_set *set)
{
	enum ev_code code = EV_OK;

	set->parsed.code =
		ev_jwks_parse(set->item->bytes, &set->keys, &set->parsed.err);
	if (set->parsed.code != EV_OK)
		return set->parsed.code == EV_TROUBLE ? EV_TROUBLE : EV_OK;
	set->key = calloc(set->keys.n + 1, sizeof(*set->key));
	if (set->key == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; code == EV_OK && i < set->keys.n; i++)
		code = read_kid(c->crypto, &set->keys.key[i], &set->key[i]);
	return code;
}

enum ev_code rp_key_sets_read(struct rp_case *c)
{
	enum ev_code code = EV_OK;

	if (c->key_sets != NULL)
		return EV_OK;
	c->key_sets = calloc(c->n_items + 1, sizeof(*c->key_sets));
	if (c->key_sets == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; code == EV_OK && i < c->n_items; i++) {
		struct rp_key_set *set = &c->key_sets[c->n_key_sets];

		if (!rp_is_kind(&c->items[i], "jwks"))
			continue;
		set->item = &c->items[i];
		c->n_key_sets++;
		code = read_set(c, set);
	}
	return code;
}

static void free_set(struct rp_key_set *set)
{
	for (size_t i = 0; set->key != NULL && i < set->keys.n; i++)
		rp_x5c_free(set->key[i].x5c);
	free(set->key);
	ev_jwks_free(&set->keys);
}

void rp_key_sets_free(struct rp_case *c)
{
	for (size_t i = 0; i < c->n_key_sets; i++)
		free_set(&c->key_sets[i]);
	free(c->key_sets);
}
