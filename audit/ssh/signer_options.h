/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options of a line of allowed signers, and the times in them (ssh-keygen(1),
 * "ALLOWED SIGNERS"), as OpenSSH 9.2 reads them: names in any case, an empty
 * option is none, a day or second beyond its month or minute runs over into
 * the next, a field of a time may begin with spaces.
 */
#ifndef AU_SIGNER_OPTIONS_H
#define AU_SIGNER_OPTIONS_H

#include "evidence/base/buffer.h"

struct au_signer_options {
	bool cert_authority;
	bool has_namespaces;
	struct ev_span namespaces; /* pattern list, in the storage given */
	int64_t valid_after, valid_before; /* 0: not there */
};

/* NULL, or what is wrong.  storage: room for text.n bytes, which must live as
 * long as *out. */
const char *au_signer_options_parse(struct ev_span text, uint8_t *storage,
				    struct au_signer_options *out);

/* YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, with or without Z or UTC behind
 * it in any case; UTC all of them.  False also for what is not after 1970
 * began. */
bool au_signer_time_parse(struct ev_span text, int64_t *out);

#endif
