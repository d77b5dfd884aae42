/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signing key inside a TPM, by its persistent handle (ecart-archive(5),
 * SIGNATURES): ECDSA P-256 with SHA-256 or P-384 with SHA-384.  The TPM
 * hashes the message itself and so knows that it may sign, which is what a
 * restricted key wants.  The key's password is the empty one: none is ever
 * guessed, and the empty one is tried once a signature.
 */
#ifndef CO_SIGN_TPM_H
#define CO_SIGN_TPM_H

#include "collect/sign.h"
#include "collect/tpm.h"

/* Whether a text names a key of a TPM, "tpm:0x81000005"; *handle is 0 where
 * what follows is no persistent handle. */
bool co_key_tpm_named(const char *text, uint32_t *handle);

/*
 * The key at this handle.  tpm answered (tpm->there), stays open as long as
 * the key, and holds the line of a refusal that is trouble (tpm->why).
 * Refuses a handle that holds none, and kinds that sign no archive: RSA.
 */
enum ev_code co_key_tpm(struct ev_crypto *crypto, struct co_tpm *tpm,
			uint32_t handle, struct co_key **out,
			struct ev_error *err);

#endif
