/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether the digest of an event is of the data beside it, by the rules that
 * firmware and boot loaders follow (TCG PC Client Platform Firmware Profile
 * 1.05, 10.4; the loaders' are listed in event_digest.c).  Only a digest
 * that is, binds the data to a register.
 */
#ifndef EV_EVENT_DIGEST_H
#define EV_EVENT_DIGEST_H

#include "evidence/base/digest.h"
#include "evidence/tcg_log.h"

enum ev_event_verdict {
	EV_EVENT_MATCHES,	   /* of the data as it stands */
	EV_EVENT_EXPLAINED,	   /* of a part or another spelling of it */
	EV_EVENT_NOT_RECOMPUTABLE, /* of what is not in the log, perhaps */
	EV_EVENT_MISMATCH, /* the type demands its data's digest, and no */
};

struct ev_event_digest {
	enum ev_event_verdict verdict;
	/* Static: what was hashed ("variable data"), or why nothing can be
	 * ("no algorithm for this bank"); NULL where the verdict says all. */
	const char *rule;
	size_t bank; /* whose digest that is */
};

/* The digest of the bank at that place of log (ev_tcg_log_bank).  False:
 * trouble, with nothing in *out. */
bool ev_event_digest_check(struct ev_crypto *crypto,
			   const struct ev_tcg_log *log,
			   const struct ev_tcg_event *e, size_t bank,
			   struct ev_event_digest *out);

/* Over all banks that the event has: the first mismatch, else the best. */
bool ev_event_digest_check_all(struct ev_crypto *crypto,
			       const struct ev_tcg_log *log,
			       const struct ev_tcg_event *e,
			       struct ev_event_digest *out);

/* "matches", "explained", "not-recomputable", "mismatch" */
const char *ev_event_verdict_word(enum ev_event_verdict verdict);

#endif
