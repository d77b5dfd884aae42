/* SPDX-License-Identifier: Apache-2.0 */
/* Names of services, and addresses that only look like them. */
#include "evidence/token_issuer.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void names_are_taken_to_the_letter(void **state)
{
	static const struct {
		const char *iss;
		enum ev_token_issuer is;
	} rows[] = {
		{ "https://sharedeus.eus.attest.azure.net", EV_ISSUER_MAA },
		{ "https://a.attest.azure.net", EV_ISSUER_MAA },
		{ "https://a.attest.azure.net/", EV_ISSUER_OTHER },
		{ "https://a.attest.azure.net/certs", EV_ISSUER_OTHER },
		{ "https://a.attest.azure.net:443", EV_ISSUER_OTHER },
		{ "https://attest.azure.net", EV_ISSUER_OTHER },
		{ "https://.attest.azure.net", EV_ISSUER_OTHER },
		{ "https://evilattest.azure.net", EV_ISSUER_OTHER },
		{ "https://a.attest.azure.net.evil", EV_ISSUER_OTHER },
		{ "https://a.attest.azure.net.evil/", EV_ISSUER_OTHER },
		{ "https://a.attest.azure.net.", EV_ISSUER_OTHER },
		{ "https://evil/#.attest.azure.net", EV_ISSUER_OTHER },
		{ "https://evil?.attest.azure.net", EV_ISSUER_OTHER },
		{ "https://evil\\.attest.azure.net", EV_ISSUER_OTHER },
		{ "https://me@a.attest.azure.net", EV_ISSUER_OTHER },
		{ "https://A.attest.azure.net", EV_ISSUER_OTHER },
		{ "http://a.attest.azure.net", EV_ISSUER_OTHER },
		{ "a.attest.azure.net", EV_ISSUER_OTHER },
		{ "Intel Trust Authority", EV_ISSUER_ITA },
		{ "intel trust authority", EV_ISSUER_OTHER },
		{ "Intel Trust Authority ", EV_ISSUER_OTHER },
		{ "https://confidentialcomputing.googleapis.com",
		  EV_ISSUER_GOOGLE },
		{ "https://confidentialcomputing.googleapis.com/",
		  EV_ISSUER_OTHER },
		{ "", EV_ISSUER_OTHER },
		{ "https://", EV_ISSUER_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ev_token_issuer_of(ev_span_str(rows[i].iss)) != rows[i].is)
			fail_msg("%s", rows[i].iss);
	assert_int_equal(ev_token_issuer_of((struct ev_span){ NULL, 0 }),
			 EV_ISSUER_OTHER);
}

static void a_host_is_all_that_an_address_may_name(void **state)
{
	static const struct {
		const char *address, *host; /* NULL: refused */
	} rows[] = {
		{ "https://a.b/certs", "a.b" },
		{ "https://a.b", "a.b" },
		{ "https://a-1.b/x/y.json", "a-1.b" },
		{ "https://a.b/x?y", NULL },
		{ "https://a.b/#x", NULL },
		{ "https://a.b/@x", NULL },
		{ "https://a.b/ x", NULL },
		{ "https://a.b/x\n", NULL },
		{ "https://a.b:80/x", NULL },
		{ "https://a@b/x", NULL },
		{ "https:///x", NULL },
		{ "HTTPS://a.b/x", NULL },
		{ "https://a.b./x", NULL },
		{ "https://.a/x", NULL },
		{ "https://a_b/x", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_span host = { NULL, 0 };
		bool ok = ev_https_host(ev_span_str(rows[i].address), &host);

		if (ok != (rows[i].host != NULL))
			fail_msg("%s", rows[i].address);
		if (ok)
			assert_true(
				ev_span_eq(host, ev_span_str(rows[i].host)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_taken_to_the_letter),
		cmocka_unit_test(a_host_is_all_that_an_address_may_name),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
