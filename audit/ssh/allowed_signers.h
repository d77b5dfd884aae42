/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file of allowed signers (ssh-keygen(1), "ALLOWED SIGNERS", OpenSSH 9.2):
 * a line each of principals, options, key type and key.  Lines are read as
 * ssh-keygen reads them, which passes over what it cannot read; so a file is
 * refused for its size alone, and what was passed over can be asked.
 *
 * One difference: a time without Z is UTC here, where ssh-keygen takes it for
 * local time, since a verdict may not depend on a machine's zone.  And limits:
 * of the file 1 MiB, of a line 64 KiB.
 */
#ifndef AU_ALLOWED_SIGNERS_H
#define AU_ALLOWED_SIGNERS_H

#include "audit/ssh/ssh_certificate.h"

#define AU_ALLOWED_SIGNERS_MAX	    ((size_t)1 << 20)
#define AU_ALLOWED_SIGNERS_LINE_MAX ((size_t)64 << 10)

/* A line that holds a key.  Spans borrow from the file's object. */
struct au_allowed_signer {
	size_t line;		   /* from 1 */
	struct ev_span principals; /* pattern list (pattern_list.h) */
	struct au_ssh_public who;
	bool cert_authority;
	bool has_namespaces;
	struct ev_span namespaces;	   /* pattern list */
	int64_t valid_after, valid_before; /* both inclusive; 0: no limit */
};

struct au_allowed_signers;

/* *out is the caller's, who frees it; text need not live on.  Refuses a file
 * or a line above its limit; else trouble alone. */
enum ev_code au_allowed_signers_parse(struct ev_crypto *crypto,
				      struct ev_span text,
				      struct au_allowed_signers **out,
				      struct ev_error *err);
void au_allowed_signers_free(struct au_allowed_signers *signers);

size_t au_allowed_signers_n(const struct au_allowed_signers *signers);
const struct au_allowed_signer *
au_allowed_signers_at(const struct au_allowed_signers *signers, size_t i);

/* How many lines were passed over since they cannot be read, and the first of
 * them with what is wrong with it; 0 and "" where there is none. */
size_t au_allowed_signers_unread(const struct au_allowed_signers *signers,
				 size_t *line, const char **reason);

#endif
