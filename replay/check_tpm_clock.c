/* SPDX-License-Identifier: Apache-2.0 */
/* tpm.quote.clock: what a quote says of its TPM's time, alone and beside the
 * other quotes of its key. */
#include "replay/ak.h"
#include "replay/checks.h"

#include <inttypes.h>
#include <stdio.h>

/* The last quote before s in the archive that the same key made; NULL: none.
 * Items stand in the order in which they were collected. */
static const struct rp_subject *before(const struct rp_case *c,
				       const struct rp_subject *s)
{
	const struct rp_subject *q = NULL, *found = NULL;
	struct rp_ak ak, other;

	if (!rp_ak_of(s, &ak))
		return NULL;
	while ((q = rp_next_subject(c, RP_TPM_QUOTE, q)) != NULL && q != s)
		if (q->tpm_quote->verified && rp_ak_of(q, &other) &&
		    ev_public_key_eq(&ak.key, &other.key))
			found = q;
	return found;
}

/* To a key of another hierarchy than those of vendor and platform a TPM shows
 * its counters with a secret of the key added (eventlog page 7.5): equal ones
 * are equal, and no more. */
static bool is_obscured(const struct rp_tpm_quote *t)
{
	return t->hierarchy != NULL && !t->hierarchy->shows_counters;
}

static enum rp_outcome beside(const struct rp_subject *earlier,
			      const struct ev_tpm_quote *q, const char *said,
			      struct rp_finding *f)
{
	const struct ev_tpm_quote *e = &earlier->tpm_quote->q;

	rp_input_part(f, earlier->name, earlier->item->bytes, e->attest);
	if (e->reset_count != q->reset_count) {
		rp_set_got(f, "%s; the machine was reset since %s (reset %u)",
			   said, earlier->name, e->reset_count);
		return RP_PASS;
	}
	if (q->clock < e->clock)
		return rp_fail(f,
			       "clock: %" PRIu64
			       " ms behind that of %s, by the "
			       "same key and without a reset between them",
			       e->clock - q->clock, earlier->name);
	rp_set_got(f, "%s; %" PRIu64 " ms after %s", said, q->clock - e->clock,
		   earlier->name);
	return RP_PASS;
}

enum rp_outcome rp_check_tpm_quote_clock(struct rp_case *c,
					 const struct rp_subject *s,
					 struct rp_finding *f)
{
	const struct ev_tpm_quote *q = &s->tpm_quote->q;
	const struct rp_subject *earlier = before(c, s);
	char said[160];

	rp_input_part(f, s->name, s->item->bytes, q->attest);
	snprintf(said, sizeof(said),
		 "%s, clock %" PRIu64 " ms, reset %u, restart %u%s",
		 q->safe ? "safe" : "not safe", q->clock, q->reset_count,
		 q->restart_count,
		 is_obscured(s->tpm_quote)
			 ? " (the counts with a secret of the key added)"
			 : "");
	rp_set_want(f, "safe");
	rp_set_got(f, "%s", said);
	if (!q->safe)
		return rp_fail(f, "clock: the TPM says that its clock may have "
				  "been set back");
	return earlier != NULL ? beside(earlier, q, said, f) : RP_PASS;
}
