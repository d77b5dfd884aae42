/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of TLS 1.3 and what they are called: cipher suites (RFC 8446, B.4),
 * groups (4.2.7), signature schemes (4.2.3).
 */
#ifndef EV_TLS_NUMBERS_H
#define EV_TLS_NUMBERS_H

#include "evidence/base/digest.h"

/* "TLS_AES_128_GCM_SHA256", "x25519", "ecdsa_secp256r1_sha256"; "unknown"
 * for a number that is not in our tables. */
const char *ev_tls_cipher_name(uint16_t cipher);
const char *ev_tls_group_name(uint16_t group);
const char *ev_tls_scheme_name(uint16_t scheme);

/* The digest of a suite; false where it is not in our table. */
bool ev_tls_cipher_hash(uint16_t cipher, enum ev_digest_alg *out);

#endif
