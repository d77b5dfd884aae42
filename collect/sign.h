/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signing keys and DSSE signatures over manifest.json (ecart-archive(5),
 * section 5): Ed25519 pure, ECDSA P-256 with SHA-256 and P-384 with SHA-384
 * as DER.  Private keys are PEM, PKCS#8 or SEC 1, not encrypted, or kept
 * where others sign with them (sign_tpm.h).
 */
#ifndef CO_SIGN_H
#define CO_SIGN_H

#include "evidence/base/buffer.h"
#include "evidence/base/error.h"
#include "evidence/base/sig.h"
#include "evidence/manifest.h"

struct co_key;

/* Refuses, by name, what is not one of the three kinds. */
enum ev_code co_key_read(struct ev_crypto *crypto, struct ev_span pem,
			 struct co_key **out, struct ev_error *err);

/* Who signs for a key whose secret half is elsewhere. */
struct co_signer {
	/* Appends the signature over the message; DER of an EC key. */
	enum ev_code (*sign)(void *state, struct ev_span message,
			     struct ev_buffer *sig, struct ev_error *err);
	void (*free)(void *state);
	void *state;
};

/* A key by its public half, DER; takes state over, on failure too.  Refuses
 * what is not one of the three kinds. */
enum ev_code co_key_of(struct ev_crypto *crypto, struct ev_span spki,
		       const struct co_signer *signer, struct co_key **out,
		       struct ev_error *err);

void co_key_free(struct co_key *key);
EV_DEFINE_CLEANUP(struct co_key *, co_key_free)

/* Borrowed from the key: DER SubjectPublicKeyInfo; its key id, 64 digits;
 * "ed25519", "p256" or "p384". */
struct ev_span co_key_spki(const struct co_key *key);
const char *co_key_id(const struct co_key *key);
const char *co_key_algorithm(const struct co_key *key);

/* EV_KEY_UNKNOWN for an algorithm of which no keys are made. */
enum ev_key_kind co_key_kind_find(const char *algorithm);

/* A new key as PEM texts; wipe secret with co_buffer_wipe. */
enum ev_code co_key_generate(struct ev_crypto *crypto, enum ev_key_kind kind,
			     struct ev_buffer *secret, struct ev_buffer *public,
			     struct ev_error *err);
void co_buffer_wipe(struct ev_buffer *b);

/* Appends the signature over the message, once it was verified. */
enum ev_code co_sign(const struct co_key *key, struct ev_span message,
		     struct ev_buffer *sig, struct ev_error *err);

/*
 * Appends the DSSE envelope over an in-toto Statement (EV_DSSE_TYPE), with one
 * signature, canonical.  Refuses a statement whose envelope would pass
 * EV_DSSE_MAX; nothing is then appended.
 */
enum ev_code co_sign_statement(const struct co_key *key,
			       struct ev_span statement,
			       struct ev_buffer *envelope,
			       struct ev_error *err);

/* The same over an archive's manifest, with the name that the envelope has in
 * the archive, "sig/<keyid16>.dsse.json". */
enum ev_code co_sign_manifest(const struct co_key *key, struct ev_span manifest,
			      struct ev_buffer *envelope,
			      char name[EV_PATH_TEXT], struct ev_error *err);

#endif
