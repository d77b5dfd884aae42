/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launch's digest on its way: what it is after each 1024 operations by the
 * default rule, and at the end.  Since it is sequential, two that agree at a
 * checkpoint have taken the same up to there (measurement page, section 6.5):
 * who has the checkpoints alone finds the thousand operations to look at.
 */
#ifndef AU_CHECKPOINTS_H
#define AU_CHECKPOINTS_H

#include "audit/diff/launch_units.h"
#include "evidence/base/crypto.h"

#define AU_CHECKPOINT_EVERY ((uint64_t)1024)

struct au_checkpoints {
	/* Number i is after (i + 1) * AU_CHECKPOINT_EVERY operations; of VBS
	 * without the registers, which come behind all else. */
	uint8_t (*value)[AU_VALUE_MAX]; /* owned */
	size_t n;
	uint8_t last[AU_VALUE_MAX]; /* the launch measurement */
};

/*
 * Measures the launch that units were made of, which has a register.  EV_OK or
 * trouble; on failure *out is zeroed.
 */
enum ev_code au_checkpoints_of(const struct au_launch *launch,
			       const struct au_units *units,
			       struct ev_crypto *crypto,
			       struct au_checkpoints *out,
			       struct ev_error *err);
void au_checkpoints_free(struct au_checkpoints *list);

/* How many operations from the first on are the same: a multiple of
 * AU_CHECKPOINT_EVERY, found by bisection. */
uint64_t au_checkpoints_same(const struct au_checkpoints *a,
			     const struct au_checkpoints *b);

#endif
