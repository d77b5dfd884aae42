/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address of a question, in the strict form that is asked: RFC 3986 with
 * a scheme of http or https, a host, and characters of which no two readers
 * think differently.
 */
#ifndef CO_HTTP_URL_H
#define CO_HTTP_URL_H

#include "evidence/base/bytes.h"

static const size_t CO_HTTP_URL_MAX = 4096;

/* Spans borrow from the text. */
struct co_http_url {
	bool tls;	       /* https */
	struct ev_span origin; /* "https://[::1]:8081" */
	struct ev_span place;  /* "[::1]:8081" */
	struct ev_span host;   /* "::1" */
};

/* NULL where text is such an address; else a few words that say why not.
 * A user name or a password in it is refused. */
const char *co_http_url_parse(const char *text, struct co_http_url *out);

#endif
