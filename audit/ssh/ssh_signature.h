/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signature over a message as `ssh-keygen -Y sign` and git make it
 * (PROTOCOL.sshsig of OpenSSH): base64 between two lines, of magic "SSHSIG",
 * version, public key, namespace, a reserved string, the name of a hash and
 * what the key made.  Signed is none of that, but magic, namespace, reserved,
 * hash name and the message's hash.  Read as OpenSSH 9.2 reads it: version 0
 * is taken as 1, text behind the last line and in the reserved string is not
 * looked at.
 */
#ifndef AU_SSH_SIGNATURE_H
#define AU_SSH_SIGNATURE_H

#include "evidence/base/buffer.h"
#include "evidence/base/digest.h"
#include "evidence/base/error.h"

/* An armour with a certificate of 256 principals has 20 KiB; ssh-keygen knows
 * no such limit. */
#define AU_SSH_ARMOUR_MAX ((size_t)64 << 10)

/* All spans borrow from bytes; free with au_ssh_signature_free. */
struct au_ssh_signature {
	uint8_t *bytes;		   /* out of base64 */
	struct ev_span public_key; /* blob (ssh_certificate.h) */
	struct ev_span name_space; /* text */
	struct ev_span hash;	   /* its name */
	struct ev_span proof;	   /* blob (key_proof.h) */
};

/* Refuses what is no such armour, and one above the limit. */
enum ev_code au_ssh_signature_parse(struct ev_span armour,
				    struct au_ssh_signature *out,
				    struct ev_error *err);
void au_ssh_signature_free(struct au_ssh_signature *s);

/* The hash of that name, "sha256" or "sha512"; false: no other is known. */
bool au_ssh_signature_hash(struct ev_span name, enum ev_digest_alg *out);

/* What the key signs; appended to out.  False is trouble. */
bool au_ssh_signature_covered(struct ev_crypto *crypto,
			      struct ev_span name_space, struct ev_span hash,
			      struct ev_span message, struct ev_buffer *out);

/*
 * Writing.  Signs covered for the one who holds the key: out gets 64 bytes of
 * Ed25519, a DER ECDSA-Sig-Value, or an RSASSA-PKCS1 signature.  May refuse.
 */
typedef enum ev_code au_ssh_sign_fn(void *user, struct ev_span covered,
				    struct ev_buffer *out,
				    struct ev_error *err);

struct au_ssh_signing {
	struct ev_span public_key; /* blob; no certificate */
	const char *name_space;	   /* "git"; not empty */
	const char *algorithm;	   /* "ssh-ed25519", "ecdsa-sha2-nistp256",
				    * "rsa-sha2-512" ... */
	au_ssh_sign_fn *sign;
	void *user;
};

/* The armour over message with SHA-512, LF at the end of each line, appended
 * to out.  Refuses what sign refuses and an ECDSA signature that is no DER. */
enum ev_code au_ssh_signature_write(struct ev_crypto *crypto,
				    const struct au_ssh_signing *how,
				    struct ev_span message,
				    struct ev_buffer *out,
				    struct ev_error *err);

/* Public key blobs for writing: key of 32 bytes; point X then Y on the curve
 * "P-256", "P-384" or "P-521".  Appended to out. */
void au_ssh_put_ed25519(struct ev_buffer *out, const uint8_t key[32]);
bool au_ssh_put_ecdsa(struct ev_buffer *out, const char *curve,
		      struct ev_span point);

#endif
