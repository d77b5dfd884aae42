/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signature verification.  The algorithm always comes from the caller, never
 * from the signed bytes.  A malformed key or signature is EV_VERIFIED_NO.
 */
#ifndef EV_SIG_H
#define EV_SIG_H

#include "evidence/base/digest.h"

/* A P-256 point: X then Y, each 32 bytes big-endian (no 0x04 in front). */
#define EV_P256_POINT 64

/* ECDSA P-256 with SHA-256; sig is r then s, 32 bytes big-endian each. */
enum ev_verified ev_p256_verify_raw(struct ev_crypto *crypto,
				    const uint8_t key[EV_P256_POINT],
				    struct ev_span message,
				    const uint8_t sig[64]);

/* The same of a message that was hashed already. */
enum ev_verified ev_p256_verify_hashed(struct ev_crypto *crypto,
				       const uint8_t key[EV_P256_POINT],
				       const uint8_t digest[32],
				       const uint8_t sig[64]);

/* The same with a DER ECDSA-Sig-Value (strict: minimal integers, no tail). */
enum ev_verified ev_p256_verify_der(struct ev_crypto *crypto,
				    const uint8_t key[EV_P256_POINT],
				    struct ev_span message, struct ev_span sig);

/* Whether the 64 bytes are a point of the curve. */
enum ev_verified ev_p256_on_curve(struct ev_crypto *crypto,
				  const uint8_t key[EV_P256_POINT]);

enum ev_rsa_padding { EV_RSASSA_PKCS1, EV_RSASSA_PSS };

/* modulus and exponent big-endian without leading zeros; 2048..8192 bits.  The
 * digest is the object's own, made before the signature is looked at: a policy
 * of libcrypto against SHA-1 is not asked, and whether that is good enough is
 * the caller's to say. */
enum ev_verified ev_rsa_verify(struct ev_crypto *crypto, struct ev_span modulus,
			       struct ev_span exponent,
			       enum ev_rsa_padding padding,
			       enum ev_digest_alg alg, struct ev_span message,
			       struct ev_span sig);

/* The same by other rules: what a document says of its signatures. */
struct ev_rsa_rule {
	enum ev_rsa_padding padding;
	enum ev_digest_alg alg;
	size_t least_bits; /* of the modulus; 8 times a number of bytes */
	/* The salt of PSS is as long as the digest; else of any length. */
	bool salt_as_digest;
};
enum ev_verified ev_rsa_verify_by(struct ev_crypto *crypto,
				  struct ev_span modulus,
				  struct ev_span exponent,
				  const struct ev_rsa_rule *rule,
				  struct ev_span message, struct ev_span sig);

/*
 * A public key as DER SubjectPublicKeyInfo, as archives' signers have it.
 * Signing algorithm follows from the key alone (archive.md 5): Ed25519 pure,
 * P-256 with SHA-256, P-384 with SHA-384 (both DER signatures), RSA from 2048
 * bits with SHA-256 in either padding.
 */
enum ev_key_kind {
	EV_KEY_UNKNOWN,
	EV_KEY_ED25519,
	EV_KEY_P256,
	EV_KEY_P384,
	EV_KEY_RSA,
};

/* What kind of key the SPKI holds; refuses trailing bytes and small-order
 * Ed25519 points (both are EV_KEY_UNKNOWN). */
enum ev_key_kind ev_spki_kind(struct ev_crypto *crypto, struct ev_span spki);

/* Modulus and exponent of an RSA key, without leading zeros; false, and the
 * outputs not written, where the SPKI is strict DER of no RSA key. */
bool ev_spki_rsa(struct ev_span spki, struct ev_span *modulus,
		 struct ev_span *exponent);

/* Whether id is the key identifier of the SPKI: SHA-1 of its key bits (RFC
 * 5280 4.2.1.2, method 1), or of the whole, as Intel's CAs have it. */
enum ev_verified ev_spki_has_key_id(struct ev_crypto *crypto,
				    struct ev_span spki, struct ev_span id);

/* Ed25519 (RFC 8032, 5.1.7) by the key's bytes, whatever point they are: under
 * one of small order a signature fits every message.  sig: 64 bytes. */
enum ev_verified ev_ed25519_verify(struct ev_crypto *crypto,
				   const uint8_t key[32],
				   struct ev_span message, struct ev_span sig);

enum ev_verified ev_spki_verify(struct ev_crypto *crypto, struct ev_span spki,
				struct ev_span message, struct ev_span sig);

#endif
