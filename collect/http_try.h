/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One question on the wire, asked once or several times: the rules of the
 * client as options of libcurl, and the caps on what comes back.
 */
#ifndef CO_HTTP_TRY_H
#define CO_HTTP_TRY_H

#include "collect/http_end.h"

/* The first four are the caller's and outlive it. */
struct co_http_try {
	const struct co_curl *curl;
	CURLM *multi;
	const struct co_http_request *request;
	struct co_http_reply *reply;

	CURL *easy;
	struct curl_slist *headers;
	size_t header_bytes; /* of interim answers too */
	bool interim;	     /* the status line was 1xx */
	bool by_proxy;
	bool headers_whole;
	struct co_http_end end;
};

/* ca_file and proxy may be NULL.  False where memory runs out or an option is
 * refused, which nothing is then asked with.  Free either way. */
bool co_http_try_prepare(struct co_http_try *t, const char *ca_file,
			 const char *proxy);
/* Asks; reply has what came (empty before each run), end how it ended. */
void co_http_try_run(struct co_http_try *t);
void co_http_try_free(struct co_http_try *t);

#endif
