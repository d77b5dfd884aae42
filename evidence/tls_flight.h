/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The handshake messages of one TLS 1.3 connection from ClientHello to the
 * server's CertificateVerify (RFC 8446, section 4), as they are hashed: type,
 * 24 bits of length, body.  A full handshake alone: resumption and early data
 * are refused, as are every other version and a retry in which client or server
 * change what RFC 8446 lets them not change.  Nothing is verified.
 */
#ifndef EV_TLS_FLIGHT_H
#define EV_TLS_FLIGHT_H

#include "evidence/base/digest.h"
#include "evidence/base/error.h"

/* ClientHello, HelloRetryRequest, ClientHello, ServerHello,
 * EncryptedExtensions, CertificateRequest, Certificate, CertificateVerify. */
#define EV_TLS_MESSAGES_MAX 8
/* Servers send two to four. */
#define EV_TLS_CERTS_MAX 16

/* Of a ClientHello of ours: the session's nonce.  Among those that are for
 * private use (RFC 8446, section 11: first byte 255). */
#define EV_TLS_NONCE_EXTENSION 0xffec

/* 64 spaces, a line and its NUL, a digest (section 4.4.3). */
#define EV_TLS_SIGNED_MAX (64 + 34 + EV_DIGEST_MAX)

struct ev_tls_flight {
	struct ev_span message[EV_TLS_MESSAGES_MAX];
	size_t n_messages;
	size_t certificate; /* which of them is the Certificate */
	bool retried;	    /* HelloRetryRequest: two trips of one try */
	/* Of the ClientHello, of both alike; empty where it has none. */
	struct ev_span server_name, nonce;
	uint16_t cipher;		       /* suite */
	uint16_t group;			       /* of the key exchange */
	struct ev_span cert[EV_TLS_CERTS_MAX]; /* DER, the leaf first */
	size_t n_certs;
	struct ev_span ocsp; /* stapled to the leaf, DER; empty: none */
	uint16_t scheme;     /* of the signature (section 4.2.3) */
	struct ev_span signature;
};

/* Everything borrows from the messages; offsets of refusals are those in the
 * message. */
enum ev_code ev_tls_flight_parse(const struct ev_span *messages, size_t n,
				 struct ev_tls_flight *out,
				 struct ev_error *err);

/* What CertificateVerify signs: the context of section 4.4.3 and the hash of
 * all messages to the Certificate, of which a ClientHello before a
 * HelloRetryRequest counts as its hash (4.4.1).  False is trouble. */
bool ev_tls_flight_signed(struct ev_crypto *crypto,
			  const struct ev_tls_flight *flight,
			  uint8_t out[EV_TLS_SIGNED_MAX], size_t *n);

#endif
