/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of the kernel and of the processor. */
#include "collect/clocks.h"

#include "collect/counter.h"

#include <time.h>

struct co_clocks co_clocks_find(void)
{
	return (struct co_clocks){ co_counter_name(), co_counter_hz() };
}

struct ev_reading co_clocks_read(const struct co_clocks *clocks)
{
	struct ev_reading r = { 0 };
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	if (clocks->counter[0] == 't')
		r.counter = co_counter_read();
	r.ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
	return r;
}
