/* SPDX-License-Identifier: Apache-2.0 */
/* time.*: tokens, and what they prove about the archive's age. */
#include "replay/checks.h"

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

/* NULL is trouble. */
static const struct rp_stamp *stamp_of(struct rp_case *c, size_t i)
{
	if (!c->has_stamps)
		c->has_stamps = rp_stamps_judge(c->crypto, c->seal, c->anchors,
						&c->stamps);
	return c->has_stamps ? &c->stamps.stamp[i] : NULL;
}

/* Whether another token over the same bytes is good. */
static bool is_outdone(const struct rp_case *c, size_t token)
{
	const struct rp_seal_token *all = c->seal->tokens;

	for (size_t i = 0; i < c->stamps.n; i++)
		if (c->stamps.stamp[i].outcome == RP_PASS &&
		    all[i].covers.p == all[token].covers.p)
			return true;
	return false;
}

enum rp_outcome rp_check_time_token(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct rp_seal_token *token = &c->seal->tokens[s->index];
	const struct rp_stamp *stamp = stamp_of(c, s->index);
	char time[EV_TIME_TEXT];
	const char *tsa;

	if (stamp == NULL)
		return RP_TROUBLE;
	if (token->err.code != EV_OK) {
		rp_set_want(f, "%s", token->err.want);
		rp_set_got(f, "%s", token->err.found);
		f->shown = true;
	} else if (token->covers_name != NULL) {
		ev_time_format(token->ts.gen_time, time);
		tsa = stamp->answer.has_chain ? stamp->answer.tsa
					      : token->ts.tsa;
		rp_set_got(f, "%s by %s", time, tsa[0] != '\0' ? tsa : "?");
	}
	if (stamp->outcome == RP_PASS)
		note_proven(c, token, &token->ts);
	else
		rp_skip(f, "%s", stamp->reason);
	/* One token more, by whoever, is nothing that could be missing. */
	f->applies = stamp->outcome != RP_SKIP || !is_outdone(c, s->index);
	return stamp->outcome;
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
