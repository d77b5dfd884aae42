/* SPDX-License-Identifier: Apache-2.0 */
/* Logs find the quotes whose registers they explain. */
#include "evidence/limits.h"
#include "evidence/tpm.h"
#include "replay/link.h"
#include "replay/log_choice.h"
#include "replay/register_rows.h"

/* --- registers of quotes --- */

static bool knows_pcrs(const struct rp_subject *quote)
{
	return quote->tpm_quote->parsed.code == EV_OK;
}

static bool is_td(const struct rp_subject *quote)
{
	return quote->quote->parsed.code == EV_OK &&
	       quote->quote->q.tee == EV_TEE_TDX;
}

static const struct quote_form {
	enum rp_subject_type of;
	enum rp_register_set set;
	enum rp_log_form firmwares;
	bool (*speaks)(const struct rp_subject *quote);
} quotes[] = {
	{ RP_TPM_QUOTE, RP_PCRS, RP_LOG_TCG, knows_pcrs },
	{ RP_QUOTE, RP_MRS, RP_LOG_CCEL, is_td },
};

/* Some log here may speak of the registers: one of PCRs says nothing of RTMRs,
 * nor does one of IMA. */
static bool has_logs(const struct rp_compared *r)
{
	bool any = r->log != NULL || r->tail.log[RP_TAIL_CEL] != NULL;

	for (size_t i = 0; r->set == RP_PCRS && i < RP_TAIL_LOGS; i++)
		any |= r->tail.log[i] != NULL;
	return any;
}

/* Every register that the quote has. */
static enum ev_code compare(struct rp_case *c, struct rp_compared *r)
{
	struct rp_quoted_bank bank[EV_TPM_BANKS_MAX];
	size_t n = has_logs(r) ? rp_quoted_banks(r->quote, bank) : 0;

	for (size_t i = 0; i < n; i++)
		for (unsigned int k = 0; k < RP_REGISTERS_MAX; k++) {
			if ((bank[i].registers >> k & 1) == 0)
				continue;
			r->tpm_alg = bank[i].tpm_alg;
			r->alg = bank[i].alg;
			r->index = k;
			rp_quoted_register(r->quote, r->tpm_alg, k, &r->quoted);
			if (rp_register_add(c, r) != EV_OK)
				return EV_TROUBLE;
		}
	return EV_OK;
}

/* What a bank lacks another may tell. */
static void compare_banks(struct rp_case *c)
{
	for (size_t i = 0; i < RP_N_REGISTER_TYPES; i++)
		for (struct rp_subject *a = c->first[rp_register_types[i]];
		     a != NULL; a = a->next)
			for (const struct rp_subject *b =
				     c->first[rp_register_types[i]];
			     a->compared->lacking.log != NULL && b != NULL;
			     b = b->next)
				rp_compare_banks(a->compared, b->compared);
}

static enum ev_code compare_quotes(struct rp_case *c,
				   const struct quote_form *form)
{
	const struct rp_subject *s = c->first[form->of];

	for (size_t n = 0; s != NULL && n < EV_QUOTES_BESIDE_LOGS_MAX;
	     s = s->next, n++) {
		struct rp_compared r = { .quote = s, .set = form->set };

		if (form->speaks(s) &&
		    (!rp_choose_logs(c, &r) || compare(c, &r) != EV_OK))
			return EV_TROUBLE;
	}
	return EV_OK;
}

/* --- registers that no quote has --- */

bool rp_log_is_left_out(const struct rp_case *c, const struct rp_subject *log)
{
	(void)c;
	return log->log->left_out;
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
			    !rp_register_is_listed(c, &r, log) &&
			    rp_register_add(c, &r) != EV_OK)
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

	if (rp_log_is_used(c, log, &other))
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
			    !rp_register_is_listed(c, &r, log) &&
			    rp_register_add(c, &r) != EV_OK)
				return EV_TROUBLE;
	}
	return EV_OK;
}

static enum ev_code list_unquoted(struct rp_case *c,
				  const struct rp_subject *log)
{
	size_t place = rp_tail_place(log->log->form);

	return place < RP_TAIL_LOGS ? list_behind(c, log, place)
				    : list_firmware(c, log);
}

/* --- logs that are left out --- */

static void leave_out(const struct rp_case *c)
{
	const struct rp_subject *s;
	bool other;

	for (s = c->first[RP_LOG]; s != NULL; s = s->next)
		s->log->left_out = s->log->parsed.code == EV_OK &&
				   !rp_log_is_used(c, s, &other) && other;
}

/* The manifest says that it is of something else. */
static bool is_of_another(const struct rp_subject *log,
			  const struct rp_subject *quote)
{
	const struct ev_manifest_item *entry = log->item->entry;

	for (size_t i = 0; entry != NULL && i < entry->n_relates; i++)
		if (strcmp(entry->relates[i].rel, "log-of") == 0)
			return !rp_relates_to(log->item, "log-of", quote->item);
	return false;
}

/* The quote of whose registers the log gives most: of the same boot, if of any
 * that is here; NULL: there is none. */
static const struct rp_subject *quote_of(const struct rp_case *c,
					 const struct quote_form *form,
					 const struct rp_subject *log)
{
	const struct rp_subject *s = c->first[form->of], *best = NULL;
	size_t most = 0;

	for (size_t i = 0; s != NULL && i < EV_QUOTES_BESIDE_LOGS_MAX;
	     s = s->next, i++) {
		size_t n;

		if (!form->speaks(s) || is_of_another(log, s))
			continue;
		n = rp_count_equal(s, log->log);
		if (best == NULL || n > most) {
			best = s;
			most = n;
		}
	}
	return best;
}

/* Where a second log of firmware contradicts the quote, that is said: which of
 * the two tells what happened is not for their order to decide. */
static enum ev_code contradict(struct rp_case *c, const struct quote_form *form)
{
	const struct rp_subject *s;

	for (s = c->first[RP_LOG]; s != NULL; s = s->next) {
		struct rp_compared r = { .set = form->set };

		if (s->log->form != form->firmwares || !s->log->left_out)
			continue;
		r.quote = quote_of(c, form, s);
		if (r.quote == NULL)
			continue;
		if (!rp_choose_logs(c, &r))
			return EV_TROUBLE;
		r.log = s;
		if (compare(c, &r) != EV_OK)
			return EV_TROUBLE;
	}
	return EV_OK;
}

enum ev_code rp_link_logs(struct rp_case *c)
{
	const size_t n = sizeof(quotes) / sizeof(quotes[0]);
	const struct rp_subject *s;

	if (c->first[RP_LOG] == NULL)
		return EV_OK;
	for (size_t i = 0; i < n; i++)
		if (compare_quotes(c, &quotes[i]) != EV_OK)
			return EV_TROUBLE;
	leave_out(c);
	for (size_t i = 0; i < n; i++)
		if (contradict(c, &quotes[i]) != EV_OK)
			return EV_TROUBLE;
	compare_banks(c);
	for (s = c->first[RP_LOG]; s != NULL; s = s->next)
		if (s->log->parsed.code == EV_OK && !s->log->left_out &&
		    list_unquoted(c, s) != EV_OK)
			return EV_TROUBLE;
	return EV_OK;
}
