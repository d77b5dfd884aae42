/* SPDX-License-Identifier: Apache-2.0 */
/* A longest ascending subsequence, and what is outside of it. */
#include "audit/diff/launch_order.h"

#include <stdlib.h>

#define NONE UINT32_MAX

/* The first of n ascending ends that is beyond value. */
static size_t find(const uint32_t *place, const uint32_t *end, size_t n,
		   uint32_t value)
{
	size_t low = 0;

	while (low < n) {
		size_t middle = low + (n - low) / 2;

		if (place[end[middle]] < value)
			low = middle + 1;
		else
			n = middle;
	}
	return low;
}

/* end[k] is where the lowest ascent of k + 1 ends, before[i] what stands before
 * i in its ascent. */
static void mark(const uint32_t *place, size_t n, uint32_t *end,
		 uint32_t *before, bool *moved)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = find(place, end, length, place[i]);

		before[i] = k > 0 ? end[k - 1] : NONE;
		end[k] = (uint32_t)i;
		length += k == length;
		moved[i] = true;
	}
	for (uint32_t i = length > 0 ? end[length - 1] : NONE; i != NONE;
	     i = before[i])
		moved[i] = false;
}

enum ev_code au_order_moved(const uint32_t *place, size_t n, bool *moved,
			    struct ev_error *err)
{
	uint32_t *end = calloc(2 * n + 1, sizeof(*end));

	assert(n < NONE);
	if (end == NULL)
		return ev_fail_trouble(err, "image differences", "memory");
	mark(place, n, end, end + n, moved);
	free(end);
	return EV_OK;
}
