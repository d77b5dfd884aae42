/* SPDX-License-Identifier: Apache-2.0 */
/* A quote finds its PCK chain, its collateral and its revocation lists. */
#include "replay/link.h"

static void set_chain(struct rp_quote *q, const struct rp_item *item,
		      struct ev_span text, uint64_t offset)
{
	q->chain_item = item;
	q->chain_offset = offset;
	q->chain_size = text.n;
	q->chain_parsed.code =
		ev_chain_parse(text, offset, &q->chain, &q->chain_parsed.err);
	if (q->chain_parsed.code != EV_OK)
		return;
	q->pck_parsed.code = ev_pck_parse(q->chain.cert[0].sgx_extension,
					  &q->pck, &q->pck_parsed.err);
}

static void link_pck_chain(const struct rp_case *c, struct rp_subject *s)
{
	static const char *const carriers[] = { "dcap-issuer-chain", "cert-pem",
						NULL };
	struct rp_quote *q = s->quote;

	if (q->parsed.code != EV_OK || q->chain_item != NULL)
		return;
	if (q->q.cert_type == EV_CERT_PCK_CHAIN) {
		set_chain(q, s->item, q->q.cert_data,
			  ev_quote_offset(&q->q, q->q.cert_data));
		return;
	}
	for (size_t i = 0; i < c->n_items; i++) {
		const struct rp_item *item = &c->items[i];

		if (rp_kind_in(item, carriers) && item->bytes.p != NULL &&
		    rp_chain_serves_quote(c, item)) {
			set_chain(q, item, item->bytes, 0);
			return;
		}
	}
}

static bool holds_at(const struct rp_case *c, int64_t from, int64_t to)
{
	return from <= c->at && c->at <= to;
}

static bool asked_standard(const struct rp_subject *s)
{
	const char *uri =
		s->item->entry != NULL ? s->item->entry->source_uri : NULL;

	return uri != NULL && strstr(uri, "update=standard") != NULL;
}

/* Ranks candidates: platform first, then cli.md's rule of which set decides:
 * the one asked for as standard, else the newest whose window holds T. */
static unsigned int tcb_info_rank(const struct rp_case *c,
				  const struct rp_quote *q,
				  const struct rp_subject *s)
{
	const struct ev_tcb_info *t = &s->tcb_info->info;
	unsigned int rank = 3;

	if (s->tcb_info->parsed.code != EV_OK)
		return 2;
	if (t->tee != q->q.tee)
		return 1;
	if (q->pck_parsed.code == EV_OK && q->chain_item != NULL &&
	    memcmp(t->fmspc, q->pck.fmspc, sizeof(t->fmspc)) == 0)
		rank += 16;
	if (asked_standard(s))
		rank += 8;
	if (holds_at(c, t->issue_date, t->next_update))
		rank += 4;
	return rank;
}

static void link_tcb_info(const struct rp_case *c, struct rp_quote *q)
{
	const struct rp_subject *s = NULL, *best = NULL;
	unsigned int best_rank = 0;

	while ((s = rp_next_subject(c, RP_TCB_INFO, s)) != NULL) {
		unsigned int rank = tcb_info_rank(c, q, s);
		bool newer = best != NULL && rank == best_rank &&
			     s->tcb_info->info.eval_number >
				     best->tcb_info->info.eval_number;

		if (rank > best_rank || newer) {
			best = s;
			best_rank = rank;
		}
	}
	q->tcb_info = best;
}

static unsigned int identity_rank(const struct rp_case *c,
				  const struct rp_quote *q,
				  const struct rp_subject *s)
{
	const struct ev_qe_identity *t = &s->qe_identity->identity;
	enum ev_enclave_id want =
		q->q.tee == EV_TEE_TDX ? EV_ENCLAVE_TD_QE : EV_ENCLAVE_QE;
	unsigned int rank = 1;

	if (s->qe_identity->parsed.code != EV_OK)
		return rank;
	if (t->id == want)
		rank += 8;
	if (q->tcb_info != NULL &&
	    q->tcb_info->tcb_info->info.eval_number == t->eval_number)
		rank += 4;
	if (holds_at(c, t->issue_date, t->next_update))
		rank += 2;
	return rank;
}

static void link_qe_identity(const struct rp_case *c, struct rp_quote *q)
{
	const struct rp_subject *s = NULL;
	unsigned int best_rank = 0;

	q->qe_identity = NULL;
	while ((s = rp_next_subject(c, RP_QE_IDENTITY, s)) != NULL) {
		unsigned int rank = identity_rank(c, q, s);

		if (rank > best_rank) {
			q->qe_identity = s;
			best_rank = rank;
		}
	}
}

const struct rp_subject *rp_crl_of(const struct rp_case *c,
				   struct ev_span issuer)
{
	const struct rp_subject *s = NULL, *best = NULL;

	while ((s = rp_next_subject(c, RP_CRL, s)) != NULL) {
		const struct ev_crl *crl = &s->crl->crl;

		if (s->crl->parsed.code != EV_OK ||
		    !ev_span_eq(crl->issuer, issuer))
			continue;
		best = s;
		if (holds_at(c, crl->this_update, crl->next_update))
			break;
	}
	return best;
}

/* A CRL that does not parse stands in for the one that is missing, so that
 * what rests on it is skipped because it failed, not because it is absent. */
static const struct rp_subject *crl_or_broken(const struct rp_case *c,
					      struct ev_span issuer,
					      const struct rp_subject *other)
{
	const struct rp_subject *s = rp_crl_of(c, issuer), *broken = NULL;

	if (s != NULL)
		return s;
	while ((broken = rp_next_subject(c, RP_CRL, broken)) != NULL)
		if (broken->crl->parsed.code != EV_OK && broken != other)
			return broken;
	return NULL;
}

static bool foreign_pck_crl(const struct rp_case *c, const struct rp_quote *q)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_CRL, s)) != NULL)
		if (s != q->root_crl && s->crl->parsed.code == EV_OK)
			return q->pck_crl == NULL;
	return false;
}

void rp_link_quote(const struct rp_case *c, struct rp_subject *s)
{
	struct rp_quote *q = s->quote;

	link_pck_chain(c, s);
	link_tcb_info(c, q);
	link_qe_identity(c, q);
	if (q->chain_item != NULL && q->chain_parsed.code == EV_OK) {
		const struct ev_chain *chain = &q->chain;

		q->root_crl = crl_or_broken(
			c, chain->cert[chain->n_certs - 1].subject, NULL);
		q->pck_crl =
			crl_or_broken(c, chain->cert[0].issuer, q->root_crl);
		q->foreign_pck_crl = foreign_pck_crl(c, q);
	}
	s->partner[0] = q->tcb_info;
	s->partner[1] = q->qe_identity;
}

const struct rp_subject *rp_chain_of(const struct rp_case *c,
				     const struct rp_item *item)
{
	const struct rp_subject *s = NULL, *first = NULL;

	while ((s = rp_next_subject(c, RP_CHAIN, s)) != NULL) {
		if (rp_relates_to(s->item, "issuer-of", item))
			return s;
		if (first == NULL)
			first = s;
	}
	return first;
}

void rp_link_crl(const struct rp_case *c, struct rp_subject *s)
{
	struct rp_crl *crl = s->crl;
	const struct rp_subject *quote = NULL;

	for (size_t i = 0; i < c->n_items && crl->issuer_item == NULL; i++) {
		const struct rp_item *item = &c->items[i];

		if (!rp_is_kind(item, "dcap-issuer-chain") ||
		    !rp_chain_serves_crl(c, item))
			continue;
		crl->issuer_parsed.code =
			ev_chain_parse(item->bytes, 0, &crl->issuer_chain,
				       &crl->issuer_parsed.err);
		if (rp_relates_to(item, "issuer-of", s->item) ||
		    (crl->issuer_parsed.code == EV_OK &&
		     crl->parsed.code == EV_OK &&
		     ev_span_eq(crl->issuer_chain.cert[0].subject,
				crl->crl.issuer))) {
			crl->issuer_item = item;
			break;
		}
		ev_chain_free(&crl->issuer_chain);
		crl->issuer_parsed = (struct rp_parsed){ 0 };
	}
	while ((quote = rp_next_subject(c, RP_QUOTE, quote)) != NULL)
		if (quote->quote->chain_item != NULL &&
		    quote->quote->chain_parsed.code == EV_OK)
			crl->quote = quote;
}
