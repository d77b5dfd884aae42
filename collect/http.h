/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An HTTP client for evidence: one question, the reply as it came.  https
 * alone (http for the instance metadata service, which is never asked
 * through a proxy), certificates always verified, no redirects, caps on
 * body, headers and time, and a fixed rule for trying again.  libcurl is
 * loaded when the first question is asked, so that no other command has it.
 */
#ifndef CO_HTTP_H
#define CO_HTTP_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"

static const size_t CO_HTTP_BODY_MAX = (size_t)4 << 20;
static const size_t CO_HTTP_HEADERS_MAX = (size_t)256 << 10;
static const unsigned int CO_HTTP_CONNECT_MS = 10000;
static const unsigned int CO_HTTP_WAIT_MAX_MS = 60000;
#define CO_HTTP_WHY_MAX 512

struct co_http;

/* Called with each address before it is asked ("GET https://..."), and with
 * each reason to try again. */
typedef void co_http_say(void *user, const char *line);

struct co_http_options {
	const char *ca_file; /* PEM beside the system's store, or NULL */
	co_http_say *say;
	void *user;
};

/* NULL where memory runs out or libcurl cannot be loaded; why says which.
 * Free with co_http_free. */
struct co_http *co_http_new(const struct co_http_options *options, char *why,
			    size_t why_size);
void co_http_free(struct co_http *http);

struct co_http_request {
	const char *url;
	const char *const *headers; /* "Metadata: true", ...; ends with NULL */
	const char *secret;	    /* one more header, never shown; or NULL */
	struct ev_span body;	    /* POST where content_type is set */
	const char *content_type;   /* of body; NULL: GET */
	/* Media types of which the reply must have one, separated by spaces;
	 * NULL: any but text/html. */
	const char *accept;
	unsigned int limit_ms; /* of one try */
	unsigned int tries;
	/* http is taken too, without a proxy: what comes is signed by somebody
	 * (certificates, CRLs, time-stamps). */
	bool plain;
	bool imds; /* http alone, no proxy, 410 is tried again, 1 s between */
};

struct co_http_reply {
	unsigned int status;	  /* of the last answer; 0: none came */
	struct ev_buffer headers; /* status line and headers as received */
	struct ev_buffer body;
	unsigned int tried;
	int64_t not_before, not_after; /* clock around the last try */
};

/*
 * True where an answer of status 200 with an accepted type came in whole (an
 * answer that says no length is never known to be) and without the secret.
 * Otherwise false, the reply holds what came last, and why is one line that
 * names the host and the reason, never a secret.  Tries again on connection
 * errors, timeouts, 408, 429, 500, 502, 503, 504 after max(Retry-After,
 * 1 s * 2^n), at most CO_HTTP_WAIT_MAX_MS.  Free the reply either way.
 */
bool co_http_ask(struct co_http *http, const struct co_http_request *request,
		 struct co_http_reply *reply, char why[CO_HTTP_WHY_MAX]);
void co_http_reply_free(struct co_http_reply *reply);

/* The value of the first header of that name, whatever its case, white space
 * around it cut; false where there is none. */
bool co_http_header(const struct co_http_reply *reply, const char *name,
		    struct ev_span *value);

/* Appends %XX decoded, and nothing else: '+' stays '+'.  False where a %
 * is followed by something else. */
bool co_http_percent_decode(struct ev_span in, struct ev_buffer *out);

/* "https://host:port" of an address, for messages, without a user name;
 * size at least 8. */
void co_http_origin(const char *url, char *out, size_t size);

#endif
