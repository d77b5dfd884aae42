/* SPDX-License-Identifier: Apache-2.0 */
/* The entries that follow firmware's. */
#include "replay/follow.h"

#include <stdlib.h>

/* Of a case: some 2 seconds. */
#define SPENT_MAX (UINT64_C(1) << 23)

bool rp_spend(struct rp_case *c, uint64_t extends)
{
	if (extends > SPENT_MAX - c->searched)
		return false;
	c->searched += extends;
	return true;
}

uint64_t rp_spendable(const struct rp_case *c)
{
	const uint64_t all = SPENT_MAX - c->searched;

	return all < RP_SEARCH_EXTENDS ? all : RP_SEARCH_EXTENDS;
}

/* --- what it costs --- */

/* Bytes of a log that are read in the time of an extend; texts take longer
 * than lengths. */
static const uint64_t read_in_one[RP_TAIL_LOGS] = {
	[RP_TAIL_SYSTEMD] = 16,
	[RP_TAIL_CEL] = RP_SEARCH_READ,
	[RP_TAIL_IMA] = RP_SEARCH_READ,
};

static bool is_first(const struct rp_tail *tail, size_t i)
{
	uint8_t bank = (uint8_t)(1U << tail->alg);
	uint8_t *read = &tail->log[i]->log->followed[tail->index];
	bool first = i == RP_TAIL_IMA && !tail->padded && (*read & bank) == 0;

	*read |= bank;
	return first;
}

/* An extend of each entry; IMA's are hashed as well. */
static uint64_t cost_of(const struct rp_tail *tail)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < RP_TAIL_LOGS; i++) {
		uint64_t n = rp_tail_count_in(tail, i);

		if (n == 0 || is_first(tail, i))
			continue;
		cost += n + tail->log[i]->item->bytes.n / read_in_one[i];
		if (i == RP_TAIL_IMA && !tail->padded)
			cost += n;
	}
	return cost;
}

/* --- what is kept --- */

static bool keep_begin(struct rp_kept *kept, const struct rp_compared *r)
{
	uint64_t n = rp_tail_count(&r->tail);

	*kept = (struct rp_kept){ .all.size = ev_digest_size(r->alg) };
	kept->over = n > RP_KEPT_MAX;
	if (kept->over || n == 0 || r->quoted.n == 0)
		return true;
	kept->all.bytes = calloc((size_t)n, kept->all.size);
	return kept->all.bytes != NULL;
}

static bool keep(struct rp_kept *kept, const struct rp_tail_entry *e)
{
	struct rp_sequence *s = &kept->all;
	uint8_t *at;

	if (s->bytes == NULL)
		return true;
	at = s->bytes + s->n * s->size;
	memcpy(at, e->digest, s->size);
	kept->n_before_ima += e->log->log->form != RP_LOG_IMA;
	return rp_sequence_add(s, at, e->number);
}

void rp_kept_free(struct rp_kept *kept)
{
	rp_sequence_free(&kept->all);
}

/* --- entry by entry --- */

static bool is_quoted(const struct rp_compared *r, const uint8_t *value)
{
	return ev_span_eq(r->quoted, ev_span_of(value, ev_digest_size(r->alg)));
}

/* The next entry that has a digest of the bank. */
static enum rp_tail_step next(struct rp_tail_reader *in, struct rp_compared *r,
			      struct rp_tail_entry *e)
{
	enum rp_tail_step step;

	while ((step = rp_tail_next(in, e)) == RP_TAIL_INCOMPLETE)
		rp_compared_lacks(r, e->log, e->number, e->offset);
	return step;
}

/* kept is NULL where nothing is to be kept. */
static struct rp_follow follow(struct rp_case *c, struct rp_compared *r,
			       const struct rp_register *reg,
			       struct rp_kept *kept)
{
	struct rp_follow f = { .matched = reg->touched &&
					  is_quoted(r, reg->value) };
	size_t size = ev_digest_size(r->alg);
	struct rp_tail_reader in;
	struct rp_tail_entry e;

	memcpy(r->replayed, reg->value, sizeof(r->replayed));
	if (!f.matched && !rp_spend(c, cost_of(&r->tail))) {
		f.step = RP_TAIL_LIMITED;
		return f;
	}
	rp_tail_begin(&in, c->crypto, &r->tail);
	while (!f.matched) {
		f.step = next(&in, r, &e);
		if (f.step != RP_TAIL_ENTRY)
			break;
		if (!rp_register_extend(c->crypto, r->alg, r->replayed,
					ev_span_of(e.digest, size)) ||
		    (kept != NULL && !keep(kept, &e))) {
			f.step = RP_TAIL_TROUBLE;
			break;
		}
		f.n++;
		f.matched = is_quoted(r, r->replayed);
	}
	rp_tail_end(&in);
	return f;
}

/* By the digests of the bank, else by those that an old kernel extended. */
struct rp_follow rp_follow(struct rp_case *c, struct rp_compared *r,
			   const struct rp_register *reg, struct rp_kept *kept)
{
	struct rp_follow f = { .step = RP_TAIL_TROUBLE }, padded;
	uint8_t replayed[EV_DIGEST_MAX];

	if (!keep_begin(kept, r))
		return f;
	f = follow(c, r, reg, kept);
	if (f.matched || f.step != RP_TAIL_END || r->quoted.n == 0 ||
	    r->alg == EV_SHA1 || rp_tail_count_in(&r->tail, RP_TAIL_IMA) == 0 ||
	    r->lacking.log != NULL)
		return f;
	memcpy(replayed, r->replayed, sizeof(replayed));
	r->tail.padded = true;
	padded = follow(c, r, reg, NULL);
	if (padded.matched || padded.step == RP_TAIL_TROUBLE)
		return padded;
	r->tail.padded = false;
	memcpy(r->replayed, replayed, sizeof(replayed));
	return f;
}
