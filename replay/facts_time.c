/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of time-stamp tokens: facts.time, one object a token. */
#include "replay/checks.h"
#include "replay/facts.h"

#include <inttypes.h>
#include <stdio.h>

/* RFC 3339 with the fraction as the token has it. */
static void write_gen_time(const struct ev_timestamp *ts, struct ev_writer *w)
{
	char text[EV_TIME_TEXT + sizeof(ts->gen_time_text)];
	size_t whole = EV_TIME_TEXT - 2; /* without "Z" and NUL */

	ev_time_format(ts->gen_time, text);
	/* YYYYMMDDhhmmss, then what the token writes behind it. */
	snprintf(text + whole, sizeof(text) - whole, "%s",
		 ts->gen_time_text + 14);
	ev_write_str(w, "genTime", text);
}

/* Seconds, decimal, without needless zeros; RFC 3161 leaves it open what
 * holds where a token says none. */
static void write_accuracy(const struct ev_timestamp *ts, struct ev_writer *w)
{
	char text[40];
	size_t n;

	if (!ts->has_accuracy) {
		ev_write_str(w, "accuracy", "unknown");
		return;
	}
	snprintf(text, sizeof(text), "%" PRId64 ".%06" PRId64,
		 ts->accuracy_micros / 1000000, ts->accuracy_micros % 1000000);
	n = strlen(text);
	while (text[n - 1] == '0')
		n--;
	n -= text[n - 1] == '.';
	text[n] = '\0';
	ev_write_str(w, "accuracy", text);
}

static void write_token(const struct rp_case *c, const struct rp_subject *s,
			struct ev_writer *w)
{
	const struct rp_seal_token *t = &c->seal->tokens[s->index];
	const struct rp_stamp *stamp =
		c->has_stamps ? &c->stamps.stamp[s->index] : NULL;
	bool has_chain = stamp != NULL && stamp->answer.has_chain;

	if (t->err.code != EV_OK)
		return;
	ev_write_object(w, NULL);
	ev_write_str(w, "file", s->name);
	if (t->covers_name != NULL)
		ev_write_str(w, "covers", t->covers_name);
	ev_write_bool(w, "trusted",
		      rp_outcome_of(c, "time.token", s) == RP_PASS);
	ev_write_foreign(
		w, "tsa",
		ev_span_str(has_chain ? stamp->answer.tsa : t->ts.tsa));
	ev_write_str(w, "policy", t->ts.policy);
	write_gen_time(&t->ts, w);
	write_accuracy(&t->ts, w);
	ev_write_bool(w, "ordering", t->ts.ordering);
	ev_write_str(w, "serial", t->ts.serial);
	ev_write_str(w, "imprint", ev_digest_name(t->ts.imprint_alg));
	if (has_chain)
		ev_write_hex(w, "chainSha256",
			     EV_SPAN(stamp->answer.chain_sha256));
	if (stamp != NULL && stamp->renewed)
		ev_write_time(w, "renewed", stamp->at);
	ev_write_end(w);
}

void rp_facts_time_write(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s = rp_next_subject(c, RP_TSR, NULL);

	if (s == NULL)
		return;
	ev_write_array(w, "time");
	for (; s != NULL; s = rp_next_subject(c, RP_TSR, s))
		write_token(c, s, w);
	ev_write_end(w);
}
