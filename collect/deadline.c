/* SPDX-License-Identifier: Apache-2.0 */
/* Moments of the monotonic clock. */
#include "collect/deadline.h"

#include <limits.h>
#include <time.h>

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct co_deadline co_deadline_in(unsigned int ms)
{
	return (struct co_deadline){ .ms = now_ms() + ms };
}

int co_deadline_left_ms(const struct co_deadline *deadline)
{
	int64_t left = deadline->ms - now_ms();

	if (deadline->ms == 0 || left > INT_MAX)
		return INT_MAX;
	return left > 0 ? (int)left : 0;
}
