/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_answer. */
#include "collect/http_answer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void fill(struct co_http_reply *reply, unsigned int status,
		 const char *field, const char *body)
{
	*reply = (struct co_http_reply){ .status = status };
	ev_buffer_printf(&reply->headers, "HTTP/1.1 %u X\r\n%s\r\n\r\n", status,
			 field);
	ev_buffer_add_str(&reply->body, body);
}

static void answer_is_judged_by_status_encoding_and_type(void **state)
{
	static const struct {
		unsigned int status;
		const char *field, *body, *accept, *words;
		enum co_http_judged judged;
	} rows[] = {
		{ 200, "Content-Type: a/b", "{}", "a/b", "", CO_HTTP_GOOD },
		{ 200, "content-type:A/B;c", "{}", "x/y a/b", "",
		  CO_HTTP_GOOD },
		{ 200, "X: y", "{}", NULL, "", CO_HTTP_GOOD },
		{ 200, "Content-Encoding: Identity", "{}", NULL, "",
		  CO_HTTP_GOOD },
		{ 200, "X: y", "{}", "a/b", "type \"\", not a/b: \"{}\"",
		  CO_HTTP_BAD },
		{ 200, "Content-Type: a/c", "{}", "a/b",
		  "type \"a/c\", not a/b", CO_HTTP_BAD },
		{ 200, "Content-Type: text/html", "x", NULL,
		  "a page for people of type \"text/html\", not data: \"x\"",
		  CO_HTTP_BAD },
		{ 200, "Content-Type: a/b", " <html>", "a/b",
		  "a page for people", CO_HTTP_BAD },
		{ 200, "Content-Encoding: gzip", "x", NULL,
		  "encoded as \"gzip\"", CO_HTTP_BAD },
		{ 204, "X: y", "", NULL, "answered 204", CO_HTTP_BAD },
		{ 206, "X: y", "{", NULL, "answered 206", CO_HTTP_BAD },
		{ 302, "Location: https://x\033", "{}", NULL,
		  "answered 302, to \"https://x\\x1b\" (redirects are not "
		  "followed; give the final address)",
		  CO_HTTP_BAD },
		{ 304, "X: y", "", NULL, "answered 304, to \"\"", CO_HTTP_BAD },
		{ 401, "X: y", "", NULL, "check it)", CO_HTTP_BAD },
		{ 418, "X: y", "tea", NULL,
		  "answered 418: \"tea\" (check the address)", CO_HTTP_BAD },
		{ 410, "X: y", "", NULL, "withdrawn", CO_HTTP_BAD },
		{ 429, "X: y", "", NULL, "later)", CO_HTTP_AGAIN },
		{ 503, "X: y", "", NULL, "later)", CO_HTTP_AGAIN },
		{ 505, "X: y", "", NULL, "505", CO_HTTP_BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct co_http_request request = { .accept = rows[i].accept };
		char out[CO_HTTP_WHY_MAX] = "";
		struct co_http_reply reply;

		fill(&reply, rows[i].status, rows[i].field, rows[i].body);
		assert_int_equal(co_http_answer_judge(&request, &reply, out,
						      sizeof(out)),
				 rows[i].judged);
		if (strstr(out, rows[i].words) == NULL)
			fail_msg("%s instead of %s", out, rows[i].words);
		co_http_reply_free(&reply);
	}
}

static void metadata_service_may_come_back_from_410(void **state)
{
	struct co_http_request request = { .imds = true };
	struct co_http_reply reply;
	char out[CO_HTTP_WHY_MAX];

	(void)state;
	fill(&reply, 410, "X: y", "");
	assert_int_equal(
		co_http_answer_judge(&request, &reply, out, sizeof(out)),
		CO_HTTP_AGAIN);
	co_http_reply_free(&reply);
}

static void longest_text_fits_and_keeps_its_way_out(void **state)
{
	struct co_http_request request = { 0 };
	struct co_http_reply reply;
	char out[CO_HTTP_WHY_MAX];
	char body[201];

	(void)state;
	memset(body, '\x01', 200);
	body[200] = '\0';
	fill(&reply, 404, "X: y", body);
	co_http_answer_judge(&request, &reply, out, sizeof(out));
	assert_int_equal(strlen(out), strlen("answered 404: \"") + 80 * 4 +
					      strlen("\" (no such thing there; "
						     "check the address)"));
	co_http_reply_free(&reply);
}

static void repeated_secret_is_found(void **state)
{
	static const struct {
		const char *secret, *field, *body;
		bool repeats;
	} rows[] = {
		{ "k: 0123456789", "X: y", "a0123456789b", true },
		{ "k:0123456789 ", "X: 0123456789", "", true },
		{ "Authorization: Bearer 0123456789", "X: y", "0123456789",
		  true },
		{ "Authorization: Bearer 0123456789", "X: y", "Bearer", false },
		{ "k: 01234/6789", "X: y", "{\"k\":\"01234\\/6789\"}", true },
		{ "k: 01234/6789", "Location: /?k=01234%2F6789", "", true },
		{ "Authorization: Bearer 0123456789",
		  "X: QmVhcmVyIDAxMjM0NTY3ODk=", "", true },
		{ "k: 0123456789", "X: y", "012345678", false },
		{ "k: 0123456789", "X: y", "", false },
		/* Too short to tell. */
		{ "k: 0123456", "X: y", "0123456", false },
		{ "k:", "X: y", "k", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct co_http_reply reply;

		fill(&reply, 200, rows[i].field, rows[i].body);
		assert_int_equal(co_http_answer_repeats(rows[i].secret, &reply),
				 rows[i].repeats);
		co_http_reply_free(&reply);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_is_judged_by_status_encoding_and_type),
		cmocka_unit_test(metadata_service_may_come_back_from_410),
		cmocka_unit_test(longest_text_fits_and_keeps_its_way_out),
		cmocka_unit_test(repeated_secret_is_found),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
