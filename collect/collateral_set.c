/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of collateral, each from one origin. */
#include "collect/collateral_set.h"

#include "collect/stop.h"
#include "evidence/qe_identity.h"
#include "evidence/tcb_info.h"

#include <inttypes.h>
#include <stdio.h>

static const char tcb_chain[] = "TCB-Info-Issuer-Chain "
				"SGX-TCB-Info-Issuer-Chain";
static const char identity_chain[] = "SGX-Enclave-Identity-Issuer-Chain";
/* A new set can be issued between two questions: once more is enough. */
static const int SET_TRIES = 2;

/* What is wanted of a set. */
struct wanted {
	struct co_collection *c;
	const struct co_platform *platform;
	const char *query; /* "update=standard", "tcbEvaluationDataNumber=17" */
	char *why;
};

void co_collateral_set_free(struct co_collateral_set *set)
{
	co_fetched_free(&set->tcb);
	co_fetched_free(&set->identity);
	*set = (struct co_collateral_set){ 0 };
}

static bool refused(const struct co_fetched *f, const struct ev_error *err,
		    char why[CO_WHY_TEXT])
{
	char text[CO_WHY_TEXT / 2];

	ev_error_format(err, text, sizeof(text));
	snprintf(why, CO_WHY_TEXT, "%.200s: %s", f->url, text);
	return false;
}

static bool ask_tcb(const struct wanted *w, size_t origin,
		    struct co_collateral_set *set)
{
	struct ev_tcb_info info = { 0 };
	struct ev_error err = { 0 };
	char path[160];
	bool ours;

	snprintf(path, sizeof(path), "/%s/certification/v4/tcb?fmspc=%s&%s",
		 co_platform_tee(w->platform), w->platform->fmspc, w->query);
	if (!co_collateral_ask_at(w->c, origin, path, w->query, &set->tcb,
				  w->why))
		return false;
	if (ev_tcb_info_parse(ev_buffer_span(&set->tcb.reply.body), &info,
			      &err) != EV_OK)
		return refused(&set->tcb, &err, w->why);
	ours = co_platform_is(w->platform, &info);
	set->tcb_number = info.eval_number;
	ev_tcb_info_free(&info);
	if (!ours)
		snprintf(w->why, CO_WHY_TEXT,
			 "%.300s: the TCB info is of another platform (ask who "
			 "runs it)",
			 set->tcb.url);
	return ours;
}

static bool ask_identity(const struct wanted *w, size_t origin,
			 struct co_collateral_set *set)
{
	struct ev_qe_identity identity = { 0 };
	struct ev_error err = { 0 };
	char path[160];

	snprintf(path, sizeof(path), "/%s/certification/v4/qe/identity?%s",
		 co_platform_tee(w->platform), w->query);
	if (!co_collateral_ask_at(w->c, origin, path, w->query, &set->identity,
				  w->why))
		return false;
	if (ev_qe_identity_parse(ev_buffer_span(&set->identity.reply.body),
				 &identity, &err) != EV_OK)
		return refused(&set->identity, &err, w->why);
	set->identity_number = identity.eval_number;
	ev_qe_identity_free(&identity);
	return true;
}

/* Both of one number, where the first is not one that we do not want. */
static bool ask_set(const struct wanted *w, size_t origin, uint64_t but_not,
		    struct co_collateral_set *set)
{
	for (int i = 0; i < SET_TRIES && co_stop_signal() == 0; i++) {
		co_collateral_set_free(set);
		if (!ask_tcb(w, origin, set) || set->tcb_number == but_not ||
		    !ask_identity(w, origin, set))
			return false;
		if (set->tcb_number == set->identity_number)
			return true;
	}
	snprintf(w->why, CO_WHY_TEXT,
		 "TCB info is of evaluation number %" PRIu64
		 ", the QE identity of %" PRIu64 ", twice (ask again later)",
		 set->tcb_number, set->identity_number);
	return false;
}

static bool keep_set(struct co_collection *c, struct co_collateral_set *set,
		     const char *hint, char why[CO_WHY_TEXT])
{
	return co_collateral_keep(c, &set->tcb, "dcap-tcbinfo", hint, tcb_chain,
				  why) &&
	       co_collateral_keep(c, &set->identity, "dcap-qe-identity", hint,
				  identity_chain, why);
}

bool co_collateral_set_standard(struct co_collection *c,
				const struct co_platform *p, uint64_t *number,
				char why[CO_WHY_TEXT])
{
	struct wanted w = { c, p, "update=standard", why };
	struct co_collateral_set set = { 0 };
	size_t n = co_collateral_n_origins(c);
	bool ok = false;

	snprintf(why, CO_WHY_TEXT, "no address answers");
	for (size_t i = 0; i < n && !ok; i++)
		ok = ask_set(&w, i, 0, &set);
	*number = set.tcb_number;
	ok = ok && keep_set(c, &set, NULL, why);
	co_collateral_set_free(&set);
	return ok;
}

void co_collateral_set_early(struct co_collection *c,
			     const struct co_platform *p, uint64_t *number)
{
	char ignored[CO_WHY_TEXT];
	struct wanted w = { c, p, "update=early", ignored };
	struct co_collateral_set set = { 0 };
	size_t n = co_collateral_n_origins(c);
	bool ok = false;

	/* Who has the standard set under this name has said it all. */
	for (size_t i = 0; i < n && !ok && set.tcb_number != *number; i++)
		ok = ask_set(&w, i, *number, &set);
	if (ok && keep_set(c, &set, "early", ignored))
		*number = set.tcb_number;
	co_collateral_set_free(&set);
}

void co_collateral_set_numbered(struct co_collection *c,
				const struct co_platform *p, uint64_t number)
{
	char query[64], ignored[CO_WHY_TEXT];
	struct wanted w = { c, p, query, ignored };
	struct co_collateral_set set = { 0 };
	size_t n = co_collateral_n_origins(c);
	bool ok = false;

	snprintf(query, sizeof(query), "tcbEvaluationDataNumber=%" PRIu64,
		 number);
	for (size_t i = 0; i < n && !ok; i++)
		ok = ask_set(&w, i, 0, &set) && set.tcb_number == number;
	if (ok)
		keep_set(c, &set, "numbered", ignored);
	co_collateral_set_free(&set);
}
