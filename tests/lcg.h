/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers that look random and are the same in every run (Knuth's MMIX
 * constants; the high bits are the good ones). */
#ifndef TESTS_LCG_H
#define TESTS_LCG_H

#include <stdint.h>

/* 0 <= result < below; below > 0. */
static inline uint32_t lcg_below(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) +
		 UINT64_C(1442695040888963407);
	return (uint32_t)((*state >> 32) % below);
}

#endif
