/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Public keys of SSH as blobs: the name of a type, then its fields (RFC 4253,
 * 6.6; RFC 5656, 3.1; RFC 8709, 4; PROTOCOL.u2f of OpenSSH for the two that a
 * hardware token holds).  ssh-ed25519, ecdsa-sha2-nistp256, -nistp384 and
 * -nistp521, ssh-rsa, sk-ssh-ed25519@openssh.com and
 * sk-ecdsa-sha2-nistp256@openssh.com.  Read as OpenSSH reads them, other
 * spellings of a type's name in a blob among them.
 */
#ifndef AU_SSH_KEY_H
#define AU_SSH_KEY_H

#include "audit/ssh/ssh_wire.h"
#include "evidence/base/public_key.h"

enum au_ssh_family { AU_SSH_ED25519, AU_SSH_ECDSA, AU_SSH_RSA };

/* A row of the table of key types. */
struct au_ssh_key_type {
	const char *name;	 /* "ecdsa-sha2-nistp256" */
	const char *certificate; /* the name of a certified one */
	enum au_ssh_family family;
	const char *curve;	/* "nistp256"; NULL: not of ECDSA */
	const char *curve_name; /* "P-256" (public_key.h) */
	enum ev_digest_alg alg; /* what ECDSA signs the digest of */
	bool token;		/* held by one, which adds to the message */
};

/* Of what no type of ours has, the span is empty; all borrow from the blob. */
struct au_ssh_key {
	const struct au_ssh_key_type *type;
	struct ev_span point;	    /* Ed25519: 32 bytes; ECDSA: 4, X, Y */
	struct ev_span exponent;    /* RSA, without leading zeros */
	struct ev_span modulus;	    /* likewise, 1024 bits at least */
	struct ev_span application; /* token: text, "ssh:" */
};

/* The type that a name in a blob or in a line means, and whether it is that
 * of a certificate.  NULL: none of ours.  in_line: names of blobs are wider. */
const struct au_ssh_key_type *
au_ssh_key_type_named(struct ev_span name, bool in_line, bool *certified);

/* The fields of a key, behind its type's name.  Whether a point lies on its
 * curve is asked when it verifies; a coordinate that OpenSSH refuses for its
 * size is refused. */
void au_ssh_key_read(struct ev_reader *r, const struct au_ssh_key_type *type,
		     struct au_ssh_key *out);

bool au_ssh_key_eq(const struct au_ssh_key *a, const struct au_ssh_key *b);

/* The blob in its one spelling. */
void au_ssh_key_put(struct ev_buffer *out, const struct au_ssh_key *key);

/* "SHA256:" and 43 characters, NUL-terminated; false is trouble. */
#define AU_SSH_FINGERPRINT 60
bool au_ssh_key_fingerprint(struct ev_crypto *crypto,
			    const struct au_ssh_key *key,
			    char out[AU_SSH_FINGERPRINT]);

#endif
