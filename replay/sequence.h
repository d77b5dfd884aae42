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

/* Events that a sequence is made of. */
struct rp_gather {
	enum rp_register_set set;
	unsigned int index;
	bool everywhere; /* of all registers, whatever index says */
	bool no_action;	 /* those that are not extended, too */
};

/* At most max entries: false where there are more, or where memory ran out;
 * *no_memory tells which.  An event without a digest of the bank is left
 * out. */
bool rp_sequence_gather(const struct ev_tcg_log *log, uint16_t tpm_alg,
			const struct rp_gather *what, size_t max,
			struct rp_sequence *out, bool *no_memory);
void rp_sequence_free(struct rp_sequence *s);

#endif
