/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One archive, or loose evidence, replayed: every check asked, a canonical
 * JSON report written (ecart-report(5)).  A function of its arguments alone.
 */
#ifndef RP_REPLAY_H
#define RP_REPLAY_H

#include "replay/case.h"

enum rp_verdict {
	RP_VERDICT_PASS = 0,
	RP_VERDICT_FAIL = 1,
	RP_VERDICT_INCOMPLETE = 2,
};

struct rp_request {
	const struct ev_archive *archive;   /* NULL: loose evidence only */
	const struct rp_detached *detached; /* files of <archive>.sig/ */
	size_t n_detached;
	const struct rp_loose *loose; /* --collateral */
	size_t n_loose;
	struct rp_anchors *anchors; /* `used` marks are set anew */
	const struct rp_policy *policy;
	struct rp_shelf *shelf; /* NULL: nothing is kept for another replay */
	bool has_at;		/* else the proven, else the claimed time */
	int64_t at;
	/* Without has_at: the newest issue time of what is `later` in loose;
	 * where none has one, RP_NO_TIME. */
	bool at_issue;
	bool has_nonce; /* --nonce: bind.challenge is asked, and required */
	struct ev_span nonce;
	bool archive_only; /* container, signers and time: no evidence */
};

struct rp_result {
	enum rp_verdict verdict;
	char *report; /* canonical JSON, owned by the caller (free) */
	size_t n;
};

enum rp_code {
	RP_OK,
	RP_NO_TIME,   /* neither given nor proven nor claimed: bad usage */
	RP_NO_REPORT, /* trouble: memory or libcrypto; err says which */
};

enum rp_code rp_replay(struct ev_crypto *crypto,
		       const struct rp_request *request, struct rp_result *out,
		       struct ev_error *err);

/* The same without a report, for who looks at the findings themselves: visit
 * sees the judged case, which ends with the call.  False, where visit ran out
 * of memory, is RP_NO_REPORT. */
typedef bool rp_visit_fn(const struct rp_case *c, void *user);
enum rp_code rp_replay_visit(struct ev_crypto *crypto,
			     const struct rp_request *request,
			     rp_visit_fn *visit, void *user,
			     struct ev_error *err);

#endif
