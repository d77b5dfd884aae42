/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One timed TLS 1.3 handshake over a socket of our own, never through a
 * proxy: a full one, without tickets and early data.  The server's
 * certificate is kept, not judged: that is replay's.
 *
 * The clocks are read before the ClientHello is handed to the kernel (send),
 * and directly after the call (recv) that brought the last byte of the
 * server's flight, which ends with its Finished: what is computed of the
 * flight is not in the time, what the kernel holds back is.
 */
#ifndef CO_TLS_TRY_H
#define CO_TLS_TRY_H

#include "collect/clocks.h"
#include "collect/poc_host.h"
#include "evidence/base/buffer.h"
#include "evidence/session.h"

#include <netdb.h>
#include <openssl/ssl.h>

#define CO_TLS_WHY 256

/* A host and how it is asked, for all its tries. */
struct co_tls_client {
	struct co_poc_host host;
	struct co_clocks clocks;
	struct addrinfo *addresses;    /* owned */
	const struct addrinfo *chosen; /* of them: the first that answered */
	SSL_CTX *ctx;
	uint8_t nonce[EV_SESSION_TLS_SIZE]; /* of the next try */
};

/* What one try came to. */
struct co_tls_try {
	char failed[CO_TLS_WHY]; /* why; "": it did not */
	bool in_vain;		 /* and the host will never answer otherwise */
	char peer[80];
	struct ev_reading start, end;
	uint32_t tcp_rtt_us;
	struct ev_buffer
		message[EV_TLS_MESSAGES_MAX]; /* to CertificateVerify */
	size_t n_messages;
	bool finished; /* the server's flight is whole */
};

/* Resolves the name; false has said why.  Close in any case. */
bool co_tls_client_open(struct co_tls_client *client,
			const struct co_poc_host *host, char why[CO_TLS_WHY]);
void co_tls_client_close(struct co_tls_client *client);

/* A handshake with client->nonce in it, in at most ms.  False is trouble:
 * memory or libssl.  Free in any case. */
bool co_tls_try(struct co_tls_client *client, unsigned int ms,
		struct co_tls_try *out);
void co_tls_try_free(struct co_tls_try *t);

#endif
