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

#endif
