/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests by which token services name their keys.
 */
#ifndef EV_KEY_DIGEST_H
#define EV_KEY_DIGEST_H

#include "evidence/base/public_key.h"

/* SHA-256 of the key as a JWK of its required members alone, in the order of
 * their names (RFC 7638, 3): Google's kid.  A key is there.  False is
 * trouble. */
bool ev_key_thumbprint(struct ev_crypto *crypto,
		       const struct ev_public_key *key, uint8_t out[32]);

/*
 * SHA-256 of the SubjectPublicKeyInfo as PEM (RFC 7468, lines of 64
 * characters, each ended by LF) and one NUL: what Azure Attestation's kid is
 * the base64 of, and what the report data of its enclave holds (tokens page
 * 3.3).  False is trouble.
 */
bool ev_key_commitment(struct ev_crypto *crypto, struct ev_span spki,
		       uint8_t out[32]);

#endif
