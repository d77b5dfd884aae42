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

/* How well a chain item fits a quote that carries none: certification data
 * 1 to 3 repeat what the right certificate says. */
static unsigned int chain_rank(const struct rp_item *item,
			       const struct rp_subject *s)
{
	const struct ev_quote *q = &s->quote->q;
	struct ev_error err = { 0 };
	struct ev_ppid_data data;
	struct ev_chain chain;
	struct ev_pck pck;
	unsigned int rank = rp_relates_to(item, "issuer-of", s->item) ? 2 : 1;

	if (ev_chain_parse(item->bytes, 0, &chain, &err) != EV_OK)
		return rank;
	rank += 2;
	if (q->cert_type <= EV_CERT_PPID_RSA3072 &&
	    ev_ppid_data_parse(q, &data, &err) == EV_OK &&
	    ev_pck_parse(chain.cert[0].sgx_extension, &pck, &err) == EV_OK &&
	    ev_span_eq(data.cpusvn, EV_SPAN(pck.cpusvn)) &&
	    data.pcesvn == pck.pcesvn &&
	    (data.ppid.n != sizeof(pck.ppid) ||
	     ev_span_eq(data.ppid, EV_SPAN(pck.ppid))))
		rank += 4;
	ev_chain_free(&chain);
	return rank;
}

static const struct rp_item *chain_beside(const struct rp_case *c,
					  const struct rp_subject *s)
{
	static const char *const carriers[] = { "dcap-issuer-chain", "cert-pem",
						NULL };
	const struct rp_item *first = NULL, *best = NULL;
	unsigned int best_rank = 0;

	for (size_t i = 0; i < c->n_items; i++) {
		const struct rp_item *item = &c->items[i];
		unsigned int rank;

		if (item->role != RP_CHAIN_OF_QUOTE ||
		    !rp_kind_in(item, carriers))
			continue;
		if (first == NULL) { /* an only one is not looked into */
			first = item;
			continue;
		}
		if (best == NULL) {
			best = first;
			best_rank = chain_rank(first, s);
		}
		rank = chain_rank(item, s);
		if (rank > best_rank) {
			best = item;
			best_rank = rank;
		}
	}
	return best != NULL ? best : first;
}

void rp_link_pck_chain(const struct rp_case *c, struct rp_subject *s)
{
	struct rp_quote *q = s->quote;
	const struct rp_item *item;

	if (q->parsed.code != EV_OK || q->chain_item != NULL)
		return;
	if (q->q.cert_type == EV_CERT_PCK_CHAIN) {
		set_chain(q, s->item, q->q.cert_data,
			  ev_quote_offset(&q->q, q->q.cert_data));
		return;
	}
	item = chain_beside(c, s);
	if (item != NULL)
		set_chain(q, item, item->bytes, 0);
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

		if (rank > best_rank || (rank == best_rank && newer(s, best))) {
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
	if (rp_holds_at(c, t->issue_date, t->next_update))
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

void rp_link_quote(struct rp_case *c, struct rp_subject *s)
{
	struct rp_quote *q = s->quote;

	link_tcb_info(c, q);
	link_qe_identity(c, q);
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
	rp_decides(c, q->root_crl);
	rp_decides(c, q->pck_crl);
}
