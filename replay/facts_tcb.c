/* SPDX-License-Identifier: Apache-2.0 */
/* facts.tcb: statuses, dates, advisories, and the distance to each level; in
 * the order in which members stand, so that the writer has nothing to sort. */
#include "replay/checks.h"
#include "replay/facts.h"
#include "replay/link.h"

#include <stdio.h>
#include <stdlib.h>

static void write_level(struct ev_writer *w, const char *name,
			const struct rp_level *level)
{
	ev_write_object(w, name);
	if (level->advisories != NULL) {
		ev_write_time(w, "date", level->date);
		ev_write_int(w, "level", (int64_t)level->position);
	}
	ev_write_str(w, "status", ev_tcb_status_word(level->status));
	ev_write_end(w);
}

static int by_bytes(const void *a, const void *b)
{
	return ev_span_cmp(*(const struct ev_span *)a,
			   *(const struct ev_span *)b);
}

/* Advisories of all levels used, each once, bytewise. */
static void write_advisories(struct ev_writer *w, const char *name,
			     const struct rp_level *platform,
			     const struct rp_module_level *module,
			     const struct rp_level *qe)
{
	const struct ev_advisories *lists[] = { platform->advisories,
						qe->advisories,
						module->level.advisories };
	struct ev_span ids[3 * EV_ADVISORIES_MAX];
	size_t n = 0;

	for (size_t i = 0; i < 3; i++)
		for (size_t k = 0; lists[i] != NULL && k < lists[i]->n; k++)
			ids[n++] = lists[i]->id[k];
	qsort(ids, n, sizeof(ids[0]), by_bytes);
	ev_write_array(w, name);
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

/* A mark and a number behind it; how many bytes that are. */
static size_t put_number(uint8_t number, char mark, char *out)
{
	size_t n = 0;

	out[n++] = mark;
	if (number >= 100)
		out[n++] = (char)('0' + number / 100);
	if (number >= 10)
		out[n++] = (char)('0' + number / 10 % 10);
	out[n++] = (char)('0' + number % 10);
	return n;
}

static void write_numbers(struct ev_writer *w, const char *name,
			  const uint8_t numbers[16])
{
	char text[16 * sizeof("255,")];
	size_t n = 0;

	/* Half of all numbers of a report are here. */
	for (size_t i = 0; i < 16; i++)
		n += put_number(numbers[i], i == 0 ? '[' : ',', text + n);
	text[n++] = ']';
	ev_write_raw(w, name, ev_span_of(text, n));
}

static void write_need(struct ev_writer *w, const struct ev_tcb_level *level,
		       bool tdx)
{
	ev_write_object(w, "need");
	ev_write_int(w, "pcesvn", level->pcesvn);
	write_numbers(w, "sgx", level->sgx);
	if (tdx)
		write_numbers(w, "tdx", level->tdx);
	ev_write_end(w);
}

static void write_distance(struct ev_writer *w, const struct rp_quote *q,
			   const struct ev_tcb_info *t)
{
	const uint8_t *svn =
		q->q.tee == EV_TEE_TDX ? q->q.td.tee_tcb_svn.p : NULL;

	ev_write_array(w, "distance");
	for (size_t i = 0; i < t->n_levels; i++) {
		struct rp_shortfall s[RP_SHORTFALLS_MAX];
		size_t n = rp_level_shortfalls(&t->levels[i], &q->pck, svn, s);

		ev_write_object(w, NULL);
		ev_write_time(w, "date", t->levels[i].date);
		ev_write_int(w, "level", (int64_t)t->levels[i].position);
		write_need(w, &t->levels[i], svn != NULL);
		ev_write_array(w, "short");
		for (size_t k = 0; k < n; k++)
			write_shortfall(w, &s[k]);
		ev_write_end(w);
		ev_write_str(w, "status",
			     ev_tcb_status_word(t->levels[i].status));
		ev_write_end(w);
	}
	ev_write_end(w);
}

/* Levels by ISVSVN, in the style of those of the platform. */
static void write_isvsvn_distance(struct ev_writer *w,
				  const struct ev_isvsvn_level *levels,
				  size_t n, uint16_t have)
{
	ev_write_array(w, "distance");
	for (size_t i = 0; i < n; i++) {
		const struct rp_shortfall s = { "isvsvn", 0, have,
						levels[i].isvsvn };

		ev_write_object(w, NULL);
		ev_write_time(w, "date", levels[i].date);
		ev_write_int(w, "level", (int64_t)levels[i].position);
		ev_write_object(w, "need");
		ev_write_int(w, "isvsvn", levels[i].isvsvn);
		ev_write_end(w);
		ev_write_array(w, "short");
		if (have < levels[i].isvsvn)
			write_shortfall(w, &s);
		ev_write_end(w);
		ev_write_str(w, "status", ev_tcb_status_word(levels[i].status));
		ev_write_end(w);
	}
	ev_write_end(w);
}

static void write_module(struct ev_writer *w, const struct rp_module_level *m,
			 const struct ev_module_identity *identity)
{
	char id[8];

	snprintf(id, sizeof(id), "TDX_%02X", m->version);
	ev_write_object(w, "module");
	if (m->level.advisories != NULL)
		ev_write_time(w, "date", m->level.date);
	if (identity != NULL)
		write_isvsvn_distance(w, identity->levels, identity->n_levels,
				      m->svn);
	ev_write_str(w, "id", id);
	ev_write_str(w, "status", ev_tcb_status_word(m->level.status));
	ev_write_int(w, "svn", m->svn);
	ev_write_end(w);
}

static void write_qe(struct ev_writer *w, const struct rp_quote *q,
		     const struct rp_level *level,
		     const struct ev_qe_identity *identity)
{
	uint16_t isvsvn = q->q.qe_report.isvsvn;

	ev_write_object(w, "qe");
	if (level->advisories != NULL)
		ev_write_time(w, "date", level->date);
	write_isvsvn_distance(w, identity->levels, identity->n_levels, isvsvn);
	ev_write_int(w, "isvsvn", isvsvn);
	ev_write_str(w, "status", ev_tcb_status_word(level->status));
	ev_write_end(w);
}

/* A quote with one set of collateral: TCB info and the identity beside it. */
struct set {
	const struct rp_subject *quote, *tcb_info, *qe_identity;
};

/* Sets that are shown of one quote: what a report holds grows with the
 * items, not with their square. */
#define SETS_MAX 16

/* Everything that the evaluation reads of the quote was parsed. */
static bool has_platform(const struct rp_quote *q)
{
	return q->parsed.code == EV_OK && q->chain_item != NULL &&
	       q->chain_parsed.code == EV_OK && q->pck_parsed.code == EV_OK;
}

/* And of the set. */
static bool evaluable(const struct set *set)
{
	return has_platform(set->quote->quote) && set->tcb_info != NULL &&
	       set->qe_identity != NULL &&
	       set->tcb_info->tcb_info->parsed.code == EV_OK &&
	       set->qe_identity->qe_identity->parsed.code == EV_OK;
}

static bool passed(const struct rp_case *c, const char *id,
		   const struct rp_subject *s)
{
	return rp_outcome_of(c, id, s) == RP_PASS;
}

static bool decides(const struct set *set)
{
	return set->tcb_info == set->quote->quote->tcb_info;
}

/* The levels speak of this machine only if quote, TCB info and identity are
 * what they say they are. */
static bool trusted(const struct rp_case *c, const struct set *set)
{
	const struct rp_subject *s = set->quote;
	const struct rp_quote *q = s->quote;

	if (!passed(c, "dcap.quote.signature", s))
		return false;
	if (decides(set))
		return passed(c, "dcap.tcb-info.match", s) &&
		       passed(c, "dcap.qe-identity.match", s);
	return passed(c, "dcap.pck.extension", s) &&
	       passed(c, "dcap.tcb-info.signature", set->tcb_info) &&
	       rp_tcb_info_fits(q, set->tcb_info) &&
	       passed(c, "dcap.qe-identity.signature", set->qe_identity) &&
	       rp_qe_matches(&set->qe_identity->qe_identity->identity, &q->q);
}

static void write_eval_numbers(struct ev_writer *w, const struct set *set)
{
	ev_write_object(w, "evaluationDataNumber");
	ev_write_int(
		w, "qeIdentity",
		(int64_t)set->qe_identity->qe_identity->identity.eval_number);
	ev_write_int(w, "tcbInfo",
		     (int64_t)set->tcb_info->tcb_info->info.eval_number);
	ev_write_end(w);
}

static void write_levels(const struct set *set, const struct rp_tcb *tcb,
			 struct ev_writer *w)
{
	const struct ev_tcb_info *info = &set->tcb_info->tcb_info->info;

	if (tcb->module.applies)
		write_module(w, &tcb->module,
			     rp_module_identity(info, tcb->module.version));
	write_level(w, "platform", &tcb->platform);
	write_qe(w, set->quote->quote, &tcb->qe,
		 &set->qe_identity->qe_identity->identity);
}

static void write_set(const struct rp_case *c, const struct set *set,
		      const char *name, struct ev_writer *w)
{
	const struct rp_quote *q = set->quote->quote;
	const struct rp_tcb tcb =
		rp_tcb_by(q, &set->tcb_info->tcb_info->info,
			  &set->qe_identity->qe_identity->identity);

	ev_write_object(w, name);
	write_advisories(w, "advisories", &tcb.platform, &tcb.module, &tcb.qe);
	ev_write_str(w, "algorithm", "qvl-2026");
	ev_write_str(w, "collateral", set->tcb_info->name);
	ev_write_str(w, "current", ev_tcb_status_word(tcb.current));
	if (tcb.has_current)
		write_advisories(w, "currentAdvisories", &tcb.current_platform,
				 &tcb.current_module, &tcb.qe);
	if (tcb.date != INT64_MAX)
		ev_write_time(w, "date", tcb.date);
	ev_write_bool(w, "decides", decides(set));
	write_distance(w, q, &set->tcb_info->tcb_info->info);
	write_eval_numbers(w, set);
	ev_write_str(w, "item", set->quote->name);
	ev_write_str(w, "launch", ev_tcb_status_word(tcb.launch));
	write_levels(set, &tcb, w);
	ev_write_str(w, "qeIdentity", set->qe_identity->name);
	ev_write_str(w, "status", ev_tcb_status_word(tcb.status));
	ev_write_bool(w, "trusted", trusted(c, set));
	ev_write_end(w);
}

/* Another set than the one that decides: for this platform, and evaluable.
 * The same bytes under another name are no second set. */
static bool is_other_set(const struct set *set)
{
	const struct rp_quote *q = set->quote->quote;

	return !decides(set) && rp_tcb_info_fits(q, set->tcb_info) &&
	       !set->tcb_info->tcb_info->repeated &&
	       (q->tcb_info == NULL || !ev_span_eq(set->tcb_info->item->bytes,
						   q->tcb_info->item->bytes));
}

/* The next set of a quote (tcb_info NULL: the first): the one that decides,
 * where one does, then the others in order. */
static bool next_set(const struct rp_case *c, struct set *set)
{
	const struct rp_quote *q = set->quote->quote;

	if (set->tcb_info == NULL && q->tcb_info != NULL) {
		set->tcb_info = q->tcb_info;
		set->qe_identity = q->qe_identity;
		if (evaluable(set))
			return true;
	}
	if (!has_platform(q))
		return false;
	if (decides(set))
		set->tcb_info = NULL;
	do {
		set->tcb_info = rp_next_subject(c, RP_TCB_INFO, set->tcb_info);
		if (set->tcb_info == NULL)
			return false;
	} while (!is_other_set(set));
	/* Once for each set that is shown: an archive may hold thousands of
	 * both. */
	set->qe_identity = rp_qe_identity_beside(c, q, set->tcb_info);
	return evaluable(set);
}

/* Writes the sets of every quote; w NULL: counts them. */
static size_t each_set(const struct rp_case *c, bool list, struct ev_writer *w)
{
	const struct rp_subject *s = NULL;
	size_t n = 0;

	while ((s = rp_next_subject(c, RP_QUOTE, s)) != NULL) {
		struct set set = { .quote = s };
		size_t sets = 0;

		for (; sets < SETS_MAX && next_set(c, &set); sets++)
			if (w != NULL)
				write_set(c, &set, list ? NULL : "tcb", w);
		n += sets;
	}
	return n;
}

void rp_facts_tcb_write(const struct rp_case *c, struct ev_writer *w)
{
	size_t n = each_set(c, false, NULL);
	bool list = rp_area_is_list(c, n);

	if (n > 0 && list)
		ev_write_array(w, "tcb");
	each_set(c, list, w);
	if (n > 0 && list)
		ev_write_end(w);
}
