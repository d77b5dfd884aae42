/* SPDX-License-Identifier: Apache-2.0 */
/* The fewest that have to be moved, against every subset of short orders. */
#include "audit/diff/launch_order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define N 7

static bool is_ascending(const uint32_t *place, unsigned int subset)
{
	int64_t last = -1;

	for (size_t i = 0; i < N; i++) {
		if ((subset >> i & 1u) == 0)
			continue;
		if (place[i] <= last)
			return false;
		last = place[i];
	}
	return true;
}

static int most_that_stay(const uint32_t *place)
{
	int most = 0;

	for (unsigned int subset = 0; subset < 1u << N; subset++) {
		int n = __builtin_popcount(subset);

		if (n > most && is_ascending(place, subset))
			most = n;
	}
	return most;
}

static void check(const uint32_t *place)
{
	struct ev_error err = { 0 };
	unsigned int stay = 0;
	bool moved[N];

	assert_int_equal(EV_OK, au_order_moved(place, N, moved, &err));
	for (size_t i = 0; i < N; i++)
		stay |= (unsigned int)!moved[i] << i;
	assert_true(is_ascending(place, stay));
	assert_int_equal(most_that_stay(place), __builtin_popcount(stay));
}

/* All orders of the places from k on. */
static void permute(uint32_t *place, size_t k)
{
	if (k == N) {
		check(place);
		return;
	}
	for (size_t i = k; i < N; i++) {
		uint32_t one = place[k];

		place[k] = place[i];
		place[i] = one;
		permute(place, k + 1);
		place[i] = place[k];
		place[k] = one;
	}
}

static void as_few_as_can_be_are_moved(void **state)
{
	uint32_t place[N] = { 0, 1, 2, 3, 5, 8, 13 };

	(void)state;
	permute(place, 0);
}

static void nothing_is_in_order(void **state)
{
	struct ev_error err = { 0 };
	bool moved = true;

	(void)state;
	assert_int_equal(EV_OK, au_order_moved(NULL, 0, &moved, &err));
	assert_true(moved);
}

static void a_million_reversed_end_soon(void **state)
{
	const size_t n = (size_t)1 << 20;
	uint32_t *place = calloc(n, sizeof(*place));
	bool *moved = calloc(n, sizeof(*moved));
	struct ev_error err = { 0 };
	size_t count = 0;

	(void)state;
	assert_true(place != NULL && moved != NULL);
	for (size_t i = 0; i < n; i++)
		place[i] = (uint32_t)(n - i);
	assert_int_equal(EV_OK, au_order_moved(place, n, moved, &err));
	for (size_t i = 0; i < n; i++)
		count += moved[i];
	assert_int_equal(n - 1, count);
	free(place);
	free(moved);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_few_as_can_be_are_moved),
		cmocka_unit_test(nothing_is_in_order),
		cmocka_unit_test(a_million_reversed_end_soon),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
