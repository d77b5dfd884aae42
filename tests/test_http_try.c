/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_try, against a server with faults. */
#include "collect/http_try.h"

#include "tests/faulty_https.h"

static bool is_loaded(const char *library)
{
	FILE *f = fopen("/proc/self/maps", "r");
	char line[512];
	bool found = false;

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		found = found || strstr(line, library) != NULL;
	fclose(f);
	return found;
}

static void library_is_loaded_for_the_first_question(void **state)
{
	(void)state;
	assert_false(is_loaded("libcurl"));
	assert_true(faulty_get("/good"));
	assert_true(is_loaded("libcurl"));
}

static void answer_comes_as_it_was_sent(void **state)
{
	(void)state;
	assert_true(faulty_ask(
		"https", "/good",
		(struct co_http_request){ .accept = "application/json" }));
	assert_int_equal(faulty.reply.status, 200);
	assert_int_equal(faulty.reply.tried, 1);
	assert_string_equal(faulty.why, "");
	assert_text(&faulty.reply.body, "{\"good\":true}");
	assert_memory_equal(faulty.reply.headers.p, "HTTP/1.1 200 OK\r\n", 17);
	assert_memory_equal(faulty.reply.headers.p + faulty.reply.headers.n - 4,
			    "\r\n\r\n", 4);
	assert_true(faulty.reply.not_before > 1700000000);
	assert_true(faulty.reply.not_after >= faulty.reply.not_before);
	assert_true(faulty.reply.not_after <= faulty.reply.not_before + 5);
	assert_true(faulty_get("/slow"));
	assert_text(&faulty.reply.body, "12345");
}

static void headers_are_of_the_final_answer_alone(void **state)
{
	(void)state;
	assert_true(faulty_get("/interim"));
	assert_text(&faulty.reply.headers,
		    "HTTP/1.1 200 Fine\r\nX-Final: 1\r\nContent-Type: "
		    "application/json\r\nTransfer-Encoding: chunked\r\n"
		    "Trailer: X-Trailer\r\n\r\n");
	assert_text(&faulty.reply.body, "{}");
}

static void chain_in_a_header_keeps_its_plus(void **state)
{
	ev_auto_buffer struct ev_buffer pem = { 0 };
	struct ev_span value;

	(void)state;
	assert_true(faulty_get("/chain"));
	assert_true(buffer_has(&faulty.reply.headers, "issuer-CHAIN:   ---"));
	assert_true(
		co_http_header(&faulty.reply, "TCB-Info-Issuer-Chain", &value));
	assert_true(co_http_percent_decode(value, &pem));
	assert_text(&pem, "-----BEGIN CERTIFICATE-----\nMIIB+x+z/=\n"
			  "-----END CERTIFICATE-----\n");
}

/* How often the text stands in the body of the last reply. */
static size_t count_in_body(const char *text)
{
	struct ev_span left = ev_buffer_span(&faulty.reply.body);
	size_t n = 0, size = strlen(text);
	const uint8_t *at;

	while (left.n > 0 &&
	       (at = memmem(left.p, left.n, text, size)) != NULL) {
		size_t past = (size_t)(at - left.p) + size;

		left = ev_span_sub(left, past, left.n - past);
		n++;
	}
	return n;
}

static void question_says_who_asks_and_nothing_more(void **state)
{
	static const char *const own[] = { "X-Own: 1", "Accept: a/b", NULL };
	char want[600];

	(void)state;
	assert_true(faulty_ask("https", "/echo?a=%2F../b",
			       (struct co_http_request){ .headers = own }));
	snprintf(want, sizeof(want),
		 "GET /echo?a=%%2F../b HTTP/1.1\nHost: 127.0.0.1:%s\n"
		 "User-Agent: ecart/" ECART_VERSION
		 "\nX-Own: 1\nAccept: a/b\nAccept-Encoding: identity\n\n\n",
		 faulty_told("https"));
	assert_text(&faulty.reply.body, want);
}

static void body_is_posted_with_its_type_and_length(void **state)
{
	struct co_http_request request = {
		.content_type = "application/json",
		.body = EV_SPAN_LITERAL("{\"a\":1}"),
	};

	(void)state;
	assert_true(faulty_ask("https", "/echo", request));
	assert_int_equal(count_in_body("POST /echo HTTP/1.1\n"), 1);
	assert_int_equal(count_in_body("Content-Type: application/json\n"), 1);
	assert_int_equal(count_in_body("Content-Length: 7\n"), 1);
	assert_int_equal(count_in_body("\n\n{\"a\":1}"), 1);
	request.body.n = 0;
	assert_true(faulty_ask("https", "/echo", request));
	assert_int_equal(count_in_body("Content-Length: 0\n"), 1);
}

static void every_fault_has_its_words(void **state)
{
	static const struct {
		const char *port, *path, *words;
		unsigned int limit_ms, status;
	} rows[] = {
		{ "https", "/never", "no answer within 300 ms", 300, 0 },
		{ "https", "/trickle", "not complete within 600 ms", 600, 200 },
		{ "https", "/cut", "ends before it is complete", 0, 200 },
		{ "https", "/cut-headers", "ends before it is complete", 0, 0 },
		{ "https", "/cut-chunk", "before", 0, 200 },
		{ "https", "/closed", "says no length", 0, 200 },
		{ "https", "/odd-length", "says no length", 0, 200 },
		{ "https", "/odd-coding", "says no length", 0, 200 },
		{ "https", "/nothing", "closed without an answer", 0, 0 },
		{ "https", "/large", "body of more than 4 MiB", 0, 200 },
		{ "https", "/endless", "body of more than 4 MiB", 0, 200 },
		{ "https", "/headers-many", "more than 256 KiB", 0, 0 },
		{ "https", "/header-long", "header line over 100 KiB", 0, 0 },
		{ "https", "/old", "no HTTP server", 0, 0 },
		{ "other-name", "/good", "for another name", 0, 0 },
		{ "unknown-ca", "/good", "--cacert", 0, 0 },
		{ "old-tls", "/good", "no TLS 1.2 or later", 0, 0 },
	};
	struct co_http_request request = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		request.limit_ms = rows[i].limit_ms;
		if (faulty_ask(rows[i].port, rows[i].path, request))
			fail_msg("%s is taken", rows[i].path);
		assert_why(rows[i].words);
		assert_int_equal(faulty.reply.status, rows[i].status);
		assert_true(faulty.reply.body.n <= CO_HTTP_BODY_MAX);
		assert_true(faulty.reply.headers.n <= CO_HTTP_HEADERS_MAX);
	}
}

static void body_may_be_as_large_as_the_cap(void **state)
{
	(void)state;
	assert_true(faulty_get("/limit"));
	assert_int_equal(faulty.reply.body.n, CO_HTTP_BODY_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(library_is_loaded_for_the_first_question),
		cmocka_unit_test(answer_comes_as_it_was_sent),
		cmocka_unit_test(headers_are_of_the_final_answer_alone),
		cmocka_unit_test(chain_in_a_header_keeps_its_plus),
		cmocka_unit_test(question_says_who_asks_and_nothing_more),
		cmocka_unit_test(body_is_posted_with_its_type_and_length),
		cmocka_unit_test(every_fault_has_its_words),
		cmocka_unit_test(body_may_be_as_large_as_the_cap),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, faulty_start, faulty_end);
}
