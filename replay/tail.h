/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was extended into one register behind the log of firmware: the entries
 * of other logs, one log after the other, computed one by one.  The logs grow
 * while the machine runs: a quote holds a prefix of them.
 */
#ifndef RP_TAIL_H
#define RP_TAIL_H

#include "replay/event_log.h"
#include "replay/sequence.h"

/* In the order in which their entries follow each other. */
enum { RP_TAIL_SYSTEMD, RP_TAIL_CEL, RP_TAIL_IMA, RP_TAIL_LOGS };

struct rp_tail {
	enum rp_register_set set;
	unsigned int index;
	uint16_t tpm_alg;
	enum ev_digest_alg alg;
	/* IMA's kernel before 5.8 extended other banks by SHA-1, padded with
	 * zeros. */
	bool padded;
	const struct rp_subject *log[RP_TAIL_LOGS]; /* NULL: none here */
};

/* How many entries of the register log i has; how many all have. */
uint64_t rp_tail_count_in(const struct rp_tail *tail, size_t i);
uint64_t rp_tail_count(const struct rp_tail *tail);

struct rp_tail_entry {
	uint8_t digest[EV_DIGEST_MAX]; /* of the bank's size */
	const struct rp_subject *log;
	uint64_t number, offset; /* in its log */
};

enum rp_tail_step {
	RP_TAIL_ENTRY,
	RP_TAIL_END,
	RP_TAIL_INCOMPLETE, /* an entry without a digest of the bank; the next
			     * may have one */
	RP_TAIL_LIMITED,    /* not read: too much was extended already */
	RP_TAIL_TROUBLE,
};

struct rp_tail_reader {
	struct ev_crypto *crypto;
	const struct rp_tail *tail;
	size_t at; /* which log */
	bool opened;
	struct ev_systemd_log systemd;
	struct ev_cel_log cel;
	struct ev_ima_log ima;
};

void rp_tail_begin(struct rp_tail_reader *r, struct ev_crypto *crypto,
		   const struct rp_tail *tail);
enum rp_tail_step rp_tail_next(struct rp_tail_reader *r,
			       struct rp_tail_entry *out);
void rp_tail_end(struct rp_tail_reader *r);

#endif
