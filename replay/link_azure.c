/* SPDX-License-Identifier: Apache-2.0 */
/* Paravisor report, vTPM quote and AK certificate find each other. */
#include "replay/link.h"

#include "replay/ak.h"
#include "replay/certificates.h"

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

static bool commits_to(struct ev_span report_data, const struct rp_hcl *claims)
{
	return report_data.n >= sizeof(claims->alone_sha256) &&
	       memcmp(report_data.p, claims->alone_sha256,
		      sizeof(claims->alone_sha256)) == 0;
}

/* What commits to the claims; else the first that no other report holds. */
static const struct rp_subject *snp_of_claims(const struct rp_case *c,
					      const struct rp_hcl *claims)
{
	const struct rp_subject *s = NULL, *first = NULL;

	while ((s = rp_next_subject(c, RP_SNP, s)) != NULL) {
		if (s->snp->parsed.code == EV_OK &&
		    commits_to(s->snp->report.report_data, claims))
			return s;
		if (first == NULL && s->snp->hcl == NULL)
			first = s;
	}
	return first;
}

static const struct rp_subject *quote_of_claims(const struct rp_case *c,
						const struct rp_hcl *claims)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL)
		if (s->quote->parsed.code == EV_OK &&
		    s->quote->q.tee == EV_TEE_TDX &&
		    commits_to(s->quote->q.td.report_data, claims))
			return s;
	return NULL;
}

void rp_link_runtime_claims(const struct rp_case *c, struct rp_subject *claims)
{
	struct rp_hcl *h = claims->hcl;

	h->quote = quote_of_claims(c, h);
	if (h->quote == NULL)
		h->snp = snp_of_claims(c, h);
	if (h->quote == NULL && h->snp == NULL)
		h->quote = rp_quote_of_hcl(c, h);
	/* As those of a report that holds it would be. */
	if (h->snp != NULL && h->snp->snp->hcl == NULL)
		c->subjects[h->snp->order]->snp->hcl = claims;
}

/* Items that are judged with a TPM quote, and what they say of it. */
static const struct companion {
	const char *kind, *rel;
	/* One may be that of several quotes by one key; one that names no
	 * quote counts only where it is alone. */
	bool shared;
} companions[] = {
	{ "tpm-quote-signature", "signature-of", false },
	{ "tpm-pcrs", "values-of", false },
	{ "tpm-pcrs-serialized", "values-of", false },
	{ "tpm2b-public", "key-of", true },
	{ "key-pem", "key-of", true },
};
#define N_COMPANIONS (sizeof(companions) / sizeof(companions[0]))

/* Where a quote keeps it. */
static const struct rp_item **companion_of(struct rp_tpm_quote *t,
					   const struct companion *what)
{
	const struct rp_item **const place[N_COMPANIONS] = {
		&t->signature_item, &t->pcrs_item, &t->dump_item,
		&t->public_item,    &t->key_item,
	};

	return place[what - companions];
}

bool rp_is_companion(const struct ev_kind *kind)
{
	for (size_t i = 0; i < N_COMPANIONS; i++)
		if (strcmp(companions[i].kind, kind->kind) == 0)
			return true;
	return false;
}

static void join(struct rp_tpm_quote *t, const struct companion *what,
		 struct rp_item *item)
{
	*companion_of(t, what) = item;
	item->linked = true;
}

/* The item says of something that it belongs to it. */
static bool names(const struct rp_item *item, const char *rel)
{
	const struct ev_manifest_item *e = item->entry;

	for (size_t i = 0; e != NULL && i < e->n_relates; i++)
		if (strcmp(e->relates[i].rel, rel) == 0)
			return true;
	return false;
}

/* Gives an item to the quotes it names, where they have none. */
static void join_named(const struct rp_case *c, const struct companion *what,
		       struct rp_item *item)
{
	const struct ev_manifest_item *e = item->entry;

	for (size_t i = 0; e != NULL && i < e->n_relates; i++) {
		const struct rp_item *to;

		if (strcmp(e->relates[i].rel, what->rel) != 0)
			continue;
		to = rp_item_named(c, e->relates[i].name);
		if (to != NULL && to->subject != NULL &&
		    to->subject->type == RP_TPM_QUOTE &&
		    *companion_of(to->subject->tpm_quote, what) == NULL)
			join(to->subject->tpm_quote, what, item);
	}
}

/* The first quote that can be read and has none. */
static struct rp_tpm_quote *first_without(struct rp_subject *s,
					  const struct companion *what)
{
	for (; s != NULL; s = s->next)
		if (s->tpm_quote->parsed.code == EV_OK &&
		    *companion_of(s->tpm_quote, what) == NULL)
			return s->tpm_quote;
	return NULL;
}

/* An only item goes to every quote that none named and that the same key says
 * it signed; to all where none can be read. */
static void share(struct rp_subject *s, const struct companion *what,
		  struct rp_item *item)
{
	const struct rp_tpm_quote *first = first_without(s, what);

	for (; s != NULL; s = s->next)
		if (*companion_of(s->tpm_quote, what) == NULL &&
		    (first == NULL ||
		     ev_span_eq(s->tpm_quote->q.qualified_signer,
				first->q.qualified_signer)))
			join(s->tpm_quote, what, item);
}

/* Items of a kind go to the quotes they name, then those that name none to
 * the quotes that none named, both in order. */
static void link_companions(struct rp_case *c, const struct companion *what)
{
	struct rp_subject *s = c->first[RP_TPM_QUOTE];
	struct rp_item *alone = NULL;
	size_t n = 0;

	for (size_t i = 0; s != NULL && i < c->n_items; i++) {
		if (!rp_is_kind(&c->items[i], what->kind))
			continue;
		join_named(c, what, &c->items[i]);
		if (!names(&c->items[i], what->rel)) {
			alone = &c->items[i];
			n++;
		}
	}
	if (what->shared && n == 1)
		share(s, what, alone);
	for (size_t i = 0; !what->shared && n > 0 && i < c->n_items; i++) {
		if (!rp_is_kind(&c->items[i], what->kind) ||
		    names(&c->items[i], what->rel))
			continue;
		while (s != NULL && *companion_of(s->tpm_quote, what) != NULL)
			s = s->next;
		if (s != NULL)
			join(s->tpm_quote, what, &c->items[i]);
	}
}

/* The paravisor's report that names the key by which the quote says it was
 * signed; else the first. */
static const struct rp_subject *hcl_of(const struct rp_case *c,
				       const struct rp_tpm_quote *t)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_HCL, s)) != NULL)
		if (t->parsed.code == EV_OK && s->hcl->has_ak_name &&
		    ev_span_eq(
			    ev_span_of(s->hcl->ak_name, s->hcl->ak_name_size),
			    t->q.qualified_signer))
			return s;
	return c->first[RP_HCL];
}

/* The key that is known without a certificate; none: none is. */
static struct ev_public_key known_key(const struct rp_tpm_quote *t)
{
	if (t->hcl != NULL)
		return rp_hcl_key(t->hcl->hcl);
	if (t->public_item != NULL && t->public_parsed.code == EV_OK)
		return t->public_key;
	return t->pem_key;
}

/* The certificate of that key, else the one that the manifest calls this
 * quote's. */
static const struct rp_subject *cert_of(const struct rp_case *c,
					const struct rp_subject *quote)
{
	const struct ev_public_key key = known_key(quote->tpm_quote);
	bool is_there = ev_public_key_is_there(&key);
	const struct rp_subject *s = NULL;

	while (is_there && (s = rp_next_subject(c, RP_AK_CERT, s)) != NULL)
		if (s->ak_cert->parsed.code == EV_OK &&
		    ev_public_key_eq(&s->ak_cert->cert.key, &key))
			return s;
	s = NULL;
	while ((s = rp_next_subject(c, RP_AK_CERT, s)) != NULL)
		if (rp_cert_relates(c, s->ak_cert, quote))
			return s;
	return NULL;
}

static bool is_taken(const struct rp_case *c, const struct rp_subject *cert)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL)
		if (s->tpm_quote->ak_cert == cert)
			return true;
	return false;
}

/* A certificate that is no other quote's is held against a quote that has
 * none: that it is for another key has to be said. */
static void link_left_certs(struct rp_case *c)
{
	const struct rp_subject *left = c->first[RP_AK_CERT];

	while (left != NULL && is_taken(c, left))
		left = left->next;
	for (struct rp_subject *s = c->first[RP_TPM_QUOTE]; s != NULL;
	     s = s->next) {
		if (s->tpm_quote->ak_cert == NULL)
			s->tpm_quote->ak_cert = left;
		s->partner[1] = s->tpm_quote->ak_cert;
	}
}

/* A key of another kind, or no key, is none that a quote is judged by. */
static void read_key(struct rp_tpm_quote *t)
{
	struct ev_error err = { 0 };

	if (ev_pem_list_parse(t->key_item->bytes, 0, "PUBLIC KEY", &t->key_pem,
			      &err) == EV_OK)
		t->pem_key = ev_public_key_of_spki(t->key_pem.block[0].der);
}

/* A dump counts where it is all there is.  What it says it selects is not
 * looked at again: the quote's selection decides (CVE-2024-29039). */
static void read_values(struct rp_tpm_quote *t)
{
	struct ev_pcr_selection unsigned_word[EV_TPM_BANKS_MAX];
	size_t n_banks, n = 0;

	if (t->pcrs_item != NULL) {
		t->values = t->pcrs_item->bytes;
		return;
	}
	t->pcrs_item = t->dump_item;
	if (t->dump_item == NULL)
		return;
	t->pcrs_parsed.code = ev_tpm_pcrs_serialized_parse(
		t->dump_item->bytes, unsigned_word, &n_banks, &t->values_made,
		&n, &t->pcrs_parsed.err);
	t->values = ev_span_of(t->values_made, n);
}

static void link_tpm_quote(const struct rp_case *c, struct rp_subject *s)
{
	struct rp_tpm_quote *t = s->tpm_quote;

	if (t->signature_item != NULL) {
		const struct ev_manifest_item *e = t->signature_item->entry;

		t->signature_parsed.code = ev_tpm_signature_parse(
			t->signature_item->bytes,
			e != NULL && e->scheme != NULL &&
				strcmp(e->scheme, "rsassa-sha256") == 0,
			&t->signature, &t->signature_parsed.err);
	}
	if (t->public_item != NULL) {
		t->public_parsed.code =
			ev_tpm_public_parse(t->public_item->bytes, &t->public,
					    &t->public_parsed.err);
		if (t->public_parsed.code == EV_OK)
			t->public_key = ev_tpm_public_key(&t->public);
	}
	if (t->key_item != NULL)
		read_key(t);
	read_values(t);
	t->hcl = hcl_of(c, t);
	t->ak_cert = cert_of(c, s);
	s->partner[0] = t->hcl;
}

void rp_link_tpm_quotes(struct rp_case *c)
{
	for (size_t i = 0; i < N_COMPANIONS; i++)
		link_companions(c, &companions[i]);
	for (struct rp_subject *s = c->first[RP_TPM_QUOTE]; s != NULL;
	     s = s->next)
		link_tpm_quote(c, s);
	link_left_certs(c);
}
