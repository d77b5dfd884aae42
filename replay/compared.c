/* SPDX-License-Identifier: Apache-2.0 */
/* One register: replayed, quoted, and what lies between. */
#include "replay/compared.h"

#include "replay/follow.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *rp_register_result_word(enum rp_register_result r)
{
	static const char *const words[] = {
		[RP_REG_EQUAL] = "equal",
		[RP_REG_DIFFERS] = "differs",
		[RP_REG_DIFFERS_EXPLAINED] = "differs-explained",
		[RP_REG_EXTENDED_OUTSIDE_LOG] = "extended-outside-log",
		[RP_REG_INCOMPLETE] = "incomplete",
		[RP_REG_NO_EVIDENCE] = "no-evidence",
		[RP_REG_UNQUOTED] = "unquoted",
		[RP_REG_LEFT_OUT] = "left-out",
	};

	return words[r];
}

static void explain(struct rp_compared *r, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
static void explain(struct rp_compared *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->explanation, sizeof(r->explanation), format, args);
	va_end(args);
}

void rp_compared_place(struct rp_compared *r, uint16_t tpm_alg,
		       enum ev_digest_alg alg, unsigned int index)
{
	r->index = index;
	r->tpm_alg = tpm_alg;
	r->alg = alg;
	r->tail.set = r->set;
	r->tail.index = index;
	r->tail.tpm_alg = tpm_alg;
	r->tail.alg = alg;
}

struct rp_register rp_register_before(const struct rp_case *c,
				      const struct rp_compared *r)
{
	const struct ev_tcg_bank alone = { .alg = r->tpm_alg };
	struct rp_registers reset;
	const struct rp_bank *bank = NULL;

	if (r->log != NULL)
		bank = rp_registers_bank(&r->log->log->registers, r->tpm_alg);
	if (bank != NULL)
		return bank->reg[r->index];
	rp_registers_begin(&reset, c->crypto, r->set, &alone, 1);
	return reset.bank[0].reg[r->index];
}

static bool is_quoted(const struct rp_compared *r, const uint8_t *value)
{
	return ev_span_eq(r->quoted, ev_span_of(value, ev_digest_size(r->alg)));
}

/* --- no difference to be explained --- */

static bool is_in_other_bank(const struct rp_compared *r)
{
	const struct rp_registers *regs;

	if (r->log == NULL)
		return false;
	regs = &r->log->log->registers;
	for (size_t i = 0; i < regs->n_banks; i++)
		if (regs->bank[i].reg[r->index].touched)
			return true;
	return false;
}

/* No entry: whatever was quoted, no log speaks of it. */
static void judge_silence(struct rp_compared *r, const struct rp_register *reg)
{
	if (is_in_other_bank(r)) {
		r->result = RP_REG_INCOMPLETE;
		explain(r, "the log has entries of it in other banks alone%s",
			is_quoted(r, reg->initial)
				? ", and it holds what it was reset to"
				: "");
		return;
	}
	r->result = RP_REG_NO_EVIDENCE;
	if (is_quoted(r, reg->initial))
		explain(r, "holds what it was reset to");
	else if (r->quoted.n > 0)
		explain(r, "was extended, and no log here says by what");
}

/* equal: the entries that have a digest of the bank give the quoted value. */
static void judge_lack(struct rp_compared *r, bool equal)
{
	r->result = RP_REG_INCOMPLETE;
	if (r->lacking.log == NULL)
		explain(r, "libcrypto has not the digest of the bank");
	else
		explain(r,
			"%sentry %" PRIu64 " at byte %" PRIu64
			"%s no digest of the bank%s",
			equal ? "equal if " : "", r->lacking.number,
			r->lacking.offset, equal ? ", which has" : " has",
			equal ? ", was not extended" : "");
}

static void judge_limit(struct rp_compared *r)
{
	r->result = RP_REG_INCOMPLETE;
	explain(r,
		"not known: the limit of extends was reached before %" PRIu64
		" entries behind firmware's",
		rp_tail_count(&r->tail));
}

static void judge_unquoted(struct rp_compared *r)
{
	r->result = RP_REG_UNQUOTED;
	if (r->quote != NULL)
		explain(r, "the quote's values are not here");
}

/* --- the entries that follow --- */

void rp_compared_lacks(struct rp_compared *r, const struct rp_subject *log,
		       uint64_t number, uint64_t offset)
{
	if (r->lacking.log != NULL)
		return;
	r->lacking.log = log;
	r->lacking.number = number;
	r->lacking.offset = offset;
}

/* The logs behind firmware's have entries, and the register was quoted before
 * any of them: nothing bears them out. */
static void judge_not_followed(struct rp_compared *r)
{
	r->result = RP_REG_DIFFERS_EXPLAINED;
	r->has_replayed = false;
	explain(r,
		"equal before the first of %" PRIu64
		" entries: none of them was extended",
		rp_tail_count(&r->tail));
}

static void judge_equal(struct rp_compared *r, const struct rp_follow *f)
{
	if (f->n == 0 && rp_tail_count(&r->tail) > 0) {
		judge_not_followed(r);
		return;
	}
	r->result = RP_REG_EQUAL;
	r->n_followed = f->n;
	if (rp_tail_count(&r->tail) == 0)
		return;
	explain(r,
		"after %" PRIu64 " of the %" PRIu64
		" entries that follow firmware's%s",
		f->n, rp_tail_count(&r->tail),
		r->tail.padded ? ", by SHA-1 digests padded with zeros" : "");
}

/* --- a difference --- */

/* RTMR 2 and 3 are the guest's, which may extend them and log nothing.  The
 * log has no fault that could be why one differs: it is whole, and gives the
 * registers that are firmware's. */
static bool is_guests(const struct rp_compared *r)
{
	const struct rp_bank *bank;

	if (r->set != RP_MRS || r->index < 3 || r->log == NULL ||
	    (r->log->log->tcg.end != EV_TCG_CLEAN &&
	     r->log->log->tcg.end != EV_TCG_PADDING))
		return false;
	bank = rp_registers_bank(&r->log->log->registers, r->tpm_alg);
	for (size_t i = 0; i < 2; i++)
		if (bank == NULL || !bank->reg[i + 1].touched ||
		    bank->reg[i + 1].incomplete ||
		    !ev_span_eq(r->quote->quote->q.td.rtmr[i],
				ev_span_of(bank->reg[i + 1].value, 48)))
			return false;
	return true;
}

static void judge_unexplained(struct rp_compared *r)
{
	r->result = RP_REG_DIFFERS;
	if (r->log != NULL && r->log->log->cut)
		explain(r,
			"the log is cut at byte %" PRIu64
			", and no hypothesis gives the value",
			r->log->log->end);
	if (!is_guests(r))
		return;
	r->result = RP_REG_EXTENDED_OUTSIDE_LOG;
	explain(r, "the guest may extend this register and log nothing");
}

/* Of a register that firmware left alone, what one other log has of it is all
 * there is: its entries may be those that differ. */
static bool is_of_one_log(const struct rp_compared *r,
			  const struct rp_register *reg)
{
	size_t logs = 0;

	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		logs += rp_tail_count_in(&r->tail, i) > 0;
	return !reg->touched && logs == 1;
}

/* IMA's entries alone behind firmware's: systemd's are tried by their
 * names. */
static struct rp_sequence after_firmware(const struct rp_kept *kept)
{
	struct rp_sequence ima = kept->all;

	ima.entry += ima.n > 0 ? kept->n_before_ima : 0;
	ima.n -= kept->n_before_ima;
	return ima;
}

static enum rp_answer ask(struct rp_case *c, struct rp_compared *r,
			  const struct rp_register *reg,
			  const struct ev_tcg_log *log,
			  const struct rp_sequence *after, uint64_t *left)
{
	const struct rp_question q = {
		.set = r->set,
		.index = r->index,
		.tpm_alg = r->tpm_alg,
		.alg = r->alg,
		.initial = reg->initial,
		.want = r->quoted,
		.log = log,
		.after = after,
		.lacking = r->lacking.log != NULL,
	};
	uint64_t used;
	enum rp_answer answer =
		rp_search(c->crypto, &q, *left, &used, r->explanation);

	*left -= used;
	c->searched += used;
	return answer;
}

static enum rp_answer search(struct rp_case *c, struct rp_compared *r,
			     const struct rp_register *reg,
			     const struct rp_kept *kept)
{
	const struct ev_tcg_log *log =
		r->log != NULL ? &r->log->log->tcg : NULL;
	const struct rp_sequence ima = after_firmware(kept);
	uint64_t left = rp_spendable(c);
	enum rp_answer answer = ask(c, r, reg, log, &ima, &left);

	if (answer == RP_UNEXPLAINED && kept->over) {
		explain(r, "not known: more than %d entries follow",
			RP_KEPT_MAX);
		return RP_LIMITED;
	}
	if (answer != RP_UNEXPLAINED || !is_of_one_log(r, reg))
		return answer;
	return ask(c, r, reg, NULL, &kept->all, &left);
}

static bool judge_difference(struct rp_case *c, struct rp_compared *r,
			     const struct rp_register *reg,
			     const struct rp_kept *kept)
{
	enum rp_answer answer = search(c, r, reg, kept);

	if (answer == RP_EXPLAINED)
		r->result = RP_REG_DIFFERS_EXPLAINED;
	else if (r->lacking.log != NULL)
		judge_lack(r, false);
	else
		judge_unexplained(r);
	return answer != RP_SEARCH_FAILED;
}

/* Before any entry that has a digest of the bank. */
static void judge_reset(struct rp_compared *r, const struct rp_follow *f)
{
	if (f->n == 0 && r->lacking.log != NULL)
		judge_lack(r, true);
	else
		judge_not_followed(r);
}

static bool judge_followed(struct rp_case *c, struct rp_compared *r,
			   const struct rp_register *reg,
			   const struct rp_follow *f,
			   const struct rp_kept *kept)
{
	const bool lacks = r->lacking.log != NULL;

	r->has_replayed = !lacks && f->step != RP_TAIL_LIMITED;
	if (f->matched && lacks)
		judge_lack(r, true);
	else if (f->matched)
		judge_equal(r, f);
	else if (f->step == RP_TAIL_LIMITED)
		judge_limit(r);
	else if (r->quoted.n == 0 && lacks)
		judge_lack(r, false);
	else if (r->quoted.n == 0)
		judge_unquoted(r);
	else if (!reg->touched && is_quoted(r, reg->initial))
		judge_reset(r, f);
	else
		return judge_difference(c, r, reg, kept);
	return true;
}

bool rp_compare(struct rp_case *c, struct rp_compared *r)
{
	const struct rp_register reg = rp_register_before(c, r);
	uint64_t behind = rp_tail_count(&r->tail);
	struct rp_kept kept;
	struct rp_follow f;
	bool ok;

	r->n_events = reg.n_extends + behind;
	if (!reg.touched && behind == 0) {
		judge_silence(r, &reg);
		return true;
	}
	if (reg.lacking > 0)
		rp_compared_lacks(r, r->log, reg.lacking, reg.lacking_at);
	if (reg.incomplete && reg.lacking == 0) {
		judge_lack(r, false);
		return true;
	}
	f = rp_follow(c, r, &reg, &kept);
	ok = (f.matched || f.step != RP_TAIL_TROUBLE) &&
	     judge_followed(c, r, &reg, &f, &kept);
	rp_kept_free(&kept);
	return ok;
}

void rp_compare_banks(struct rp_compared *r, const struct rp_compared *other)
{
	if (r->result != RP_REG_INCOMPLETE || r->lacking.log == NULL ||
	    r->quoted.n == 0 || r->quote != other->quote ||
	    r->set != other->set || r->index != other->index ||
	    r->log != other->log || other->lacking.log != NULL ||
	    (other->result != RP_REG_DIFFERS &&
	     other->result != RP_REG_DIFFERS_EXPLAINED))
		return;
	r->result = RP_REG_DIFFERS;
	explain(r,
		"it differs in bank %s, which has a digest of each of its "
		"entries",
		ev_digest_name(other->alg));
}

void rp_compared_free(struct rp_compared *r)
{
	free(r->name);
	free(r);
}
