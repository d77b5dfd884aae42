/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of collect/http_end and collect/curl. */
#include "collect/http_end.h"

#include <errno.h>
#include <openssl/x509_vfy.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct co_curl *curl(void)
{
	char why[256] = "";
	const struct co_curl *loaded = co_curl_load(why, sizeof(why));

	if (loaded == NULL)
		fail_msg("%s", why);
	return loaded;
}

static void library_is_loaded_once_and_says_its_version(void **state)
{
	(void)state;
	assert_ptr_equal(curl(), curl());
	assert_string_equal(curl()->version,
			    curl()->version_info(CURLVERSION_NOW)->version);
}

static const struct {
	struct co_http_end end;
	const char *words;
	bool again;
} rows[] = {
	{ { .code = CURLE_COULDNT_RESOLVE_HOST }, "no network", true },
	{ { .code = CURLE_COULDNT_RESOLVE_PROXY }, "proxy", true },
	{ { .code = CURLE_COULDNT_CONNECT, .os_error = ECONNREFUSED },
	  "connection refused",
	  true },
	{ { .code = CURLE_COULDNT_CONNECT, .os_error = ENETUNREACH },
	  "network",
	  true },
	{ { .code = CURLE_COULDNT_CONNECT, .os_error = EIO },
	  "no connection (",
	  true },
	{ { .code = CURLE_OPERATION_TIMEDOUT },
	  "no connection within "
	  "10000 ms",
	  true },
	{ { .code = CURLE_OPERATION_TIMEDOUT, .connected = true },
	  "no answer within 30000 ms",
	  true },
	{ { .code = CURLE_OPERATION_TIMEDOUT,
	    .connected = true,
	    .began = true },
	  "not complete within 30000 ms",
	  true },
	{ { .code = CURLE_PEER_FAILED_VERIFICATION },
	  "for another name",
	  false },
	{ { .code = CURLE_PEER_FAILED_VERIFICATION,
	    .verify = X509_V_ERR_UNSPECIFIED },
	  "for another name",
	  false },
	{ { .code = CURLE_PEER_FAILED_VERIFICATION,
	    .verify = X509_V_ERR_CERT_HAS_EXPIRED },
	  "expired",
	  false },
	{ { .code = CURLE_PEER_FAILED_VERIFICATION,
	    .verify = X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT },
	  "signed by itself",
	  false },
	{ { .code = CURLE_PEER_FAILED_VERIFICATION,
	    .verify = X509_V_ERR_CERT_REVOKED },
	  "refused: certificate revoked",
	  false },
	{ { .code = CURLE_RECV_ERROR, .proxy_status = 200 },
	  "connection was lost",
	  true },
	{ { .code = CURLE_RECV_ERROR, .proxy_status = 407 },
	  "the proxy answered 407",
	  false },
	{ { .code = CURLE_RECV_ERROR, .proxy_status = 503 },
	  "the proxy answered 503",
	  true },
	{ { .code = CURLE_COULDNT_CONNECT,
	    .by_proxy = true,
	    .os_error = ECONNREFUSED },
	  "no connection by the proxy: Connection refused (see https_proxy)",
	  true },
	{ { .code = CURLE_OPERATION_TIMEDOUT, .by_proxy = true },
	  "no connection by the proxy within 10000 ms (see https_proxy)",
	  true },
	{ { .code = CURLE_RECV_ERROR, .by_proxy = true },
	  "no connection by the proxy: ",
	  true },
	{ { .code = CURLE_RECV_ERROR, .by_proxy = true, .connected = true },
	  "the connection was lost",
	  true },
	{ { .code = CURLE_OPERATION_TIMEDOUT,
	    .by_proxy = true,
	    .proxy_status = 200,
	    .connected = true },
	  "no answer within 30000 ms (run it again, without --timeout if that "
	  "was given)",
	  true },
	{ { .code = CURLE_PEER_FAILED_VERIFICATION, .by_proxy = true },
	  "its certificate is",
	  false },
	{ { .code = CURLE_TOO_MANY_REDIRECTS }, "redirects", false },
	{ { .code = CURLE_WRITE_ERROR, .no_memory = true },
	  "out of memory",
	  false },
	{ { .code = CURLE_WRITE_ERROR, .body_too_large = true },
	  "4 MiB",
	  false },
	{ { .code = CURLE_WRITE_ERROR, .headers_too_many = true },
	  "256 KiB",
	  false },
	{ { .no_length = true }, "no length", false },
	{ { .stopped = true }, "stopped by", false },
};

static void every_end_has_words_and_a_rule(void **state)
{
	char out[CO_HTTP_WHY_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool again = co_http_end_explain(&rows[i].end, curl(), 30000,
						 out, sizeof(out));

		if (strstr(out, rows[i].words) == NULL ||
		    again != rows[i].again)
			fail_msg("\"%s\" instead of \"%s\"", out,
				 rows[i].words);
		assert_false(co_http_end_is_answer(&rows[i].end));
	}
	assert_true(co_http_end_is_answer(&(struct co_http_end){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(library_is_loaded_once_and_says_its_version),
		cmocka_unit_test(every_end_has_words_and_a_rule),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
