/* SPDX-License-Identifier: Apache-2.0 */
/* Names of certificates against hosts. */
#include "evidence/host_name.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

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

static void what_is_no_name_matches_nothing(void **state)
{
	static const char *const bad[] = {
		"a..example",	   "a.*.example",
		"-a.example",	   "a-.example",
		"a_b.example",	   "*.*.example.test",
		".a.example",	   "192.0.2.1",
		"127.0x1",	   "a b.example",
		"**.example.test", "*a.example.test",
		"a.example\n",	   "a.10",
	};
	char label[80];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (matches(bad[i], bad[i]))
			fail_msg("%s matches itself", bad[i]);
	memset(label, 'a', sizeof(label));
	assert_true(ev_host_is_name(ev_span_of((uint8_t *)label, 63)));
	assert_false(ev_host_is_name(ev_span_of((uint8_t *)label, 64)));
	assert_true(matches("xn--a.7b", "xn--a.7b"));
	assert_false(matches("*.a..example", "x.a..example"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_name_itself_matches),
		cmocka_unit_test(a_star_stands_for_one_label),
		cmocka_unit_test(what_is_no_name_matches_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
