/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_url. */
#include "collect/http_url.h"

#include "collect/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_span(struct ev_span got, const char *want)
{
	assert_true(ev_span_eq(got, ev_span_str(want)));
}

static void address_is_taken_apart(void **state)
{
	static const struct {
		const char *text, *origin, *place, *host;
		bool tls;
	} rows[] = {
		{ "https://a.example", "https://a.example", "a.example",
		  "a.example", true },
		{ "https://a.example:8081/p?q=@x&r=:", "https://a.example:8081",
		  "a.example:8081", "a.example", true },
		{ "http://169.254.169.254/metadata", "http://169.254.169.254",
		  "169.254.169.254", "169.254.169.254", false },
		{ "https://[::1]:65535?x", "https://[::1]:65535", "[::1]:65535",
		  "::1", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct co_http_url url;

		assert_null(co_http_url_parse(rows[i].text, &url));
		assert_int_equal(url.tls, rows[i].tls);
		assert_span(url.origin, rows[i].origin);
		assert_span(url.place, rows[i].place);
		assert_span(url.host, rows[i].host);
	}
}

static void address_that_two_could_read_differently_is_refused(void **state)
{
	static const struct {
		const char *text, *word;
	} rows[] = {
		{ "", "https://" },
		{ "a.example/x", "https://" },
		{ "ftp://a.example", "https://" },
		{ "HTTPS://a.example", "https://" },
		{ "file:///etc/passwd", "https://" },
		{ "https://", "no host" },
		{ "https:///x", "no host" },
		{ "https://:443/", "no host" },
		{ "https://[]/", "no host" },
		{ "https://u:p@a.example/", "user name" },
		{ "https://u@a.example", "user name" },
		{ "https://a.example:0/", "port" },
		{ "https://a.example:65536/", "port" },
		{ "https://a.example:/", "port" },
		{ "https://a.example:8o/", "port" },
		{ "https://a%2eexample/", "port" },
		{ "https://[::1/", "address" },
		{ "https://[::1]x/", "port" },
		{ "https://a.example/a b", "character" },
		{ "https://a.example/\r\nX: y", "character" },
		{ "https://a.example\\@b.example/", "character" },
		{ "https://a.example/#f", "character" },
		{ "https://a.ex\xc3\xa4mple/", "character" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct co_http_url url;
		const char *fault = co_http_url_parse(rows[i].text, &url);

		if (fault == NULL || strstr(fault, rows[i].word) == NULL)
			fail_msg("%s: %s", rows[i].text,
				 fault == NULL ? "taken" : fault);
	}
}

static void address_has_a_longest_length(void **state)
{
	char *text = malloc(CO_HTTP_URL_MAX + 2);
	struct co_http_url url;

	(void)state;
	assert_non_null(text);
	memset(text, 'a', CO_HTTP_URL_MAX + 1);
	memcpy(text, "https://", 8);
	text[12] = '/';
	text[CO_HTTP_URL_MAX] = '\0';
	assert_null(co_http_url_parse(text, &url));
	text[CO_HTTP_URL_MAX] = 'a';
	text[CO_HTTP_URL_MAX + 1] = '\0';
	assert_non_null(co_http_url_parse(text, &url));
	free(text);
}

static void origin_shows_no_secret_and_no_control_character(void **state)
{
	static const struct {
		const char *url, *origin;
	} rows[] = {
		{ "https://a.example:1/x?key=1", "https://a.example:1" },
		{ "https://u:p@a.example/x", "https://a.example" },
		{ "https://u:p@q@a.example?x", "https://a.example" },
		{ "user:password@proxy:3128", "proxy:3128" },
		{ "proxy:3128", "proxy:3128" },
		{ "https://a\033[1m/", "https://a\\x1b[1m" },
		{ "", "" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		co_http_origin(rows[i].url, out, sizeof(out));
		assert_string_equal(out, rows[i].origin);
	}
	co_http_origin("https://a.very.long.name.example/", out, 16);
	assert_string_equal(out, "https://a...");
	co_http_origin("https://a.very.long.name.example/", out, 8);
	assert_string_equal(out, "h...");
	co_http_origin("https://a.very.long.name.example/", out, 24);
	assert_string_equal(out, "https://a.very.lo...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(address_is_taken_apart),
		cmocka_unit_test(
			address_that_two_could_read_differently_is_refused),
		cmocka_unit_test(address_has_a_longest_length),
		cmocka_unit_test(
			origin_shows_no_secret_and_no_control_character),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
