/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens find the key set and the certificates that they name. */
#include "replay/link.h"

#include "evidence/base/base64.h"
#include "evidence/base/hex.h"
#include "evidence/key_digest.h"
#include "replay/token.h"

#include <stdlib.h>

static const char begin[] = "-----BEGIN";

/* --- key sets --- */

/* A set that may be a token's: the better one wins, of equals the first. */
struct candidate {
	const struct rp_key_set *set;
	size_t n_kid;
	const struct ev_jwk *key; /* the first of that kid */
	unsigned int rank;
};

static enum ev_code read_sets(struct rp_case *c)
{
	c->key_sets = calloc(c->n_items + 1, sizeof(*c->key_sets));
	if (c->key_sets == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; i < c->n_items; i++) {
		struct rp_key_set *set = &c->key_sets[c->n_key_sets];

		if (!rp_is_kind(&c->items[i], "jwks"))
			continue;
		set->item = &c->items[i];
		set->parsed.code = ev_jwks_parse(set->item->bytes, &set->keys,
						 &set->parsed.err);
		c->n_key_sets++;
		if (set->parsed.code == EV_TROUBLE)
			return EV_TROUBLE;
	}
	return EV_OK;
}

/* The kid is a digest of this very key or of its certificate (tokens page 3.3
 * and 4): nobody can make another that bears it. */
static bool commits(const struct rp_case *c, const struct rp_token *t,
		    const struct ev_jwk *key)
{
	char want[2 * EV_DIGEST_MAX + 1];
	uint8_t digest[EV_DIGEST_MAX];

	if (key->refused.code != EV_OK || key->cert_der.n == 0)
		return false;
	if (t->service->type == RP_TOKEN_MAA) {
		if (!ev_key_commitment(c->crypto, key->spki, digest))
			return false;
		ev_base64_encode(ev_span_of(digest, 32), want);
	} else {
		if (!ev_digest(c->crypto, EV_SHA384, key->cert_der, digest))
			return false;
		ev_hex_encode(ev_span_of(digest, 48), want);
	}
	return ev_span_eq(t->jwt.kid, ev_span_str(want));
}

/* Content decides: a set that has the key, before all one that the kid commits
 * to.  What the manifest calls this token's speaks next, with or without it. */
static unsigned int rank_of(const struct rp_case *c, const struct rp_token *t,
			    const struct candidate *k, bool related)
{
	unsigned int rank = related ? 1 : 0;

	if (k->n_kid == 0)
		return rank;
	return rank + (commits(c, t, k->key) ? 4 : 2);
}

static struct candidate look_into(const struct rp_case *c,
				  const struct rp_token *t,
				  const struct rp_key_set *set, bool related)
{
	struct candidate k = { .set = set };

	if (set->parsed.code == EV_OK && t->jwt.kid.p != NULL)
		k.key = ev_jwks_find(&set->keys, t->jwt.kid, &k.n_kid);
	k.rank = rank_of(c, t, &k, related);
	return k;
}

static void take(struct rp_case *c, struct rp_token *t,
		 const struct candidate *k)
{
	t->keys_item = k->set->item;
	t->keys_parsed = k->set->parsed;
	t->n_kid = k->n_kid;
	if (t->n_kid == 1)
		t->key = k->key;
	c->items[k->set->item - c->items].linked = true;
}

/* Keys of that kid in other sets, that are not this one: where no digest tells
 * which is meant, none is. */
static size_t n_others(const struct rp_case *c, const struct rp_subject *s,
		       const struct candidate *best)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_key_sets; i++) {
		struct candidate k;

		if (&c->key_sets[i] == best->set)
			continue;
		k = look_into(c, s->token, &c->key_sets[i], false);
		if (k.n_kid > 0 &&
		    !ev_public_key_eq(&k.key->key, &best->key->key))
			n += k.n_kid;
	}
	return n;
}

static void find_keys(struct rp_case *c, const struct rp_subject *s)
{
	struct candidate best = { .rank = 0 };

	for (size_t i = 0; i < c->n_key_sets; i++) {
		const struct rp_key_set *set = &c->key_sets[i];
		struct candidate k =
			look_into(c, s->token, set,
				  rp_relates_to(set->item, "key-of", s->item));

		if (k.rank > best.rank)
			best = k;
	}
	if (best.rank == 2 || best.rank == 3)
		best.n_kid += n_others(c, s, &best);
	if (best.rank > 0)
		take(c, s->token, &best);
}

/* --- certificates --- */

static enum ev_code refuse(struct rp_token *t, const struct ev_node *at,
			   enum ev_code code, const char *want,
			   const char *found)
{
	t->certs_parsed.code = ev_fail(&t->certs_parsed.err, code, "x5c",
				       "certificate", at->at, want, found);
	return t->certs_parsed.code;
}

/* Google's entries are PEM text, which RFC 7515 4.1.6 does not have. */
static enum ev_code decode_pem(struct rp_token *t, const struct ev_node *v,
			       uint8_t *to, size_t *n)
{
	struct ev_pem_list list = { .n_blocks = 0 };

	if (ev_pem_list_parse(v->text, v->at, "CERTIFICATE", &list,
			      &t->certs_parsed.err) != EV_OK)
		t->certs_parsed.code = t->certs_parsed.err.code;
	else if (list.n_blocks != 1)
		refuse(t, v, EV_VALUE, "one certificate an entry", "more");
	else {
		*n = list.block[0].der.n;
		memcpy(to, list.block[0].der.p, *n);
	}
	ev_pem_list_free(&list);
	return t->certs_parsed.code;
}

static enum ev_code decode(struct rp_token *t, const struct ev_node *v,
			   uint8_t *to, size_t *n)
{
	if (v->type != EV_NODE_STRING)
		return refuse(t, v, EV_SYNTAX, "a string",
			      ev_node_type_word(v));
	if (v->text.n > sizeof(begin) &&
	    memcmp(v->text.p, begin, sizeof(begin) - 1) == 0)
		return decode_pem(t, v, to, n);
	if (!ev_base64_decode(EV_BASE64_STD, v->text, to, n))
		return refuse(t, v, EV_SYNTAX, "base64", "another text");
	return EV_OK;
}

/* Bytes are never more than the text they are decoded from. */
static enum ev_code read_certs(struct rp_case *c, struct rp_token *t,
			       const struct ev_node *x5c)
{
	const struct ev_node *v = ev_node_inside(x5c);
	size_t at = 0, n = 0;

	if (x5c->n == 0 || x5c->n > EV_PATH_MAX)
		return refuse(t, x5c, EV_LIMIT, "one to eight certificates",
			      x5c->n == 0 ? "none" : "more");
	t->der = malloc(x5c->size);
	if (t->der == NULL)
		return EV_TROUBLE;
	for (uint32_t i = 0; i < x5c->n; i++, v = ev_node_next(v), at += n) {
		if (decode(t, v, t->der + at, &n) != EV_OK)
			return t->certs_parsed.code;
		t->certs_parsed.code =
			ev_x509_parse(c->crypto, ev_span_of(t->der + at, n), 0,
				      &t->cert[i], &t->certs_parsed.err);
		if (t->certs_parsed.code != EV_OK)
			return t->certs_parsed.code;
		t->n_certs++;
	}
	return EV_OK;
}

/* Of the header where the service puts them there (tokens page 5), else of the
 * key; what another token's header says of itself is no key of ours. */
static enum ev_code find_certs(struct rp_case *c, const struct rp_subject *s)
{
	struct rp_token *t = s->token;
	const struct ev_node *x5c = t->key != NULL ? t->key->x5c : NULL;

	t->certs_item = t->keys_item;
	if (t->service->type == RP_TOKEN_GOOGLE && t->jwt.x5c != NULL) {
		x5c = t->jwt.x5c;
		t->certs_in_header = true;
		t->certs_item = s->item;
	}
	if (x5c == NULL) {
		t->certs_item = NULL;
		return EV_OK;
	}
	t->certs_offset = t->certs_in_header ? 0 : x5c->at;
	t->certs_size = t->certs_in_header ? t->jwt.header_text.n : x5c->size;
	if (read_certs(c, t, x5c) == EV_TROUBLE)
		return EV_TROUBLE;
	for (size_t i = 0; t->certs_parsed.code != EV_OK && i < t->n_certs; i++)
		ev_x509_free(&t->cert[i]);
	if (t->certs_parsed.code != EV_OK)
		t->n_certs = 0;
	return EV_OK;
}

static enum ev_code link_token(struct rp_case *c, const struct rp_subject *s)
{
	if (s->token->parsed.code != EV_OK)
		return EV_OK;
	if (c->key_sets == NULL && read_sets(c) != EV_OK)
		return EV_TROUBLE;
	find_keys(c, s);
	return find_certs(c, s);
}

enum ev_code rp_link_tokens(struct rp_case *c)
{
	for (size_t i = 0; i < rp_n_token_services; i++) {
		struct rp_subject *s = c->first[rp_token_services[i].type];

		for (; s != NULL; s = s->next)
			if (link_token(c, s) != EV_OK)
				return EV_TROUBLE;
	}
	return EV_OK;
}
