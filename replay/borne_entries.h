/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which entries of a log are borne out: a trusted quote has the register that
 * the logs give, the entry is one of those that give it, and its digest in
 * that bank is of what the entry says.  A log that grows has others behind
 * them, which came after the quote, or which nobody measured.  What no digest
 * is of is not borne out either: the type of an event, the name of a template
 * of IMA's and the file of a violation.
 */
#ifndef RP_BORNE_ENTRIES_H
#define RP_BORNE_ENTRIES_H

#include "replay/compared.h"

struct rp_borne_register {
	const struct rp_compared *by; /* NULL: no entry is borne out */
	uint64_t limit;		      /* how many of this log's are */
	uint64_t seen;
};

struct rp_borne_entries {
	const struct rp_case *c;
	const struct rp_subject *log;
	struct rp_borne_register reg[2][RP_REGISTERS_MAX]; /* by set */
	bool trouble; /* what was answered since is worth nothing */
};

/* Of a log that was opened, once its registers are compared and its quotes
 * judged.  Where several quotes have a register, that in the bank of the
 * longest digests counts, and of those that of the most entries. */
void rp_borne_entries_begin(const struct rp_case *c,
			    const struct rp_subject *log,
			    struct rp_borne_entries *out);

/* One for each form of log; each entry of it is asked of once, in order. */
bool rp_borne_event(struct rp_borne_entries *b, const struct ev_tcg_event *e);
bool rp_borne_cel(struct rp_borne_entries *b, const struct ev_cel_record *r);
bool rp_borne_systemd(struct rp_borne_entries *b,
		      const struct ev_systemd_record *r);
bool rp_borne_ima(struct rp_borne_entries *b, const struct ev_ima_entry *e);

#endif
