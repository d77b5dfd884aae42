/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who signed the manifest: each line of each envelope tried with the keys
 * that a policy names (ecart-archive(5), SIGNATURES).  The key id of a line is
 * a hint and decides nothing here.
 */
#ifndef RP_SIGNERS_H
#define RP_SIGNERS_H

#include "replay/seal.h"

#define RP_SIGNER_NONE SIZE_MAX

struct rp_signers {
	/* For each of the seal's signatures: which key made it over
	 * manifest.json, the first where keys are listed twice, or
	 * RP_SIGNER_NONE. */
	size_t *key;
	size_t n_distinct; /* keys that made one at least */
};

/* keys: DER SubjectPublicKeyInfo each.  False is trouble, and *out is then
 * not written.  Free with rp_signers_free. */
bool rp_signers_find(struct ev_crypto *crypto, const struct rp_seal *seal,
		     const struct ev_span *keys, size_t n_keys,
		     struct rp_signers *out);
void rp_signers_free(struct rp_signers *signers);

#endif
