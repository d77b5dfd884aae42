/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of Azure's paravisor and vTPM: facts.azure, .tpm, .pcr, .ak. */
#include "replay/checks.h"
#include "replay/facts.h"

#include <stdio.h>

static bool passed(const struct rp_case *c, const char *id,
		   const struct rp_subject *s)
{
	return rp_outcome_of(c, id, s) == RP_PASS;
}

static void write_number(struct ev_writer *w, const char *name, json_int_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" JSON_INTEGER_FORMAT, n);
	ev_write_str(w, name, text);
}

/* vm-configuration as the paravisor tells it: booleans, numbers and text. */
static void write_configuration(struct ev_writer *w, const json_t *config)
{
	const char *name;
	json_t *v;

	ev_write_object(w, "vmConfiguration");
	json_object_foreach ((json_t *)(uintptr_t)config, name, v) {
		if (!rp_fact_name_ok(name))
			continue;
		if (json_is_boolean(v))
			ev_write_bool(w, name, json_is_true(v));
		else if (json_is_integer(v))
			write_number(w, name, json_integer_value(v));
		else if (json_is_string(v))
			ev_write_foreign(w, name,
					 ev_span_of(json_string_value(v),
						    json_string_length(v)));
	}
	ev_write_end(w);
}

static void write_claims(const struct rp_case *c, const struct rp_subject *s,
			 struct ev_writer *w)
{
	const struct ev_runtime_claims *claims = &s->hcl->claims;
	struct ev_span ak = ev_span_of(claims->ak.n, claims->ak.n_size);
	uint8_t digest[32];

	ev_write_object(w, "runtimeData");
	ev_write_bool(w, "trusted", passed(c, "hcl.runtime-data.format", s));
	ev_write_int(
		w, "offset",
		(int64_t)ev_hcl_offset(&s->hcl->hcl, s->hcl->hcl.runtime_data));
	ev_write_int(w, "size", (int64_t)s->hcl->hcl.runtime_data.n);
	if (ev_digest(c->crypto, EV_SHA256, s->hcl->hcl.runtime_data, digest))
		ev_write_hex(w, "sha256", EV_SPAN(digest));
	if (s->hcl->claims_parsed.code == EV_OK) {
		if (claims->ak.present)
			ev_write_hex(w, "akModulus", ak);
		if (claims->has_user_data)
			ev_write_hex(w, "userData", EV_SPAN(claims->user_data));
		if (claims->vm_configuration != NULL) {
			write_configuration(w, claims->vm_configuration);
			/* A fingerprint, not a proof: only OpenHCL's reports
			 * have this member. */
			ev_write_str(w, "family",
				     json_object_get(
					     claims->vm_configuration,
					     "filtered-vpci-devices-allowed") !=
						     NULL
					     ? "OpenHCL"
					     : "legacy HCL");
		}
		if (claims->vm_unique_id.n > 0)
			ev_write_foreign(w, "vmUniqueId", claims->vm_unique_id);
	}
	ev_write_end(w);
}

static void write_hcl(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct ev_hcl *h = &s->hcl->hcl;

	ev_write_object(w, "azure");
	ev_write_str(w, "item", s->name);
	ev_write_bool(w, "trusted", passed(c, "hcl.report.match", s));
	ev_write_int(w, "size", (int64_t)h->item.n);
	ev_write_object(w, "hardwareReport");
	ev_write_int(w, "offset", EV_HCL_HARDWARE_OFFSET);
	ev_write_int(w, "size", EV_HCL_HARDWARE_SIZE);
	ev_write_end(w);
	ev_write_int(w, "headerVersion", h->version);
	ev_write_int(w, "reportSize", h->report_size);
	ev_write_int(w, "requestType", h->request_type);
	ev_write_int(w, "status", h->status);
	ev_write_int(w, "dataSize", h->data_size);
	ev_write_int(w, "requestVersion", h->request_version);
	ev_write_int(w, "reportType", h->report_type);
	ev_write_int(w, "hashType", h->hash_type);
	write_claims(c, s, w);
	ev_write_end(w);
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
	enum ev_digest_alg alg;

	ev_write_str(w, "signatureScheme",
		     signature->scheme == EV_TPM_ALG_RSASSA
			     ? "rsassa-pkcs1-v1_5"
		     : signature->scheme == EV_TPM_ALG_RSAPSS ? "rsapss"
							      : "ecdsa");
	if (ev_tpm_digest_alg(signature->hash, &alg))
		ev_write_str(w, "signatureHash", ev_digest_name(alg));
}

static void write_tpm(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct ev_tpm_quote *q = &s->tpm_quote->q;
	char firmware[20];

	snprintf(firmware, sizeof(firmware), "%016llx",
		 (unsigned long long)q->firmware_version);
	ev_write_object(w, "tpm");
	ev_write_str(w, "item", s->name);
	ev_write_bool(w, "trusted", passed(c, "tpm.quote.signature", s));
	ev_write_hex(w, "extraData", q->extra_data);
	ev_write_hex(w, "qualifiedSigner", q->qualified_signer);
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
	ev_write_end(w);
}

/* A bank may be listed twice; a report's member stands once. */
static bool listed_before(const struct ev_tpm_quote *q, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (q->bank[k].alg == q->bank[i].alg)
			return true;
	return false;
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
static void write_pcrs(const struct rp_case *c, const struct rp_subject *s,
		       struct ev_writer *w)
{
	const struct ev_tpm_quote *q = &s->tpm_quote->q;
	struct ev_span values;
	size_t at = 0;

	if (s->tpm_quote->pcrs_item == NULL ||
	    !passed(c, "tpm.quote.selection", s))
		return;
	values = s->tpm_quote->pcrs_item->bytes;
	ev_write_object(w, "pcr");
	ev_write_bool(w, "trusted", passed(c, "tpm.quote.pcrs", s));
	for (size_t i = 0; i < q->n_banks; i++) {
		enum ev_digest_alg alg;
		size_t size;

		if (!ev_tpm_digest_alg(q->bank[i].alg, &alg))
			break;
		size = q->bank[i].n_pcrs * ev_digest_size(alg);
		if (!listed_before(q, i))
			write_bank(&q->bank[i], alg,
				   ev_span_sub(values, at, size), w);
		at += size;
	}
	ev_write_end(w);
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

static void write_ak(const struct rp_case *c, const struct rp_subject *s,
		     struct ev_writer *w)
{
	const struct ev_path *path = &s->ak_cert->path;

	ev_write_object(w, "ak");
	ev_write_str(w, "item", s->name);
	ev_write_bool(w, "trusted", passed(c, "tpm.ak.certificate", s));
	ev_write_array(w, "chain");
	if (path->n_certs == 0)
		write_certificate(&s->ak_cert->cert, w);
	for (size_t i = 0; i < path->n_certs; i++)
		write_certificate(path->cert[i], w);
	ev_write_end(w);
	ev_write_end(w);
}

void rp_facts_azure_write(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s = rp_next_subject(c, RP_HCL, NULL);

	if (s != NULL && s->hcl->parsed.code == EV_OK)
		write_hcl(c, s, w);
	s = rp_next_subject(c, RP_TPM_QUOTE, NULL);
	if (s != NULL && s->tpm_quote->parsed.code == EV_OK) {
		write_tpm(c, s, w);
		write_pcrs(c, s, w);
	}
	s = rp_next_subject(c, RP_AK_CERT, NULL);
	if (s != NULL && s->ak_cert->parsed.code == EV_OK)
		write_ak(c, s, w);
}
