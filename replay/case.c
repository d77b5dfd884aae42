/* SPDX-License-Identifier: Apache-2.0 */
/* Items become subjects: parsed once, by kind and content. */
#include "replay/case.h"

#include "replay/bound.h"
#include "replay/certificates.h"
#include "replay/event_log.h"
#include "replay/hcl.h"
#include "replay/imds.h"
#include "replay/link.h"
#include "replay/registry_statement.h"
#include "replay/roundtrip.h"
#include "replay/subject.h"
#include "replay/token.h"

#include <stdlib.h>

static enum ev_code parse_quote(struct rp_case *c, const struct rp_item *item)
{
	struct rp_quote *q = rp_object_add(c, RP_QUOTE, item, sizeof(*q));

	if (q == NULL)
		return EV_TROUBLE;
	q->parsed.code = ev_quote_parse(item->bytes, &q->q, &q->parsed.err);
	if (q->parsed.code == EV_OK)
		rp_quote_read_leaf(q);
	return EV_OK;
}

static enum ev_code parse_tcb_info(struct rp_case *c,
				   const struct rp_item *item)
{
	struct rp_tcb_info *t = rp_object_add(c, RP_TCB_INFO, item, sizeof(*t));

	if (t == NULL)
		return EV_TROUBLE;
	if (item->shelved != NULL)
		t->info = item->shelved->tcb_info;
	else
		t->parsed.code = ev_tcb_info_parse(item->bytes, &t->info,
						   &t->parsed.err);
	return EV_OK;
}

static enum ev_code parse_qe_identity(struct rp_case *c,
				      const struct rp_item *item)
{
	struct rp_qe_identity *t =
		rp_object_add(c, RP_QE_IDENTITY, item, sizeof(*t));

	if (t == NULL)
		return EV_TROUBLE;
	if (item->shelved != NULL)
		t->identity = item->shelved->qe_identity;
	else
		t->parsed.code = ev_qe_identity_parse(item->bytes, &t->identity,
						      &t->parsed.err);
	return EV_OK;
}

static enum ev_code parse_crl(struct rp_case *c, const struct rp_item *item)
{
	struct rp_crl *crl = rp_object_add(c, RP_CRL, item, sizeof(*crl));

	if (crl == NULL)
		return EV_TROUBLE;
	if (item->shelved != NULL)
		crl->crl = item->shelved->crl;
	else
		crl->parsed.code =
			ev_crl_parse(item->bytes, &crl->crl, &crl->parsed.err);
	return EV_OK;
}

static enum ev_code parse_tpm_quote(struct rp_case *c,
				    const struct rp_item *item)
{
	struct rp_tpm_quote *t =
		rp_object_add(c, RP_TPM_QUOTE, item, sizeof(*t));

	if (t == NULL)
		return EV_TROUBLE;
	t->parsed.code = ev_tpm_quote_parse(item->bytes, &t->q, &t->parsed.err);
	return EV_OK;
}

/* Opaque: it is shown and nothing else. */
static enum ev_code add_endorsement(struct rp_case *c,
				    const struct rp_item *item)
{
	struct rp_subject *s =
		rp_subject_add(c, RP_ENDORSEMENT, item->name, item);

	if (s == NULL)
		return EV_TROUBLE;
	c->items[item - c->items].subject = s;
	return EV_OK;
}

/* A chain of collateral that is a subject itself. */
static enum ev_code parse_chain(struct rp_case *c, const struct rp_item *item)
{
	struct rp_chain *chain;

	if (item->role == RP_CHAIN_OF_CRL)
		return rp_issuer_add(c, item);
	if (item->role == RP_CHAIN_OF_QUOTE)
		return EV_OK;
	chain = rp_object_add(c, RP_CHAIN, item, sizeof(*chain));
	if (chain == NULL)
		return EV_TROUBLE;
	if (item->shelved != NULL)
		chain->chain = item->shelved->chain;
	else
		chain->parsed.code = ev_chain_parse(
			item->bytes, 0, &chain->chain, &chain->parsed.err);
	return EV_OK;
}

/* Which kinds become subjects.  Order is that of the report. */
static const struct {
	const char *kind;
	enum ev_code (*parse)(struct rp_case *c, const struct rp_item *item);
	enum rp_shelf_type shelf;
} parsers[] = {
	{ "tdx-quote", parse_quote, RP_SHELF_NONE },
	{ "sgx-quote", parse_quote, RP_SHELF_NONE },
	{ "dcap-issuer-chain", parse_chain, RP_SHELF_CHAIN },
	{ "crl-der", parse_crl, RP_SHELF_CRL },
	{ "crl-pem", parse_crl, RP_SHELF_CRL },
	{ "crl-hex", parse_crl, RP_SHELF_CRL },
	{ "dcap-tcbinfo", parse_tcb_info, RP_SHELF_TCB_INFO },
	{ "dcap-qe-identity", parse_qe_identity, RP_SHELF_QE_IDENTITY },
	{ "snp-report", rp_snp_parse, RP_SHELF_NONE },
	{ "azure-hcl-report", rp_hcl_parse, RP_SHELF_NONE },
	{ "azure-runtime-data", rp_claims_parse, RP_SHELF_NONE },
	{ "tpm-quote-attest", parse_tpm_quote, RP_SHELF_NONE },
	{ "azure-imds-attested", rp_imds_parse, RP_SHELF_NONE },
	{ "cms", rp_imds_parse, RP_SHELF_NONE },
	{ "owner-endorsement", add_endorsement, RP_SHELF_NONE },
	{ "tcg-eventlog", rp_log_parse, RP_SHELF_NONE },
	{ "tdx-eventlog-ccel", rp_log_parse, RP_SHELF_NONE },
	{ "acpi-ccel-table", rp_ccel_table_parse, RP_SHELF_NONE },
	{ "ima-log-binary", rp_log_parse, RP_SHELF_NONE },
	{ "cel-tlv", rp_log_parse, RP_SHELF_NONE },
	{ "cel-json", rp_log_parse, RP_SHELF_NONE },
	{ "cert-der", rp_certs_parse, RP_SHELF_NONE },
	{ "cert-pem", rp_certs_parse, RP_SHELF_NONE },
	{ "maa-token", rp_token_parse, RP_SHELF_NONE },
	{ "ita-token", rp_token_parse, RP_SHELF_NONE },
	{ "google-token", rp_token_parse, RP_SHELF_NONE },
	{ "azure-thim-amd", rp_certs_parse, RP_SHELF_NONE },
	{ "poc-tls-transcript", rp_roundtrip_parse, RP_SHELF_NONE },
	{ "poc-registry", rp_registry_parse, RP_SHELF_NONE },
};

#define N_PARSERS (sizeof(parsers) / sizeof(parsers[0]))

bool rp_kind_is_judged(const struct ev_kind *kind)
{
	for (size_t k = 0; k < N_PARSERS; k++)
		if (strcmp(parsers[k].kind, kind->kind) == 0)
			return true;
	return rp_is_companion(kind) || strcmp(kind->kind, "jwks") == 0 ||
	       strcmp(kind->kind, RP_TIMES_KIND) == 0;
}

/* The shelf's bytes are the item's from here on: offsets of what was parsed
 * are counted from them. */
static void look_on_shelf(struct rp_case *c)
{
	for (size_t k = 0; k < N_PARSERS; k++)
		for (size_t i = 0; i < c->n_items; i++) {
			struct rp_item *item = &c->items[i];

			if (item->kind == NULL || item->shelved != NULL ||
			    strcmp(item->kind->kind, parsers[k].kind) != 0)
				continue;
			item->shelved = rp_shelf_take(
				c->shelf, parsers[k].shelf, item->bytes);
			if (item->shelved != NULL)
				item->bytes = item->shelved->bytes;
		}
}

static enum ev_code parse_items(struct rp_case *c)
{
	for (size_t k = 0; k < N_PARSERS; k++)
		for (size_t i = 0; i < c->n_items; i++) {
			const struct rp_item *item = &c->items[i];

			if (item->kind == NULL ||
			    strcmp(item->kind->kind, parsers[k].kind) != 0)
				continue;
			if (parsers[k].parse(c, item) != EV_OK)
				return EV_TROUBLE;
		}
	return EV_OK;
}

static enum ev_code list_items(struct rp_case *c, const struct rp_loose *loose,
			       size_t n_loose)
{
	size_t n_own = c->archive != NULL ? c->archive->manifest.n_items : 0;

	c->items = calloc(n_own + n_loose + 1, sizeof(*c->items));
	if (c->items == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; i < n_own; i++) {
		const struct ev_manifest_item *entry =
			&c->archive->manifest.items[i];

		c->items[c->n_items++] = (struct rp_item){
			.name = entry->name,
			.kind = entry->kind,
			.bytes = c->archive->items[i].data,
			.entry = entry,
		};
	}
	for (size_t i = 0; i < n_loose; i++)
		c->items[c->n_items++] = (struct rp_item){
			.name = loose[i].name,
			.kind = loose[i].kind,
			.bytes = loose[i].bytes,
			.outside = true,
			.later = loose[i].later,
		};
	/* An item without bytes is an item all the same. */
	for (size_t i = 0; i < c->n_items; i++)
		if (c->items[i].bytes.p == NULL)
			c->items[i].bytes = EV_SPAN_LITERAL("");
	return EV_OK;
}

static enum ev_code archive_subjects(struct rp_case *c)
{
	struct rp_subject *s;

	if (c->archive == NULL)
		return EV_OK;
	if (rp_subject_add(c, RP_ARCHIVE, "manifest.json", NULL) == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; i < c->archive->manifest.n_items; i++) {
		s = rp_subject_add(c, RP_ITEM, c->items[i].name, &c->items[i]);
		if (s == NULL)
			return EV_TROUBLE;
		s->index = i;
	}
	if (c->seal->n_signatures == 0 &&
	    rp_subject_add(c, RP_UNSIGNED, "manifest.json", NULL) == NULL)
		return EV_TROUBLE;
	for (size_t i = 0; i < c->seal->n_signatures; i++) {
		s = rp_subject_add(c, RP_SIGNATURE,
				   c->seal->signatures[i].envelope->file->name,
				   NULL);
		if (s == NULL)
			return EV_TROUBLE;
		s->index = i;
	}
	for (size_t i = 0; i < c->seal->n_files; i++) {
		const struct rp_seal_file *file = &c->seal->files[i];

		if (rp_seal_is_proof(file) &&
		    rp_subject_add(c, RP_PROOF, file->name, NULL) == NULL)
			return EV_TROUBLE;
	}
	for (size_t i = 0; i < c->seal->n_tokens; i++) {
		s = rp_subject_add(c, RP_TSR, c->seal->tokens[i].file->name,
				   NULL);
		if (s == NULL)
			return EV_TROUBLE;
		s->index = i;
	}
	return EV_OK;
}

static enum ev_code expectation_subjects(struct rp_case *c)
{
	for (size_t i = 0; i < c->policy->n_expect; i++) {
		struct rp_subject *s = rp_subject_add(
			c, RP_EXPECTATION, c->policy->expect[i].fact, NULL);

		if (s == NULL)
			return EV_TROUBLE;
		s->expect = &c->policy->expect[i];
	}
	return EV_OK;
}

enum ev_code rp_case_build(struct rp_case *c, const struct rp_loose *loose,
			   size_t n_loose, struct ev_error *err)
{
	if (c->archive != NULL)
		ev_crypto_release(c->crypto, c->archive->release);
	if (list_items(c, loose, n_loose) != EV_OK ||
	    rp_session_build(c) != EV_OK)
		return ev_fail_trouble(err, "case", "out of memory");
	if (archive_subjects(c) != EV_OK)
		return ev_fail_trouble(err, "case", "out of memory");
	if (c->archive_only)
		return EV_OK;
	look_on_shelf(c);
	rp_link_roles(c);
	if (parse_items(c) != EV_OK || rp_mark_repeated(c) != EV_OK ||
	    rp_link_pck_chains(c) != EV_OK || rp_link_ak_certs(c) != EV_OK ||
	    rp_link_tokens(c) != EV_OK || expectation_subjects(c) != EV_OK ||
	    rp_bound_build(c) != EV_OK)
		return ev_fail_trouble(err, "case", "out of memory");
	return EV_OK;
}

/* NULL: the item is no quote that parses. */
static struct rp_quote *quote_of(const struct rp_item *item)
{
	const struct rp_subject *s = item->subject;

	return s != NULL && s->type == RP_QUOTE && s->quote != NULL &&
			       s->quote->parsed.code == EV_OK
		       ? s->quote
		       : NULL;
}

struct ev_digests *rp_item_hash(const struct rp_case *c,
				const struct rp_item *item)
{
	struct rp_quote *q = quote_of(item);
	struct ev_digests *all = item->shelved != NULL
					 ? &item->shelved->digests
					 : &c->items[item - c->items].digests;
	bool ok;

	if (q != NULL)
		ok = ev_sha256_learn_both(c->crypto, item->bytes, q->q.quote.n,
					  &q->sha256, &all->sha256);
	else
		ok = ev_sha256_learn(c->crypto, item->bytes, &all->sha256);
	return ok ? all : NULL;
}

void rp_case_free(struct rp_case *c)
{
	if (c->crypto != NULL)
		ev_crypto_release(c->crypto, (struct ev_release){ 0 });
	for (size_t i = 0; i < c->n_subjects; i++)
		rp_subject_free(c->subjects[i]);
	for (size_t i = 0; i < c->n_certs; i++) {
		ev_x509_free(&c->certs[i]->cert);
		ev_pem_list_free(&c->certs[i]->pem);
		ev_thim_amd_free(&c->certs[i]->thim);
		free(c->certs[i]);
	}
	for (size_t i = 0; i < c->n_issuers; i++) {
		if (c->issuers[i]->item->shelved == NULL)
			ev_chain_free(&c->issuers[i]->chain);
		free(c->issuers[i]);
	}
	for (size_t i = 0; i < c->n_items; i++)
		rp_shelf_give_back(c->items[i].shelved);
	for (size_t i = 0; i < c->n_findings; i++) {
		free(c->findings[i].want);
		free(c->findings[i].got);
	}
	rp_signers_free(&c->signers);
	rp_stamps_free(&c->stamps);
	rp_session_free(c);
	free(c->certs);
	free(c->issuers);
	rp_key_sets_free(c);
	free(c->pck_chains.chain);
	free(c->subjects);
	free(c->items);
	free(c->findings);
	*c = (struct rp_case){ 0 };
}
