/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A public key that attestation keys may be: RSA, or a point of one of NIST's
 * prime curves P-256, P-384 and P-521 (SP 800-186, 3.2.1), whatever container
 * it came in; and ECDSA (FIPS 186-5, 6.4) by it over any digest.
 */
#ifndef EV_PUBLIC_KEY_H
#define EV_PUBLIC_KEY_H

#include "evidence/base/sig.h"

#define EV_EXPONENT_MAX	  8
#define EV_COORDINATE_MAX 66

/* A row of the table of curves. */
struct ev_curve {
	const char *name;    /* "P-256", to libcrypto and RFC 7518 too */
	uint16_t tpm_id;     /* TPMI_ECC_CURVE */
	size_t width;	     /* bytes of a coordinate and of r and s */
	size_t bits;	     /* of the field */
	struct ev_span spki; /* the SPKI's bytes before the point's X */
};

/* NULL: no curve of ours. */
const struct ev_curve *ev_curve_of_tpm(uint16_t tpm_id);
const struct ev_curve *ev_curve_named(struct ev_span name);

struct ev_public_key {
	struct ev_span modulus; /* RSA, big-endian without leading zeros;
				 * borrowed; empty: no RSA key */
	uint8_t exponent[EV_EXPONENT_MAX]; /* likewise, its first bytes */
	size_t exponent_size;
	const struct ev_curve *curve;	      /* NULL: no EC key */
	uint8_t point[2 * EV_COORDINATE_MAX]; /* X then Y, width bytes each */
};

/* False for a key that nothing was read into, or that could not be. */
bool ev_public_key_is_there(const struct ev_public_key *key);
/* "RSA", "P-256" ...; "none" where there is none. */
const char *ev_public_key_name(const struct ev_public_key *key);

/* Of the modulus, or of the curve's field; 0: no key. */
size_t ev_public_key_bits(const struct ev_public_key *key);

/* The same key; none equals none.  Nothing else is looked at. */
bool ev_public_key_eq(const struct ev_public_key *a,
		      const struct ev_public_key *b);

/* Both big-endian without leading zeros; no key is made of an empty number or
 * of an exponent above EV_EXPONENT_MAX bytes. */
struct ev_public_key ev_public_key_rsa(struct ev_span modulus,
				       struct ev_span exponent);

/* Coordinates big-endian, of any length: leading zeros may lack or be too
 * many (TPM 2.0 Part 2, 11.2.5.1).  No key is made of a number that does not
 * fit; whether the point is on the curve is asked when it verifies. */
struct ev_public_key ev_public_key_ec(const struct ev_curve *curve,
				      struct ev_span x, struct ev_span y);

/* Of a DER SubjectPublicKeyInfo, strictly; no key where it is of another
 * algorithm. */
struct ev_public_key ev_public_key_of_spki(struct ev_span spki);

/* r and s big-endian, of any length.  A key that is none of EC, or whose point
 * is not on its curve, verifies nothing. */
enum ev_verified ev_ecdsa_verify(struct ev_crypto *crypto,
				 const struct ev_public_key *key,
				 enum ev_digest_alg alg, struct ev_span message,
				 struct ev_span r, struct ev_span s);

#endif
