/* SPDX-License-Identifier: Apache-2.0 */
/* What a log of firmware extends into one register of one bank, in order. */
#ifndef RP_SEQUENCE_H
#define RP_SEQUENCE_H

#include "replay/registers.h"

struct rp_entry {
	const uint8_t *digest; /* of the bank's size, borrowed from the log */
	uint64_t event;	       /* its number */
};

struct rp_sequence {
	struct rp_entry *entry; /* owned */
	uint8_t *bytes;		/* owned: digests that no log holds, or NULL */
	size_t n, room;
	size_t size; /* of a digest, bytes */
};

/* An event of the register; ev_tcg_log_again reads it. */
struct rp_logged {
	uint64_t offset;
	uint32_t number; /* EV_ITEM_MAX holds 2^29 of the smallest */
	bool no_action;	 /* it is not extended */
};

/* The events of one register, in all banks. */
struct rp_history {
	struct rp_logged *event; /* owned */
	size_t n, room;
	size_t n_no_action;
};

/* One pass over the log: the events of a register, and in own those that are
 * extended and have a digest of the bank.  At most max events: false where
 * there are more, or where memory ran out; *no_memory tells which. */
bool rp_sequence_gather(const struct ev_tcg_log *log, enum rp_register_set set,
			unsigned int index, uint16_t tpm_alg, size_t max,
			struct rp_history *all, struct rp_sequence *own,
			bool *no_memory);

/* Room for one more; false: no memory. */
bool rp_sequence_add(struct rp_sequence *s, const uint8_t *digest,
		     uint64_t event);

void rp_history_free(struct rp_history *h);
void rp_sequence_free(struct rp_sequence *s);

#endif
