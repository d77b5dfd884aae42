/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of the kernel and of the processor. */
#include "collect/clocks.h"

#include "collect/counter.h"

#include <time.h>

struct co_clocks co_clocks_find(void)
{
	return (struct co_clocks){ co_counter_name(), co_counter_hz() };
}

static uint64_t raw_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

struct ev_reading co_clocks_read(const struct co_clocks *clocks)
{
	/* Far more than both take, and far less than a turn of another
	 * process between them, of which replay would say that they differ. */
	static const uint64_t narrow_ns = 5000;
	struct ev_reading r = { 0 };
	uint64_t after;

	for (unsigned int i = 0; i < 16; i++) {
		r.ns = raw_ns();
		if (clocks->counter[0] != 't')
			break;
		r.counter = co_counter_read();
		after = raw_ns();
		if (after - r.ns <= narrow_ns)
			break;
	}
	return r;
}
