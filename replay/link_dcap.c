/* SPDX-License-Identifier: Apache-2.0 */
/* A quote finds its collateral and its revocation lists. */
#include "replay/link.h"

/* The address that the manifest records, or NULL. */
static const char *address_of(const struct rp_subject *s)
{
	return s->item->entry != NULL ? s->item->entry->source_uri : NULL;
}

static bool knows_platform(const struct rp_quote *q)
{
	return q->chain_item != NULL && q->chain_parsed.code == EV_OK &&
	       q->pck_parsed.code == EV_OK;
}

static bool is_of_platform(const struct rp_quote *q, const struct rp_subject *s)
{
	const struct ev_tcb_info *t = &s->tcb_info->info;

	return s->tcb_info->parsed.code == EV_OK && t->tee == q->q.tee &&
	       knows_platform(q) &&
	       memcmp(t->fmspc, q->pck.fmspc, sizeof(t->fmspc)) == 0 &&
	       memcmp(t->pceid, q->pck.pceid, sizeof(t->pceid)) == 0;
}

/* Where the policy names a set, no other one may stand in for it.  What
 * hindsight brought says what is known by now, of whatever number.  Of a
 * quote whose platform nobody knows, the number is all that can be asked. */
static bool may_decide(const struct rp_case *c, const struct rp_quote *q,
		       const struct rp_subject *s)
{
	const struct rp_choice *choice = &c->policy->collateral;

	if (!rp_choice_is_made(choice))
		return true;
	return s->tcb_info->parsed.code == EV_OK &&
	       (is_of_platform(q, s) || !knows_platform(q)) &&
	       (s->item->later ||
		rp_choice_takes(choice, s->tcb_info->info.eval_number,
				address_of(s)));
}

/* Ranks candidates: platform first, then what hindsight brought, then cli.md's
 * rule of which set decides: the one asked for as standard, else the newest
 * whose window holds T. */
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
	if (is_of_platform(q, s))
		rank += 32;
	if (s->item->later)
		rank += 16;
	if (rp_asked_for(address_of(s), "standard"))
		rank += 8;
	if (rp_holds_at(c, t->issue_date, t->next_update))
		rank += 4;
	return rank;
}

static bool newer(const struct rp_subject *a, const struct rp_subject *b)
{
	const struct ev_tcb_info *x = &a->tcb_info->info;
	const struct ev_tcb_info *y = &b->tcb_info->info;

	if (x->eval_number != y->eval_number)
		return x->eval_number > y->eval_number;
	return x->issue_date > y->issue_date;
}

static void link_tcb_info(const struct rp_case *c, struct rp_quote *q)
{
	const struct rp_subject *s = NULL, *best = NULL;
	unsigned int best_rank = 0;

	while ((s = rp_next_subject(c, RP_TCB_INFO, s)) != NULL) {
		unsigned int rank = tcb_info_rank(c, q, s);

		if (!may_decide(c, q, s))
			continue;
		if (rank > best_rank || (rank == best_rank && newer(s, best))) {
			best = s;
			best_rank = rank;
		}
	}
	q->tcb_info = best;
}

static int by_bytes(const void *a, const void *b)
{
	const struct rp_subject *x = *(const struct rp_subject *const *)a;
	const struct rp_subject *y = *(const struct rp_subject *const *)b;
	int order = ev_span_cmp(x->item->bytes, y->item->bytes);

	return order != 0 ? order
			  : (x->order > y->order) - (x->order < y->order);
}

enum ev_code rp_mark_repeated(struct rp_case *c)
{
	const struct rp_subject **all;
	size_t n = 0;

	for (const struct rp_subject *s = c->first[RP_TCB_INFO]; s != NULL;
	     s = s->next)
		n++;
	all = calloc(n + 1, sizeof(*all));
	if (all == NULL)
		return EV_TROUBLE;
	n = 0;
	for (const struct rp_subject *s = c->first[RP_TCB_INFO]; s != NULL;
	     s = s->next)
		all[n++] = s;
	qsort(all, n, sizeof(*all), by_bytes);
	for (size_t i = 1; i < n; i++)
		all[i]->tcb_info->repeated = ev_span_eq(
			all[i]->item->bytes, all[i - 1]->item->bytes);
	free(all);
	return EV_OK;
}

bool rp_tcb_info_fits(const struct rp_quote *q,
		      const struct rp_subject *tcb_info)
{
	const struct ev_tcb_info *t = &tcb_info->tcb_info->info;

	return tcb_info->tcb_info->parsed.code == EV_OK && t->tee == q->q.tee &&
	       memcmp(t->fmspc, q->pck.fmspc, sizeof(t->fmspc)) == 0 &&
	       memcmp(t->pceid, q->pck.pceid, sizeof(t->pceid)) == 0;
}

static unsigned int identity_rank(const struct rp_case *c,
				  const struct rp_quote *q,
				  const struct rp_subject *tcb_info,
				  const struct rp_subject *s)
{
	const struct ev_qe_identity *t = &s->qe_identity->identity;
	enum ev_enclave_id want =
		q->q.tee == EV_TEE_TDX ? EV_ENCLAVE_TD_QE : EV_ENCLAVE_QE;
	unsigned int rank = 1;

	if (s->qe_identity->parsed.code != EV_OK)
		return rank;
	if (t->id == want)
		rank += 16;
	if (s->item->later)
		rank += 8;
	if (tcb_info != NULL &&
	    tcb_info->tcb_info->info.eval_number == t->eval_number)
		rank += 4;
	if (rp_holds_at(c, t->issue_date, t->next_update))
		rank += 2;
	return rank;
}

bool rp_lacks_named_set(const struct rp_case *c, const struct rp_quote *q)
{
	return q->tcb_info == NULL && rp_choice_is_made(&c->policy->collateral);
}

/* Of an equal number before others, and then of any: real sets, as they were
 * served, have unequal ones (TCB info 19 with QE identity 17), which is what
 * dcap.collateral.eval-number says. */
const struct rp_subject *
rp_qe_identity_beside(const struct rp_case *c, const struct rp_quote *q,
		      const struct rp_subject *tcb_info)
{
	const struct rp_subject *s = NULL, *best = NULL;
	unsigned int best_rank = 0;

	while ((s = rp_next_subject(c, RP_QE_IDENTITY, s)) != NULL) {
		unsigned int rank = identity_rank(c, q, tcb_info, s);

		if (rank > best_rank) {
			best = s;
			best_rank = rank;
		}
	}
	return best;
}

void rp_link_quote(struct rp_case *c, struct rp_subject *s)
{
	struct rp_quote *q = s->quote;

	link_tcb_info(c, q);
	if (rp_lacks_named_set(c, q))
		c->no_set = true;
	else
		q->qe_identity = rp_qe_identity_beside(c, q, q->tcb_info);
	if (q->chain_item != NULL && q->chain_parsed.code == EV_OK) {
		const struct ev_chain *chain = &q->chain;

		q->root_crl = rp_crl_or_broken(
			c, &chain->cert[chain->n_certs - 1], NULL);
		q->pck_crl = rp_crl_or_broken(c, &chain->cert[1], q->root_crl);
	}
	s->partner[0] = q->tcb_info;
	s->partner[1] = q->qe_identity;
	rp_decides(c, q->tcb_info);
	rp_decides(c, q->qe_identity);
	if (q->tcb_info != NULL)
		rp_decides(c, q->tcb_info->tcb_info->chain);
	if (q->qe_identity != NULL)
		rp_decides(c, q->qe_identity->qe_identity->chain);
	rp_decides(c, q->root_crl);
	rp_decides(c, q->pck_crl);
}
