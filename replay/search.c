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
} hypotheses[] = {
	{ "another startup locality", rp_try_locality },
	{ "a quote made before the log's end", rp_try_prefix },
	{ "an entry that was not extended", rp_try_extra },
	{ "an entry that was extended twice", rp_try_twice },
	{ "two entries in the other order", rp_try_swapped },
	{ "the end of boot services", rp_try_exit_boot },
	{ "phases of systemd and entries of IMA", rp_try_kernel },
	{ "one extend after the last entry", rp_try_known_end },
	{ "an entry of another register", rp_try_logged_end },
	{ "SHA-1 padded with zeros", rp_try_padded },
	{ "an EV_NO_ACTION that was extended", rp_try_no_action },
	{ "digests of another bank", rp_try_other_bank },
	{ "an entry that is missing", rp_try_known_missing },
};

bool rp_try_extend(struct rp_try *t, uint8_t value[EV_DIGEST_MAX],
		   const uint8_t *digest)
{
	struct ev_span span = ev_span_of(digest, ev_digest_size(t->q->alg));

	t->limited |= t->left == 0;
	if (t->limited || t->failed)
		return false;
	t->left--;
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
	t->failed |= !ev_digest(t->crypto, t->q->alg, text, out);
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

static enum rp_answer too_long(struct rp_try *t)
{
	rp_try_hit(t, "not known: the log has more entries of this register "
		      "than the search may extend");
	return RP_LIMITED;
}

enum rp_answer rp_search(struct ev_crypto *crypto, const struct rp_question *q,
			 uint64_t extends, uint64_t *used,
			 char text[RP_EXPLANATION_TEXT])
{
	const struct rp_gather what = { .set = q->set, .index = q->index };
	struct rp_try t = {
		.crypto = crypto, .q = q, .left = extends, .text = text
	};
	enum rp_answer answer;
	bool no_memory;

	*used = 0;
	if (q->log == NULL) {
		t.own = *q->after;
		answer = ask_all(&t);
	} else if (rp_sequence_gather(q->log, q->tpm_alg, &what,
				      (size_t)extends, &t.own, &no_memory)) {
		answer = ask_all(&t);
		rp_sequence_free(&t.own);
	} else {
		answer = no_memory ? RP_SEARCH_FAILED : too_long(&t);
		rp_sequence_free(&t.own);
	}
	*used = extends - t.left;
	return answer;
}
