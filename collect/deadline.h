/* SPDX-License-Identifier: Apache-2.0 */
/* A moment of the monotonic clock by which something is to be over. */
#ifndef CO_DEADLINE_H
#define CO_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

struct co_deadline {
	int64_t ms; /* 0: none */
};

struct co_deadline co_deadline_in(unsigned int ms);

/* Milliseconds that are left, as poll takes them; 0: it is over; a large
 * number where there is none. */
int co_deadline_left_ms(const struct co_deadline *deadline);

#endif
