/* SPDX-License-Identifier: Apache-2.0 */
/* The logs that are held against a quote. */
#include "replay/log_choice.h"

#include "evidence/tpm.h"
#include "replay/follow.h"
#include "replay/link.h"

bool rp_quoted_register(const struct rp_subject *quote, uint16_t tpm_alg,
			unsigned int index, struct ev_span *value)
{
	*value = (struct ev_span){ 0 };
	if (quote->type == RP_QUOTE) {
		if (tpm_alg != EV_TPM_ALG_SHA384 || index == 0)
			return false;
		*value = quote->quote->q.td.rtmr[index - 1];
		return true;
	}
	return quote->tpm_quote->pcrs_item != NULL &&
	       ev_tpm_quoted(&quote->tpm_quote->q, quote->tpm_quote->values,
			     tpm_alg, index, value);
}

size_t rp_quoted_banks(const struct rp_subject *quote,
		       struct rp_quoted_bank out[EV_TPM_BANKS_MAX])
{
	const struct ev_tpm_quote *q;
	size_t n = 0;

	if (quote->type == RP_QUOTE) {
		out[0] = (struct rp_quoted_bank){ EV_TPM_ALG_SHA384, EV_SHA384,
						  0x1e };
		return 1;
	}
	q = &quote->tpm_quote->q;
	for (size_t i = 0; i < q->n_banks; i++) {
		out[n].tpm_alg = q->bank[i].alg;
		out[n].registers = q->bank[i].pcrs &
				   ((UINT32_C(1) << RP_REGISTERS_MAX) - 1);
		n += ev_tpm_digest_alg(out[n].tpm_alg, &out[n].alg);
	}
	return n;
}

/* --- firmware's --- */

size_t rp_count_equal(const struct rp_subject *quote, const struct rp_log *log)
{
	const struct rp_registers *r = &log->registers;
	size_t equal = 0, told = 0;

	for (size_t i = 0; i < r->n_banks; i++)
		for (unsigned int k = 0; r->bank[i].known && k < r->n; k++) {
			const struct rp_register *reg = &r->bank[i].reg[k];
			struct ev_span want;

			if (!reg->touched ||
			    !rp_quoted_register(quote, r->bank[i].tpm_alg, k,
						&want))
				continue;
			told++;
			equal += !reg->incomplete &&
				 ev_span_eq(want,
					    ev_span_of(reg->value, want.n));
		}
	/* Of two that give as many, the one that speaks of more: leaving
	 * entries out makes no log the better one. */
	return equal * (EV_TCG_BANKS_MAX * RP_REGISTERS_MAX + 1) + told;
}

/* --- those that follow --- */

static const enum rp_log_form behind[RP_TAIL_LOGS] = {
	[RP_TAIL_SYSTEMD] = RP_LOG_SYSTEMD,
	[RP_TAIL_CEL] = RP_LOG_CEL,
	[RP_TAIL_IMA] = RP_LOG_IMA,
};

size_t rp_tail_place(enum rp_log_form form)
{
	size_t i = 0;

	while (i < RP_TAIL_LOGS && behind[i] != form)
		i++;
	return i;
}

/* Whether the register is as it is quoted behind some of the entries that the
 * logs have of it.  False: trouble. */
static bool reaches(struct rp_case *c, struct rp_compared *r, bool *reached)
{
	const struct rp_register reg = rp_register_before(c, r);
	struct rp_kept kept;
	struct rp_follow f = rp_follow(c, r, &reg, &kept);

	rp_kept_free(&kept);
	*reached = f.matched && f.n > 0 && r->lacking.log == NULL;
	return f.matched || f.step != RP_TAIL_TROUBLE;
}

/* How many of the quote's registers the logs reach of which the one at this
 * place has entries.  False: trouble. */
static bool count_reached(struct rp_case *c, const struct rp_compared *like,
			  size_t place, size_t *n)
{
	struct rp_quoted_bank bank[EV_TPM_BANKS_MAX];
	size_t n_banks = rp_quoted_banks(like->quote, bank);

	*n = 0;
	for (size_t i = 0; i < n_banks; i++)
		for (unsigned int k = 0; k < RP_REGISTERS_MAX; k++) {
			struct rp_compared r = *like;
			bool reached;

			rp_compared_place(&r, bank[i].tpm_alg, bank[i].alg, k);
			if ((bank[i].registers >> k & 1) == 0 ||
			    rp_tail_count_in(&r.tail, place) == 0 ||
			    !rp_quoted_register(r.quote, r.tpm_alg, k,
						&r.quoted))
				continue;
			if (!reaches(c, &r, &reached))
				return false;
			*n += reached;
		}
	return true;
}

/* --- one of each form --- */

static const struct rp_subject *next_of(const struct rp_case *c,
					enum rp_log_form form,
					const struct rp_subject *s)
{
	do
		s = rp_next_subject(c, RP_LOG, s);
	while (s != NULL &&
	       (s->log->form != form || s->log->parsed.code != EV_OK));
	return s;
}

static const struct rp_subject *named(const struct rp_case *c,
				      const struct rp_subject *quote,
				      enum rp_log_form form)
{
	const struct rp_subject *s = NULL;

	while ((s = next_of(c, form, s)) != NULL &&
	       !rp_relates_to(s->item, "log-of", quote->item))
		;
	return s;
}

static const struct rp_subject *firmwares(const struct rp_case *c,
					  const struct rp_subject *quote,
					  enum rp_log_form form)
{
	const struct rp_subject *best = named(c, quote, form), *s;
	size_t most = 0;

	if (best != NULL)
		return best;
	for (s = next_of(c, form, NULL); s != NULL; s = next_of(c, form, s)) {
		size_t n = rp_count_equal(quote, s->log);

		if (best == NULL || n > most) {
			best = s;
			most = n;
		}
	}
	return best;
}

/* The others of the tail stand already.  False: trouble. */
static bool choose_behind(struct rp_case *c, struct rp_compared *r,
			  size_t place)
{
	const struct rp_subject *s = named(c, r->quote, behind[place]);
	const struct rp_subject *best = r->tail.log[place];
	struct rp_compared like = *r;
	size_t most = 0, n;

	if (s != NULL || best == NULL ||
	    next_of(c, behind[place], best) == NULL) {
		r->tail.log[place] = s != NULL ? s : best;
		return true;
	}
	for (s = best; s != NULL; s = next_of(c, behind[place], s)) {
		like.tail.log[place] = s;
		if (!count_reached(c, &like, place, &n))
			return false;
		if (n > most) {
			best = s;
			most = n;
		}
	}
	r->tail.log[place] = best;
	return true;
}

bool rp_choose_logs(struct rp_case *c, struct rp_compared *r)
{
	r->log = firmwares(c, r->quote,
			   r->set == RP_PCRS ? RP_LOG_TCG : RP_LOG_CCEL);
	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		r->tail.log[i] = next_of(c, behind[i], NULL);
	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		if (!choose_behind(c, r, i))
			return false;
	return true;
}
