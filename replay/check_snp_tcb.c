/* SPDX-License-Identifier: Apache-2.0 */
/* snp.tcb: whether report and certificate speak of one chip in one state. */
#include "replay/checks.h"

#include <inttypes.h>
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
	rp_input_add(f, s->name, r->offset + 0x1f0, 8);
	rp_input_add(f, cert->item->name, cert->offset, cert->size);
}

/* What the certificate is for. */
static enum rp_outcome compare_chip(const struct ev_snp_report *r,
				    const struct ev_vcek *vcek,
				    struct rp_finding *f)
{
	struct ev_snp_tcb tcb = ev_snp_tcb(r->reported_tcb, r->tcb_layout);
	char want[TCB_TEXT], got[TCB_TEXT], id[2 * EV_SNP_CHIP_ID + 1];

	format_tcb(&vcek->tcb, r->tcb_layout, want);
	format_tcb(&tcb, r->tcb_layout, got);
	if (rp_expect_text(f, want, got) == RP_FAIL ||
	    vcek->has_fmc != (r->tcb_layout == EV_SNP_TCB_TURIN))
		return rp_fail(f, "mismatch: the report is of another TCB than "
				  "the certificate");
	if (ev_span_is_zero(r->chip_id) || ev_vcek_is_of(vcek, r->chip_id))
		return RP_PASS;
	ev_hex_encode(vcek->hw_id, id);
	rp_set_want(f, "chip %s", id);
	ev_hex_encode(r->chip_id, id);
	rp_set_got(f, "chip %s", id);
	return rp_fail(f, "mismatch: the report is of another chip than the "
			  "certificate");
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

/* The first number of a that is higher than that of b, or none. */
static enum ev_snp_tcb_part first_above(const struct ev_snp_tcb *a,
					const struct ev_snp_tcb *b)
{
	enum ev_snp_tcb_part i = 0;

	while (i < EV_SNP_TCB_PARTS && a->svn[i] <= b->svn[i])
		i++;
	return i;
}

/*
 * The host may report less than runs, and commit to less (SNP-ABI, SNP_CONFIG
 * and SNP_COMMIT); never more.
 */
static enum rp_outcome compare_within(const struct ev_snp_report *r,
				      struct rp_finding *f)
{
	const struct {
		const char *low, *high;
		uint64_t below, above;
	} orders[] = {
		{ "reported", "committed", r->reported_tcb, r->committed_tcb },
		{ "committed", "current", r->committed_tcb, r->current_tcb },
	};

	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct ev_snp_tcb a =
			ev_snp_tcb(orders[i].below, r->tcb_layout);
		struct ev_snp_tcb b =
			ev_snp_tcb(orders[i].above, r->tcb_layout);
		enum ev_snp_tcb_part part = first_above(&a, &b);

		if (part == EV_SNP_TCB_PARTS)
			continue;
		rp_set_want(f, "%s TCB: %s at most %u", orders[i].low,
			    ev_snp_tcb_word(part), b.svn[part]);
		rp_set_got(f, "%s TCB: %s %u", orders[i].low,
			   ev_snp_tcb_word(part), a.svn[part]);
		return rp_fail(f, "tcb: %s TCB above the %s one (%s %u, %u)",
			       orders[i].low, orders[i].high,
			       ev_snp_tcb_word(part), a.svn[part], b.svn[part]);
	}
	return RP_PASS;
}

/* A guest launched by more than runs now outlived a step back of firmware that
 * was not committed, which the ABI allows: said, and no fault. */
static void say_launch(const struct ev_snp_report *r, struct rp_finding *f)
{
	struct ev_snp_tcb launch = ev_snp_tcb(r->launch_tcb, r->tcb_layout);
	struct ev_snp_tcb current = ev_snp_tcb(r->current_tcb, r->tcb_layout);
	enum ev_snp_tcb_part part = first_above(&launch, &current);
	char got[TCB_TEXT + 48];

	if (part == EV_SNP_TCB_PARTS || f->got == NULL)
		return;
	snprintf(got, sizeof(got), "%s", f->got);
	rp_set_got(f, "%s; launched by %s %u", got, ev_snp_tcb_word(part),
		   launch.svn[part]);
}

/* --- what Azure's host says of its certificate --- */

/* An answer's tcbm is the TCB that the certificate in it is for. */
static enum rp_outcome compare_answer(const struct rp_ak_cert *cert,
				      struct rp_finding *f)
{
	enum ev_snp_tcb_layout layout =
		cert->vcek.has_fmc ? EV_SNP_TCB_TURIN : EV_SNP_TCB_MILAN;
	uint64_t want = ev_snp_tcb_version(&cert->vcek.tcb, layout), got;

	if (cert->thim.tcbm.p == NULL)
		return RP_PASS;
	if (ev_thim_amd_tcb(&cert->thim, &got) && got == want)
		return RP_PASS;
	rp_set_want(f, "tcbm %016" PRIX64, want);
	if (ev_thim_amd_tcb(&cert->thim, &got))
		rp_set_got(f, "tcbm %016" PRIX64, got);
	else
		rp_set_got(f, "tcbm that is not 16 hex digits");
	rp_input_add(f, cert->item->name, cert->offset, cert->size);
	return rp_fail(f,
		       "mismatch: %s, and the certificate beside it is for "
		       "%016" PRIX64,
		       f->got != NULL ? f->got : "tcbm", want);
}

/* Of each answer about the certificate's chip, whichever copy is judged. */
static enum rp_outcome compare_answers(const struct rp_case *c,
				       const struct rp_ak_cert *of,
				       struct rp_finding *f)
{
	for (size_t i = 0; i < c->n_certs; i++) {
		const struct rp_ak_cert *cert = c->certs[i];

		if (cert->thim.json != NULL &&
		    cert->vcek_parsed.code == EV_OK &&
		    ev_span_eq(cert->vcek.hw_id, of->vcek.hw_id) &&
		    compare_answer(cert, f) != RP_PASS)
			return RP_FAIL;
	}
	return RP_PASS;
}

enum rp_outcome rp_check_snp_tcb(struct rp_case *c, const struct rp_subject *s,
				 struct rp_finding *f)
{
	const struct ev_snp_report *r = &s->snp->report;
	const struct rp_ak_cert *cert = s->snp->vcek;
	enum rp_outcome outcome;

	if (cert == NULL || cert->vcek_parsed.code != EV_OK)
		return rp_skip(f, "absent: no certificate of the chip's key "
				  "(VCEK)");
	tcb_inputs(f, s);
	outcome = compare_chip(r, &cert->vcek, f);
	if (outcome == RP_PASS)
		outcome = compare_within(r, f);
	if (outcome == RP_PASS)
		outcome = compare_answers(c, cert, f);
	if (outcome == RP_PASS)
		outcome = compare_product(r, cert, f);
	if (outcome == RP_PASS)
		say_launch(r, f);
	return outcome;
}
