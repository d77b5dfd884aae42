/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a key made over a message, as a blob (RFC 4253, 6.6; RFC 5656, 3.1.2;
 * RFC 8332, 3; RFC 8709, 6; PROTOCOL.u2f of OpenSSH): the name of an algorithm
 * and its bytes; of a token flags and counter behind.  Of RSA with SHA-2
 * alone.  S of Ed25519 may be above the group's order, as it may for OpenSSH.
 */
#ifndef AU_KEY_PROOF_H
#define AU_KEY_PROOF_H

#include "audit/ssh/ssh_key.h"

/* Whether the key made it.  A blob that cannot be read is no. */
enum ev_verified au_key_proof_verify(struct ev_crypto *crypto,
				     const struct au_ssh_key *key,
				     struct ev_span blob,
				     struct ev_span message);

/* The name of its algorithm; empty where there is none. */
struct ev_span au_key_proof_algorithm(struct ev_span blob);

/* NULL where a signature of that algorithm by the key can be verified; else
 * what would have to stand there: an algorithm that keys of the type have, or
 * an RSA key of another size. */
const char *au_key_proof_wanted(const struct au_ssh_key *key,
				struct ev_span algorithm);

#endif
