/* SPDX-License-Identifier: Apache-2.0 */
/* Revocation lists find who issued them, and are found by issuer. */
#include "replay/link.h"

/* Of two lists of one issuer: what hindsight brought, whose window holds T,
 * the newer. */
static bool better(const struct rp_case *c, const struct rp_subject *a,
		   const struct rp_subject *b)
{
	const struct ev_crl *x = &a->crl->crl, *y = &b->crl->crl;
	bool x_holds = rp_holds_at(c, x->this_update, x->next_update);
	bool y_holds = rp_holds_at(c, y->this_update, y->next_update);

	if (a->item->later != b->item->later)
		return a->item->later;
	if (x_holds != y_holds)
		return x_holds;
	return x->this_update > y->this_update;
}

/* The best list of those that name this issuer: by subject and key
 * identifier, or by subject alone. */
static const struct rp_subject *
newest_of(const struct rp_case *c, const struct ev_cert *issuer, bool by_key)
{
	const struct rp_subject *s = NULL, *best = NULL;

	while ((s = rp_next_subject(c, RP_CRL, s)) != NULL) {
		const struct ev_crl *crl = &s->crl->crl;

		if (s->crl->parsed.code != EV_OK ||
		    !ev_span_eq(crl->issuer, issuer->subject) ||
		    (by_key && !ev_span_eq(crl->aki, issuer->ski)))
			continue;
		if (best == NULL || better(c, s, best))
			best = s;
	}
	return best;
}

const struct rp_subject *rp_crl_or_broken(const struct rp_case *c,
					  const struct ev_cert *issuer,
					  const struct rp_subject *other)
{
	const struct rp_subject *s = newest_of(c, issuer, true);
	const struct rp_subject *broken = NULL;

	if (s == NULL)
		s = newest_of(c, issuer, false);
	if (s != NULL)
		return s;
	while ((broken = rp_next_subject(c, RP_CRL, broken)) != NULL) {
		const struct rp_crl *crl = broken->crl;

		if (broken == other)
			continue;
		if (crl->parsed.code != EV_OK ||
		    (crl->foreign && ev_span_eq(crl->crl.aki, issuer->ski)))
			return broken;
	}
	return NULL;
}

static bool fits(const struct rp_issuer *issuer, const struct rp_crl *crl)
{
	return issuer->parsed.code == EV_OK && crl->parsed.code == EV_OK &&
	       ev_span_eq(issuer->chain.cert[0].subject, crl->crl.issuer) &&
	       ev_span_eq(issuer->chain.cert[0].ski, crl->crl.aki);
}

/* The chain belongs to some list here. */
static bool fits_one(const struct rp_case *c, const struct rp_issuer *issuer)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_CRL, s)) != NULL)
		if (fits(issuer, s->crl))
			return true;
	return false;
}

/* The chain of the CRL's issuer; of several, the one that says so.  A chain
 * that says so and is no other list's counts as well: the list then fails by
 * it, since somebody changed one of the two. */
static const struct rp_issuer *issuer_of(const struct rp_case *c,
					 const struct rp_subject *s)
{
	const struct rp_issuer *best = NULL;
	unsigned int best_rank = 0;

	for (size_t i = 0; i < c->n_issuers; i++) {
		const struct rp_issuer *issuer = c->issuers[i];
		bool says = rp_relates_to(issuer->item, "issuer-of", s->item);
		bool content = fits(issuer, s->crl);
		bool counts = content || (says && !fits_one(c, issuer));
		unsigned int rank = (content ? 2U : 0U) + (says ? 1U : 0U);

		if (counts && rank > best_rank) {
			best = issuer;
			best_rank = rank;
		}
	}
	return best;
}

/* Whether some chain here names the issuer of this CRL as its root or as the
 * PCK CA of a quote. */
static bool is_known(const struct rp_case *c, struct ev_span issuer)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL)
		for (size_t i = 1; i < s->quote->chain.n_certs; i++)
			if (ev_span_eq(s->quote->chain.cert[i].subject, issuer))
				return true;
	s = NULL;
	while ((s = rp_next_subject(c, RP_CHAIN, s)) != NULL)
		if (s->chain->parsed.code == EV_OK &&
		    ev_span_eq(s->chain->chain.cert[0].issuer, issuer))
			return true;
	return false;
}

void rp_link_crls(struct rp_case *c)
{
	for (struct rp_subject *s = c->first[RP_CRL]; s != NULL; s = s->next) {
		s->crl->foreign = s->crl->parsed.code == EV_OK &&
				  !is_known(c, s->crl->crl.issuer);
		s->crl->issuer = issuer_of(c, s);
		c->foreign_pck_crl = c->foreign_pck_crl || s->crl->foreign;
	}
}
