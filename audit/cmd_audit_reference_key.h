/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of KEY.pem.pub files, as ecart keygen and openssl write them. */
#ifndef AU_CMD_AUDIT_REFERENCE_KEY_H
#define AU_CMD_AUDIT_REFERENCE_KEY_H

#include "audit/references/pinned_file.h"
#include "evidence/base/pem.h"

struct reference_key {
	struct ev_pem_list pem; /* owned; one block */
	struct ev_span spki;	/* DER, in pem */
	enum ev_key_kind kind;	/* Ed25519, P-256 or P-384 */
};

/* CLI_PASS, or has said why not.  Free in any case. */
int reference_key_read(struct ev_crypto *crypto, const char *path,
		       struct reference_key *out);
void reference_key_free(struct reference_key *key);

/* Appends the key of one of these kinds as SSH's blob and gives the name of its
 * algorithm there, "ssh-ed25519", "ecdsa-sha2-nistp256" or "-nistp384"; NULL
 * for another kind. */
const char *reference_key_blob(struct ev_crypto *crypto, struct ev_span spki,
			       struct ev_buffer *out);

#endif
