/* SPDX-License-Identifier: Apache-2.0 */
/* How one transfer ended, and what that means for a person. */
#ifndef CO_HTTP_END_H
#define CO_HTTP_END_H

#include "collect/curl.h"
#include "collect/http.h"

struct co_http_end {
	CURLcode code;
	bool stopped;	       /* by a signal (stop.h); code means nothing */
	bool body_too_large;   /* over CO_HTTP_BODY_MAX */
	bool headers_too_many; /* over CO_HTTP_HEADERS_MAX */
	bool no_memory;
	bool no_length;	     /* of 200: a cut body would look whole */
	bool by_proxy;	     /* a proxy was to carry it */
	bool connected;	     /* with TLS, if any: the question could go out */
	bool began;	     /* a status line came */
	long verify;	     /* X509_V_... of the certificate; 0: in order */
	long os_error;	     /* errno of the connection, 0: none */
	long proxy_status;   /* of the proxy's answer to CONNECT, 0: none */
	int64_t retry_after; /* seconds that the answer asks for */
};

/* An answer came in whole, whatever it says. */
bool co_http_end_is_answer(const struct co_http_end *end);

/* Of an end that is no answer: one line without the host, and whether
 * another try may end otherwise. */
bool co_http_end_explain(const struct co_http_end *end,
			 const struct co_curl *curl, unsigned int limit_ms,
			 char *out, size_t size);

#endif
