/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens asked under each TSA root. */
#include "replay/stamps.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What every token of one seal is judged by. */
struct judge {
	struct ev_crypto *crypto;
	const struct rp_seal *seal;
	struct ev_span root[RP_ANCHORS_MAX];
	struct rp_anchor *anchor[RP_ANCHORS_MAX]; /* of each root */
	size_t n_roots;
};

__attribute__((format(printf, 3, 4))) static void
say(struct rp_stamp *s, enum rp_outcome outcome, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	s->outcome = outcome;
	vsnprintf(s->reason, sizeof(s->reason), format, args);
	va_end(args);
}

static enum ev_verified verify(const struct judge *j,
			       const struct rp_seal_token *t,
			       const struct ev_span *roots, size_t n_roots,
			       struct ev_timestamp_answer *answer)
{
	const struct ev_timestamp_trust trust = {
		.roots = roots,
		.n_roots = n_roots,
		.extra = j->seal->cert,
		.n_extra = j->seal->n_certs,
		.at = t->ts.gen_time,
	};

	return ev_timestamp_verify(j->crypto, &t->ts, t->covers, &trust,
				   answer);
}

/* A good token rests on each root that carries it alone, and whose terms
 * admit it; with none of these it is refused. */
static void find_roots(const struct judge *j, const struct rp_seal_token *t,
		       struct rp_stamp *s)
{
	bool admitted = false;

	for (size_t i = 0; i < j->n_roots; i++) {
		struct ev_timestamp_answer alone;
		enum ev_verified v = EV_VERIFIED_YES;
		char why[200];

		if (j->n_roots > 1)
			v = verify(j, t, &j->root[i], 1, &alone);
		if (v == EV_VERIFIED_TROUBLE)
			s->outcome = RP_TROUBLE;
		if (v != EV_VERIFIED_YES)
			continue;
		if (!rp_anchor_admits(j->anchor[i], t->ts.gen_time,
				      t->ts.policy, why)) {
			snprintf(s->reason, sizeof(s->reason), "token: %s",
				 why);
			continue;
		}
		j->anchor[i]->used = true;
		admitted = true;
	}
	if (s->outcome == RP_TROUBLE || admitted)
		return;
	s->outcome = RP_FAIL;
	if (s->reason[0] == '\0')
		say(s, RP_FAIL, "token: no TSA root carries it alone");
}

static void judge_token(const struct judge *j, const struct rp_seal_token *t,
			struct rp_stamp *s)
{
	char line[RP_REASON_MAX];
	enum ev_verified v;

	if (t->covers_name == NULL) {
		say(s, RP_FAIL,
		    "token: its name says of no file here what it is over");
		return;
	}
	if (t->err.code != EV_OK) {
		ev_error_format(&t->err, line, sizeof(line));
		say(s, RP_FAIL, "token: %.200s", line);
		return;
	}
	v = verify(j, t, j->root, j->n_roots, &s->answer);
	if (v == EV_VERIFIED_TROUBLE)
		s->outcome = RP_TROUBLE;
	else if (v == EV_VERIFIED_YES)
		find_roots(j, t, s);
	else if (!s->answer.untrusted)
		say(s, RP_FAIL, "token: %s", s->answer.reason);
	else
		say(s, RP_SKIP, "token-untrusted: %s",
		    j->n_roots == 0 ? "no TSA root was given"
				    : s->answer.reason);
}

bool rp_stamps_judge(struct ev_crypto *crypto, const struct rp_seal *seal,
		     struct rp_anchors *anchors, struct rp_stamps *out)
{
	struct judge j = { .crypto = crypto, .seal = seal };
	struct rp_stamps stamps = {
		.stamp = calloc(seal->n_tokens + 1, sizeof(*stamps.stamp)),
		.n = seal->n_tokens,
	};

	j.n_roots =
		rp_anchors_of(anchors, RP_ANCHOR_TSA_ROOT, j.root, j.anchor);
	for (size_t i = 0; stamps.stamp != NULL && i < stamps.n; i++) {
		judge_token(&j, &seal->tokens[i], &stamps.stamp[i]);
		if (stamps.stamp[i].outcome == RP_TROUBLE)
			rp_stamps_free(&stamps);
	}
	if (stamps.stamp == NULL)
		return false;
	*out = stamps;
	return true;
}

void rp_stamps_free(struct rp_stamps *stamps)
{
	free(stamps->stamp);
	*stamps = (struct rp_stamps){ 0 };
}
