/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks of round trips. */
#include "collect/clocks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void clocks_do_not_run_backwards(void **state)
{
	struct co_clocks clocks = co_clocks_find();
	struct ev_reading last = co_clocks_read(&clocks);

	(void)state;
	assert_true(strcmp(clocks.counter, "tsc") == 0 ||
		    strcmp(clocks.counter, "none") == 0);
	for (int i = 0; i < 1000; i++) {
		struct ev_reading now = co_clocks_read(&clocks);

		assert_true(now.ns >= last.ns);
		assert_true(now.counter >= last.counter);
		last = now;
	}
	assert_int_equal(last.counter == 0, clocks.counter[0] == 'n');
}

/* A pause is as long by the kernel's clock as it was asked for, and the counter
 * counts in it. */
static void a_pause_is_seen(void **state)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	struct co_clocks clocks = co_clocks_find();
	struct ev_reading start = co_clocks_read(&clocks), end;

	(void)state;
	nanosleep(&pause, NULL);
	end = co_clocks_read(&clocks);
	assert_in_range(end.ns - start.ns, 19000000, 10000000000);
	if (clocks.counter[0] == 't')
		assert_true(end.counter - start.counter > 1000000);
	else
		assert_int_equal(clocks.counter_hz, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clocks_do_not_run_backwards),
		cmocka_unit_test(a_pause_is_seen),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
