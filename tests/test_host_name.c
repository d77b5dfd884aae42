/* SPDX-License-Identifier: Apache-2.0 */
/* Names of certificates against hosts. */
#include "evidence/host_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool matches(const char *name, const char *host)
{
	return ev_host_name_matches(ev_span_str(name), ev_span_str(host));
}

static void the_name_itself_matches(void **state)
{
	(void)state;
	assert_true(matches("a.example", "a.example"));
	assert_true(matches("A.Example", "a.eXAMPLE"));
	assert_true(matches("localhost", "localhost"));
	assert_false(matches("a.example", "b.example"));
	assert_false(matches("a.example", "a.example."));
	assert_false(matches("a.example", "x.a.example"));
	assert_false(matches("", ""));
	assert_false(matches("", "a"));
}

static void a_star_stands_for_one_label(void **state)
{
	(void)state;
	assert_true(matches("*.a.example", "x.a.example"));
	assert_true(matches("*.A.example", "x.a.EXAMPLE"));
	assert_false(matches("*.a.example", "a.example"));
	assert_false(matches("*.a.example", ".a.example"));
	assert_false(matches("*.a.example", "x.y.a.example"));
	assert_false(matches("x*.a.example", "xy.a.example"));
	assert_false(matches("*", "example"));
	assert_false(matches("*.example", "a.example"));
	assert_false(matches("*.", "a."));
	assert_false(matches("*.example.", "a.example."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_itself_matches),
		cmocka_unit_test(a_star_stands_for_one_label),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
