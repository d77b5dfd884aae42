/* SPDX-License-Identifier: Apache-2.0 */
/* Subjects find the items they are judged by. */
#include "replay/link.h"

#include <stdlib.h>

static const char cn_tcb_signing[] = "Intel SGX TCB Signing";
static const char cn_pck[] = "Intel SGX PCK Certificate";

static const struct rp_item *item_named(const struct rp_case *c,
					const char *name)
{
	for (size_t i = 0; i < c->n_items; i++)
		if (strcmp(c->items[i].name, name) == 0)
			return &c->items[i];
	return NULL;
}

bool rp_kind_in(const struct rp_item *item, const char *const *kinds)
{
	for (; item != NULL && item->kind != NULL && *kinds != NULL; kinds++)
		if (strcmp(item->kind->kind, *kinds) == 0)
			return true;
	return false;
}

bool rp_relates(const struct rp_case *c, const struct rp_item *item,
		const char *rel, const char *const *kinds)
{
	if (item->entry == NULL)
		return false;
	for (size_t i = 0; i < item->entry->n_relates; i++)
		if (strcmp(item->entry->relates[i].rel, rel) == 0 &&
		    rp_kind_in(item_named(c, item->entry->relates[i].name),
			       kinds))
			return true;
	return false;
}

bool rp_relates_to(const struct rp_item *item, const char *rel,
		   const struct rp_item *other)
{
	if (item->entry == NULL)
		return false;
	for (size_t i = 0; i < item->entry->n_relates; i++)
		if (strcmp(item->entry->relates[i].rel, rel) == 0 &&
		    strcmp(item->entry->relates[i].name, other->name) == 0)
			return true;
	return false;
}

static bool leaf_cn_is(const struct ev_chain *chain, const char *cn)
{
	return chain->n_certs > 0 &&
	       ev_span_eq(chain->cert[0].subject_cn, ev_span_str(cn));
}

/* The leaf's common name decides; where the chain does not parse, what the
 * manifest says it came with. */
static bool chain_is_for(const struct rp_case *c, const struct rp_item *item,
			 bool (*by_leaf)(const struct ev_chain *),
			 const char *const *kinds)
{
	struct ev_chain chain;
	struct ev_error err = { 0 };
	bool yes;

	if (ev_chain_parse(item->bytes, 0, &chain, &err) != EV_OK)
		return rp_relates(c, item, "issuer-of", kinds);
	yes = by_leaf(&chain);
	ev_chain_free(&chain);
	return yes;
}

static bool leaf_is_crl_issuer(const struct ev_chain *chain)
{
	return !leaf_cn_is(chain, cn_tcb_signing) && !leaf_cn_is(chain, cn_pck);
}

static bool leaf_is_pck(const struct ev_chain *chain)
{
	return leaf_cn_is(chain, cn_pck);
}

bool rp_chain_serves_crl(const struct rp_case *c, const struct rp_item *item)
{
	static const char *const kinds[] = { "crl-der", "crl-pem", "crl-hex",
					     NULL };

	return chain_is_for(c, item, leaf_is_crl_issuer, kinds);
}

bool rp_chain_serves_quote(const struct rp_case *c, const struct rp_item *item)
{
	static const char *const kinds[] = { "tdx-quote", "sgx-quote", NULL };

	return chain_is_for(c, item, leaf_is_pck, kinds);
}

bool rp_is_kind(const struct rp_item *item, const char *kind)
{
	return item->kind != NULL && item->bytes.p != NULL &&
	       strcmp(item->kind->kind, kind) == 0;
}

void rp_case_link(struct rp_case *c)
{
	size_t nth = 0;

	for (size_t i = 0; i < c->n_subjects; i++)
		if (c->subjects[i]->type == RP_QUOTE)
			rp_link_quote(c, c->subjects[i]);
	for (size_t i = 0; i < c->n_subjects; i++) {
		struct rp_subject *s = c->subjects[i];

		if (s->type == RP_CRL) {
			rp_link_crl(c, s);
		} else if (s->type == RP_CHAIN) {
			if (s->chain->parsed.code == EV_OK)
				s->chain->root_crl = rp_crl_of(
					c, s->chain->chain.cert[0].issuer);
		} else if (s->type == RP_TCB_INFO) {
			s->tcb_info->chain = rp_chain_of(c, s->item);
			s->partner[0] = s->tcb_info->chain;
		} else if (s->type == RP_QE_IDENTITY) {
			s->qe_identity->chain = rp_chain_of(c, s->item);
			s->partner[0] = s->qe_identity->chain;
		} else if (s->type == RP_HCL) {
			s->hcl->quote = rp_quote_of_hcl(c, s->hcl);
			s->partner[0] = s->hcl->quote;
		} else if (s->type == RP_TPM_QUOTE) {
			rp_link_tpm_quote(c, s, nth++);
		}
	}
}
