/* SPDX-License-Identifier: Apache-2.0 */
/* What --key of ecart audit reference add signs. */
#ifndef AU_CMD_AUDIT_REFERENCE_SIGN_H
#define AU_CMD_AUDIT_REFERENCE_SIGN_H

#include "audit/references/git_commit.h"
#include "collect/sign.h"

/*
 * Appends the envelope over the Statement that the artifact of that name and
 * digest was built as the file at path says; path is --build's.  CLI_PASS, or
 * has said why not.
 */
int reference_sign_build(const struct co_key *key, const char *path,
			 struct ev_span name, const uint8_t sha256[32],
			 struct ev_buffer *envelope);

/* Signs a commit as git does with gpg.format=ssh: SSHSIG, namespace "git",
 * SHA-512.  Both are borrowed as long as the signer is used. */
struct reference_signing {
	struct ev_crypto *crypto;
	const struct co_key *key;
};
struct au_commit_signer
reference_commit_signer(struct reference_signing *signing);

#endif
