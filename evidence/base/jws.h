/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures of tokens (RFC 7515) by the algorithms of RFC 7518 that services
 * of attestation use.  Which of them a token may use is its reader's to say, by
 * the service: the token's own word is only compared with that.
 */
#ifndef EV_JWS_H
#define EV_JWS_H

#include "evidence/base/public_key.h"

/* A row of the table: RS256, RS384, RS512, PS256, PS384, PS512, ES256,
 * ES384. */
struct ev_jws_algorithm {
	const char *name;
	const char *curve; /* "P-256"; NULL: RSA */
	enum ev_rsa_padding padding;
	enum ev_digest_alg digest;
};

/* NULL: none of ours.  The case of letters counts. */
const struct ev_jws_algorithm *ev_jws_algorithm_named(struct ev_span name);

/* What a key is to an algorithm. */
enum ev_jws_key {
	EV_JWS_KEY_GOOD,
	EV_JWS_KEY_WEAK,       /* RSA of 1024 to 2047 bits: verifies */
	EV_JWS_KEY_OTHER_TYPE, /* of another family, another curve, none */
	EV_JWS_KEY_EXPONENT,   /* not 65537 */
	EV_JWS_KEY_SIZE,       /* RSA below 1024 or above 8192 bits */
};
enum ev_jws_key ev_jws_key_for(const struct ev_jws_algorithm *algorithm,
			       const struct ev_public_key *key);

/*
 * PSS with a salt of exactly the digest's size and MGF1 of the same digest
 * (RFC 7518, 3.5); ECDSA as r then s of the curve's width each, no longer and
 * no shorter (3.4).  A key that is neither good nor weak verifies nothing.
 */
enum ev_verified ev_jws_verify(struct ev_crypto *crypto,
			       const struct ev_jws_algorithm *algorithm,
			       const struct ev_public_key *key,
			       struct ev_span message, struct ev_span sig);

#endif
