/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of quotes and collateral: facts.quote, .tdx, .platform, .collateral.
 * Members are written in the order in which they stand, so that the writer has
 * nothing to sort. */
#include "replay/checks.h"
#include "replay/facts.h"

static bool passed(const struct rp_case *c, const char *id,
		   const struct rp_subject *s)
{
	return rp_outcome_of(c, id, s) == RP_PASS;
}

/* dcap page 10: what was signed, whatever text it was kept in. */
static void write_sha256(const struct rp_case *c, struct ev_writer *w,
			 const char *name, struct ev_span bytes,
			 const struct ev_sha256 *known)
{
	uint8_t digest[32];

	if (ev_sha256_of(c->crypto, bytes, known, digest))
		ev_write_hex(w, name, EV_SPAN(digest));
}

/* dcap page 1.5: v3 has no outer envelope. */
static void write_envelope(const struct ev_quote *q, struct ev_writer *w)
{
	if (q->version > 3)
		ev_write_int(w, "outerCertificationDataType",
			     EV_CERT_QE_REPORT);
}

static void write_quote(const struct rp_case *c, const struct rp_subject *s,
			struct ev_writer *w)
{
	const struct ev_quote *q = &s->quote->q;

	ev_write_int(w, "attestationKeyType", q->att_key_type);
	ev_write_int(w, "bodyType", (int64_t)q->body_type);
	ev_write_int(w, "certificationDataType", (int64_t)q->cert_type);
	ev_write_str(w, "item", s->name);
	write_envelope(q, w);
	if (s->quote->chain_parsed.code == EV_OK)
		ev_write_int(w, "pckChainCertificates",
			     (int64_t)s->quote->chain.n_certs);
	ev_write_int(w, "qeIsvsvn", q->qe_report.isvsvn);
	ev_write_hex(w, "qeMrenclave", q->qe_report.mrenclave);
	ev_write_hex(w, "qeVendorId", q->qe_vendor_id);
	ev_write_int(w, "quoteSize", (int64_t)q->quote.n);
	rp_item_hash(c, s->item);
	write_sha256(c, w, "sha256", q->quote, &s->quote->sha256);
	ev_write_int(w, "signatureDataSize",
		     (int64_t)(q->quote.n - q->signed_bytes.n - 4));
	ev_write_int(w, "size", (int64_t)q->bytes.n);
	ev_write_str(w, "tee", q->tee == EV_TEE_TDX ? "TDX" : "SGX");
	ev_write_int(w, "teeType", (int64_t)q->tee);
	ev_write_int(w, "trailingBytes", (int64_t)q->padding.n);
	ev_write_bool(w, "trailingBytesZero", ev_span_is_zero(q->padding));
	ev_write_bool(w, "trusted", passed(c, "dcap.quote.signature", s));
	ev_write_hex(w, "userData", q->user_data);
	ev_write_int(w, "version", q->version);
}

static void write_td(const struct rp_case *c, const struct rp_subject *s,
		     struct ev_writer *w)
{
	const struct ev_td_body *td = &s->quote->q.td;

	ev_write_hex(w, "attributes", td->td_attributes);
	ev_write_str(w, "item", s->name);
	ev_write_hex(w, "mrconfigid", td->mrconfigid);
	ev_write_hex(w, "mrowner", td->mrowner);
	ev_write_hex(w, "mrownerconfig", td->mrownerconfig);
	ev_write_hex(w, "mrseam", td->mrseam);
	if (td->mrservicetd.n > 0)
		ev_write_hex(w, "mrservicetd", td->mrservicetd);
	ev_write_hex(w, "mrsignerseam", td->mrsignerseam);
	ev_write_hex(w, "mrtd", td->mrtd);
	ev_write_hex(w, "reportData", td->report_data);
	ev_write_array(w, "rtmr");
	for (size_t i = 0; i < 4; i++)
		ev_write_hex(w, NULL, td->rtmr[i]);
	ev_write_end(w);
	ev_write_hex(w, "seamAttributes", td->seam_attributes);
	ev_write_hex(w, "teeTcbSvn", td->tee_tcb_svn);
	if (td->tee_tcb_svn2.n > 0)
		ev_write_hex(w, "teeTcbSvn2", td->tee_tcb_svn2);
	ev_write_bool(w, "trusted", passed(c, "dcap.quote.signature", s));
	ev_write_hex(w, "xfam", td->xfam);
}

static void write_sgx(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct ev_sgx_report *r = &s->quote->q.sgx;

	ev_write_hex(w, "attributes", r->attributes);
	ev_write_hex(w, "configid", r->configid);
	ev_write_int(w, "configsvn", r->configsvn);
	ev_write_hex(w, "cpusvn", EV_SPAN(r->cpusvn));
	ev_write_hex(w, "isvextprodid", r->isvextprodid);
	ev_write_hex(w, "isvfamilyid", r->isvfamilyid);
	ev_write_int(w, "isvprodid", r->isvprodid);
	ev_write_int(w, "isvsvn", r->isvsvn);
	ev_write_str(w, "item", s->name);
	ev_write_int(w, "miscselect", r->miscselect);
	ev_write_hex(w, "mrenclave", r->mrenclave);
	ev_write_hex(w, "mrsigner", r->mrsigner);
	ev_write_hex(w, "reportData", r->report_data);
	ev_write_bool(w, "trusted", passed(c, "dcap.quote.signature", s));
}

static void write_pck(const struct ev_cert *pck, struct ev_writer *w)
{
	ev_write_object(w, "certificate");
	ev_write_time(w, "notAfter", pck->not_after);
	ev_write_time(w, "notBefore", pck->not_before);
	ev_write_hex(w, "serial", pck->serial);
	ev_write_end(w);
}

static void write_components(const struct ev_pck *pck, struct ev_writer *w)
{
	ev_write_array(w, "components");
	for (size_t i = 0; i < 16; i++)
		ev_write_int(w, NULL, pck->components[i]);
	ev_write_end(w);
}

/* Some are of a platform CA's certificates alone. */
static void write_platform(const struct rp_case *c, const struct rp_subject *s,
			   struct ev_writer *w)
{
	const struct rp_quote *q = s->quote;
	const struct ev_pck *pck = &q->pck;
	bool platform = pck->platform_ca;

	ev_write_str(w, "ca", platform ? "platform" : "processor");
	if (platform)
		ev_write_bool(w, "cachedKeys", pck->cached_keys);
	write_pck(&q->chain.cert[0], w);
	write_components(pck, w);
	ev_write_hex(w, "cpusvn", EV_SPAN(pck->cpusvn));
	if (platform)
		ev_write_bool(w, "dynamicPlatform", pck->dynamic_platform);
	ev_write_hex(w, "fmspc", EV_SPAN(pck->fmspc));
	ev_write_str(w, "item", s->name);
	ev_write_hex(w, "pceid", EV_SPAN(pck->pceid));
	ev_write_int(w, "pcesvn", pck->pcesvn);
	if (platform)
		ev_write_hex(w, "platformInstanceId",
			     EV_SPAN(pck->platform_instance_id));
	ev_write_hex(w, "ppid", EV_SPAN(pck->ppid));
	if (platform)
		ev_write_bool(w, "smtEnabled", pck->smt_enabled);
	ev_write_bool(w, "trusted", passed(c, "dcap.pck.extension", s));
}

static void write_tcb_info(const struct rp_case *c, const struct rp_subject *s,
			   struct ev_writer *w)
{
	const struct ev_tcb_info *t = &s->tcb_info->info;

	ev_write_object(w, NULL);
	ev_write_int(w, "evaluationDataNumber", (int64_t)t->eval_number);
	ev_write_hex(w, "fmspc", EV_SPAN(t->fmspc));
	ev_write_str(w, "item", s->name);
	ev_write_str(w, "kind", "tcbInfo");
	ev_write_int(w, "levels", (int64_t)t->n_levels);
	ev_write_time(w, "notAfter", t->next_update);
	ev_write_time(w, "notBefore", t->issue_date);
	ev_write_hex(w, "pceid", EV_SPAN(t->pceid));
	write_sha256(c, w, "signedSha256", t->signed_slice, &t->signed_sha256);
	ev_write_str(w, "tee", t->tee == EV_TEE_TDX ? "TDX" : "SGX");
	ev_write_bool(w, "trusted", passed(c, "dcap.tcb-info.signature", s));
	ev_write_int(w, "version", (int64_t)t->version);
	ev_write_end(w);
}

static void write_identity(const struct rp_case *c, const struct rp_subject *s,
			   struct ev_writer *w)
{
	const struct ev_qe_identity *t = &s->qe_identity->identity;

	ev_write_object(w, NULL);
	ev_write_int(w, "evaluationDataNumber", (int64_t)t->eval_number);
	ev_write_str(w, "id", ev_enclave_id_word(t->id));
	ev_write_str(w, "item", s->name);
	ev_write_str(w, "kind", "qeIdentity");
	ev_write_int(w, "levels", (int64_t)t->n_levels);
	ev_write_time(w, "notAfter", t->next_update);
	ev_write_time(w, "notBefore", t->issue_date);
	write_sha256(c, w, "signedSha256", t->signed_slice, &t->signed_sha256);
	ev_write_bool(w, "trusted", passed(c, "dcap.qe-identity.signature", s));
	ev_write_end(w);
}

static void write_crl(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct ev_crl *t = &s->crl->crl;

	ev_write_object(w, NULL);
	write_sha256(c, w, "derSha256", t->der, &t->der_sha256);
	ev_write_int(w, "entries", (int64_t)t->n_entries);
	ev_write_str(w, "item", s->name);
	ev_write_str(w, "kind", "crl");
	ev_write_time(w, "notAfter", t->next_update);
	ev_write_time(w, "notBefore", t->this_update);
	ev_write_bool(w, "trusted", passed(c, "dcap.crl.signature", s));
	ev_write_end(w);
}

static void write_collateral(const struct rp_case *c, struct ev_writer *w)
{
	ev_write_array(w, "collateral");
	for (size_t i = 0; i < c->n_subjects; i++) {
		const struct rp_subject *s = c->subjects[i];

		if (s->type == RP_TCB_INFO && s->tcb_info->parsed.code == EV_OK)
			write_tcb_info(c, s, w);
		else if (s->type == RP_QE_IDENTITY &&
			 s->qe_identity->parsed.code == EV_OK)
			write_identity(c, s, w);
		else if (s->type == RP_CRL && s->crl->parsed.code == EV_OK)
			write_crl(c, s, w);
	}
	ev_write_end(w);
}

static bool is_parsed(const struct rp_case *c, const struct rp_subject *s)
{
	(void)c;
	return s->quote->parsed.code == EV_OK;
}

static bool is_tdx(const struct rp_case *c, const struct rp_subject *s)
{
	return is_parsed(c, s) && s->quote->q.tee == EV_TEE_TDX;
}

static bool is_sgx(const struct rp_case *c, const struct rp_subject *s)
{
	return is_parsed(c, s) && s->quote->q.tee != EV_TEE_TDX;
}

static bool has_platform(const struct rp_case *c, const struct rp_subject *s)
{
	return is_parsed(c, s) && s->quote->chain_item != NULL &&
	       s->quote->chain_parsed.code == EV_OK &&
	       s->quote->pck_parsed.code == EV_OK;
}

static const struct rp_area areas[] = {
	{ "quote", RP_QUOTE, is_parsed, write_quote },
	{ "tdx", RP_QUOTE, is_tdx, write_td },
	{ "sgx", RP_QUOTE, is_sgx, write_sgx },
	{ "platform", RP_QUOTE, has_platform, write_platform },
};

void rp_facts_dcap_write(const struct rp_case *c, struct ev_writer *w)
{
	write_collateral(c, w);
	for (size_t i = 0; i < sizeof(areas) / sizeof(areas[0]); i++)
		rp_area_write(c, &areas[i], w);
}
