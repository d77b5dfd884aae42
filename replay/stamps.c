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
	struct rp_stamp *stamp; /* of each token, outer ones first */
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
			       int64_t at, struct ev_timestamp_answer *answer)
{
	const struct ev_timestamp_trust trust = {
		.roots = roots,
		.n_roots = n_roots,
		.extra = j->seal->cert,
		.n_extra = j->seal->n_certs,
		.at = at,
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
			v = verify(j, t, &j->root[i], 1, s->at, &alone);
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

/* Archive format, ADDING: a token over a token carries it on, and the older
 * one's chain must hold at the newer one's time. */
static void find_renewal(const struct judge *j, const struct rp_seal_token *t,
			 struct rp_stamp *s)
{
	s->at = t->ts.gen_time;
	for (size_t i = 0; i < j->seal->n_tokens; i++) {
		const struct rp_seal_token *outer = &j->seal->tokens[i];

		if (j->stamp[i].outcome != RP_PASS || !j->stamp[i].judged ||
		    outer->covers.p != t->file->data.p ||
		    outer->ts.gen_time < t->ts.gen_time ||
		    (s->renewed && outer->ts.gen_time >= s->at))
			continue;
		s->renewed = true;
		s->at = outer->ts.gen_time;
	}
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
	find_renewal(j, t, s);
	v = verify(j, t, j->root, j->n_roots, s->at, &s->answer);
	if (v == EV_VERIFIED_TROUBLE)
		s->outcome = RP_TROUBLE;
	else if (v == EV_VERIFIED_YES)
		find_roots(j, t, s);
	else if (!s->answer.untrusted)
		say(s, RP_FAIL, "token: %s%s", s->answer.reason,
		    s->renewed ? ", when it was renewed" : "");
	else
		say(s, RP_SKIP, "token-untrusted: %s",
		    j->n_roots == 0 ? "no TSA root was given"
				    : s->answer.reason);
}

/* Tokens whose names have this length; false is trouble. */
static bool judge_all_of_size(const struct judge *j, size_t size)
{
	for (size_t i = 0; i < j->seal->n_tokens; i++) {
		const struct rp_seal_token *t = &j->seal->tokens[i];

		if (strlen(t->file->name) != size)
			continue;
		judge_token(j, t, &j->stamp[i]);
		if (j->stamp[i].outcome == RP_TROUBLE)
			return false;
		j->stamp[i].judged = true;
	}
	return true;
}

bool rp_stamps_judge(struct ev_crypto *crypto, const struct rp_seal *seal,
		     struct rp_anchors *anchors, struct rp_stamps *out)
{
	struct judge j = { .crypto = crypto, .seal = seal };
	struct rp_stamps stamps = {
		.stamp = calloc(seal->n_tokens + 1, sizeof(*stamps.stamp)),
		.n = seal->n_tokens,
	};
	bool ok = stamps.stamp != NULL;

	j.stamp = stamps.stamp;
	j.n_roots =
		rp_anchors_of(anchors, RP_ANCHOR_TSA_ROOT, j.root, j.anchor);
	/* A token over a token has the longer name, and comes first. */
	for (size_t size = EV_PATH_TEXT; ok && size-- > 0;)
		ok = judge_all_of_size(&j, size);
	if (!ok) {
		rp_stamps_free(&stamps);
		return false;
	}
	*out = stamps;
	return true;
}

void rp_stamps_free(struct rp_stamps *stamps)
{
	free(stamps->stamp);
	*stamps = (struct rp_stamps){ 0 };
}
