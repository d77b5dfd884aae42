/* SPDX-License-Identifier: Apache-2.0 */
/* time.*: tokens, and what they prove about the archive's age. */
#include "replay/checks.h"

#include "evidence/timestamp.h"

static void set_proven(struct rp_case *c, const struct ev_timestamp *ts)
{
	c->proven = ts->gen_time;
	/* Archive format, TIME: no contradiction within the accuracy; the
	 * fractions that were cut count as a second. */
	c->slack = ts->has_accuracy ? ts->accuracy_micros / 1000000 + 1 : 0;
}

static void note_proven(struct rp_case *c, const struct rp_seal_token *token,
			const struct ev_timestamp *ts)
{
	if (strcmp(token->covers_name, "manifest.json") != 0)
		return;
	if (!c->has_proven || ts->gen_time < c->proven)
		set_proven(c, ts);
	c->has_proven = true;
}

/* A good token rests on each root that carries it alone. */
static bool mark_used(struct rp_case *c, const struct rp_seal_token *token,
		      const struct ev_timestamp *ts,
		      const struct ev_span *roots, struct rp_anchor **which,
		      size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct ev_timestamp_trust trust = { .roots = &roots[i],
						    .n_roots = 1,
						    .at = ts->gen_time };
		struct ev_timestamp_answer unused;
		enum ev_verified v = EV_VERIFIED_YES;

		if (n > 1)
			v = ev_timestamp_verify(c->crypto, ts, token->covers,
						&trust, &unused);
		if (v == EV_VERIFIED_TROUBLE)
			return false;
		which[i]->used = which[i]->used || v == EV_VERIFIED_YES;
	}
	return true;
}

static enum rp_outcome judge_token(struct rp_case *c,
				   const struct rp_seal_token *token,
				   const struct ev_timestamp *ts,
				   struct rp_finding *f)
{
	struct rp_anchor *which[RP_ANCHORS_MAX];
	struct ev_span roots[RP_ANCHORS_MAX];
	char time[EV_TIME_TEXT];
	struct ev_timestamp_answer answer;
	enum ev_verified v;
	size_t n = rp_anchors_of(c->anchors, RP_ANCHOR_TSA_ROOT, roots, which);
	struct ev_timestamp_trust trust = { .roots = roots,
					    .n_roots = n,
					    .at = ts->gen_time };

	ev_time_format(ts->gen_time, time);
	rp_set_got(f, "%s by %s", time, ts->tsa[0] != '\0' ? ts->tsa : "?");
	v = ev_timestamp_verify(c->crypto, ts, token->covers, &trust, &answer);
	if (v == EV_VERIFIED_TROUBLE)
		return RP_TROUBLE;
	if (v == EV_VERIFIED_NO && !answer.untrusted)
		return rp_fail(f, "token: %s", answer.reason);
	if (v == EV_VERIFIED_NO)
		return rp_skip(f, "token-untrusted: %s",
			       n == 0 ? "no TSA root was given"
				      : answer.reason);
	if (!mark_used(c, token, ts, roots, which, n))
		return RP_TROUBLE;
	note_proven(c, token, ts);
	return RP_PASS;
}

enum rp_outcome rp_check_time_token(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct rp_seal_token *token = &c->seal->tokens[s->index];
	struct ev_timestamp ts = { 0 };
	struct ev_error err = { 0 };
	enum rp_outcome outcome;

	if (token->covers_name == NULL)
		return rp_fail(f,
			       "token: its name says of no file here what it "
			       "is over");
	if (ev_timestamp_parse(token->file->data, &ts, &err) != EV_OK)
		return rp_refused(f, "token", &err);
	outcome = judge_token(c, token, &ts, f);
	ev_timestamp_free(&ts);
	return outcome;
}

enum rp_outcome rp_check_time_proven(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	char time[EV_TIME_TEXT];

	(void)s;
	if (!c->has_proven)
		return rp_skip(f, "absent: no good time-stamp token over "
				  "manifest.json");
	ev_time_format(c->proven, time);
	rp_set_got(f, "%s", time);
	return RP_PASS;
}

/* Archive format, TIME: what an authenticated piece was signed not before. */
static void raise_bound(const struct rp_subject *s, int64_t *bound,
			const char **whose)
{
	struct rp_window w[RP_WINDOWS_MAX];
	size_t n = rp_windows_of(s, w);

	for (size_t i = 0; i < n; i++)
		if (w[i].from > *bound) {
			*bound = w[i].from;
			*whose = s->name;
		}
}

enum rp_outcome rp_check_time_order(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	int64_t bound = INT64_MIN;
	const char *whose = NULL;
	char lower[EV_TIME_TEXT], upper[EV_TIME_TEXT];

	(void)s;
	if (!c->has_proven)
		return rp_skip(f, "absent: no proven time");
	for (size_t i = 0; i < c->n_subjects; i++) {
		const struct rp_subject *d = c->subjects[i];

		if (rp_window_gate(d) != NULL && !d->item->outside &&
		    rp_outcome_of(c, rp_window_gate(d), d) == RP_PASS)
			raise_bound(d, &bound, &whose);
	}
	if (whose == NULL)
		return rp_skip(f, "absent: nothing here says when it was "
				  "signed");
	ev_time_format(bound, lower);
	ev_time_format(c->proven, upper);
	rp_set_want(f, "not before %s (%s)", lower, whose);
	rp_set_got(f, "%s", upper);
	if (bound <= c->proven + c->slack)
		return RP_PASS;
	return rp_fail(f,
		       "time-contradiction: %s was signed after the time "
		       "that the token proves",
		       whose);
}
