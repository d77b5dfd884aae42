/* SPDX-License-Identifier: Apache-2.0 */
/* snp.*: reports of AMD's secure processor, and on whose word. */
#include "replay/certified.h"
#include "replay/checks.h"

#include <inttypes.h>
#include <stdio.h>

static void report_input(struct rp_finding *f, const struct rp_subject *s,
			 size_t offset, size_t n)
{
	rp_input_add(f, s->name, s->snp->report.offset + offset, n);
}

static void cert_input(struct rp_finding *f, const struct rp_ak_cert *cert)
{
	rp_input_add(f, cert->item->name, cert->offset, cert->size);
}

static const char *key_word(uint32_t signing_key)
{
	return signing_key == EV_SNP_VCEK   ? "VCEK"
	       : signing_key == EV_SNP_VLEK ? "VLEK"
					    : "no key";
}

enum rp_outcome rp_check_snp_format(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct ev_snp_report *r = &s->snp->report;

	(void)c;
	if (s->snp->parsed.code != EV_OK) {
		rp_input_add(f, s->name, 0, s->item->bytes.n);
		return rp_refused(f, "snp-report", &s->snp->parsed.err);
	}
	report_input(f, s, 0, r->item.n);
	rp_set_got(f, "version %u, %s, VMPL %u, signed by %s", r->version,
		   r->product != NULL ? r->product : "product not said",
		   r->vmpl, key_word(r->signing_key));
	return RP_PASS;
}

/* The certificate that the report is held against is there and of a VCEK; else
 * the outcome. */
static enum rp_outcome need_vcek(const struct rp_subject *s,
				 struct rp_finding *f)
{
	const struct rp_ak_cert *cert = s->snp->vcek;

	if (s->snp->report.signing_key == EV_SNP_VLEK)
		return rp_skip(f, "unsupported: the report is signed with a "
				  "VLEK, a key of the cloud and not of the "
				  "chip");
	if (s->snp->report.signing_key != EV_SNP_VCEK)
		return rp_fail(f, "unsigned: the report says that no key "
				  "signed it");
	if (cert == NULL)
		return rp_skip(f, "absent: no certificate of the chip's key "
				  "(VCEK)");
	cert_input(f, cert);
	if (cert->vcek_parsed.code != EV_OK)
		return rp_refused(f, "certificate", &cert->vcek_parsed.err);
	return RP_PASS;
}

enum rp_outcome rp_check_snp_signature(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct ev_snp_report *r = &s->snp->report;
	enum rp_outcome outcome;

	rp_input_part(f, s->name, s->item->bytes, r->signed_bytes);
	rp_input_part(f, s->name, s->item->bytes,
		      ev_span_of(r->r.p, 2 * EV_SNP_SCALAR));
	outcome = need_vcek(s, f);
	if (outcome != RP_PASS)
		return outcome;
	if (r->mask_chip_key)
		return rp_fail(f, "unsigned: the host has the chip's key "
				  "masked");
	return rp_signature(
		f,
		ev_snp_report_signed_by(c->crypto, r, &s->snp->vcek->cert.key),
		"signature",
		ev_vcek_is_of(&s->snp->vcek->vcek, r->chip_id)
			? "the chip's key did not sign the report"
			: "the certificate is of another chip, whose key did "
			  "not sign the report");
}

enum rp_outcome rp_check_snp_chain(struct rp_case *c,
				   const struct rp_subject *s,
				   struct rp_finding *f)
{
	const struct rp_ak_cert *cert = s->snp->vcek;
	const struct rp_leaf leaf = {
		.cert = cert != NULL ? &cert->cert : NULL,
		.item = cert != NULL ? cert->item : NULL,
		.title = "VCEK certificate",
		.use = RP_ANCHOR_AMD_ARK,
	};
	enum rp_outcome outcome = need_vcek(s, f);

	if (outcome != RP_PASS)
		return outcome;
	f->n_inputs = 0; /* the path begins with it */
	return rp_certify(c, &leaf, &s->snp->certified, f);
}

/* --- versions --- */

#define TCB_TEXT 64

/* "bootloader 4, tee 0, snp 24, microcode 219" */
static void format_tcb(const struct ev_snp_tcb *tcb,
		       enum ev_snp_tcb_layout layout, char out[TCB_TEXT])
{
	size_t n = 0;

	out[0] = '\0';
	for (enum ev_snp_tcb_part i = layout == EV_SNP_TCB_TURIN
					      ? EV_SNP_FMC
					      : EV_SNP_BOOTLOADER;
	     i < EV_SNP_TCB_PARTS && n < TCB_TEXT; i++)
		n += (size_t)snprintf(out + n, TCB_TEXT - n, "%s%s %u",
				      n > 0 ? ", " : "", ev_snp_tcb_word(i),
				      tcb->svn[i]);
}

/* Each number of low reaches at most that of high; else its word. */
static const char *above(const struct ev_snp_report *r, uint64_t low,
			 uint64_t high)
{
	struct ev_snp_tcb a = ev_snp_tcb(low, r->tcb_layout);
	struct ev_snp_tcb b = ev_snp_tcb(high, r->tcb_layout);

	for (enum ev_snp_tcb_part i = 0; i < EV_SNP_TCB_PARTS; i++)
		if (a.svn[i] > b.svn[i])
			return ev_snp_tcb_word(i);
	return NULL;
}

static void tcb_inputs(struct rp_finding *f, const struct rp_subject *s)
{
	report_input(f, s, 0x38, 8);
	report_input(f, s, 0x180, 8);
	report_input(f, s, 0x1a0, EV_SNP_CHIP_ID + 8);
	cert_input(f, s->snp->vcek);
}

/* The host may report less than runs, and commit to less (SNP-ABI, SNP_CONFIG
 * and SNP_COMMIT); never more. */
static enum rp_outcome compare_within(const struct ev_snp_report *r,
				      struct rp_finding *f)
{
	const char *part = above(r, r->reported_tcb, r->committed_tcb);

	if (part != NULL)
		return rp_fail(f,
			       "tcb: reported TCB above the committed one (%s)",
			       part);
	part = above(r, r->committed_tcb, r->current_tcb);
	if (part != NULL)
		return rp_fail(f,
			       "tcb: committed TCB above the current one (%s)",
			       part);
	return RP_PASS;
}

enum rp_outcome rp_check_snp_tcb(struct rp_case *c, const struct rp_subject *s,
				 struct rp_finding *f)
{
	const struct ev_snp_report *r = &s->snp->report;
	const struct ev_vcek *vcek;
	char want[TCB_TEXT], got[TCB_TEXT];
	struct ev_snp_tcb tcb = ev_snp_tcb(r->reported_tcb, r->tcb_layout);

	(void)c;
	if (s->snp->vcek == NULL || s->snp->vcek->vcek_parsed.code != EV_OK)
		return rp_skip(f, "absent: no certificate of the chip's key "
				  "(VCEK)");
	vcek = &s->snp->vcek->vcek;
	tcb_inputs(f, s);
	format_tcb(&vcek->tcb, r->tcb_layout, want);
	format_tcb(&tcb, r->tcb_layout, got);
	if (rp_expect_text(f, want, got) == RP_FAIL ||
	    vcek->has_fmc != (r->tcb_layout == EV_SNP_TCB_TURIN))
		return rp_fail(f, "mismatch: the report is of another TCB than "
				  "the certificate");
	if (!ev_span_is_zero(r->chip_id) && !ev_vcek_is_of(vcek, r->chip_id))
		return rp_fail(f, "mismatch: the report is of another chip "
				  "than the certificate");
	return compare_within(r, f);
}

enum rp_outcome rp_check_snp_debug(struct rp_case *c,
				   const struct rp_subject *s,
				   struct rp_finding *f)
{
	const struct ev_snp_report *r = &s->snp->report;

	(void)c;
	report_input(f, s, 0x08, 8);
	rp_set_want(f, "policy bit %d clear", EV_SNP_POLICY_DEBUG);
	rp_set_got(f, "policy 0x%" PRIx64, r->policy);
	if (!ev_snp_policy(r, EV_SNP_POLICY_DEBUG))
		return RP_PASS;
	return rp_fail(f, "debug: the host may read the guest's memory");
}
