/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asking a time-stamping authority (RFC 3161 over HTTP, section 3.4) for a
 * token over some bytes.  The reply is kept as it came; that it answers this
 * question (imprint, nonce, status) is checked here, whom to trust is not.
 */
#ifndef CO_STAMP_H
#define CO_STAMP_H

#include "collect/http.h"
#include "evidence/timestamp.h"

/* True: the TimeStampResp is appended to response and *ts says what is in it
 * (free with ev_timestamp_free, before response).  False: why is one line. */
bool co_stamp_ask(struct co_http *http, struct ev_crypto *crypto,
		  const char *url, struct ev_span data,
		  struct ev_buffer *response, struct ev_timestamp *ts,
		  char why[CO_HTTP_WHY_MAX]);

/* "sig/manifest.<n>.tsr", the first n that the archive does not have. */
struct ev_archive;
bool co_stamp_name(const struct ev_archive *archive, char out[32]);

#endif
