/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of a vTPM: facts.tpm, .pcr, .ak. */
#include "replay/checks.h"
#include "replay/facts.h"

#include <stdio.h>

static bool passed(const struct rp_case *c, const char *id,
		   const struct rp_subject *s)
{
	return rp_outcome_of(c, id, s) == RP_PASS;
}

/* The hardware quote of the TPM quote's machine, or NULL. */
static const struct rp_subject *quote_of(const struct rp_subject *s)
{
	const struct rp_subject *hcl = s->tpm_quote->hcl;

	return hcl != NULL ? hcl->hcl->quote : NULL;
}

static bool is_parsed(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->tpm_quote->parsed.code == EV_OK;
}

static void write_selection(const struct ev_tpm_quote *q, struct ev_writer *w)
{
	ev_write_array(w, "selection");
	for (size_t i = 0; i < q->n_banks; i++) {
		enum ev_digest_alg alg;
		char text[16];

		snprintf(text, sizeof(text), "0x%04x", q->bank[i].alg);
		ev_write_object(w, NULL);
		ev_write_str(w, "bank",
			     ev_tpm_digest_alg(q->bank[i].alg, &alg)
				     ? ev_digest_name(alg)
				     : text);
		ev_write_array(w, "pcrs");
		for (unsigned int n = 0; n < EV_TPM_PCRS_MAX; n++)
			if ((q->bank[i].pcrs >> n & 1) != 0)
				ev_write_int(w, NULL, n);
		ev_write_end(w);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_scheme(const struct ev_tpm_signature *signature,
			 struct ev_writer *w)
{
	const char *hash = ev_tpm_alg_name(signature->hash);

	ev_write_str(w, "signatureScheme",
		     signature->scheme == EV_TPM_ALG_RSASSA
			     ? "rsassa-pkcs1-v1_5"
			     : ev_tpm_alg_name(signature->scheme));
	if (hash != NULL)
		ev_write_str(w, "signatureHash", hash);
	if (signature->hash == EV_TPM_ALG_SHA1)
		ev_write_str(w, "weak", "SHA-1");
}

/* Of the key that signed, where it is known what its TPM calls it. */
static void write_names(const struct rp_tpm_quote *t, struct ev_writer *w)
{
	if (t->ak_name_size > 0)
		ev_write_hex(w, "akName",
			     ev_span_of(t->ak_name, t->ak_name_size));
	if (t->hierarchy == NULL)
		return;
	ev_write_str(w, "akHierarchy", t->hierarchy->name);
	ev_write_bool(w, "countersObscured", !t->hierarchy->shows_counters);
}

static void write_tpm(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct ev_tpm_quote *q = &s->tpm_quote->q;
	char firmware[20];

	snprintf(firmware, sizeof(firmware), "%016llx",
		 (unsigned long long)q->firmware_version);
	ev_write_str(w, "item", s->name);
	if (s->tpm_quote->hcl != NULL)
		ev_write_str(w, "report", s->tpm_quote->hcl->name);
	rp_fact_quote_write(quote_of(s), w);
	ev_write_bool(w, "trusted", passed(c, "tpm.quote.signature", s));
	ev_write_hex(w, "extraData", q->extra_data);
	ev_write_hex(w, "qualifiedSigner", q->qualified_signer);
	write_names(s->tpm_quote, w);
	ev_write_u64(w, "clock", q->clock);
	ev_write_u64(w, "resetCount", q->reset_count);
	ev_write_u64(w, "restartCount", q->restart_count);
	ev_write_bool(w, "safe", q->safe);
	ev_write_str(w, "firmwareVersion", firmware);
	ev_write_hex(w, "pcrDigest", q->pcr_digest);
	write_selection(q, w);
	if (s->tpm_quote->signature_item != NULL &&
	    s->tpm_quote->signature_parsed.code == EV_OK)
		write_scheme(&s->tpm_quote->signature, w);
}

static void write_bank(const struct ev_pcr_selection *bank,
		       enum ev_digest_alg alg, struct ev_span values,
		       struct ev_writer *w)
{
	size_t size = ev_digest_size(alg), at = 0;
	char name[8];

	ev_write_object(w, ev_digest_name(alg));
	for (unsigned int n = 0; n < EV_TPM_PCRS_MAX; n++) {
		if ((bank->pcrs >> n & 1) == 0)
			continue;
		snprintf(name, sizeof(name), "%u", n);
		ev_write_hex(w, name, ev_span_sub(values, at, size));
		at += size;
	}
	ev_write_end(w);
}

/* The values are facts only once the quote covers them. */
static bool has_values(const struct rp_case *c, const struct rp_subject *s)
{
	return is_parsed(c, s) && s->tpm_quote->pcrs_item != NULL &&
	       passed(c, "tpm.quote.selection", s);
}

static void write_pcrs(const struct rp_case *c, const struct rp_subject *s,
		       struct ev_writer *w)
{
	const struct ev_tpm_quote *q = &s->tpm_quote->q;
	struct ev_span values = s->tpm_quote->values;
	size_t at = 0;

	ev_write_str(w, "item", s->tpm_quote->pcrs_item->name);
	ev_write_str(w, "tpmQuote", s->name);
	rp_fact_quote_write(quote_of(s), w);
	ev_write_bool(w, "trusted", passed(c, "tpm.quote.pcrs", s));
	for (size_t i = 0; i < q->n_banks; i++) {
		enum ev_digest_alg alg;
		size_t size;

		if (!ev_tpm_digest_alg(q->bank[i].alg, &alg))
			break;
		size = q->bank[i].n_pcrs * ev_digest_size(alg);
		write_bank(&q->bank[i], alg, ev_span_sub(values, at, size), w);
		at += size;
	}
}

static void write_certificate(const struct ev_x509 *cert, struct ev_writer *w)
{
	ev_write_object(w, NULL);
	ev_write_str(w, "subject", cert->subject);
	ev_write_str(w, "issuer", cert->issuer);
	ev_write_str(w, "serial", cert->serial);
	ev_write_time(w, "notBefore", cert->not_before);
	ev_write_time(w, "notAfter", cert->not_after);
	ev_write_str(w, "signatureAlgorithm", cert->signature_algorithm);
	ev_write_end(w);
}

void rp_fact_chain_write(const struct ev_x509 *leaf, const struct ev_path *path,
			 struct ev_writer *w)
{
	ev_write_array(w, "chain");
	if (path->n_certs == 0)
		write_certificate(leaf, w);
	for (size_t i = 0; i < path->n_certs; i++)
		write_certificate(path->cert[i], w);
	ev_write_end(w);
}

/* The TPM quotes that this certificate is held against; the first's quote is
 * that of their machine. */
static void write_linked(const struct rp_case *c, const struct rp_subject *cert,
			 struct ev_writer *w)
{
	const struct rp_subject *s = NULL, *quote = NULL;

	ev_write_array(w, "tpmQuotes");
	while ((s = rp_next_subject(c, RP_TPM_QUOTE, s)) != NULL) {
		if (s->tpm_quote->ak_cert != cert)
			continue;
		ev_write_str(w, NULL, s->name);
		if (quote == NULL)
			quote = quote_of(s);
	}
	ev_write_end(w);
	rp_fact_quote_write(quote, w);
}

static void write_ak(const struct rp_case *c, const struct rp_subject *s,
		     struct ev_writer *w)
{
	ev_write_str(w, "item", s->name);
	write_linked(c, s, w);
	ev_write_bool(w, "trusted", passed(c, "tpm.ak.certificate", s));
	rp_fact_chain_write(&s->ak_cert->cert, &s->ak_cert->certified.path, w);
}

static bool is_read(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->ak_cert->parsed.code == EV_OK;
}

static const struct rp_area areas[] = {
	{ "tpm", RP_TPM_QUOTE, is_parsed, write_tpm },
	{ "pcr", RP_TPM_QUOTE, has_values, write_pcrs },
	{ "ak", RP_AK_CERT, is_read, write_ak },
};

void rp_facts_tpm_write(const struct rp_case *c, struct ev_writer *w)
{
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
		rp_area_write(c, &areas[i], w);
}
