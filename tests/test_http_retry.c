/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_retry. */
#include "collect/http_retry.h"

#include "collect/http.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void what_may_pass_is_asked_again(void **state)
{
	(void)state;
	for (unsigned int status = 0; status < 1000; status++) {
		bool may = status == 408 || status == 429 || status == 500 ||
			   (status >= 502 && status <= 504);
		bool imds = may || status == 410 ||
			    (status >= 500 && status <= 599);

		assert_int_equal(co_http_retry_status(status, false), may);
		assert_int_equal(co_http_retry_status(status, true), imds);
	}
}

static void waits_double_and_end_at_a_minute(void **state)
{
	static const struct {
		unsigned int n;
		int64_t after;
		unsigned int jitter, ms;
	} rows[] = {
		{ 1, 0, 0, 1000 },	    { 2, 0, 250, 2250 },
		{ 3, 0, 7, 4007 },	    { 6, 0, 0, 32000 },
		{ 7, 0, 0, 60000 },	    { 4000000000, 0, 250, 60000 },
		{ 1, 2, 100, 2100 },	    { 3, 2, 0, 4000 },
		{ 1, 59, 250, 59250 },	    { 1, 60, 250, 60000 },
		{ 1, INT64_MAX, 0, 60000 }, { 1, -5, 0, 1000 },
		{ 1, INT64_MIN, 0, 1000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(co_http_retry_wait_ms(rows[i].n, rows[i].after,
						       rows[i].jitter),
				 rows[i].ms);
}

static void jitter_stays_in_its_range_and_moves(void **state)
{
	unsigned int first = co_http_retry_jitter_ms(), others = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		unsigned int ms = co_http_retry_jitter_ms();

		assert_true(ms <= CO_HTTP_JITTER_MAX_MS);
		others += ms != first;
	}
	assert_true(others > 900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_may_pass_is_asked_again),
		cmocka_unit_test(waits_double_and_end_at_a_minute),
		cmocka_unit_test(jitter_stays_in_its_range_and_moves),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
