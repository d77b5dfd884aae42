/* SPDX-License-Identifier: Apache-2.0 */
/* The host of --poc: names and ports that are, and that are none. */
#include "collect/poc_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void a_name_may_have_a_port(void **state)
{
	struct co_poc_host h;

	(void)state;
	assert_true(co_poc_host_parse("a-1.example", &h));
	assert_string_equal(h.name, "a-1.example");
	assert_int_equal(h.port, 443);
	assert_true(co_poc_host_parse("localhost:65535", &h));
	assert_string_equal(h.name, "localhost");
	assert_int_equal(h.port, 65535);
}

static void what_is_no_name_is_refused(void **state)
{
	static const char *const bad[] = {
		"",
		":443",
		"192.0.2.1",
		"[::1]:443",
		"a b",
		"a/b",
		"https://a",
		"a.example.",
		".a",
		"-a",
		"a:0",
		"a:65536",
		"a:4294967739",
		"a:",
		"a:1x",
		"a:1:2",
		"a_b",
		"a\n",
		"0x7f000001",
		"0X7F000001:1",
		"127.0x1",
		"017700000001",
		"a.10",
		"a.0x",
		"a..b",
		"a-.b",
		"*.a.b",
	};
	struct co_poc_host h;
	char name[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (co_poc_host_parse(bad[i], &h))
			fail_msg("%s is taken", bad[i]);
	memset(name, 'a', sizeof(name));
	for (size_t i = 50; i < sizeof(name); i += 50)
		name[i] = '.';
	name[CO_POC_HOST_SIZE] = 0;
	assert_false(co_poc_host_parse(name, &h));
	name[CO_POC_HOST_SIZE - 1] = 0;
	assert_true(co_poc_host_parse(name, &h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_may_have_a_port),
		cmocka_unit_test(what_is_no_name_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
