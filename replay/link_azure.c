/* SPDX-License-Identifier: Apache-2.0 */
/* Paravisor report, vTPM quote and AK certificate find each other. */
#include "replay/link.h"

#include <stdlib.h>

const struct rp_subject *rp_quote_of_hcl(const struct rp_case *c,
					 const struct rp_hcl *h)
{
	const struct rp_subject *s = NULL, *first = NULL;

	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL) {
		const struct ev_quote *q = &s->quote->q;

		if (s->quote->parsed.code != EV_OK || q->tee != EV_TEE_TDX)
			continue;
		if (h->parsed.code == EV_OK &&
		    h->hcl.report_type == EV_HCL_TDX &&
		    ev_span_eq(q->td.report_data, h->hcl.td.report_data))
			return s;
		if (first == NULL)
			first = s;
	}
	return first != NULL ? first : rp_next_subject(c, RP_QUOTE, NULL);
}

/* The item of a kind that says `rel` of this one, else the n-th of its kind
 * for the n-th subject. */
static const struct rp_item *companion(const struct rp_case *c,
				       const struct rp_subject *s,
				       const char *kind, const char *rel,
				       size_t nth)
{
	const struct rp_item *counted = NULL;
	size_t seen = 0;

	for (size_t i = 0; i < c->n_items; i++) {
		if (!rp_is_kind(&c->items[i], kind))
			continue;
		if (rp_relates_to(&c->items[i], rel, s->item))
			return &c->items[i];
		if (seen++ == nth)
			counted = &c->items[i];
	}
	return counted;
}

void rp_link_tpm_quote(const struct rp_case *c, struct rp_subject *s,
		       size_t nth)
{
	struct rp_tpm_quote *t = s->tpm_quote;

	t->signature_item =
		companion(c, s, "tpm-quote-signature", "signature-of", nth);
	t->pcrs_item = companion(c, s, "tpm-pcrs", "values-of", nth);
	t->public_item = companion(c, s, "tpm2b-public", "key-of", nth);
	t->hcl = rp_next_subject(c, RP_HCL, NULL);
	t->ak_cert = rp_next_subject(c, RP_AK_CERT, NULL);
	if (t->signature_item != NULL) {
		const struct ev_manifest_item *e = t->signature_item->entry;

		t->signature_parsed.code = ev_tpm_signature_parse(
			t->signature_item->bytes,
			e != NULL && e->scheme != NULL &&
				strcmp(e->scheme, "rsassa-sha256") == 0,
			&t->signature, &t->signature_parsed.err);
	}
	if (t->public_item != NULL)
		t->public_parsed.code =
			ev_tpm_public_parse(t->public_item->bytes, &t->public,
					    &t->public_parsed.err);
	s->partner[0] = t->hcl;
	s->partner[1] = t->ak_cert;
}

/* A certificate that issued another one of the archive, or itself. */
static bool is_issuer(const struct rp_case *c, const struct rp_ak_cert *cert)
{
	if (cert->cert.self_issued)
		return true;
	for (size_t i = 0; i < c->n_certs; i++)
		if (c->certs[i] != cert && c->certs[i]->parsed.code == EV_OK &&
		    strcmp(c->certs[i]->cert.issuer, cert->cert.subject) == 0)
			return true;
	return false;
}

enum ev_code rp_link_ak_certs(struct rp_case *c)
{
	static const char *const keyed[] = { "tpm-quote-attest", NULL };
	static const char *const certs[] = { "cert-der", "cert-pem", NULL };

	for (size_t i = 0; i < c->n_certs; i++) {
		struct rp_ak_cert *cert = c->certs[i];
		struct rp_subject *s;

		if (rp_relates(c, cert->item, "key-of", keyed))
			cert->leaf = true;
		else if (rp_relates(c, cert->item, "issuer-of", certs))
			cert->leaf = false;
		else
			cert->leaf = cert->parsed.code != EV_OK ||
				     !is_issuer(c, cert);
		if (!cert->leaf)
			continue;
		s = rp_case_add(c, RP_AK_CERT, cert->item);
		if (s == NULL)
			return EV_TROUBLE;
		s->ak_cert = cert;
	}
	return EV_OK;
}
