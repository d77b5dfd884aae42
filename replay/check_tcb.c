/* SPDX-License-Identifier: Apache-2.0 */
/* Quote against collateral: which collateral fits, which level is reached. */
#include "replay/checks.h"
#include "replay/distance.h"

#include <stdio.h>

/* dcap pages 1.1 and 1.3: the TEE type in a quote, ISVSVN in a report. */
enum { TEE_AT = 4, ISVSVN_AT = 258 };

static void member_input(struct rp_finding *f, const struct rp_item *item,
			 struct ev_span slice)
{
	rp_input_add(f, item->name, (uint64_t)(slice.p - item->bytes.p),
		     slice.n);
}

static void tcb_info_input(struct rp_finding *f, const struct rp_quote *q)
{
	member_input(f, q->tcb_info->item,
		     q->tcb_info->tcb_info->info.signed_slice);
}

static void identity_input(struct rp_finding *f, const struct rp_quote *q)
{
	member_input(f, q->qe_identity->item,
		     q->qe_identity->qe_identity->identity.signed_slice);
}

static void quote_input(struct rp_finding *f, const struct rp_subject *s,
			struct ev_span part)
{
	rp_input_part(f, s->name, s->item->bytes, part);
}

static void pck_input(struct rp_finding *f, const struct rp_quote *q)
{
	rp_input_add(f, q->chain_item->name, q->chain.pem.block[0].offset,
		     q->chain.pem.block[0].text.n);
}

/* "FMSPC 90c06f000000 PCEID 0000" */
static void platform_text(const uint8_t fmspc[6], const uint8_t pceid[2],
			  const char *tee, char out[64])
{
	char a[13], b[5];

	ev_hex_encode(ev_span_of(fmspc, 6), a);
	ev_hex_encode(ev_span_of(pceid, 2), b);
	snprintf(out, 64, "%s, FMSPC %s, PCEID %s", tee, a, b);
}

static const char *tee_word(enum ev_tee tee)
{
	return tee == EV_TEE_TDX ? "TDX" : "SGX";
}

/* With more anchors than one, a platform is judged by the collateral of its
 * own vendor's root: all hang from one key (dcap page 5, C2). */
static bool under_same_root(const struct rp_quote *q,
			    const struct rp_subject *chain)
{
	const struct ev_chain *signing;

	if (chain == NULL || chain->chain->parsed.code != EV_OK)
		return true; /* other checks ask for it */
	signing = &chain->chain->chain;
	return memcmp(signing->cert[signing->n_certs - 1].key,
		      q->chain.cert[q->chain.n_certs - 1].key,
		      EV_P256_POINT) == 0;
}

enum rp_outcome rp_check_tcb_info_match(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	const struct ev_tcb_info *t;
	char want[64], got[64];

	if (q->tcb_info == NULL)
		return rp_skip_collateral(c, q, "dcap-tcbinfo", f);
	t = &q->tcb_info->tcb_info->info;
	quote_input(f, s, ev_span_sub(q->q.bytes, TEE_AT, 4));
	pck_input(f, q);
	tcb_info_input(f, q);
	platform_text(q->pck.fmspc, q->pck.pceid, tee_word(q->q.tee), want);
	platform_text(t->fmspc, t->pceid, tee_word(t->tee), got);
	if (!under_same_root(q, q->tcb_info->tcb_info->chain))
		return rp_fail(f, "TCB_INFO_MISMATCH: the TCB info is signed "
				  "under another root than the PCK");
	if (rp_expect_text(f, want, got) != RP_FAIL)
		return RP_PASS;
	if (t->tee != q->q.tee)
		return rp_fail(f, "TCB_INFO_MISMATCH: the TCB info is for the "
				  "other TEE");
	if (memcmp(t->fmspc, q->pck.fmspc, sizeof(t->fmspc)) != 0)
		return rp_fail(f, "TCB_INFO_MISMATCH: the FMSPC is that of "
				  "another platform");
	return rp_fail(f, "TCB_INFO_MISMATCH: the PCEID is another");
}

/* The identity that a quote with this TEE_TCB_SVN must fit; NULL with the
 * finding failed where there is none. */
static bool module_expectation(const struct ev_tcb_info *t, const uint8_t *svn,
			       const uint8_t **mrsigner,
			       const uint8_t **attributes, struct rp_finding *f)
{
	const struct ev_module_identity *id;

	if (svn[1] == 0) {
		*mrsigner = t->module_mrsigner;
		*attributes = t->module_attributes;
		if (!t->has_module)
			rp_fail(f, "TCB_INFO_MISMATCH: no tdxModule in the "
				   "TCB info");
		return t->has_module;
	}
	id = rp_module_identity(t, svn[1]);
	if (id == NULL) {
		rp_fail(f,
			t->has_modules
				? "TDX_MODULE_MISMATCH: no identity TDX_%02X "
				  "in the TCB info"
				: "TCB_INFO_MISMATCH: no tdxModuleIdentities "
				  "in the TCB info (module TDX_%02X)",
			svn[1]);
		return false;
	}
	*mrsigner = id->mrsigner;
	*attributes = id->attributes;
	return true;
}

/* All properties that differ, each with its name before it: a waiver names
 * what was got, and must not cover a difference that stands beside it. */
struct differences {
	char want[256], got[256], names[64];
};

static void append(char *text, size_t size, const char *name, const char *value)
{
	size_t used = strlen(text);

	snprintf(text + used, size - used, "%s%s%s%s", used > 0 ? ", " : "",
		 name, value[0] != '\0' ? " " : "", value);
}

static void compare_text(struct differences *d, const char *name,
			 const char *want, const char *got)
{
	if (strcmp(want, got) == 0)
		return;
	append(d->want, sizeof(d->want), name, want);
	append(d->got, sizeof(d->got), name, got);
	append(d->names, sizeof(d->names), name, "");
}

static void compare_bytes(struct differences *d, const char *name,
			  struct ev_span want, struct ev_span got)
{
	char a[2 * 48 + 1], b[2 * 48 + 1];

	assert(want.n <= 48 && got.n <= 48);
	ev_hex_encode(want, a);
	ev_hex_encode(got, b);
	compare_text(d, name, a, b);
}

static enum rp_outcome say_differences(struct rp_finding *f,
				       const struct differences *d,
				       const char *code)
{
	rp_set_want(f, "%s", d->want);
	rp_set_got(f, "%s", d->got);
	return rp_fail(f, "%s: %s", code, d->names);
}

enum rp_outcome rp_check_tdx_module_match(struct rp_case *c,
					  const struct rp_subject *s,
					  struct rp_finding *f)
{
	static const uint8_t zeros[8] = { 0 };
	const struct rp_quote *q = s->quote;
	const struct ev_td_body *td = &q->q.td;
	const uint8_t *mrsigner, *attributes;
	struct differences d = { 0 };

	if (q->q.tee != EV_TEE_TDX)
		return rp_not_applicable(f, "an SGX quote has no TDX module");
	if (q->tcb_info == NULL)
		return rp_skip_collateral(c, q, "dcap-tcbinfo", f);
	quote_input(f, s, td->tee_tcb_svn);
	quote_input(f, s, td->mrsignerseam);
	quote_input(f, s, td->seam_attributes);
	tcb_info_input(f, q);
	if (!module_expectation(&q->tcb_info->tcb_info->info, td->tee_tcb_svn.p,
				&mrsigner, &attributes, f))
		return RP_FAIL;
	/* dcap page 6, E3: zero, whatever the identity says. */
	if (!ev_span_is_zero(td->seam_attributes))
		attributes = zeros;
	compare_bytes(&d, "SEAMATTRIBUTES", ev_span_of(attributes, 8),
		      td->seam_attributes);
	compare_bytes(&d, "MRSIGNERSEAM", ev_span_of(mrsigner, 48),
		      td->mrsignerseam);
	if (d.names[0] != '\0')
		return say_differences(f, &d, "TDX_MODULE_MISMATCH");
	return rp_expect(f, ev_span_of(mrsigner, 48), td->mrsignerseam);
}

/* As the document and the report spell it, both little-endian. */
static void miscselect_text(uint32_t v, char out[16])
{
	snprintf(out, 16, "%02x%02x%02x%02x", v & 0xff, v >> 8 & 0xff,
		 v >> 16 & 0xff, v >> 24);
}

static enum ev_enclave_id enclave_of(const struct ev_quote *q)
{
	return q->tee == EV_TEE_TDX ? EV_ENCLAVE_TD_QE : EV_ENCLAVE_QE;
}

/* The properties of the QE report that its identity demands otherwise. */
static void compare_identity(struct differences *d,
			     const struct ev_qe_identity *id,
			     const struct ev_quote *q)
{
	const struct ev_sgx_report *r = &q->qe_report;
	char want[16], got[16];
	uint8_t attributes[16];

	compare_text(d, "id", ev_enclave_id_word(enclave_of(q)),
		     ev_enclave_id_word(id->id));
	miscselect_text(id->miscselect, want);
	miscselect_text(r->miscselect & id->miscselect_mask, got);
	compare_text(d, "MISCSELECT", want, got);
	for (size_t i = 0; i < sizeof(attributes); i++)
		attributes[i] = r->attributes.p[i] & id->attributes_mask[i];
	compare_bytes(d, "ATTRIBUTES", EV_SPAN(id->attributes),
		      EV_SPAN(attributes));
	compare_bytes(d, "MRSIGNER", EV_SPAN(id->mrsigner), r->mrsigner);
	snprintf(want, sizeof(want), "%u", id->isvprodid);
	snprintf(got, sizeof(got), "%u", r->isvprodid);
	compare_text(d, "ISVPRODID", want, got);
}

bool rp_qe_matches(const struct ev_qe_identity *id, const struct ev_quote *q)
{
	struct differences d = { 0 };

	compare_identity(&d, id, q);
	return d.names[0] == '\0';
}

enum rp_outcome rp_check_qe_identity_match(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	const struct ev_qe_identity *id;
	struct differences d = { 0 };

	if (q->qe_identity == NULL)
		return rp_skip_collateral(c, q, "dcap-qe-identity", f);
	id = &q->qe_identity->qe_identity->identity;
	quote_input(f, s, q->q.qe_report.bytes);
	identity_input(f, q);
	if (!under_same_root(q, q->qe_identity->qe_identity->chain))
		return rp_fail(f, "QE_IDENTITY_MISMATCH: the identity is "
				  "signed under another root than the PCK");
	compare_identity(&d, id, &q->q);
	if (d.names[0] != '\0')
		return say_differences(f, &d, "QE_IDENTITY_MISMATCH");
	return rp_expect_text(f, ev_enclave_id_word(enclave_of(&q->q)),
			      ev_enclave_id_word(id->id));
}

struct rp_tcb rp_tcb_by(const struct rp_quote *q,
			const struct ev_tcb_info *info,
			const struct ev_qe_identity *identity)
{
	bool tdx = q->q.tee == EV_TEE_TDX;
	bool svn2 = tdx && q->q.td.tee_tcb_svn2.n > 0;

	return rp_tcb_evaluate(
		info, identity, &q->pck, tdx ? q->q.td.tee_tcb_svn.p : NULL,
		svn2 ? q->q.td.tee_tcb_svn2.p : NULL, q->q.qe_report.isvsvn);
}

static enum rp_outcome judge_status(struct rp_finding *f,
				    enum ev_tcb_status status)
{
	if (rp_expect_text(f, "UpToDate", ev_tcb_status_word(status)) !=
	    RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "%s", ev_tcb_status_word(status));
}

static void tcb_inputs(struct rp_finding *f, const struct rp_subject *s)
{
	const struct rp_quote *q = s->quote;

	pck_input(f, q);
	if (q->q.tee == EV_TEE_TDX)
		quote_input(f, s, q->q.td.tee_tcb_svn);
	tcb_info_input(f, q);
}

enum rp_outcome rp_check_tcb_platform(struct rp_case *c,
				      const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	const struct ev_tcb_info *t = &q->tcb_info->tcb_info->info;
	const uint8_t *svn =
		q->q.tee == EV_TEE_TDX ? q->q.td.tee_tcb_svn.p : NULL;
	struct rp_level level = rp_platform_level(t, &q->pck, svn);
	char text[RP_DISTANCE_TEXT];

	(void)c;
	tcb_inputs(f, s);
	if (judge_status(f, level.status) == RP_PASS)
		return RP_PASS;
	rp_distance_format(t, &q->pck, svn, text);
	return rp_fail(f, "%s: %s", ev_tcb_status_word(level.status), text);
}

enum rp_outcome rp_check_tcb_tdx_module(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	struct rp_module_level m;

	(void)c;
	if (q->q.tee != EV_TEE_TDX)
		return rp_not_applicable(f, "an SGX quote has no TDX module");
	quote_input(f, s, q->q.td.tee_tcb_svn);
	tcb_info_input(f, q);
	m = rp_module_level(&q->tcb_info->tcb_info->info,
			    q->q.td.tee_tcb_svn.p);
	if (!m.applies)
		return rp_not_applicable(f, "module version 0 is judged by "
					    "tcb.platform");
	if (judge_status(f, m.level.status) == RP_PASS)
		return RP_PASS;
	return rp_fail(
		f, "%s: TDX module TDX_%02X SVN is %u, needs %u",
		ev_tcb_status_word(m.level.status), m.version, m.svn,
		rp_module_identity(&q->tcb_info->tcb_info->info, m.version)
			->levels[0]
			.isvsvn);
}

enum rp_outcome rp_check_tcb_qe(struct rp_case *c, const struct rp_subject *s,
				struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	const struct ev_qe_identity *id =
		&q->qe_identity->qe_identity->identity;
	enum ev_tcb_status status;

	(void)c;
	quote_input(f, s, q->q.qe_report.bytes);
	identity_input(f, q);
	status = rp_qe_level(id, q->q.qe_report.isvsvn).status;
	if (judge_status(f, status) == RP_PASS)
		return RP_PASS;
	return rp_fail(f, "%s: QE ISVSVN is %u, needs %u",
		       ev_tcb_status_word(status), q->q.qe_report.isvsvn,
		       id->levels[0].isvsvn);
}

enum rp_outcome rp_check_tcb_status(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct rp_quote *q = s->quote;
	const struct ev_quote *quote = &q->q;

	(void)c;
	tcb_inputs(f, s);
	if (quote->tee == EV_TEE_TDX && quote->td.tee_tcb_svn2.n > 0)
		quote_input(f, s, quote->td.tee_tcb_svn2);
	quote_input(f, s, ev_span_sub(quote->qe_report.bytes, ISVSVN_AT, 2));
	identity_input(f, q);
	return judge_status(f, rp_tcb_by(q, &q->tcb_info->tcb_info->info,
					 &q->qe_identity->qe_identity->identity)
				       .status);
}
