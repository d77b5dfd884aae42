/* SPDX-License-Identifier: Apache-2.0 */
/* Entries beside the registers that bear them out. */
#include "replay/borne_entries.h"

#include "evidence/event_digest.h"
#include "replay/borne_out.h"
#include "replay/event_log.h"

/* --- the registers --- */

/* Of the entries of the log at that place, those that the value has. */
static uint64_t followed_in(const struct rp_compared *r, size_t place)
{
	uint64_t n = r->n_followed;

	for (size_t i = 0; i < place; i++) {
		uint64_t in = rp_tail_count_in(&r->tail, i);

		n -= n < in ? n : in;
	}
	return n;
}

/* How many of the log's entries the value has; 0: it is not made of it. */
static uint64_t borne_of(const struct rp_compared *r,
			 const struct rp_subject *log)
{
	uint64_t n, in;

	if (r->log == log)
		return UINT64_MAX; /* firmware's come first */
	for (size_t i = 0; i < RP_TAIL_LOGS; i++) {
		if (r->tail.log[i] != log)
			continue;
		n = followed_in(r, i);
		in = rp_tail_count_in(&r->tail, i);
		return n < in ? n : in;
	}
	return 0;
}

static size_t strength_of(const struct rp_compared *r)
{
	return ev_digest_size(r->tail.padded ? EV_SHA1 : r->alg);
}

static void take_register(struct rp_borne_entries *b,
			  const struct rp_compared *r)
{
	struct rp_borne_register *reg = &b->reg[r->set][r->index];
	uint64_t n;

	if (r->quote == NULL || r->result != RP_REG_EQUAL ||
	    !rp_quote_bears_out(b->c, r->quote))
		return;
	n = borne_of(r, b->log);
	if (n == 0 ||
	    (reg->by != NULL &&
	     (strength_of(r) < strength_of(reg->by) ||
	      (strength_of(r) == strength_of(reg->by) && n <= reg->limit))))
		return;
	*reg = (struct rp_borne_register){ .by = r, .limit = n };
}

void rp_borne_entries_begin(const struct rp_case *c,
			    const struct rp_subject *log,
			    struct rp_borne_entries *out)
{
	static const enum rp_subject_type types[] = {
		RP_REGISTER_PCR,
		RP_REGISTER_RTMR,
		RP_REGISTER_IMA,
	};

	*out = (struct rp_borne_entries){ .c = c, .log = log };
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		for (const struct rp_subject *s = c->first[types[i]]; s != NULL;
		     s = s->next)
			take_register(out, s->compared);
}

/* The register that has the entry, and NULL where none does. */
static const struct rp_compared *
next_in(struct rp_borne_entries *b, enum rp_register_set set, uint64_t index)
{
	struct rp_borne_register *reg;

	if (index >= RP_REGISTERS_MAX)
		return NULL;
	reg = &b->reg[set][index];
	return reg->seen++ < reg->limit ? reg->by : NULL;
}

/* --- the entries --- */

bool rp_borne_event(struct rp_borne_entries *b, const struct ev_tcg_event *e)
{
	const struct rp_log *log = b->log->log;
	const struct rp_compared *by;
	struct ev_event_digest d;

	if (!rp_event_extends(&log->registers, e))
		return false;
	by = next_in(b, log->registers.set, e->index);
	if (by == NULL)
		return false;
	b->trouble |= !ev_event_digest_check(
		b->c->crypto, &log->tcg, e,
		ev_tcg_log_bank(&log->tcg, by->tpm_alg), &d);
	return !b->trouble && (d.verdict == EV_EVENT_MATCHES ||
			       d.verdict == EV_EVENT_EXPLAINED);
}

bool rp_borne_cel(struct rp_borne_entries *b, const struct ev_cel_record *r)
{
	bool good = false;

	if (next_in(b, r->is_mr ? RP_MRS : RP_PCRS, r->index) == NULL)
		return false;
	b->trouble |= !rp_cel_digests_are(b->c->crypto, r, &good);
	return good;
}

bool rp_borne_systemd(struct rp_borne_entries *b,
		      const struct ev_systemd_record *r)
{
	bool good = false;

	if (r->refusal.code != EV_OK || !r->has_pcr ||
	    next_in(b, RP_PCRS, r->pcr) == NULL)
		return false;
	b->trouble |= !rp_systemd_digests_are(b->c->crypto, r, &good);
	return good;
}

/* In a bank whose hashes are not in the log they were computed of the data. */
bool rp_borne_ima(struct rp_borne_entries *b, const struct ev_ima_entry *e)
{
	const enum ev_digest_alg stored = b->log->log->ima.alg;
	const struct rp_compared *by = next_in(b, RP_PCRS, e->pcr);
	bool good = true;

	if (by == NULL || e->violation)
		return false;
	if (by->tail.padded || by->alg == stored)
		b->trouble |= !rp_ima_hash_is(b->c->crypto, e, stored, &good);
	return good && !b->trouble;
}
