/* SPDX-License-Identifier: Apache-2.0 */
/* The loop over the hypotheses. */
#include "replay/search.h"

#include "replay/hypothesis.h"

#include <stdarg.h>
#include <stdio.h>

/* In the order in which they are tried: what was seen of real machines before
 * what was not, what costs little before what costs much. */
static const struct {
	const char *name;
	rp_hypothesis_fn *run;
	/* A hit contradicts the log even where digests are not known: they
	 * cannot be what it says beside them. */
	bool certain;
} hypotheses[] = {
	{ "another startup locality", rp_try_locality, true },
	{ "a quote made before the log's end", rp_try_prefix, true },
	{ "an entry that was not extended", rp_try_extra, true },
	{ "an entry that was extended twice", rp_try_twice },
	{ "two entries in the other order", rp_try_swapped, true },
	{ "the end of boot services", rp_try_exit_boot },
	{ "phases of systemd and entries of IMA", rp_try_kernel },
	{ "one extend after the last entry", rp_try_known_end },
	{ "an entry of another register", rp_try_logged_end },
	{ "SHA-1 padded with zeros", rp_try_padded },
	{ "an EV_NO_ACTION that was extended", rp_try_no_action },
	{ "digests of another bank", rp_try_other_bank },
	{ "an entry that is missing", rp_try_known_missing },
};

bool rp_try_spend(struct rp_try *t, uint64_t extends)
{
	t->limited |= t->left < extends;
	if (t->limited || t->failed)
		return false;
	t->left -= extends;
	return true;
}

bool rp_try_extend(struct rp_try *t, uint8_t value[EV_DIGEST_MAX],
		   const uint8_t *digest)
{
	struct ev_span span = ev_span_of(digest, ev_digest_size(t->q->alg));

	if (!rp_try_spend(t, 1))
		return false;
	t->failed = !rp_register_extend(t->crypto, t->q->alg, value, span);
	return !t->failed;
}

bool rp_try_run(struct rp_try *t, uint8_t value[EV_DIGEST_MAX],
		const struct rp_sequence *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		if (!rp_try_extend(t, value, s->entry[i].digest))
			return false;
	return true;
}

bool rp_try_digest(struct rp_try *t, struct ev_span text,
		   uint8_t out[EV_DIGEST_MAX])
{
	if (!rp_try_spend(t, 1))
		return false;
	t->failed = !ev_digest(t->crypto, t->q->alg, text, out);
	return !t->failed;
}

void rp_try_start(const struct rp_try *t, uint8_t value[EV_DIGEST_MAX])
{
	memcpy(value, t->q->initial, ev_digest_size(t->q->alg));
}

bool rp_try_is(const struct rp_try *t, const uint8_t *value)
{
	return ev_span_eq(t->q->want,
			  ev_span_of(value, ev_digest_size(t->q->alg)));
}

bool rp_try_hit(struct rp_try *t, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(t->text, RP_EXPLANATION_TEXT, format, args);
	va_end(args);
	return true;
}

static enum rp_answer ask_all(struct rp_try *t)
{
	for (size_t i = 0; i < sizeof(hypotheses) / sizeof(hypotheses[0]);
	     i++) {
		if (t->q->lacking && !hypotheses[i].certain)
			continue;
		if (hypotheses[i].run(t))
			return RP_EXPLAINED;
		if (t->failed)
			return RP_SEARCH_FAILED;
		if (t->limited) {
			rp_try_hit(t,
				   "not known: the limit of extends was "
				   "reached while trying %s",
				   hypotheses[i].name);
			return RP_LIMITED;
		}
	}
	rp_try_hit(t, "unexplained: none of %zu hypotheses gives the value",
		   sizeof(hypotheses) / sizeof(hypotheses[0]));
	return RP_UNEXPLAINED;
}

/* The register's entries; false: there are too many, or t->failed. */
static bool gather(struct rp_try *t)
{
	const struct rp_question *q = t->q;
	bool no_memory;

	if (!rp_try_spend(t, rp_search_reading(q->log->item)))
		return false;
	t->log = *q->log;
	if (rp_sequence_gather(q->log, q->set, q->index, q->tpm_alg,
			       (size_t)t->left, &t->all, &t->own, &no_memory))
		return true;
	t->failed = no_memory;
	t->limited = !no_memory;
	return false;
}

static enum rp_answer too_long(struct rp_try *t)
{
	rp_try_hit(t, "not known: the log has more entries of this register "
		      "than the search may extend");
	return t->failed ? RP_SEARCH_FAILED : RP_LIMITED;
}

enum rp_answer rp_search(struct ev_crypto *crypto, const struct rp_question *q,
			 uint64_t extends, uint64_t *used,
			 char text[RP_EXPLANATION_TEXT])
{
	struct rp_try t = {
		.crypto = crypto, .q = q, .left = extends, .text = text
	};
	enum rp_answer answer;

	if (q->log == NULL) {
		t.own = *q->after;
		answer = ask_all(&t);
	} else {
		answer = gather(&t) ? ask_all(&t) : too_long(&t);
		rp_sequence_free(&t.own);
		rp_history_free(&t.all);
	}
	*used = extends - t.left;
	return answer;
}
