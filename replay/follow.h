/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A register behind the last event of firmware: the entries of the logs that
 * follow, extended one by one until it is as it is quoted.  What that costs
 * counts as the extends of searches do, but for the first reading of a log of
 * IMA in a bank, without which there is no replay.
 */
#ifndef RP_FOLLOW_H
#define RP_FOLLOW_H

#include "replay/compared.h"

/* Entries that are kept for a search: 5 MiB of them. */
#define RP_KEPT_MAX 65536

/* What was extended, each with its digest of the bank. */
struct rp_kept {
	struct rp_sequence all;
	size_t n_before_ima;
	bool over; /* there are more than RP_KEPT_MAX, and none is here */
};

struct rp_follow {
	uint64_t n;   /* entries extended */
	bool matched; /* the register was then as it is quoted */
	/* Where it did not match: RP_TAIL_END, _LIMITED or _TROUBLE. */
	enum rp_tail_step step;
};

/* From what firmware's log makes of it: fills in r->replayed, where a kernel
 * before 5.8 explains it r->tail.padded, and where an entry without a digest
 * of the bank was left out r->lacking.  The caller frees kept. */
struct rp_follow rp_follow(struct rp_case *c, struct rp_compared *r,
			   const struct rp_register *reg, struct rp_kept *kept);

/* Counts extends, or what else takes as long; false: the case has not as many
 * left, and none is counted. */
bool rp_spend(struct rp_case *c, uint64_t extends);
/* How many a register may still use. */
uint64_t rp_spendable(const struct rp_case *c);

void rp_kept_free(struct rp_kept *kept);

#endif
