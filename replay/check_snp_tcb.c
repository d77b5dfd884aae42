/* SPDX-License-Identifier: Apache-2.0 */
/* snp.tcb: whether report and certificate speak of one chip in one state. */
#include "replay/checks.h"

#include <stdio.h>

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

static void tcb_inputs(struct rp_finding *f, const struct rp_subject *s)
{
	const struct ev_snp_report *r = &s->snp->report;
	const struct rp_ak_cert *cert = s->snp->vcek;

	rp_input_add(f, s->name, r->offset + 0x38, 8);
	rp_input_add(f, s->name, r->offset + 0x180, 8);
	rp_input_add(f, s->name, r->offset + 0x1a0, EV_SNP_CHIP_ID + 8);
	rp_input_add(f, cert->item->name, cert->offset, cert->size);
}

/* What the certificate is for. */
static enum rp_outcome compare_chip(const struct ev_snp_report *r,
				    const struct ev_vcek *vcek,
				    struct rp_finding *f)
{
	struct ev_snp_tcb tcb = ev_snp_tcb(r->reported_tcb, r->tcb_layout);
	char want[TCB_TEXT], got[TCB_TEXT];

	format_tcb(&vcek->tcb, r->tcb_layout, want);
	format_tcb(&tcb, r->tcb_layout, got);
	if (rp_expect_text(f, want, got) == RP_FAIL ||
	    vcek->has_fmc != (r->tcb_layout == EV_SNP_TCB_TURIN))
		return rp_fail(f, "mismatch: the report is of another TCB than "
				  "the certificate");
	if (!ev_span_is_zero(r->chip_id) && !ev_vcek_is_of(vcek, r->chip_id))
		return rp_fail(f, "mismatch: the report is of another chip "
				  "than the certificate");
	return RP_PASS;
}

/* --- product --- */

/* Of the key that signs the keys of one product's chips: "CN=SEV-Milan". */
static const struct ev_amd_product *product_of_issuer(const char *issuer)
{
	static const char prefix[] = "CN=SEV-";
	const char *at = strstr(issuer, prefix);

	if (at == NULL)
		return NULL;
	at += sizeof(prefix) - 1;
	return ev_amd_product_named(ev_span_of(at, strcspn(at, ",+-")));
}

static enum rp_outcome other_product(struct rp_finding *f,
				     const struct ev_amd_product *product,
				     const char *of, const char *got)
{
	rp_set_want(f, "%s, the product of %s", product->name, of);
	rp_set_got(f, "%s", got);
	return rp_fail(f, "mismatch: the certificate is of a %s, and the %s",
		       product->name, got);
}

/* The family is the product's even where the model is not known here; the
 * stepping is none of the name's revision. */
static bool is_cpu_of(const struct ev_snp_report *r,
		      const struct ev_amd_product *product)
{
	return r->product != NULL ? r->product == product
				  : r->cpuid_family == product->family;
}

/*
 * The processor that the report names, the certificate's productName and the
 * name of its issuer are one product.  Reports of version 2 name none, and a
 * name that is not known here contradicts nothing: that is said.
 */
static enum rp_outcome compare_product(const struct ev_snp_report *r,
				       const struct rp_ak_cert *cert,
				       struct rp_finding *f)
{
	const struct ev_amd_product *product =
		ev_amd_product_named(cert->vcek.product_name);
	const struct ev_amd_product *above =
		product_of_issuer(cert->cert.issuer);
	char got[80];

	if (product != NULL && r->has_cpuid && !is_cpu_of(r, product)) {
		snprintf(got, sizeof(got),
			 "report of %s (CPU family %u, model %u)",
			 r->product != NULL ? r->product->name
					    : "another processor",
			 r->cpuid_family, r->cpuid_model);
		return other_product(f, product, "the certificate", got);
	}
	if (product != NULL && above != NULL && product != above) {
		snprintf(got, sizeof(got), "issuer certifies those of %s",
			 above->name);
		return other_product(f, product, "the certificate", got);
	}
	if (product == NULL || (r->product == NULL && above == NULL)) {
		snprintf(got, sizeof(got), "%s", f->got != NULL ? f->got : "");
		rp_set_got(f, "%s; product not compared", got);
	}
	return RP_PASS;
}

/* --- versions --- */

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
	const struct rp_ak_cert *cert = s->snp->vcek;
	enum rp_outcome outcome;

	(void)c;
	if (cert == NULL || cert->vcek_parsed.code != EV_OK)
		return rp_skip(f, "absent: no certificate of the chip's key "
				  "(VCEK)");
	tcb_inputs(f, s);
	outcome = compare_chip(r, &cert->vcek, f);
	if (outcome == RP_PASS)
		outcome = compare_within(r, f);
	return outcome == RP_PASS ? compare_product(r, cert, f) : outcome;
}
