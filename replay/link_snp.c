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

/* AMD's intermediate keys are a handful. */
#define ISSUERS_MAX 32
/* Guards on time: keys of copies asked for one report; keys asked for all
 * reports whose chip id is masked. */
#define COPY_KEYS_MAX	16
#define MASKED_KEYS_MAX 4096

/* Copies of one chip's certificate are told apart by the keys given for AMD
 * and those that they certified. */
struct choice {
	struct rp_case *c;
	struct ev_span anchor[RP_ANCHORS_MAX];
	size_t n_anchors;
	const struct ev_x509 *issuer[ISSUERS_MAX];
	size_t n_issuers;
	bool has_issuers; /* they were looked for, where there are copies */
	size_t masked_asks;
	bool trouble;
};

/* --- questions to libcrypto, all counted --- */

static bool is_yes(struct choice *q, enum ev_verified v)
{
	q->c->vcek_asks++;
	q->trouble = q->trouble || v == EV_VERIFIED_TROUBLE;
	return v == EV_VERIFIED_YES;
}

static bool is_by_anchor(struct choice *q, const struct ev_x509 *cert)
{
	for (size_t i = 0; i < q->n_anchors; i++)
		if (is_yes(q, ev_x509_signed_by_key(q->c->crypto, cert,
						    q->anchor[i])))
			return true;
	return false;
}

static bool is_known_issuer(const struct choice *q, const struct ev_x509 *cert)
{
	for (size_t i = 0; i < q->n_issuers; i++)
		if (ev_span_eq(q->issuer[i]->spki, cert->spki))
			return true;
	return false;
}

/* The CAs of the case that an anchor's key made, each key once; no more are
 * looked at than a path has in its pool. */
static void find_issuers(struct choice *q)
{
	struct rp_anchor *which[RP_ANCHORS_MAX];
	size_t n = 0;

	if (q->has_issuers)
		return;
	q->has_issuers = true;
	q->n_anchors = rp_anchors_of(q->c->anchors, RP_ANCHOR_AMD_ARK,
				     q->anchor, which);
	for (size_t i = 0; i < q->c->n_certs && n < EV_PATH_POOL_MAX; i++) {
		const struct rp_ak_cert *cert = q->c->certs[i];

		if (cert->parsed.code != EV_OK || !cert->cert.ca ||
		    is_known_issuer(q, &cert->cert))
			continue;
		n++;
		if (q->n_issuers < ISSUERS_MAX && is_by_anchor(q, &cert->cert))
			q->issuer[q->n_issuers++] = &cert->cert;
	}
}

static bool is_issued(struct choice *q, struct rp_ak_cert *cert)
{
	if (cert->issued_asked)
		return cert->issued;
	cert->issued_asked = true;
	for (size_t i = 0; i < q->n_issuers && !cert->issued; i++)
		cert->issued =
			strcmp(q->issuer[i]->subject, cert->cert.issuer) == 0 &&
			is_yes(q, ev_x509_signed_by(&cert->cert, q->issuer[i]));
	cert->issued = cert->issued || is_by_anchor(q, &cert->cert);
	return cert->issued;
}

static bool has_signed(struct choice *q, const struct ev_snp_report *report,
		       const struct rp_ak_cert *cert)
{
	return is_yes(q, ev_snp_report_signed_by(q->c->crypto, report,
						 &cert->cert.key));
}

/* --- what certificates say --- */

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

/* A certificate that cannot be read, or lacks what a chip's has: the manifest,
 * its kind or its own subject may say that it is one. */
static bool says_vcek(const struct rp_ak_cert *cert, const struct rp_subject *s)
{
	bool related =
		s != NULL && rp_relates_to(cert->item, "key-of", s->item);

	if (cert->parsed.code == EV_OK)
		return !cert->cert.ca &&
		       (strstr(cert->cert.subject, "CN=SEV-VCEK") != NULL ||
			related);
	return cert->place == 0 &&
	       (rp_is_kind(cert->item, "azure-thim-amd") || related);
}

bool rp_is_left_vcek(const struct rp_case *c, const struct rp_ak_cert *cert)
{
	const struct rp_subject *s = NULL;
	bool left = !is_vcek(cert) &&
		    (cert->parsed.code != EV_OK || says_vcek(cert, NULL));

	while (left && (s = rp_next_subject(c, RP_SNP, s)) != NULL)
		left = s->snp->vcek != cert;
	return left;
}

static enum fit fit_of(struct choice *q, const struct rp_subject *s,
		       const struct rp_ak_cert *cert)
{
	const struct ev_snp_report *report = &s->snp->report;

	if (!is_vcek(cert))
		return says_vcek(cert, s) ? FIT_BROKEN : FIT_NONE;
	if (ev_vcek_is_of(&cert->vcek, report->chip_id))
		return has_tcb(cert, report) ? FIT_CHIP_AND_TCB : FIT_CHIP;
	/* A chip id may be masked, and then the signature alone tells. */
	if (ev_span_is_zero(report->chip_id) &&
	    q->masked_asks++ < MASKED_KEYS_MAX && has_signed(q, report, cert))
		return FIT_VERIFIES;
	/* The other report is not this one, whose chip it is not. */
	return cert->reported ? FIT_NONE : FIT_OTHER_CHIP;
}

/* --- copies --- */

/* One chip and one TCB, which have one key. */
static bool is_copy(const struct rp_ak_cert *a, const struct rp_ak_cert *b)
{
	return is_vcek(a) && ev_span_eq(a->vcek.hw_id, b->vcek.hw_id) &&
	       memcmp(&a->vcek.tcb, &b->vcek.tcb, sizeof(a->vcek.tcb)) == 0;
}

/* Whoever it is held against: AMD made it, and its window holds the time. */
static unsigned worth(struct choice *q, struct rp_ak_cert *cert)
{
	return (is_issued(q, cert) ? 2U : 0U) +
	       (rp_holds_at(q->c, cert->cert.not_before, cert->cert.not_after)
			? 1U
			: 0U);
}

/* Of the copies of that worth the first whose key signed the report; where none
 * did, the first. */
static const struct rp_ak_cert *by_key(struct choice *q,
				       const struct ev_snp_report *report,
				       const struct rp_ak_cert *like,
				       unsigned best)
{
	const struct rp_ak_cert *first = NULL;
	size_t asked = 0;

	for (size_t i = 0; i < q->c->n_certs && asked < COPY_KEYS_MAX; i++) {
		struct rp_ak_cert *cert = q->c->certs[i];

		if (!is_copy(cert, like) || worth(q, cert) != best)
			continue;
		if (first != NULL &&
		    ev_span_eq(cert->cert.spki, first->cert.spki))
			continue;
		asked++;
		if (has_signed(q, report, cert))
			return cert;
		first = first != NULL ? first : cert;
	}
	return first;
}

/* A copy that is spoiled, expired or another's hides none that is good. */
static const struct rp_ak_cert *best_copy(struct choice *q,
					  const struct ev_snp_report *report,
					  const struct rp_ak_cert *found)
{
	const struct rp_ak_cert *like = found;
	unsigned best = 0;
	size_t n = 0;

	for (size_t i = 0; i < q->c->n_certs; i++)
		n += is_copy(q->c->certs[i], like) ? 1 : 0;
	if (n < 2)
		return found;
	find_issuers(q);
	for (size_t i = 0; i < q->c->n_certs; i++)
		if (is_copy(q->c->certs[i], like) &&
		    worth(q, q->c->certs[i]) > best)
			best = worth(q, q->c->certs[i]);
	return by_key(q, report, like, best);
}

/* The first of those that fit best, in the best of its copies. */
static void find_vcek(struct choice *q, struct rp_subject *s)
{
	const struct rp_ak_cert *found = NULL;
	enum fit best = FIT_NONE;

	for (size_t i = 0; i < q->c->n_certs; i++) {
		enum fit fit = fit_of(q, s, q->c->certs[i]);

		if (fit <= best)
			continue;
		best = fit;
		found = q->c->certs[i];
	}
	s->snp->vcek = best > FIT_OTHER_CHIP
			       ? best_copy(q, &s->snp->report, found)
			       : found;
}

static void mark_reported(struct rp_case *c)
{
	for (size_t i = 0; i < c->n_certs; i++) {
		struct rp_ak_cert *cert = c->certs[i];
		const struct rp_subject *s = NULL;

		while (is_vcek(cert) && !cert->reported &&
		       (s = rp_next_subject(c, RP_SNP, s)) != NULL)
			cert->reported = s->snp->parsed.code == EV_OK &&
					 ev_vcek_is_of(&cert->vcek,
						       s->snp->report.chip_id);
	}
}

enum ev_code rp_link_snp(struct rp_case *c)
{
	struct choice q = { .c = c };

	if (c->first[RP_SNP] == NULL)
		return EV_OK;
	mark_reported(c);
	for (struct rp_subject *s = c->first[RP_SNP]; s != NULL; s = s->next)
		if (s->snp->parsed.code == EV_OK)
			find_vcek(&q, s);
	return q.trouble ? EV_TROUBLE : EV_OK;
}
