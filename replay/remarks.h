/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is odd in a log and neither ends it nor, by itself, makes a register
 * differ: a stable word, the entry's number and its offset.  All are counted,
 * the first RP_REMARKS_MAX are kept.
 */
#ifndef RP_REMARKS_H
#define RP_REMARKS_H

#include "evidence/base/json_write.h"

#define RP_REMARKS_MAX 64

struct rp_remark {
	const char *word; /* static: "late-locality" */
	uint64_t entry;	  /* from 1; 0: the header */
	uint64_t offset;  /* bytes, in the item */
};

struct rp_remarks {
	struct rp_remark first[RP_REMARKS_MAX];
	uint64_t n; /* all of them */
};

void rp_remark_add(struct rp_remarks *r, const char *word, uint64_t entry,
		   uint64_t offset);

/* Members "flags", and "flagsLeftOut" where some are, of the open object. */
void rp_remarks_write(const struct rp_remarks *r, struct ev_writer *w);

#endif
