/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A public key, plain or certified (PROTOCOL.certkeys of OpenSSH): a
 * certificate is the key with a kind, principals, a window and options, signed
 * by an authority's plain key.
 */
#ifndef AU_SSH_CERTIFICATE_H
#define AU_SSH_CERTIFICATE_H

#include "audit/ssh/ssh_key.h"

#define AU_SSH_CERTIFICATE_PRINCIPALS_MAX 256 /* as OpenSSH has it */

enum { AU_SSH_CERTIFICATE_USER = 1, AU_SSH_CERTIFICATE_HOST = 2 };

/* All spans borrow from the blob. */
struct au_ssh_certificate {
	uint32_t kind;		   /* one of the two */
	struct ev_span principals; /* strings of SSH; empty: none */
	uint64_t valid_after;	   /* seconds since 1970, inclusive */
	uint64_t valid_before;	   /* exclusive */
	struct au_ssh_key authority;
};

struct au_ssh_public {
	struct ev_span blob;
	struct au_ssh_key key;
	bool certified;
	struct au_ssh_certificate certificate; /* where certified */
};

/*
 * Refuses an unknown type, and of a certificate what its authority did not
 * sign (field "signature") or signed in a way that is not taken (field
 * "signature algorithm").
 */
enum ev_code au_ssh_public_parse(struct ev_crypto *crypto, struct ev_span blob,
				 struct au_ssh_public *out,
				 struct ev_error *err);

/* The same key, and of certificates the same bytes. */
bool au_ssh_public_eq(const struct au_ssh_public *a,
		      const struct au_ssh_public *b);

/* The next principal; false: no more.  *left begins as .principals. */
bool au_ssh_certificate_principal(struct ev_span *left, struct ev_span *out);

#endif
