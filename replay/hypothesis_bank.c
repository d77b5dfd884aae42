/* SPDX-License-Identifier: Apache-2.0 */
/* Hypotheses on which digests of the log's entries were extended. */
#include "replay/hypothesis.h"

#include "evidence/tpm.h"

#include <inttypes.h>

/* The digest of an event of the register; empty: it has none of the bank. */
static struct ev_span digest_of(struct rp_try *t, const struct rp_logged *e,
				size_t place)
{
	struct ev_tcg_event event;

	return ev_tcg_log_again(&t->log, e->offset, &event)
		       ? event.digest[place]
		       : (struct ev_span){ 0 };
}

/* The first bytes of another bank's digests, with zeros behind them where
 * they are shorter; an event that has none is left out. */
static bool fits(struct rp_try *t, size_t place)
{
	uint8_t value[EV_DIGEST_MAX], digest[EV_DIGEST_MAX] = { 0 };
	size_t size = ev_digest_size(t->q->alg), n = 0;

	rp_try_start(t, value);
	for (size_t i = 0; i < t->all.n; i++) {
		struct ev_span d = digest_of(t, &t->all.event[i], place);

		if (t->all.event[i].no_action || d.n == 0)
			continue;
		memcpy(digest, d.p, d.n < size ? d.n : size);
		if (!rp_try_extend(t, value, digest))
			return false;
		n++;
	}
	return n > 0 && rp_try_is(t, value);
}

bool rp_try_padded(struct rp_try *t)
{
	size_t sha1 = ev_tcg_log_bank(&t->log, EV_TPM_ALG_SHA1);

	return t->q->log != NULL && t->q->tpm_alg != EV_TPM_ALG_SHA1 &&
	       sha1 < t->log.n_banks && fits(t, sha1) &&
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
		if (fits(t, i))
			return rp_try_hit(t,
					  "equal if the first bytes of the "
					  "%s digests were extended",
					  ev_digest_name(alg));
	}
	return false;
}

/* The register's entries, and beside them the EV_NO_ACTION `also`, or all of
 * them where it is all.n. */
static bool fits_with(struct rp_try *t, size_t place, size_t also)
{
	uint8_t value[EV_DIGEST_MAX];

	rp_try_start(t, value);
	for (size_t i = 0; i < t->all.n; i++) {
		const struct rp_logged *e = &t->all.event[i];
		struct ev_span d = digest_of(t, e, place);

		if ((!e->no_action || i == also || also == t->all.n) &&
		    d.n > 0 && !rp_try_extend(t, value, d.p))
			return false;
	}
	return rp_try_is(t, value);
}

/* Each of them alone, then all. */
bool rp_try_no_action(struct rp_try *t)
{
	size_t place = ev_tcg_log_bank(&t->log, t->q->tpm_alg);

	if (t->q->log == NULL || t->all.n_no_action == 0)
		return false;
	for (size_t i = 0; i < t->all.n && !t->limited && !t->failed; i++)
		if (t->all.event[i].no_action && fits_with(t, place, i))
			return rp_try_hit(t,
					  "equal if event %" PRIu32
					  ", an EV_NO_ACTION, was extended",
					  t->all.event[i].number);
	return !t->limited && !t->failed && fits_with(t, place, t->all.n) &&
	       rp_try_hit(t, "equal if every EV_NO_ACTION was extended");
}
