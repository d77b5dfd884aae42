/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The clocks by which round trips are timed: CLOCK_MONOTONIC_RAW, which no
 * time service slews, and where there is one the processor's counter
 * (counter.h).
 */
#ifndef CO_CLOCKS_H
#define CO_CLOCKS_H

#include "evidence/roundtrip.h"

struct co_clocks {
	const char *counter; /* "tsc", "none" */
	uint64_t counter_hz; /* CPUID leaf 15h; 0: it does not say */
};

struct co_clocks co_clocks_find(void);

/* Both, the one after the other and again where something came between them; a
 * counter of none is 0. */
struct ev_reading co_clocks_read(const struct co_clocks *clocks);

#endif
