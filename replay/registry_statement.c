/* SPDX-License-Identifier: Apache-2.0 */
/* A registry's answer as a subject, linked with its quote. */
#include "replay/registry_statement.h"

#include "replay/link.h"
#include "replay/subject.h"

#include <stdlib.h>

enum ev_code rp_registry_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_registry *r = rp_object_add(c, RP_REGISTRY, item, sizeof(*r));

	if (r == NULL)
		return EV_TROUBLE;
	r->signature = "not judged";
	r->parsed.code =
		ev_registry_parse(item->bytes, &r->reply, &r->parsed.err);
	return r->parsed.code == EV_TROUBLE ? EV_TROUBLE : EV_OK;
}

static const struct rp_subject *quote_of(const struct rp_case *c,
					 const struct rp_item *item)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL)
		if (rp_relates_to(item, "answers", s->item))
			return s;
	return rp_next_subject(c, RP_QUOTE, NULL);
}

/* The set's key of that number, where there is one. */
static const struct ev_jwk *key_in(const struct ev_jwks *keys,
				   struct ev_span kid)
{
	size_t n = 0;
	const struct ev_jwk *key =
		kid.n > 0 ? ev_jwks_find(keys, kid, &n) : NULL;

	return n == 1 ? key : NULL;
}

/* A set is the answer's where the manifest says so, or by its key. */
static enum ev_code take_keys(struct rp_subject *s, struct rp_item *item)
{
	struct rp_registry *r = s->registry;
	struct ev_error err = { 0 };
	struct ev_jwks keys;
	const struct ev_jwk *key;

	if (ev_jwks_parse(item->bytes, &keys, &err) != EV_OK)
		return err.code == EV_TROUBLE ? EV_TROUBLE : EV_OK;
	key = key_in(&keys, r->reply.token.kid);
	if (key == NULL && !rp_relates_to(item, "key-of", s->item)) {
		ev_jwks_free(&keys);
		return EV_OK;
	}
	r->keys = keys;
	r->key = key;
	r->keys_item = item;
	item->linked = true;
	return EV_OK;
}

static enum ev_code link_keys(struct rp_case *c, struct rp_subject *s)
{
	for (size_t i = 0; i < c->n_items; i++)
		if (s->registry->parsed.code == EV_OK &&
		    s->registry->keys_item == NULL &&
		    rp_is_kind(&c->items[i], "jwks") &&
		    take_keys(s, &c->items[i]) != EV_OK)
			return EV_TROUBLE;
	return EV_OK;
}

void rp_registry_free(struct rp_registry *r)
{
	ev_registry_free(&r->reply);
	ev_jwks_free(&r->keys);
}

enum ev_code rp_link_registry(struct rp_case *c)
{
	for (struct rp_subject *s = c->first[RP_REGISTRY]; s != NULL;
	     s = s->next) {
		s->registry->quote = quote_of(c, s->item);
		s->partner[0] = s->registry->quote;
		if (link_keys(c, s) != EV_OK)
			return EV_TROUBLE;
	}
	return EV_OK;
}
