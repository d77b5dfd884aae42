/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_text. */
#include "collect/http_text.h"

#include "collect/http.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char headers[] = "HTTP/1.1 200 OK: fine\r\n"
			      "Content-Type:application/json\r\n"
			      "x-Two: first \r\n"
			      "X-TWO: second\r\n"
			      "X-Folded: one\r\n"
			      " two\r\n"
			      "X-Empty:\r\n"
			      "no field at all\r\n"
			      "X-Last: a: b\r\n"
			      "\r\n";

static void field_is_found_in_any_case(void **state)
{
	static const struct {
		const char *name, *value;
	} rows[] = {
		{ "content-type", "application/json" },
		{ "X-Two", "first" },
		{ "x-empty", "" },
		{ "X-LAST", "a: b" },
		{ "X-Folded", NULL },
		{ "X-Tw", NULL },
		{ "HTTP/1.1 200 OK", NULL },
		{ "two", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_span value = { NULL, 0 };
		bool found = co_http_field(EV_SPAN_LITERAL(headers),
					   rows[i].name, &value);

		assert_int_equal(found, rows[i].value != NULL);
		if (found)
			assert_true(
				ev_span_eq(value, ev_span_str(rows[i].value)));
	}
}

static void field_is_looked_for_in_every_prefix(void **state)
{
	struct ev_span value;

	(void)state;
	for (size_t n = 0; n < sizeof(headers); n++)
		co_http_field(ev_span_of(headers, n), "X-Last", &value);
	assert_false(co_http_field(ev_span_of(NULL, 0), "X", &value));
}

static void type_is_compared_without_its_parameters(void **state)
{
	static const struct {
		const char *type, *types;
		bool is;
	} rows[] = {
		{ "application/json", "application/json", true },
		{ "Application/JSON; charset=utf-8", "application/json", true },
		{ " application/json ;x", "text/plain application/json", true },
		{ "application/jsonx", "application/json", false },
		{ "application", "application/json", false },
		{ "", "application/json", false },
		{ ";application/json", "application/json", false },
		{ "application/json", "", false },
		{ "text/plain", "text/plain application/json", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(co_http_is_type(ev_span_str(rows[i].type),
						 rows[i].types),
				 rows[i].is);
}

static void page_is_known_by_its_first_tag(void **state)
{
	(void)state;
	assert_true(co_http_is_html(EV_SPAN_LITERAL("\r\n <!DOCTYPE html>")));
	assert_true(co_http_is_html(EV_SPAN_LITERAL("<HTML lang=en>")));
	assert_false(co_http_is_html(EV_SPAN_LITERAL("{\"a\":\"<html>\"}")));
	assert_false(co_http_is_html(EV_SPAN_LITERAL("<htm")));
	assert_false(co_http_is_html(ev_span_of(NULL, 0)));
}

static void percent_is_decoded_and_plus_is_kept(void **state)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "a+b%2Bc%0A%20%2f", "a+b+c\n /" },
		{ "%25%32%35", "%25" },
		{ "", "" },
		{ "%", NULL },
		{ "a%2", NULL },
		{ "%2G", NULL },
		{ "%G2", NULL },
		{ "% 20", NULL },
		{ "%%20", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ev_auto_buffer struct ev_buffer out = { 0 };
		bool ok = co_http_percent_decode(ev_span_str(rows[i].in), &out);

		assert_int_equal(ok, rows[i].out != NULL);
		if (ok)
			assert_true(ev_span_eq(ev_buffer_span(&out),
					       ev_span_str(rows[i].out)));
	}
}

static void recorded_chain_is_decoded_to_pem(void **state)
{
	struct ev_span recorded, value;
	ev_auto_buffer struct ev_buffer pem = { 0 };

	(void)state;
	vectors_need();
	assert_true(vectors_read("http/pccs/tdx-tcb.headers", &recorded));
	assert_true(co_http_field(recorded, "tcb-info-issuer-chain", &value));
	assert_true(co_http_percent_decode(value, &pem));
	assert_true(pem.n > 1000);
	assert_memory_equal(pem.p, "-----BEGIN CERTIFICATE-----\n", 28);
	assert_non_null(memchr(pem.p, '+', pem.n));
	assert_null(memchr(pem.p, '%', pem.n));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(field_is_found_in_any_case),
		cmocka_unit_test(field_is_looked_for_in_every_prefix),
		cmocka_unit_test(type_is_compared_without_its_parameters),
		cmocka_unit_test(page_is_known_by_its_first_tag),
		cmocka_unit_test(percent_is_decoded_and_plus_is_kept),
		cmocka_unit_test(recorded_chain_is_decoded_to_pem),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
