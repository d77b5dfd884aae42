/* SPDX-License-Identifier: Apache-2.0 */
/* SEV-SNP reports find the certificate of the key that signed them. */
#include "replay/link.h"

/* How well a certificate fits a report; none, where it is not held against it
 * at all. */
enum fit {
	FIT_NONE,
	FIT_BROKEN,	/* said to be the report's, and cannot be read */
	FIT_OTHER_CHIP, /* of a chip whose report is not here */
	FIT_VERIFIES,
	FIT_CHIP,
	FIT_CHIP_AND_TCB,
};

static bool is_vcek(const struct rp_ak_cert *cert)
{
	return cert->parsed.code == EV_OK && cert->vcek_parsed.code == EV_OK;
}

static bool has_tcb(const struct rp_ak_cert *cert,
		    const struct ev_snp_report *report)
{
	struct ev_snp_tcb tcb =
		ev_snp_tcb(report->reported_tcb, report->tcb_layout);

	return memcmp(&cert->vcek.tcb, &tcb, sizeof(tcb)) == 0;
}

/* Another report in the case names that chip. */
static bool is_of_another(const struct rp_case *c,
			  const struct rp_ak_cert *cert,
			  const struct rp_subject *report)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_SNP, s)) != NULL)
		if (s != report && s->snp->parsed.code == EV_OK &&
		    ev_vcek_is_of(&cert->vcek, s->snp->report.chip_id))
			return true;
	return false;
}

/* A certificate that cannot be read, or lacks what a chip's has: the manifest,
 * its kind or its own subject may say that it is one. */
static bool says_vcek(const struct rp_ak_cert *cert, const struct rp_subject *s)
{
	if (cert->parsed.code == EV_OK)
		return !cert->cert.ca &&
		       (strstr(cert->cert.subject, "CN=SEV-VCEK") != NULL ||
			rp_relates_to(cert->item, "key-of", s->item));
	return cert->place == 0 &&
	       (rp_is_kind(cert->item, "azure-thim-amd") ||
		rp_relates_to(cert->item, "key-of", s->item));
}

static enum fit fit_of(const struct rp_case *c, const struct rp_subject *s,
		       const struct rp_ak_cert *cert)
{
	const struct ev_snp_report *report = &s->snp->report;

	if (!is_vcek(cert))
		return says_vcek(cert, s) ? FIT_BROKEN : FIT_NONE;
	if (ev_vcek_is_of(&cert->vcek, report->chip_id))
		return has_tcb(cert, report) ? FIT_CHIP_AND_TCB : FIT_CHIP;
	/* A chip id may be masked, and then the signature alone tells. */
	if (ev_span_is_zero(report->chip_id) &&
	    ev_snp_report_signed_by(c->crypto, report, &cert->cert.key) ==
		    EV_VERIFIED_YES)
		return FIT_VERIFIES;
	return is_of_another(c, cert, s) ? FIT_NONE : FIT_OTHER_CHIP;
}

/* The first of those that fit best. */
static void find_vcek(const struct rp_case *c, struct rp_subject *s)
{
	enum fit best = FIT_NONE;

	for (size_t i = 0; i < c->n_certs; i++) {
		enum fit fit = fit_of(c, s, c->certs[i]);

		if (fit <= best)
			continue;
		best = fit;
		s->snp->vcek = c->certs[i];
	}
}

void rp_link_snp(struct rp_case *c)
{
	for (struct rp_subject *s = c->first[RP_SNP]; s != NULL; s = s->next)
		if (s->snp->parsed.code == EV_OK)
			find_vcek(c, s);
}
