/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a replay: parse, judge the container, fix the time, judge. */
#include "replay/replay.h"

#include "replay/engine.h"
#include "replay/report.h"

/* When a piece of collateral was issued; false: it does not say. */
static bool issued(const struct rp_subject *s, int64_t *t)
{
	if (s->type == RP_TCB_INFO && s->tcb_info->parsed.code == EV_OK)
		*t = s->tcb_info->info.issue_date;
	else if (s->type == RP_QE_IDENTITY &&
		 s->qe_identity->parsed.code == EV_OK)
		*t = s->qe_identity->identity.issue_date;
	else if (s->type == RP_CRL && s->crl->parsed.code == EV_OK)
		*t = s->crl->crl.this_update;
	else
		return false;
	return true;
}

static bool newest_issue(const struct rp_case *c, int64_t *newest)
{
	bool found = false;
	int64_t t;

	for (size_t i = 0; i < c->n_subjects; i++) {
		const struct rp_subject *s = c->subjects[i];

		if (s->item == NULL || !s->item->later || !issued(s, &t))
			continue;
		if (!found || t > *newest)
			*newest = t;
		found = true;
	}
	return found;
}

static bool fix_time(struct rp_case *c, const struct rp_request *request,
		     enum rp_time_basis *basis)
{
	if (request->has_at) {
		*basis = RP_TIME_GIVEN;
		c->at = request->at;
	} else if (request->at_issue) {
		*basis = RP_TIME_ISSUED;
		if (!newest_issue(c, &c->at))
			return false;
	} else if (c->has_proven) {
		*basis = RP_TIME_PROVEN;
		c->at = c->proven;
	} else if (c->archive != NULL && c->archive->manifest.has_time) {
		*basis = RP_TIME_CLAIMED;
		c->at = c->archive->manifest.time;
	} else {
		return false;
	}
	c->has_at = true;
	return true;
}

/* What is known once every check was asked. */
struct judged {
	enum rp_time_basis basis;
	bool has_basis;
};

static enum rp_code judge(struct rp_case *c, const struct rp_request *request,
			  struct judged *j, struct ev_error *err)
{
	size_t split = rp_first_evidence_check();

	if (!rp_engine_run(c, 0, split)) {
		ev_fail_trouble(err, "replay", "out of memory or libcrypto");
		return RP_NO_REPORT;
	}
	j->has_basis = fix_time(c, request, &j->basis);
	if (request->archive_only)
		return RP_OK;
	if (!j->has_basis)
		return RP_NO_TIME;
	if (rp_case_link(c) != EV_OK || !rp_engine_run(c, split, rp_n_checks)) {
		ev_fail_trouble(err, "replay", "out of memory or libcrypto");
		return RP_NO_REPORT;
	}
	return RP_OK;
}

/* Who is told of the case before it ends. */
struct listener {
	bool (*tell)(const struct rp_case *c, const struct judged *j,
		     void *user);
	void *user;
};

static enum rp_code run(struct rp_case *c, const struct rp_request *request,
			const struct listener *l, struct ev_error *err)
{
	struct judged j = { .basis = RP_TIME_GIVEN };
	enum rp_code code;

	if (rp_case_build(c, request->loose, request->n_loose, err) != EV_OK)
		return RP_NO_REPORT;
	code = judge(c, request, &j, err);
	if (code != RP_OK)
		return code;
	if (l->tell(c, &j, l->user))
		return RP_OK;
	ev_fail_trouble(err, "report", "out of memory");
	return RP_NO_REPORT;
}

static enum rp_code replay(struct ev_crypto *crypto,
			   const struct rp_request *request,
			   const struct listener *l, struct ev_error *err)
{
	struct rp_case c = {
		.crypto = crypto,
		.archive = request->archive,
		.anchors = request->anchors,
		.policy = request->policy,
		.shelf = request->shelf,
		.archive_only = request->archive_only,
		.has_nonce = request->has_nonce,
		.nonce = request->nonce,
	};
	struct rp_seal seal = { 0 };
	enum rp_code code;

	for (size_t i = 0; i < request->anchors->n; i++)
		request->anchors->anchor[i].used = false;
	if (request->archive != NULL) {
		if (rp_seal_open(request->archive, request->detached,
				 request->n_detached, &seal, err) != EV_OK)
			return RP_NO_REPORT;
		c.seal = &seal;
	}
	code = run(&c, request, l, err);
	rp_case_free(&c);
	rp_seal_free(&seal);
	return code;
}

static bool write_report(const struct rp_case *c, const struct judged *j,
			 void *user)
{
	struct rp_result *out = user;

	out->verdict = rp_verdict_of(c);
	out->report = rp_report_write(c, j->basis, j->has_basis, &out->n);
	return out->report != NULL;
}

enum rp_code rp_replay(struct ev_crypto *crypto,
		       const struct rp_request *request, struct rp_result *out,
		       struct ev_error *err)
{
	const struct listener l = { write_report, out };

	return replay(crypto, request, &l, err);
}

/* A visitor as a listener. */
struct visit {
	rp_visit_fn *fn;
	void *user;
};

static bool visit_case(const struct rp_case *c, const struct judged *j,
		       void *user)
{
	const struct visit *v = user;

	(void)j;
	return v->fn(c, v->user);
}

enum rp_code rp_replay_visit(struct ev_crypto *crypto,
			     const struct rp_request *request,
			     rp_visit_fn *visit, void *user,
			     struct ev_error *err)
{
	struct visit v = { visit, user };
	const struct listener l = { visit_case, &v };

	return replay(crypto, request, &l, err);
}
