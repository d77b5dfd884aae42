/* SPDX-License-Identifier: Apache-2.0 */
/* How one transfer ended, in words. */
#include "collect/http_end.h"

#include "collect/http_retry.h"
#include "collect/stop.h"

#include <errno.h>
#include <openssl/x509_vfy.h>
#include <signal.h>
#include <stdio.h>

struct words {
	long code;
	bool again;
	const char *text;
};

static const struct words of_curl[] = {
	{ CURLE_COULDNT_RESOLVE_HOST, true,
	  "the name is not known (no network, or a misspelt name)" },
	{ CURLE_COULDNT_RESOLVE_PROXY, true,
	  "the name of the proxy is not known (see https_proxy)" },
	{ CURLE_SSL_CONNECT_ERROR, true,
	  "no TLS 1.2 or later is spoken there (is it an https address?)" },
	{ CURLE_SSL_CACERT_BADFILE, false,
	  "the certificates of the authorities cannot be read (install "
	  "ca-certificates, or see --cacert)" },
	{ CURLE_PARTIAL_FILE, true,
	  "the answer ends before it is complete (try again later)" },
	{ CURLE_RECV_ERROR, true,
	  "the connection was lost before the answer was complete (try again "
	  "later)" },
	{ CURLE_SEND_ERROR, true,
	  "the connection was lost while asking (try again later)" },
	{ CURLE_GOT_NOTHING, true,
	  "the connection was closed without an answer (try again later)" },
	{ CURLE_UNSUPPORTED_PROTOCOL, false,
	  "what answers there is no HTTP server (check the address)" },
	{ CURLE_WEIRD_SERVER_REPLY, false,
	  "the answer is not HTTP (check the address)" },
	/* libcurl's own limit of one header line is 100 KiB. */
	{ CURLE_OUT_OF_MEMORY, false,
	  "a header line over 100 KiB, or memory ran out (check the address)" },
	{ CURLE_OK, false, NULL },
};

/* X509_V_ERR_...: those that a person can do something about. */
static const struct words of_certificate[] = {
	{ X509_V_ERR_CERT_HAS_EXPIRED, false,
	  "its certificate has expired (check this machine's clock)" },
	{ X509_V_ERR_CERT_NOT_YET_VALID, false,
	  "its certificate is not valid yet (check this machine's clock)" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, false,
	  "its certificate is by an authority that is not trusted here (give "
	  "your own with --cacert)" },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, false,
	  "its certificate is by an authority that is not trusted here (give "
	  "your own with --cacert)" },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, false,
	  "its certificate is by an authority that is not trusted here (give "
	  "your own with --cacert)" },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, false,
	  "its certificate is by an authority that is not trusted here (give "
	  "your own with --cacert)" },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, false,
	  "its certificate is signed by itself (give it with --cacert if it is "
	  "yours)" },
	{ X509_V_OK, false, NULL },
};

static const struct words of_system[] = {
	{ ECONNREFUSED, true, "connection refused (is the service running?)" },
	{ ENETUNREACH, true, "the network cannot be reached (is there one?)" },
	{ EHOSTUNREACH, true,
	  "the host cannot be reached (check the address)" },
	{ ETIMEDOUT, true, "no answer to the connection (check the address)" },
	{ 0, false, NULL },
};

static const struct words *find(const struct words *table, long code)
{
	while (table->text != NULL && table->code != code)
		table++;
	return table->text == NULL ? NULL : table;
}

bool co_http_end_is_answer(const struct co_http_end *end)
{
	return end->code == CURLE_OK && !end->stopped && !end->body_too_large &&
	       !end->headers_too_many && !end->no_memory && !end->no_length;
}

static void write_words(const struct words *row, const char *otherwise,
			char *out, size_t size)
{
	snprintf(out, size, "%s", row != NULL ? row->text : otherwise);
}

static void explain_timeout(const struct co_http_end *end,
			    unsigned int limit_ms, char *out, size_t size)
{
	if (!end->connected) {
		snprintf(out, size,
			 "no connection within %u ms (check the address)",
			 limit_ms < CO_HTTP_CONNECT_MS ? limit_ms
						       : CO_HTTP_CONNECT_MS);
		return;
	}
	snprintf(out, size,
		 "%s within %u ms (run it again, without --timeout if that "
		 "was given)",
		 end->began ? "the answer was not complete" : "no answer",
		 limit_ms);
}

static void explain_certificate(const struct co_http_end *end, char *out,
				size_t size)
{
	const struct words *row = find(of_certificate, end->verify);

	/* libcurl compares the name after the chain was found good, and has
	 * not noted a result by then. */
	if (end->verify == X509_V_OK || end->verify == X509_V_ERR_UNSPECIFIED)
		snprintf(out, size,
			 "its certificate is for another name (use the name "
			 "that is in it)");
	else if (row != NULL)
		write_words(row, "", out, size);
	else
		snprintf(out, size,
			 "its certificate is refused: %s (ask who runs it)",
			 X509_verify_cert_error_string(end->verify));
}

/* What our own side made of the transfer; false where it made nothing. */
static bool explain_ours(const struct co_http_end *end, char *out, size_t size)
{
	const char *name = sigabbrev_np(co_stop_signal());

	if (end->stopped)
		snprintf(out, size, "stopped by SIG%s (run it again)",
			 name == NULL ? "?" : name);
	else if (end->no_memory)
		snprintf(out, size, "out of memory (close other programs)");
	else if (end->headers_too_many)
		snprintf(out, size,
			 "headers of more than %zu KiB (check the address)",
			 CO_HTTP_HEADERS_MAX >> 10);
	else if (end->body_too_large)
		snprintf(out, size,
			 "a body of more than %zu MiB (check the address)",
			 CO_HTTP_BODY_MAX >> 20);
	else
		return false;
	return true;
}

/* The proxy gave no connection: it has not answered to CONNECT, and nothing
 * was heard of the service. */
static bool is_of_proxy(const struct co_http_end *end)
{
	static const CURLcode codes[] = {
		CURLE_COULDNT_CONNECT, CURLE_OPERATION_TIMEDOUT,
		CURLE_GOT_NOTHING,     CURLE_RECV_ERROR,
		CURLE_SEND_ERROR,      CURLE_PROXY,
	};

	if (!end->by_proxy || end->proxy_status != 0 || end->connected)
		return false;
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (end->code == codes[i])
			return true;
	return false;
}

static void explain_proxy(const struct co_http_end *end,
			  const struct co_curl *curl, unsigned int limit_ms,
			  char *out, size_t size)
{
	if (end->code == CURLE_OPERATION_TIMEDOUT) {
		snprintf(out, size,
			 "no connection by the proxy within %u ms (see "
			 "https_proxy)",
			 limit_ms < CO_HTTP_CONNECT_MS ? limit_ms
						       : CO_HTTP_CONNECT_MS);
		return;
	}
	snprintf(out, size, "no connection by the proxy: %s (see https_proxy)",
		 end->os_error != 0 ? strerror((int)end->os_error)
				    : curl->easy_strerror(end->code));
}

bool co_http_end_explain(const struct co_http_end *end,
			 const struct co_curl *curl, unsigned int limit_ms,
			 char *out, size_t size)
{
	const struct words *row = find(of_curl, (long)end->code);

	if (explain_ours(end, out, size))
		return false;
	if (end->proxy_status != 0 && end->proxy_status / 100 != 2) {
		snprintf(out, size, "the proxy answered %ld (see https_proxy)",
			 end->proxy_status);
		return co_http_retry_status((unsigned int)end->proxy_status,
					    false);
	}
	if (is_of_proxy(end)) {
		explain_proxy(end, curl, limit_ms, out, size);
		return true;
	}
	if (end->code == CURLE_OPERATION_TIMEDOUT) {
		explain_timeout(end, limit_ms, out, size);
		return true;
	}
	if (end->code == CURLE_PEER_FAILED_VERIFICATION) {
		explain_certificate(end, out, size);
		return false;
	}
	if (end->code == CURLE_COULDNT_CONNECT) {
		write_words(find(of_system, end->os_error),
			    "no connection (check the address)", out, size);
		return true;
	}
	if (end->code == CURLE_OK) {
		snprintf(out, size,
			 "the answer says no length, so that a cut one would "
			 "look whole (ask who runs it)");
		return false;
	}
	write_words(row, curl->easy_strerror(end->code), out, size);
	return row != NULL && row->again;
}
