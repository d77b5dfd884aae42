/* SPDX-License-Identifier: Apache-2.0 */
/* Hypotheses on which digests of the log's entries were extended. */
#include "replay/hypothesis.h"

#include "evidence/tpm.h"

#include <inttypes.h>

/* The register's entries as another bank has them; empty where the log has no
 * such bank or not all of them. */
static void gather(struct rp_try *t, uint16_t tpm_alg, bool no_action,
		   struct rp_sequence *out)
{
	const struct rp_gather what = { .set = t->q->set,
					.index = t->q->index,
					.no_action = no_action };
	bool no_memory;

	if (rp_sequence_gather(t->q->log, tpm_alg, &what, (size_t)t->left, out,
			       &no_memory))
		return;
	t->failed |= no_memory;
	t->limited |= !no_memory;
	rp_sequence_free(out);
}

/* The first bytes of another bank's digests, with zeros behind them where
 * they are shorter. */
static bool fits(struct rp_try *t, const struct rp_sequence *s)
{
	uint8_t value[EV_DIGEST_MAX], digest[EV_DIGEST_MAX] = { 0 };
	size_t n = ev_digest_size(t->q->alg);

	rp_try_start(t, value);
	for (size_t i = 0; i < s->n; i++) {
		memcpy(digest, s->entry[i].digest, s->size < n ? s->size : n);
		if (!rp_try_extend(t, value, digest))
			return false;
	}
	return s->n > 0 && rp_try_is(t, value);
}

static bool fits_bank(struct rp_try *t, uint16_t tpm_alg)
{
	struct rp_sequence s;
	bool hit;

	gather(t, tpm_alg, false, &s);
	hit = fits(t, &s);
	rp_sequence_free(&s);
	return hit;
}

bool rp_try_padded(struct rp_try *t)
{
	return t->q->log != NULL && t->q->tpm_alg != EV_TPM_ALG_SHA1 &&
	       fits_bank(t, EV_TPM_ALG_SHA1) &&
	       rp_try_hit(t, "equal if the SHA-1 digests were extended, padded "
			     "with zeros");
}

bool rp_try_other_bank(struct rp_try *t)
{
	const struct ev_tcg_log *log = t->q->log;

	for (size_t i = 0; log != NULL && i < log->n_banks; i++) {
		enum ev_digest_alg alg;

		if (log->bank[i].alg == t->q->tpm_alg ||
		    !ev_tpm_digest_alg(log->bank[i].alg, &alg))
			continue;
		if (fits_bank(t, log->bank[i].alg))
			return rp_try_hit(t,
					  "equal if the first bytes of the "
					  "%s digests were extended",
					  ev_digest_name(alg));
	}
	return false;
}

/* Of entry and others, those that are in own too, and entry `also`. */
static bool fits_with(struct rp_try *t, const struct rp_sequence *all,
		      size_t also)
{
	uint8_t value[EV_DIGEST_MAX];
	size_t own = 0;

	rp_try_start(t, value);
	for (size_t i = 0; i < all->n; i++) {
		bool is_own = own < t->own.n &&
			      t->own.entry[own].event == all->entry[i].event;

		own += is_own;
		if ((is_own || i == also || also == all->n) &&
		    !rp_try_extend(t, value, all->entry[i].digest))
			return false;
	}
	return rp_try_is(t, value);
}

static bool is_own(const struct rp_try *t, const struct rp_entry *e, size_t *at)
{
	while (*at < t->own.n && t->own.entry[*at].event < e->event)
		++*at;
	return *at < t->own.n && t->own.entry[*at].event == e->event;
}

/* Each of them alone, then all. */
static bool try_each(struct rp_try *t, const struct rp_sequence *all)
{
	size_t at = 0;

	if (all->n == t->own.n)
		return false;
	for (size_t i = 0; i < all->n && !t->limited && !t->failed; i++)
		if (!is_own(t, &all->entry[i], &at) && fits_with(t, all, i))
			return rp_try_hit(t,
					  "equal if event %" PRIu64
					  ", an EV_NO_ACTION, was extended",
					  all->entry[i].event);
	return !t->limited && !t->failed && fits_with(t, all, all->n) &&
	       rp_try_hit(t, "equal if every EV_NO_ACTION was extended");
}

bool rp_try_no_action(struct rp_try *t)
{
	struct rp_sequence all;
	bool hit;

	if (t->q->log == NULL)
		return false;
	gather(t, t->q->tpm_alg, true, &all);
	hit = try_each(t, &all);
	rp_sequence_free(&all);
	return hit;
}
