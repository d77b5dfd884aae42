/* SPDX-License-Identifier: Apache-2.0 */
/* The order of a replay: parse, judge the container, fix the time, judge. */
#include "replay/replay.h"

#include "replay/engine.h"
#include "replay/report.h"

static bool fix_time(struct rp_case *c, const struct rp_request *request,
		     enum rp_time_basis *basis)
{
	if (request->has_at) {
		*basis = RP_TIME_GIVEN;
		c->at = request->at;
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

static enum rp_code judge(struct rp_case *c, const struct rp_request *request,
			  struct rp_result *out, struct ev_error *err)
{
	enum rp_time_basis basis = RP_TIME_GIVEN;
	size_t split = rp_first_evidence_check();
	bool ok;

	if (!rp_engine_run(c, 0, split)) {
		ev_fail_trouble(err, "replay", "out of memory or libcrypto");
		return RP_NO_REPORT;
	}
	ok = fix_time(c, request, &basis);
	if (!ok && !request->archive_only)
		return RP_NO_TIME;
	if (!request->archive_only) {
		rp_case_link(c);
		if (!rp_engine_run(c, split, rp_n_checks)) {
			ev_fail_trouble(err, "replay",
					"out of memory or libcrypto");
			return RP_NO_REPORT;
		}
	}
	out->verdict = rp_verdict_of(c);
	out->report = rp_report_write(c, basis, ok, &out->n);
	if (out->report == NULL) {
		ev_fail_trouble(err, "report", "out of memory");
		return RP_NO_REPORT;
	}
	return RP_OK;
}

enum rp_code rp_replay(struct ev_crypto *crypto,
		       const struct rp_request *request, struct rp_result *out,
		       struct ev_error *err)
{
	struct rp_case c = {
		.crypto = crypto,
		.archive = request->archive,
		.anchors = request->anchors,
		.policy = request->policy,
	};
	struct rp_seal seal = { 0 };
	enum rp_code code = RP_NO_REPORT;

	for (size_t i = 0; i < request->anchors->n; i++)
		request->anchors->anchor[i].used = false;
	if (request->archive != NULL) {
		if (rp_seal_open(request->archive, request->detached,
				 request->n_detached, &seal, err) != EV_OK)
			return RP_NO_REPORT;
		c.seal = &seal;
	}
	if (rp_case_build(&c, request->loose, request->n_loose, err) == EV_OK)
		code = judge(&c, request, out, err);
	rp_case_free(&c);
	rp_seal_free(&seal);
	return code;
}
