/* SPDX-License-Identifier: Apache-2.0 */
/* One register: replayed, quoted, and what lies between. */
#include "replay/compared.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Of all searches of a case: some 2 seconds. */
#define SEARCHED_MAX (UINT64_C(1) << 23)
/* Entries of IMA that a search may use: 5 MiB of them. */
#define ENTRIES_MAX 65536

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

/* What firmware's log makes of it; without one, what it was reset to. */
static struct rp_register register_of(const struct rp_case *c,
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

static void judge_gap(struct rp_compared *r)
{
	r->result = RP_REG_INCOMPLETE;
	explain(r, "entries of this register have no digest of the bank");
}

static void judge_unquoted(struct rp_compared *r)
{
	r->result = RP_REG_UNQUOTED;
	if (r->quote != NULL)
		explain(r, "the quote's values are not here");
}

/* --- the entries that follow --- */

struct follow {
	uint64_t n;   /* entries extended */
	bool matched; /* the register was then as it is quoted */
	enum rp_tail_step step;
};

/* Extends entry by entry, until the register is as it is quoted. */
static struct follow follow(struct rp_case *c, struct rp_compared *r,
			    const struct rp_register *reg)
{
	struct follow f = { .matched =
				    reg->touched && is_quoted(r, reg->value) };
	struct rp_tail_reader in;
	struct rp_tail_entry e;

	memcpy(r->replayed, reg->value, sizeof(r->replayed));
	rp_tail_begin(&in, c->crypto, &r->tail);
	while (!f.matched) {
		f.step = rp_tail_next(&in, &e);
		if (f.step != RP_TAIL_ENTRY)
			break;
		if (!rp_register_extend(
			    c->crypto, r->alg, r->replayed,
			    ev_span_of(e.digest, ev_digest_size(r->alg)))) {
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
static struct follow follow_either(struct rp_case *c, struct rp_compared *r,
				   const struct rp_register *reg)
{
	struct follow f = follow(c, r, reg), padded;
	uint8_t replayed[EV_DIGEST_MAX];

	if (f.matched || f.step != RP_TAIL_END || r->quoted.n == 0 ||
	    r->alg == EV_SHA1 || r->tail.log[RP_TAIL_IMA] == NULL)
		return f;
	memcpy(replayed, r->replayed, sizeof(replayed));
	r->tail.padded = true;
	padded = follow(c, r, reg);
	if (padded.matched || padded.step == RP_TAIL_TROUBLE)
		return padded;
	r->tail.padded = false;
	memcpy(r->replayed, replayed, sizeof(replayed));
	return f;
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

static void judge_equal(struct rp_compared *r, const struct follow *f)
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

/* IMA's entries alone: systemd's are tried by their names. */
static enum rp_tail_step gather_ima(struct rp_case *c,
				    const struct rp_compared *r,
				    struct rp_sequence *out)
{
	struct rp_tail ima = r->tail;

	ima.log[RP_TAIL_SYSTEMD] = ima.log[RP_TAIL_CEL] = NULL;
	return rp_tail_gather(c->crypto, &ima, ENTRIES_MAX, out);
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

static enum rp_answer search(struct rp_case *c, struct rp_compared *r,
			     const struct rp_register *reg,
			     struct rp_sequence *after)
{
	struct rp_question q = {
		.set = r->set,
		.index = r->index,
		.tpm_alg = r->tpm_alg,
		.alg = r->alg,
		.initial = reg->initial,
		.want = r->quoted,
		.log = r->log != NULL ? &r->log->log->tcg : NULL,
		.after = after,
	};
	const uint64_t all = SEARCHED_MAX - c->searched;
	const uint64_t extends =
		all < RP_SEARCH_EXTENDS ? all : RP_SEARCH_EXTENDS;
	enum rp_answer answer;
	uint64_t used, more;

	/* With too many the others are tried without them. */
	if (gather_ima(c, r, after) == RP_TAIL_TROUBLE)
		return RP_SEARCH_FAILED;
	answer = rp_search(c->crypto, &q, extends, &used, r->explanation);
	c->searched += used;
	if (answer != RP_UNEXPLAINED || !is_of_one_log(r, reg))
		return answer;
	rp_sequence_free(after);
	switch (rp_tail_gather(c->crypto, &r->tail, ENTRIES_MAX, after)) {
	case RP_TAIL_TROUBLE:
		return RP_SEARCH_FAILED;
	case RP_TAIL_INCOMPLETE:
		explain(r, "not known: more than %d entries follow",
			ENTRIES_MAX);
		return RP_LIMITED;
	case RP_TAIL_ENTRY:
	case RP_TAIL_END:
		break;
	}
	q.log = NULL;
	answer =
		rp_search(c->crypto, &q, extends - used, &more, r->explanation);
	c->searched += more;
	return answer;
}

static bool judge_difference(struct rp_case *c, struct rp_compared *r,
			     const struct rp_register *reg)
{
	struct rp_sequence after = { 0 };
	enum rp_answer answer = search(c, r, reg, &after);

	rp_sequence_free(&after);
	if (answer == RP_EXPLAINED)
		r->result = RP_REG_DIFFERS_EXPLAINED;
	else
		judge_unexplained(r);
	return answer != RP_SEARCH_FAILED;
}

static bool judge_followed(struct rp_case *c, struct rp_compared *r,
			   const struct rp_register *reg,
			   const struct follow *f)
{
	if (f->step == RP_TAIL_TROUBLE)
		return false;
	r->has_replayed = f->step != RP_TAIL_INCOMPLETE;
	if (f->matched)
		judge_equal(r, f);
	else if (f->step == RP_TAIL_INCOMPLETE)
		judge_gap(r);
	else if (r->quoted.n == 0)
		judge_unquoted(r);
	else if (!reg->touched && is_quoted(r, reg->initial))
		judge_not_followed(r);
	else
		return judge_difference(c, r, reg);
	return true;
}

bool rp_compare(struct rp_case *c, struct rp_compared *r)
{
	const struct rp_register reg = register_of(c, r);
	uint64_t behind = rp_tail_count(&r->tail);
	struct follow f;

	r->n_events = reg.n_extends + behind;
	if (!reg.touched && behind == 0) {
		judge_silence(r, &reg);
		return true;
	}
	if (reg.incomplete) {
		judge_gap(r);
		return true;
	}
	f = follow_either(c, r, &reg);
	return judge_followed(c, r, &reg, &f);
}

void rp_compared_free(struct rp_compared *r)
{
	free(r->name);
	free(r);
}
