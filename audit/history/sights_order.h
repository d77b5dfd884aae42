/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sights put in an order that does not depend on how their archives were
 * given, and of an archive that was given again one alone.
 */
#ifndef AU_SIGHTS_ORDER_H
#define AU_SIGHTS_ORDER_H

#include "audit/history/sights.h"

/*
 * Archives in the order of au_archive_seen_order; of those that are the same
 * the first is counted.  What the others say is dropped.  Observations by
 * register, value, time, basis, archive and then by what they say; uncounted
 * measurements by register, value, reason and archive.  False: no memory.
 */
bool au_sights_settle(struct au_sights *sights);

/* Of the same register and value. */
bool au_observation_same(const struct au_observation *a,
			 const struct au_observation *b);

/* By number, as qsort wants it. */
static inline int au_by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* By register and value. */
int au_by_value(const struct au_register *a, const uint8_t *a_value,
		const struct au_register *b, const uint8_t *b_value);

#endif
