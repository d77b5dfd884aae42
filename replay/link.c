/* SPDX-License-Identifier: Apache-2.0 */
/* Subjects find the items they are judged by. */
#include "replay/link.h"

#include "replay/checks.h"
#include "replay/claim_evidence.h"
#include "replay/registry_statement.h"
#include "replay/roundtrip.h"

#include <stdlib.h>

static const char cn_tcb_signing[] = "Intel SGX TCB Signing";
static const char cn_pck[] = "Intel SGX PCK Certificate";
static const char cn_platform_ca[] = "Intel SGX PCK Platform CA";
static const char cn_processor_ca[] = "Intel SGX PCK Processor CA";

struct rp_item *rp_item_named(const struct rp_case *c, const char *name)
{
	const struct ev_manifest *m;
	const struct ev_manifest_item *entry;

	if (c->archive == NULL)
		return NULL;
	m = &c->archive->manifest;
	entry = ev_manifest_find(m, name);
	/* The archive's items stand first, in the manifest's order. */
	return entry != NULL ? &c->items[entry - m->items] : NULL;
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
		    rp_kind_in(rp_item_named(c, item->entry->relates[i].name),
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

bool rp_is_kind(const struct rp_item *item, const char *kind)
{
	return item->kind != NULL && strcmp(item->kind->kind, kind) == 0;
}

bool rp_holds_at(const struct rp_case *c, int64_t from, int64_t to)
{
	return from <= c->at && c->at <= to;
}

static bool leaf_cn_is(const struct ev_chain *chain, const char *cn)
{
	return ev_span_eq(chain->cert[0].subject_cn, ev_span_str(cn));
}

static enum rp_chain_role role_by_leaf(const struct ev_chain *chain)
{
	if (leaf_cn_is(chain, cn_tcb_signing))
		return RP_CHAIN_OF_TCB_SIGNING;
	if (leaf_cn_is(chain, cn_pck))
		return RP_CHAIN_OF_QUOTE;
	if (leaf_cn_is(chain, cn_platform_ca) ||
	    leaf_cn_is(chain, cn_processor_ca))
		return RP_CHAIN_OF_CRL;
	return RP_CHAIN_OF_NONE;
}

/* The leaf's common name decides; where it is none of Intel's, or the chain
 * does not parse, what the manifest says it came with. */
static enum rp_chain_role role_of(const struct rp_case *c,
				  const struct rp_item *item)
{
	static const char *const crls[] = { "crl-der", "crl-pem", "crl-hex",
					    NULL };
	static const char *const quotes[] = { "tdx-quote", "sgx-quote", NULL };
	enum rp_chain_role role = RP_CHAIN_OF_NONE;
	struct ev_error err = { 0 };
	struct ev_chain chain;

	if (item->shelved != NULL) {
		role = role_by_leaf(&item->shelved->chain);
	} else if (ev_chain_parse(item->bytes, 0, &chain, &err) == EV_OK) {
		role = role_by_leaf(&chain);
		ev_chain_free(&chain);
	}
	if (role != RP_CHAIN_OF_NONE)
		return role;
	if (rp_relates(c, item, "issuer-of", quotes))
		return RP_CHAIN_OF_QUOTE;
	return rp_relates(c, item, "issuer-of", crls) ? RP_CHAIN_OF_CRL
						      : RP_CHAIN_OF_NONE;
}

static void mark_decoded(struct rp_case *c, const struct rp_item *item)
{
	const struct ev_manifest_item *e = item->entry;

	for (size_t i = 0; e != NULL && i < e->n_relates; i++) {
		struct rp_item *from;

		if (strcmp(e->relates[i].rel, "decoded-from") != 0)
			continue;
		from = rp_item_named(c, e->relates[i].name);
		if (from != NULL)
			from->decoded = true;
	}
}

void rp_link_roles(struct rp_case *c)
{
	static const char *const carriers[] = { "dcap-issuer-chain", "cert-pem",
						"cert-der", NULL };

	for (size_t i = 0; i < c->n_items; i++) {
		mark_decoded(c, &c->items[i]);
		if (rp_kind_in(&c->items[i], carriers))
			c->items[i].role = role_of(c, &c->items[i]);
	}
}

void rp_decides(struct rp_case *c, const struct rp_subject *s)
{
	if (s == NULL)
		return;
	c->subjects[s->order]->decides = true;
	c->decided[s->type] = true;
}

static void set_signing_chain(struct rp_subject *s,
			      const struct rp_subject *chain)
{
	if (s->type == RP_TCB_INFO && s->tcb_info->chain == NULL)
		s->tcb_info->chain = chain;
	else if (s->type == RP_QE_IDENTITY && s->qe_identity->chain == NULL)
		s->qe_identity->chain = chain;
	else
		return;
	s->partner[0] = chain;
}

/* What a signing chain says it came with. */
static void link_chain_relations(struct rp_case *c, const struct rp_subject *s)
{
	const struct ev_manifest_item *entry = s->item->entry;

	for (size_t i = 0; entry != NULL && i < entry->n_relates; i++) {
		const struct rp_item *to;

		if (strcmp(entry->relates[i].rel, "issuer-of") != 0)
			continue;
		to = rp_item_named(c, entry->relates[i].name);
		if (to != NULL && to->subject != NULL)
			set_signing_chain(to->subject, s);
	}
}

/* dcap page 2.1: the signing certificate is re-issued under one key and one
 * serial number, so that the time alone tells which is meant. */
static unsigned int chain_rank(const struct rp_case *c,
			       const struct rp_subject *s)
{
	const struct ev_cert *leaf = &s->chain->chain.cert[0];

	if (s->chain->parsed.code != EV_OK)
		return 1;
	return rp_holds_at(c, leaf->not_before, leaf->not_after) ? 3 : 2;
}

/* TCB info and identities find their chain: the one that says so, else the
 * first in force, else the first that parses, else the first. */
static void link_signing_chains(struct rp_case *c)
{
	const struct rp_subject *s = NULL, *fallback = NULL;
	unsigned int best = 0;

	while ((s = rp_next_subject(c, RP_CHAIN, s)) != NULL) {
		unsigned int rank = chain_rank(c, s);

		link_chain_relations(c, s);
		if (rank <= best)
			continue;
		best = rank;
		fallback = s;
	}
	for (size_t i = 0; fallback != NULL && i < c->n_subjects; i++)
		set_signing_chain(c->subjects[i], fallback);
}

static void link_hcl(const struct rp_case *c, struct rp_subject *s)
{
	if (s->hcl->alone)
		rp_link_runtime_claims(c, s);
	else if (s->hcl->snp == NULL)
		s->hcl->quote = rp_quote_of_hcl(c, s->hcl);
	s->partner[0] = s->hcl->snp != NULL ? s->hcl->snp : s->hcl->quote;
}

enum ev_code rp_case_link(struct rp_case *c)
{
	struct rp_subject *s;

	for (s = c->first[RP_QUOTE]; s != NULL; s = s->next)
		rp_link_pck_chain(c, s);
	link_signing_chains(c);
	rp_link_crls(c);
	for (s = c->first[RP_QUOTE]; s != NULL; s = s->next)
		rp_link_quote(c, s);
	for (s = c->first[RP_CHAIN]; s != NULL; s = s->next) {
		if (s->chain->parsed.code != EV_OK)
			continue;
		s->chain->root_crl =
			rp_crl_or_broken(c, &s->chain->chain.cert[1], NULL);
		if (rp_window_counts(c, s))
			rp_decides(c, s->chain->root_crl);
	}
	if (rp_link_snp(c) != EV_OK)
		return EV_TROUBLE;
	for (s = c->first[RP_HCL]; s != NULL; s = s->next)
		link_hcl(c, s);
	rp_link_tpm_quotes(c);
	rp_link_roundtrips(c);
	if (rp_link_registry(c) != EV_OK)
		return EV_TROUBLE;
	if (rp_link_claims(c) != EV_OK)
		return EV_TROUBLE;
	return rp_link_logs(c);
}
