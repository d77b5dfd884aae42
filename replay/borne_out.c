/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of a log that a trusted quote has too. */
#include "replay/borne_out.h"

#include "evidence/tpm.h"
#include "replay/event_log.h"

/* Why a register is not borne out; what comes later says more. */
enum doubt { NOT_QUOTED, NO_VALUES, NOT_EQUAL, NOT_ALONE, NOT_TRUSTED, NONE };

bool rp_quote_bears_out(const struct rp_case *c, const struct rp_subject *quote)
{
	if (quote->type == RP_QUOTE)
		return rp_quote_trusted(c, quote);
	return rp_outcome_of(c, "tpm.quote.pcrs", quote) == RP_PASS;
}

static enum doubt doubt_of(const struct rp_case *c, const struct rp_compared *r)
{
	if (r->quote == NULL)
		return NOT_QUOTED;
	if (r->quoted.n == 0)
		return NO_VALUES;
	if (r->result != RP_REG_EQUAL)
		return NOT_EQUAL;
	if (rp_tail_count(&r->tail) > 0)
		return NOT_ALONE;
	return rp_quote_bears_out(c, r->quote) ? NONE : NOT_TRUSTED;
}

const struct rp_compared *rp_borne_out(const struct rp_case *c,
				       const struct rp_subject *log,
				       unsigned int index, const char **why)
{
	static const char *const words[] = {
		[NOT_QUOTED] = "no quote here has the register",
		[NO_VALUES] = "the quote's values are not here",
		[NOT_EQUAL] = "the log does not give the quoted register",
		[NOT_ALONE] = "other logs extend the register too",
		[NOT_TRUSTED] = "the quote is not trusted",
		[NONE] = "",
	};
	const bool pcrs = log->log->form == RP_LOG_TCG;
	const struct rp_compared *best = NULL;
	enum doubt least = NOT_QUOTED;
	const struct rp_subject *s =
		c->first[pcrs ? RP_REGISTER_PCR : RP_REGISTER_RTMR];

	for (; s != NULL; s = s->next) {
		const struct rp_compared *r = s->compared;
		enum doubt d;

		if (r->log != log || r->index != index)
			continue;
		d = doubt_of(c, r);
		if (d > least)
			least = d;
		if (d == NONE &&
		    (best == NULL ||
		     ev_digest_size(r->alg) > ev_digest_size(best->alg)))
			best = r;
	}
	*why = words[least];
	return best;
}

static bool is_strong(const struct rp_compared *r)
{
	return r->alg != EV_SHA1 && !r->tail.padded;
}

bool rp_is_weak(const struct rp_case *c, const struct rp_compared *r)
{
	static const enum rp_subject_type types[] = { RP_REGISTER_PCR,
						      RP_REGISTER_IMA };

	if (r->result != RP_REG_EQUAL || is_strong(r))
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (const struct rp_subject *s = c->first[types[i]]; s != NULL;
		     s = s->next)
			if (s->compared->quote == r->quote &&
			    s->compared->index == r->index &&
			    s->compared->result == RP_REG_EQUAL &&
			    is_strong(s->compared))
				return false;
	return true;
}

/* The place of the bank that is computed with the longest digests. */
static size_t longest_bank(const struct rp_case *c,
			   const struct ev_tcg_log *log)
{
	size_t best = 0, size = 0;

	for (size_t i = 0; i < log->n_banks; i++) {
		enum ev_digest_alg alg;

		if (!ev_tpm_digest_alg(log->bank[i].alg, &alg) ||
		    !ev_digest_has(c->crypto, alg) ||
		    ev_digest_size(alg) <= size)
			continue;
		best = i;
		size = ev_digest_size(alg);
	}
	return best;
}

bool rp_boot_state_read(const struct rp_case *c, const struct rp_subject *log,
			struct rp_boot_state *out)
{
	const enum rp_register_set set = log->log->registers.set;
	struct ev_tcg_log in;
	size_t bank;

	rp_log_open_firmware(log->log, &in);
	out->by = rp_borne_out(c, log, rp_secure_boot_register(set), &out->why);
	bank = out->by != NULL ? ev_tcg_log_bank(&in, out->by->tpm_alg)
			       : longest_bank(c, &in);
	if (!rp_secure_boot_read(c->crypto, &in, set, bank, &out->logged))
		return false;
	out->state = RP_SECURE_BOOT_UNKNOWN;
	if (out->by != NULL) {
		out->state = out->logged.state;
		out->why = out->logged.why;
	}
	return true;
}
