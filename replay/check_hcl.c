/* SPDX-License-Identifier: Apache-2.0 */
/* hcl.*: the paravisor's report, and what binds it to the quote. */
#include "replay/checks.h"

static void hcl_input(struct rp_finding *f, const struct rp_subject *s,
		      struct ev_span part)
{
	rp_input_part(f, s->name, s->item->bytes, part);
}

static void quote_input(struct rp_finding *f, const struct rp_subject *quote,
			struct ev_span part)
{
	rp_input_part(f, quote->name, quote->item->bytes, part);
}

enum rp_outcome rp_check_hcl_format(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct ev_hcl *h = &s->hcl->hcl;

	(void)c;
	if (s->hcl->alone)
		return rp_not_applicable(f, "claims without the report that "
					    "held them");
	if (s->hcl->parsed.code != EV_OK) {
		rp_input_add(f, s->name, 0, s->item->bytes.n);
		return rp_refused(f, "hcl", &s->hcl->parsed.err);
	}
	rp_input_add(f, s->name, 0, EV_HCL_HARDWARE_OFFSET);
	rp_input_add(f, s->name, EV_HCL_HARDWARE_OFFSET + EV_HCL_HARDWARE_SIZE,
		     20);
	if (h->padding.n > 0)
		hcl_input(f, s, h->padding);
	rp_set_got(f,
		   "header version %u, request data version %u, report "
		   "type %u, hash type %u, %zu bytes of runtime data",
		   h->version, h->request_version, h->report_type, h->hash_type,
		   h->runtime_data.n);
	if (h->report_type != EV_HCL_TDX && h->report_type != EV_HCL_SNP)
		return rp_fail(f, "hcl: report type %u is neither TDX nor SNP",
			       h->report_type);
	if (!ev_span_is_zero(h->padding))
		return rp_fail(f, "hcl: bytes behind the runtime data are not "
				  "zero");
	return RP_PASS;
}

static bool is_tdx(const struct rp_subject *s)
{
	return s->hcl->hcl.report_type == EV_HCL_TDX;
}

enum rp_outcome rp_check_hcl_td_report_hashes(struct rp_case *c,
					      const struct rp_subject *s,
					      struct rp_finding *f)
{
	const struct ev_tdreport *td = &s->hcl->hcl.td;
	uint8_t tcb_info[48], info[48];

	if (!is_tdx(s))
		return rp_not_applicable(f, "no TDREPORT in this report");
	hcl_input(f, s, td->tee_tcb_info);
	hcl_input(f, s, td->tee_tcb_info_hash);
	hcl_input(f, s, td->tdinfo);
	hcl_input(f, s, td->tee_info_hash);
	if (!ev_digest(c->crypto, EV_SHA384, td->tee_tcb_info, tcb_info) ||
	    !ev_digest(c->crypto, EV_SHA384, td->tdinfo, info))
		return RP_TROUBLE;
	if (rp_expect(f, EV_SPAN(tcb_info), td->tee_tcb_info_hash) != RP_PASS)
		return rp_fail(f, "digest: TEE_TCB_INFO_HASH");
	if (rp_expect(f, EV_SPAN(info), td->tee_info_hash) != RP_PASS)
		return rp_fail(f, "digest: TEE_INFO_HASH");
	return RP_PASS;
}

/* The fields lie next to each other but for what is named here. */
static void match_inputs(struct rp_finding *f, const struct rp_subject *s,
			 const struct rp_subject *quote)
{
	const struct ev_tdreport *r = &s->hcl->hcl.td;
	bool body_15 = quote->quote->q.td.tee_tcb_svn2.n > 0;

	hcl_input(f, s,
		  ev_span_of(r->tee_tcb_svn.p,
			     16 + 48 + 48 + 8 + (body_15 ? 16U : 0U)));
	hcl_input(f, s,
		  ev_span_of(r->td_attributes.p,
			     8 + 8 + 8 * 48 + (body_15 ? 48U : 0U)));
	hcl_input(f, s, r->report_data);
	quote_input(f, quote, quote->quote->q.td.bytes);
}

enum rp_outcome rp_check_hcl_report_match(struct rp_case *c,
					  const struct rp_subject *s,
					  struct rp_finding *f)
{
	const struct ev_tdreport *r = &s->hcl->hcl.td;
	const struct rp_subject *quote = s->hcl->quote;
	const struct ev_td_body *q;

	(void)c;
	if (!is_tdx(s))
		return rp_not_applicable(f, "no TDREPORT in this report");
	if (quote == NULL || quote->quote->q.tee != EV_TEE_TDX)
		return rp_skip(f, "absent: tdx-quote");
	q = &quote->quote->q.td;
	const struct {
		const char *name;
		struct ev_span report, quote;
	} fields[] = {
		{ "tee_tcb_svn", r->tee_tcb_svn, q->tee_tcb_svn },
		{ "mrseam", r->mrseam, q->mrseam },
		{ "mrsignerseam", r->mrsignerseam, q->mrsignerseam },
		{ "seam_attributes", r->seam_attributes, q->seam_attributes },
		{ "td_attributes", r->td_attributes, q->td_attributes },
		{ "xfam", r->xfam, q->xfam },
		{ "mrtd", r->mrtd, q->mrtd },
		{ "mrconfigid", r->mrconfigid, q->mrconfigid },
		{ "mrowner", r->mrowner, q->mrowner },
		{ "mrownerconfig", r->mrownerconfig, q->mrownerconfig },
		{ "rtmr0", r->rtmr[0], q->rtmr[0] },
		{ "rtmr1", r->rtmr[1], q->rtmr[1] },
		{ "rtmr2", r->rtmr[2], q->rtmr[2] },
		{ "rtmr3", r->rtmr[3], q->rtmr[3] },
		{ "report_data", r->report_data, q->report_data },
		/* Of a body 1.5 alone: */
		{ "tee_tcb_svn2", r->tee_tcb_svn2, q->tee_tcb_svn2 },
		{ "servtd_hash", r->servtd_hash, q->mrservicetd },
	};
	size_t n_fields = sizeof(fields) / sizeof(fields[0]) -
			  (q->tee_tcb_svn2.n > 0 ? 0 : 2);

	match_inputs(f, s, quote);
	for (size_t i = 0; i < n_fields; i++)
		if (rp_expect(f, fields[i].quote, fields[i].report) != RP_PASS)
			return rp_fail(f,
				       "mismatch: %s differs between the "
				       "TDREPORT and the quote",
				       fields[i].name);
	rp_set_want(f, "%zu fields equal", n_fields);
	rp_set_got(f, "%zu fields equal", n_fields);
	return RP_PASS;
}

static bool hash_alg(uint32_t hash_type, enum ev_digest_alg *alg)
{
	static const enum ev_digest_alg algs[] = { EV_SHA256, EV_SHA384,
						   EV_SHA512 };

	if (hash_type < 1 || hash_type > 3)
		return false;
	*alg = algs[hash_type - 1];
	return true;
}

/* REPORTDATA of the hardware evidence and where it stands. */
static bool hardware_report_data(const struct rp_subject *s,
				 struct ev_span *out, struct rp_finding *f)
{
	const struct rp_subject *quote = s->hcl->quote;

	if (s->hcl->snp != NULL) {
		*out = s->hcl->snp->snp->report.report_data;
		quote_input(f, s->hcl->snp, *out);
		return true;
	}
	if (quote == NULL || quote->quote->q.tee != EV_TEE_TDX)
		return false;
	*out = quote->quote->q.td.report_data;
	quote_input(f, quote, *out);
	return true;
}

enum rp_outcome rp_check_hcl_runtime_data_binding(struct rp_case *c,
						  const struct rp_subject *s,
						  struct rp_finding *f)
{
	const struct ev_hcl *h = &s->hcl->hcl;
	uint8_t want[64] = { 0 };
	struct ev_span report_data;
	enum ev_digest_alg alg;

	hcl_input(f, s, h->runtime_data);
	if (!is_tdx(s) && s->hcl->snp == NULL && !s->hcl->alone)
		return rp_skip(f, "unsupported: the hardware report is neither "
				  "TDX's nor SEV-SNP's");
	if (!hardware_report_data(s, &report_data, f))
		return rp_skip(f, "absent: tdx-quote%s",
			       s->hcl->alone ? " or snp-report" : "");
	/* A report that a guest's own kernel asked for binds what it likes. */
	if (s->hcl->snp != NULL && s->hcl->snp->snp->report.vmpl != 0)
		return rp_fail(f,
			       "vmpl: the report is of VMPL %u, not of the "
			       "paravisor, which runs at 0",
			       s->hcl->snp->snp->report.vmpl);
	if (!hash_alg(h->hash_type, &alg))
		return rp_fail(f, "hash-type: %u is none of 1, 2, 3",
			       h->hash_type);
	f->hash = ev_digest_name(alg);
	if (!ev_digest(c->crypto, alg, h->runtime_data, want))
		return RP_TROUBLE;
	if (rp_expect(f, EV_SPAN(want), report_data) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "mismatch: REPORTDATA does not commit to the runtime "
			  "data");
}

enum rp_outcome rp_check_hcl_runtime_data_format(struct rp_case *c,
						 const struct rp_subject *s,
						 struct rp_finding *f)
{
	(void)c;
	hcl_input(f, s, s->hcl->hcl.runtime_data);
	if (s->hcl->claims_parsed.code != EV_OK)
		return rp_refused(f, "runtime-data",
				  &s->hcl->claims_parsed.err);
	return RP_PASS;
}

enum rp_outcome rp_check_hcl_ak(struct rp_case *c, const struct rp_subject *s,
				struct rp_finding *f)
{
	static const uint8_t f4[] = { 1, 0, 1 };
	const struct ev_jwk_rsa *ak = &s->hcl->claims.ak;

	(void)c;
	hcl_input(f, s, s->hcl->hcl.runtime_data);
	rp_set_want(f, "HCLAkPub, RSA, 2048 bits, exponent 65537");
	if (!ak->present) {
		rp_set_got(f, "no key HCLAkPub");
		return rp_fail(f, "missing: no key HCLAkPub in the runtime "
				  "data");
	}
	rp_set_got(f, "HCLAkPub, RSA, %zu bits", ak->n_size * 8);
	if (ak->n_size != 256 || (ak->n[0] & 0x80) == 0 ||
	    !ev_span_eq(ev_span_of(ak->e, ak->e_size), EV_SPAN(f4)))
		return rp_fail(f, "key: HCLAkPub is not RSA-2048 with exponent "
				  "65537");
	return RP_PASS;
}
