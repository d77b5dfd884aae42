/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ClientHello and ServerHello of TLS 1.3 (RFC 8446, 4.1), as far as a round
 * trip needs them.  Resumption, early data and every other version are refused.
 */
#ifndef EV_TLS_HELLO_H
#define EV_TLS_HELLO_H

#include "evidence/base/bytes.h"
#include "evidence/base/error.h"

/* Spans borrow from the message; empty: it has none. */
struct ev_tls_client_hello {
	struct ev_span random, session_id, suites, server_name, nonce;
};

struct ev_tls_server_hello {
	bool retry; /* it is a HelloRetryRequest */
	struct ev_span session_id;
	uint16_t cipher;
	bool has_group; /* a HelloRetryRequest may leave it out */
	uint16_t group;
};

/* The whole message; what is refused goes to err. */
void ev_tls_client_hello_read(struct ev_span message,
			      struct ev_tls_client_hello *out,
			      struct ev_error *err);
void ev_tls_server_hello_read(struct ev_span message,
			      struct ev_tls_server_hello *out,
			      struct ev_error *err);

/* The server's session id is the client's (4.1.3). */
void ev_tls_hello_echoes(const struct ev_tls_client_hello *hello,
			 const struct ev_tls_server_hello *answer,
			 struct ev_error *err);

/* What a HelloRetryRequest may not change.  The second ClientHello is the
 * first one but for its key share and the like (4.1.2); the ServerHello has the
 * suite and the group that were asked for (4.1.4, 4.2.8). */
void ev_tls_hello_repeats(const struct ev_tls_client_hello *first,
			  const struct ev_tls_client_hello *second,
			  struct ev_error *err);
void ev_tls_hello_keeps(const struct ev_tls_server_hello *retry,
			const struct ev_tls_server_hello *answer,
			struct ev_error *err);

#endif
