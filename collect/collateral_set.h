/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of collateral: TCB info and identity of the quoting enclave, both of
 * one evaluation number and from one origin.  What belongs to different
 * numbers is never mixed (Intel PCS API v4, tcbEvaluationDataNumber).
 */
#ifndef CO_COLLATERAL_SET_H
#define CO_COLLATERAL_SET_H

#include "collect/collateral.h"
#include "collect/platform.h"

struct co_collateral_set {
	struct co_fetched tcb, identity;
	uint64_t tcb_number, identity_number;
};

void co_collateral_set_free(struct co_collateral_set *set);

/* Every function here keeps what it had in the collection. */

/* The standard set, of the first origin that has both; *number is its.  False
 * has written why. */
bool co_collateral_set_standard(struct co_collection *c,
				const struct co_platform *p, uint64_t *number,
				char why[CO_WHY_TEXT]);
/* The early set where its number is another; *number is then that, else as it
 * was.  That nobody has one is no failure. */
void co_collateral_set_early(struct co_collection *c,
			     const struct co_platform *p, uint64_t *number);
/* The set of a number; what answers with another number does not have it. */
void co_collateral_set_numbered(struct co_collection *c,
				const struct co_platform *p, uint64_t number);

#endif
