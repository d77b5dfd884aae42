/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_proxy. */
#include "collect/http_proxy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void list_names_hosts_domains_and_networks(void **state)
{
	static const struct {
		const char *list, *host;
		bool excluded;
	} rows[] = {
		{ "", "a.example", false },
		{ "*", "a.example", true },
		{ "b.example, A.Example", "a.example", true },
		{ "example", "a.example", true },
		{ ".example", "a.example", true },
		{ ".a.example", "a.example", true },
		{ "ample", "a.example", false },
		{ "b.a.example", "a.example", false },
		{ ".", "a.example", false },
		{ " ,,\t", "a.example", false },
		{ "127.0.0.1", "127.0.0.1", true },
		{ "0.0.1", "127.0.0.1", false },
		{ "10.0.0.0/8", "10.1.2.3", true },
		{ "10.0.0.0/8", "11.1.2.3", false },
		{ "10.0.0.0/12", "10.15.0.1", true },
		{ "10.0.0.0/12", "10.16.0.1", false },
		{ "10.0.0.0/32", "10.0.0.1", false },
		{ "10.0.0.0/33", "10.0.0.0", false },
		{ "10.0.0.0/", "10.0.0.0", false },
		{ "10.0.0.0/x", "10.0.0.0", false },
		{ "0.0.0.0/0", "10.0.0.0", true },
		{ "::/0", "10.0.0.0", false },
		{ "::1", "::1", true },
		{ "[::1]", "::1", true },
		{ "fe80::/10", "febf::1", true },
		{ "fe80::/10", "fec0::1", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (co_http_proxy_excluded(rows[i].list,
					   ev_span_str(rows[i].host)) !=
		    rows[i].excluded)
			fail_msg("\"%s\" and %s", rows[i].list, rows[i].host);
}

static void proxy_comes_from_the_environment(void **state)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY",
					     "all_proxy",   "ALL_PROXY",
					     "no_proxy",    "NO_PROXY",
					     "http_proxy" };
	struct ev_span host = EV_SPAN_LITERAL("a.example");

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(unsetenv(names[i]), 0);
	assert_null(co_http_proxy_for(host));
	assert_int_equal(setenv("http_proxy", "plain", 1), 0);
	assert_null(co_http_proxy_for(host));
	for (size_t i = 4; i > 0; i--) {
		assert_int_equal(setenv(names[i - 1], names[i - 1], 1), 0);
		assert_string_equal(co_http_proxy_for(host), names[i - 1]);
	}
	assert_int_equal(setenv("https_proxy", "", 1), 0);
	assert_string_equal(co_http_proxy_for(host), "HTTPS_PROXY");
	assert_int_equal(setenv("NO_PROXY", "example", 1), 0);
	assert_null(co_http_proxy_for(host));
	assert_int_equal(setenv("no_proxy", "b.example", 1), 0);
	assert_non_null(co_http_proxy_for(host));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_names_hosts_domains_and_networks),
		cmocka_unit_test(proxy_comes_from_the_environment),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
