/* SPDX-License-Identifier: Apache-2.0 */
/* Logs find the quotes whose registers they explain. */
#include "evidence/limits.h"
#include "evidence/tpm.h"
#include "replay/compared.h"
#include "replay/link.h"
#include "replay/subject.h"

#include <stdio.h>
#include <stdlib.h>

/* The value that the quote gives a register; false: it does not quote it. */
static bool quoted(const struct rp_subject *quote, uint16_t tpm_alg,
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

/* --- which logs --- */

/* How many registers of the quote firmware's log gives. */
static size_t count_equal(const struct rp_subject *quote,
			  const struct rp_log *log)
{
	const struct rp_registers *r = &log->registers;
	size_t equal = 0, told = 0;

	for (size_t i = 0; i < r->n_banks; i++)
		for (unsigned int k = 0; r->bank[i].known && k < r->n; k++) {
			const struct rp_register *reg = &r->bank[i].reg[k];
			struct ev_span want;

			if (!reg->touched ||
			    !quoted(quote, r->bank[i].tpm_alg, k, &want))
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

/* The log of the form that says it is of this quote, else the one that gives
 * most of its registers, else the first; NULL: there is none. */
static const struct rp_subject *log_of(const struct rp_case *c,
				       const struct rp_subject *quote,
				       enum rp_log_form form)
{
	const struct rp_subject *s = NULL, *best = NULL;
	size_t most = 0;

	while ((s = rp_next_subject(c, RP_LOG, s)) != NULL) {
		size_t n;

		if (s->log->form != form || s->log->parsed.code != EV_OK)
			continue;
		if (rp_relates_to(s->item, "log-of", quote->item))
			return s;
		n = count_equal(quote, s->log);
		if (best == NULL || n > most) {
			best = s;
			most = n;
		}
	}
	return best;
}

/* False: no log at all. */
static bool find_logs(const struct rp_case *c, struct rp_compared *r)
{
	static const enum rp_log_form behind[RP_TAIL_LOGS] = {
		[RP_TAIL_SYSTEMD] = RP_LOG_SYSTEMD,
		[RP_TAIL_CEL] = RP_LOG_CEL,
		[RP_TAIL_IMA] = RP_LOG_IMA,
	};
	bool any;

	r->log = log_of(c, r->quote,
			r->set == RP_PCRS ? RP_LOG_TCG : RP_LOG_CCEL);
	any = r->log != NULL;
	for (size_t i = 0; i < RP_TAIL_LOGS; i++) {
		r->tail.log[i] = log_of(c, r->quote, behind[i]);
		any |= r->tail.log[i] != NULL;
	}
	return any;
}

/* --- a register becomes a subject --- */

/* As tpm2-tools writes a PCR; before it which quote's, where there are more. */
static char *name_of(const struct rp_case *c, const struct rp_compared *r)
{
	const struct rp_subject *quote = r->quote;
	char own[24], *text = NULL;

	if (r->set == RP_PCRS)
		snprintf(own, sizeof(own), "%s:%u", ev_digest_name(r->alg),
			 r->index);
	else
		rp_register_name(r->set, r->index, own);
	if (quote == NULL || c->first[quote->type]->next == NULL)
		return strdup(own);
	return asprintf(&text, "%s %s", quote->name, own) < 0 ? NULL : text;
}

static bool is_of_firmware(const struct rp_compared *r)
{
	const struct rp_bank *bank =
		r->log == NULL ? NULL
			       : rp_registers_bank(&r->log->log->registers,
						   r->tpm_alg);

	return bank != NULL && bank->reg[r->index].touched;
}

static enum rp_subject_type type_of(const struct rp_compared *r)
{
	if (r->set == RP_MRS)
		return RP_REGISTER_RTMR;
	return !is_of_firmware(r) &&
			       rp_tail_count_in(&r->tail, RP_TAIL_IMA) > 0 &&
			       rp_tail_count_in(&r->tail, RP_TAIL_IMA) ==
				       rp_tail_count(&r->tail)
		       ? RP_REGISTER_IMA
		       : RP_REGISTER_PCR;
}

static enum ev_code add(struct rp_case *c, const struct rp_compared *what)
{
	struct rp_compared *r = malloc(sizeof(*r));
	struct rp_subject *s = NULL;

	if (r == NULL)
		return EV_TROUBLE;
	*r = *what;
	r->tail.set = r->set;
	r->tail.index = r->index;
	r->tail.tpm_alg = r->tpm_alg;
	r->tail.alg = r->alg;
	r->name = name_of(c, r);
	if (r->name != NULL)
		s = rp_subject_add(c, type_of(r), r->name, NULL);
	if (s == NULL) {
		rp_compared_free(r);
		return EV_TROUBLE;
	}
	s->compared = r;
	s->partner[0] = r->quote;
	return rp_compare(c, r) ? EV_OK : EV_TROUBLE;
}

/* --- registers of quotes --- */

static bool knows_pcrs(const struct rp_subject *quote)
{
	return quote->tpm_quote->parsed.code == EV_OK;
}

static enum ev_code compare_bank(struct rp_case *c, struct rp_compared *r,
				 uint32_t registers)
{
	for (r->index = 0; r->index < RP_REGISTERS_MAX; r->index++) {
		if ((registers >> r->index & 1) == 0)
			continue;
		quoted(r->quote, r->tpm_alg, r->index, &r->quoted);
		if (add(c, r) != EV_OK)
			return EV_TROUBLE;
	}
	return EV_OK;
}

static enum ev_code compare_pcrs(struct rp_case *c, struct rp_compared *r)
{
	const struct ev_tpm_quote *q = &r->quote->tpm_quote->q;

	r->set = RP_PCRS;
	for (size_t i = 0; find_logs(c, r) && i < q->n_banks; i++) {
		r->tpm_alg = q->bank[i].alg;
		if (ev_tpm_digest_alg(r->tpm_alg, &r->alg) &&
		    compare_bank(c, r, q->bank[i].pcrs) != EV_OK)
			return EV_TROUBLE;
	}
	return EV_OK;
}

static bool is_td(const struct rp_subject *quote)
{
	return quote->quote->parsed.code == EV_OK &&
	       quote->quote->q.tee == EV_TEE_TDX;
}

/* A log of PCRs says nothing of RTMRs, nor does one of IMA. */
static bool speaks_of_rtmrs(const struct rp_compared *r)
{
	return r->log != NULL || r->tail.log[RP_TAIL_CEL] != NULL;
}

static enum ev_code compare_rtmrs(struct rp_case *c, struct rp_compared *r)
{
	static const uint32_t rtmrs = 0x1e;

	r->set = RP_MRS;
	r->tpm_alg = EV_TPM_ALG_SHA384;
	r->alg = EV_SHA384;
	find_logs(c, r);
	return speaks_of_rtmrs(r) ? compare_bank(c, r, rtmrs) : EV_OK;
}

static const struct {
	enum rp_subject_type of;
	bool (*speaks)(const struct rp_subject *quote);
	enum ev_code (*compare)(struct rp_case *c, struct rp_compared *r);
} quotes[] = {
	{ RP_TPM_QUOTE, knows_pcrs, compare_pcrs },
	{ RP_QUOTE, is_td, compare_rtmrs },
};

/* --- registers that no quote has --- */

static bool is_compared(const struct rp_compared *r,
			const struct rp_subject *log)
{
	bool is = r->log == log;

	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		is |= r->tail.log[i] == log;
	return is;
}

static const enum rp_subject_type register_types[] = {
	RP_REGISTER_PCR,
	RP_REGISTER_RTMR,
	RP_REGISTER_IMA,
};
#define N_TYPES (sizeof(register_types) / sizeof(register_types[0]))

/* Some register was compared with this log, or, in *other, some quote's with
 * another log of its form. */
static bool is_used(const struct rp_case *c, const struct rp_subject *log,
		    bool *other)
{
	*other = false;
	for (size_t i = 0; i < N_TYPES; i++) {
		const struct rp_subject *s = c->first[register_types[i]];

		for (; s != NULL; s = s->next) {
			const struct rp_compared *r = s->compared;

			if (is_compared(r, log))
				return true;
			*other |= r->quote != NULL && r->log != NULL &&
				  r->log->log->form == log->log->form;
		}
	}
	return false;
}

bool rp_log_is_left_out(const struct rp_case *c, const struct rp_subject *log)
{
	bool other;

	return log->log->parsed.code == EV_OK && !is_used(c, log, &other) &&
	       other;
}

static bool is_listed(const struct rp_case *c, const struct rp_compared *what,
		      const struct rp_subject *log)
{
	for (size_t i = 0; i < N_TYPES; i++) {
		const struct rp_subject *s = c->first[register_types[i]];

		for (; s != NULL; s = s->next)
			if (s->compared->set == what->set &&
			    s->compared->tpm_alg == what->tpm_alg &&
			    s->compared->index == what->index &&
			    is_compared(s->compared, log))
				return true;
	}
	return false;
}

static enum ev_code list_firmware(struct rp_case *c,
				  const struct rp_subject *log)
{
	const struct rp_registers *regs = &log->log->registers;
	struct rp_compared r = { .set = regs->set, .log = log };

	for (size_t i = 0; i < regs->n_banks; i++) {
		const struct rp_bank *bank = &regs->bank[i];

		r.tpm_alg = bank->tpm_alg;
		r.alg = bank->alg;
		for (r.index = 0; bank->known && r.index < regs->n; r.index++)
			if (bank->reg[r.index].touched &&
			    !is_listed(c, &r, log) && add(c, &r) != EV_OK)
				return EV_TROUBLE;
	}
	return EV_OK;
}

/* Of the other forms, where no quote stands beside them: the banks in which
 * they are most often quoted. */
static enum ev_code list_behind(struct rp_case *c, const struct rp_subject *log,
				size_t place)
{
	static const struct {
		enum rp_register_set set;
		uint16_t tpm_alg;
		enum ev_digest_alg alg;
	} banks[] = {
		{ RP_PCRS, EV_TPM_ALG_SHA1, EV_SHA1 },
		{ RP_PCRS, EV_TPM_ALG_SHA256, EV_SHA256 },
		{ RP_MRS, EV_TPM_ALG_SHA384, EV_SHA384 },
	};

	bool other;

	if (is_used(c, log, &other))
		return EV_OK;
	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		struct rp_compared r = {
			.set = banks[i].set,
			.tpm_alg = banks[i].tpm_alg,
			.alg = banks[i].alg,
		};

		r.tail.log[place] = log;
		for (; r.index < RP_REGISTERS_MAX; r.index++)
			if (log->log->n_in[r.set][r.index] > 0 &&
			    !is_listed(c, &r, log) && add(c, &r) != EV_OK)
				return EV_TROUBLE;
	}
	return EV_OK;
}

static enum ev_code list_unquoted(struct rp_case *c,
				  const struct rp_subject *log)
{
	switch (log->log->form) {
	case RP_LOG_SYSTEMD:
		return list_behind(c, log, RP_TAIL_SYSTEMD);
	case RP_LOG_CEL:
		return list_behind(c, log, RP_TAIL_CEL);
	case RP_LOG_IMA:
		return list_behind(c, log, RP_TAIL_IMA);
	case RP_LOG_TCG:
	case RP_LOG_CCEL:
	case RP_N_LOG_FORMS:
		break;
	}
	return list_firmware(c, log);
}

enum ev_code rp_link_logs(struct rp_case *c)
{
	const struct rp_subject *s;

	if (c->first[RP_LOG] == NULL)
		return EV_OK;
	for (size_t i = 0; i < sizeof(quotes) / sizeof(quotes[0]); i++) {
		size_t n = 0;

		for (s = c->first[quotes[i].of];
		     s != NULL && n < EV_QUOTES_BESIDE_LOGS_MAX;
		     s = s->next, n++) {
			struct rp_compared r = { .quote = s };

			if (quotes[i].speaks(s) &&
			    quotes[i].compare(c, &r) != EV_OK)
				return EV_TROUBLE;
		}
	}
	for (s = c->first[RP_LOG]; s != NULL; s = s->next)
		if (s->log->parsed.code == EV_OK && !rp_log_is_left_out(c, s) &&
		    list_unquoted(c, s) != EV_OK)
			return EV_TROUBLE;
	return EV_OK;
}
