/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens find the key set and the certificates that they name. */
#include "replay/link.h"

#include "replay/token.h"

/* --- key sets --- */

/* A set that may be a token's: the better one wins, of equals the first. */
struct candidate {
	struct rp_key_set *set;
	size_t n_kid;
	const struct ev_jwk *key; /* the first of that kid */
	unsigned int rank;
};

/* Content decides: a set that has the key, before all one that the kid commits
 * to.  What the manifest calls this token's speaks next, with or without it. */
static unsigned int rank_of(const struct rp_token *t, const struct candidate *k,
			    bool related)
{
	unsigned int rank = related ? 1 : 0;
	const struct rp_set_key *key;

	if (k->n_kid == 0)
		return rank;
	key = &k->set->key[k->key - k->set->keys.key];
	return rank + ((t->service->type == RP_TOKEN_MAA ? key->kid_of_key
							 : key->kid_of_cert)
			       ? 4
			       : 2);
}

static struct candidate look_into(const struct rp_token *t,
				  struct rp_key_set *set, bool related)
{
	struct candidate k = { .set = set };

	if (set->parsed.code == EV_OK && t->jwt.kid.p != NULL)
		k.key = ev_jwks_find(&set->keys, t->jwt.kid, &k.n_kid);
	k.rank = rank_of(t, &k, related);
	return k;
}

static void take(struct rp_case *c, struct rp_token *t,
		 const struct candidate *k)
{
	t->key_set = k->set;
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
		k = look_into(s->token, &c->key_sets[i], false);
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
		struct rp_key_set *set = &c->key_sets[i];
		struct candidate k =
			look_into(s->token, set,
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

/* Of the header where the service puts them there (tokens page 5), else of the
 * key; what another token's header says of itself is no key of ours. */
static enum ev_code find_certs(struct rp_case *c, const struct rp_subject *s)
{
	struct rp_token *t = s->token;
	const struct ev_node *list = t->key != NULL ? t->key->x5c : NULL;
	struct rp_x5c **x5c = &t->own_x5c;

	if (t->service->type == RP_TOKEN_GOOGLE && t->jwt.x5c != NULL) {
		list = t->jwt.x5c;
		t->certs_in_header = true;
	} else if (list != NULL)
		x5c = &t->key_set->key[t->key - t->key_set->keys.key].x5c;
	if (list == NULL)
		return EV_OK;
	t->certs_item = t->certs_in_header ? s->item : t->keys_item;
	t->certs_offset = t->certs_in_header ? 0 : list->at;
	t->certs_size = t->certs_in_header ? t->jwt.header_text.n : list->size;
	if (*x5c == NULL)
		*x5c = rp_x5c_read(c->crypto, list);
	if (*x5c == NULL)
		return EV_TROUBLE;
	t->certs_parsed = (*x5c)->parsed;
	t->cert = (*x5c)->cert;
	t->n_certs = (*x5c)->n;
	return EV_OK;
}

static enum ev_code link_token(struct rp_case *c, const struct rp_subject *s)
{
	if (s->token->parsed.code != EV_OK)
		return EV_OK;
	if (rp_key_sets_read(c) != EV_OK)
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
