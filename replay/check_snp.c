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

#define PRODUCT_TEXT 64

static void product_text(const struct ev_snp_report *r, char out[PRODUCT_TEXT])
{
	if (r->has_cpuid && r->product == NULL)
		snprintf(out, PRODUCT_TEXT,
			 "product unknown (CPU family %u, model %u)",
			 r->cpuid_family, r->cpuid_model);
	else
		snprintf(out, PRODUCT_TEXT, "%s",
			 r->product != NULL ? r->product->name
					    : "product not said");
}

enum rp_outcome rp_check_snp_format(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct ev_snp_report *r = &s->snp->report;
	char product[PRODUCT_TEXT], asker[32];

	(void)c;
	if (s->snp->parsed.code != EV_OK) {
		rp_input_add(f, s->name, 0, s->item->bytes.n);
		return rp_refused(f, "snp-report", &s->snp->parsed.err);
	}
	report_input(f, s, 0, r->item.n);
	product_text(r, product);
	if (r->vmpl == EV_SNP_VMPL_HOST)
		snprintf(asker, sizeof(asker), "asked for by the host");
	else
		snprintf(asker, sizeof(asker), "VMPL %" PRIu32, r->vmpl);
	rp_set_got(f, "version %u, %s, %s, signed by %s", r->version, product,
		   asker, key_word(r->signing_key));
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
				  "chip; this version has no chain for it");
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
