/* SPDX-License-Identifier: Apache-2.0 */
/* facts.tcb: statuses, dates, advisories, and the distance to each level. */
#include "replay/checks.h"
#include "replay/facts.h"

#include <stdio.h>
#include <stdlib.h>

static void write_level(struct ev_writer *w, const char *name,
			const struct rp_level *level)
{
	ev_write_object(w, name);
	ev_write_str(w, "status", ev_tcb_status_word(level->status));
	if (level->advisories != NULL) {
		ev_write_time(w, "date", level->date);
		ev_write_int(w, "level", (int64_t)level->position);
	}
	ev_write_end(w);
}

static int by_bytes(const void *a, const void *b)
{
	return ev_span_cmp(*(const struct ev_span *)a,
			   *(const struct ev_span *)b);
}

/* Advisories of all levels used, each once, bytewise. */
static void write_advisories(struct ev_writer *w, const struct rp_tcb *tcb)
{
	const struct ev_advisories *lists[] = { tcb->platform.advisories,
						tcb->qe.advisories,
						tcb->module.level.advisories };
	struct ev_span ids[3 * EV_ADVISORIES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; lists[i] != NULL && k < lists[i]->n; k++)
			ids[n++] = lists[i]->id[k];
	qsort(ids, n, sizeof(ids[0]), by_bytes);
	ev_write_array(w, "advisories");
	for (size_t i = 0; i < n; i++)
		if (i == 0 || !ev_span_eq(ids[i], ids[i - 1]))
			ev_write_foreign(w, NULL, ids[i]);
	ev_write_end(w);
}

static void write_shortfall(struct ev_writer *w, const struct rp_shortfall *s)
{
	char name[24];

	if (s->number == 0)
		snprintf(name, sizeof(name), "%s", s->component);
	else
		snprintf(name, sizeof(name), "%s-%u", s->component, s->number);
	ev_write_object(w, NULL);
	ev_write_str(w, "component", name);
	ev_write_int(w, "have", s->have);
	ev_write_int(w, "need", s->need);
	ev_write_end(w);
}

static void write_numbers(struct ev_writer *w, const char *name,
			  const uint8_t numbers[16])
{
	ev_write_array(w, name);
	for (size_t i = 0; i < 16; i++)
		ev_write_int(w, NULL, numbers[i]);
	ev_write_end(w);
}

static void write_need(struct ev_writer *w, const struct ev_tcb_level *level,
		       bool tdx)
{
	ev_write_object(w, "need");
	write_numbers(w, "sgx", level->sgx);
	ev_write_int(w, "pcesvn", level->pcesvn);
	if (tdx)
		write_numbers(w, "tdx", level->tdx);
	ev_write_end(w);
}

static void write_distance(struct ev_writer *w, const struct rp_quote *q,
			   const uint8_t *svn)
{
	const struct ev_tcb_info *t = &q->tcb_info->tcb_info->info;

	ev_write_array(w, "distance");
	for (size_t i = 0; i < t->n_levels; i++) {
		struct rp_shortfall s[RP_SHORTFALLS_MAX];
		size_t n = rp_level_shortfalls(&t->levels[i], &q->pck, svn, s);

		ev_write_object(w, NULL);
		ev_write_int(w, "level", (int64_t)t->levels[i].position);
		ev_write_str(w, "status",
			     ev_tcb_status_word(t->levels[i].status));
		ev_write_time(w, "date", t->levels[i].date);
		write_need(w, &t->levels[i], svn != NULL);
		ev_write_array(w, "short");
		for (size_t k = 0; k < n; k++)
			write_shortfall(w, &s[k]);
		ev_write_end(w);
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_module(struct ev_writer *w, const struct rp_module_level *m)
{
	char id[8];

	snprintf(id, sizeof(id), "TDX_%02X", m->version);
	ev_write_object(w, "module");
	ev_write_str(w, "id", id);
	ev_write_int(w, "svn", m->svn);
	ev_write_str(w, "status", ev_tcb_status_word(m->level.status));
	if (m->level.advisories != NULL)
		ev_write_time(w, "date", m->level.date);
	ev_write_end(w);
}

static void write_qe(struct ev_writer *w, const struct rp_quote *q,
		     const struct rp_level *level)
{
	ev_write_object(w, "qe");
	ev_write_int(w, "isvsvn", q->q.qe_report.isvsvn);
	ev_write_str(w, "status", ev_tcb_status_word(level->status));
	if (level->advisories != NULL)
		ev_write_time(w, "date", level->date);
	ev_write_end(w);
}

/* Everything that the evaluation reads was parsed. */
static bool evaluable(const struct rp_quote *q)
{
	return q->parsed.code == EV_OK && q->chain_item != NULL &&
	       q->chain_parsed.code == EV_OK && q->pck_parsed.code == EV_OK &&
	       q->tcb_info != NULL && q->qe_identity != NULL &&
	       q->tcb_info->tcb_info->parsed.code == EV_OK &&
	       q->qe_identity->qe_identity->parsed.code == EV_OK;
}

/* The levels speak of this machine only if quote, TCB info and identity are
 * what they say they are. */
static bool trusted(const struct rp_case *c, const struct rp_subject *s)
{
	return rp_outcome_of(c, "dcap.tcb-info.match", s) == RP_PASS &&
	       rp_outcome_of(c, "dcap.quote.signature", s) == RP_PASS &&
	       rp_outcome_of(c, "dcap.qe-identity.match", s) == RP_PASS;
}

void rp_facts_tcb_write(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s = rp_next_subject(c, RP_QUOTE, NULL);
	const struct rp_tcb *tcb;
	struct rp_quote *q;

	if (s == NULL || !evaluable(s->quote))
		return;
	q = s->quote;
	tcb = rp_tcb_of(q);
	ev_write_object(w, "tcb");
	ev_write_str(w, "algorithm", "qvl-2026");
	ev_write_bool(w, "trusted", trusted(c, s));
	ev_write_str(w, "collateral", q->tcb_info->name);
	ev_write_str(w, "status", ev_tcb_status_word(tcb->status));
	ev_write_str(w, "launch", ev_tcb_status_word(tcb->launch));
	ev_write_str(w, "current", ev_tcb_status_word(tcb->current));
	if (tcb->date != INT64_MAX)
		ev_write_time(w, "date", tcb->date);
	write_level(w, "platform", &tcb->platform);
	if (tcb->module.applies)
		write_module(w, &tcb->module);
	write_qe(w, q, &tcb->qe);
	write_advisories(w, tcb);
	ev_write_object(w, "evaluationDataNumber");
	ev_write_int(w, "tcbInfo",
		     (int64_t)q->tcb_info->tcb_info->info.eval_number);
	ev_write_int(
		w, "qeIdentity",
		(int64_t)q->qe_identity->qe_identity->identity.eval_number);
	ev_write_end(w);
	write_distance(w, q,
		       q->q.tee == EV_TEE_TDX ? q->q.td.tee_tcb_svn.p : NULL);
	ev_write_end(w);
}
