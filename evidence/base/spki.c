/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures under a key given as DER SubjectPublicKeyInfo (sig.h). */
#include "evidence/base/sig.h"

#include "evidence/base/crypto_state.h"
#include "evidence/base/der.h"
#include "evidence/base/ecdsa.h"
#include "evidence/base/public_key.h"

#include <openssl/err.h>

#define ED25519_SIZE 32
#define P384_POINT   96

/* An Ed25519 key has one spelling: these bytes, then the key. */
static const uint8_t ED25519_PREFIX[] = { 0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
					  0x2b, 0x65, 0x70, 0x03, 0x21, 0x00 };
/* AlgorithmIdentifier of rsaEncryption with NULL (RFC 3279 2.3.1). */
static const uint8_t RSA_ALGORITHM[] = { 0x06, 0x09, 0x2a, 0x86, 0x48,
					 0x86, 0xf7, 0x0d, 0x01, 0x01,
					 0x01, 0x05, 0x00 };

/*
 * y of the points of small order, little-endian: 0, 1, p - 1 and the two of
 * order 8; either sign of x.  Under such a key one signature fits every
 * message (archive page 5).
 */
static const uint8_t SMALL_ORDER_Y[][ED25519_SIZE] = {
	{ 0 },
	{ 1 },
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f },
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
	  0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
	  0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
	  0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
	  0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
};

/* y >= 2^255 - 19: another spelling of a small y (RFC 8032 5.1.3 refuses). */
static bool ed25519_noncanonical(const uint8_t y[ED25519_SIZE])
{
	if (y[31] != 0x7f || y[0] < 0xed)
		return false;
	for (size_t i = 1; i < 31; i++)
		if (y[i] != 0xff)
			return false;
	return true;
}

static bool ed25519_usable(const uint8_t key[ED25519_SIZE])
{
	size_t n = sizeof(SMALL_ORDER_Y) / sizeof(SMALL_ORDER_Y[0]);
	uint8_t y[ED25519_SIZE];

	memcpy(y, key, sizeof(y));
	y[31] &= 0x7f; /* the sign of x */
	for (size_t i = 0; i < n; i++)
		if (memcmp(y, SMALL_ORDER_Y[i], sizeof(y)) == 0)
			return false;
	return !ed25519_noncanonical(y);
}

/* The key's bytes, or NULL where spki is no Ed25519 key. */
static const uint8_t *ed25519_of(struct ev_span spki)
{
	const struct ev_span prefix = EV_SPAN(ED25519_PREFIX);

	if (spki.n != prefix.n + ED25519_SIZE ||
	    !ev_span_eq(ev_span_sub(spki, 0, prefix.n), prefix))
		return NULL;
	return spki.p + prefix.n;
}

bool ev_spki_rsa(struct ev_span spki, struct ev_span *modulus,
		 struct ev_span *exponent)
{
	struct ev_error err = { EV_OK };
	struct ev_reader item = ev_reader_init(spki, 0, "spki", &err);
	struct ev_reader info = ev_der_enter(&item, EV_DER_SEQUENCE, "spki");
	struct ev_span alg = ev_der_read(&info, EV_DER_SEQUENCE, "algorithm");
	struct ev_reader bits = ev_der_enter(&info, EV_DER_BIT_STRING, "key");
	uint8_t unused = ev_read_u8(&bits, "unused bits");
	struct ev_reader key = ev_der_enter(&bits, EV_DER_SEQUENCE, "key");
	struct ev_span n = ev_der_read_serial(&key, "modulus");
	struct ev_span e = ev_der_read_serial(&key, "exponent");

	ev_reader_finish(&key);
	ev_reader_finish(&bits);
	ev_reader_finish(&info);
	if (ev_reader_finish(&item) != EV_OK || unused != 0 ||
	    !ev_span_eq(alg, EV_SPAN(RSA_ALGORITHM)))
		return false;
	*modulus = n;
	*exponent = e;
	return true;
}

enum ev_key_kind ev_spki_kind(struct ev_crypto *crypto, struct ev_span spki)
{
	const struct ev_public_key key = ev_public_key_of_spki(spki);
	const uint8_t *ed25519 = ed25519_of(spki);
	struct ev_span modulus, exponent;

	if (ed25519 != NULL)
		return ed25519_usable(ed25519) ? EV_KEY_ED25519
					       : EV_KEY_UNKNOWN;
	if (key.curve != NULL && 2 * key.curve->width == EV_P256_POINT)
		return ev_p256_on_curve(crypto, key.point) == EV_VERIFIED_YES
			       ? EV_KEY_P256
			       : EV_KEY_UNKNOWN;
	if (key.curve != NULL && 2 * key.curve->width == P384_POINT)
		return EV_KEY_P384;
	if (ev_spki_rsa(spki, &modulus, &exponent))
		return EV_KEY_RSA;
	return EV_KEY_UNKNOWN;
}

enum ev_verified ev_spki_has_key_id(struct ev_crypto *crypto,
				    struct ev_span spki, struct ev_span id)
{
	struct ev_error err = { EV_OK };
	struct ev_reader item = ev_reader_init(spki, 0, "spki", &err);
	struct ev_reader info = ev_der_enter(&item, EV_DER_SEQUENCE, "spki");
	uint8_t of_key[20], of_all[20];
	struct ev_span bits;

	ev_der_read(&info, EV_DER_SEQUENCE, "algorithm");
	bits = ev_der_read(&info, EV_DER_BIT_STRING, "key");
	ev_reader_finish(&info);
	if (ev_reader_finish(&item) != EV_OK || bits.n < 2)
		return EV_VERIFIED_NO;
	bits = ev_span_sub(bits, 1, bits.n - 1); /* behind the unused bits */
	if (!ev_digest(crypto, EV_SHA1, bits, of_key) ||
	    !ev_digest(crypto, EV_SHA1, spki, of_all))
		return EV_VERIFIED_TROUBLE;
	return ev_span_eq(id, EV_SPAN(of_key)) ||
			       ev_span_eq(id, EV_SPAN(of_all))
		       ? EV_VERIFIED_YES
		       : EV_VERIFIED_NO;
}

enum ev_verified ev_ed25519_verify(struct ev_crypto *crypto,
				   const uint8_t key[32],
				   struct ev_span message, struct ev_span sig)
{
	enum ev_verified answer = EV_VERIFIED_NO;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key_ex(
		crypto->libctx, "ED25519", NULL, key, ED25519_SIZE);

	if (ctx == NULL || pkey == NULL ||
	    EVP_DigestVerifyInit_ex(ctx, NULL, NULL, crypto->libctx, NULL, pkey,
				    NULL) != 1) {
		ERR_clear_error();
		answer = EV_VERIFIED_TROUBLE;
	} else if (sig.n == 64) {
		ev_crypto_count(crypto);
		answer = ev_crypto_answer(EVP_DigestVerify(
			ctx, sig.p, sig.n, message.p, message.n));
	}
	EVP_PKEY_free(pkey);
	EVP_MD_CTX_free(ctx);
	return answer;
}

static enum ev_verified verify_p384(struct ev_crypto *crypto,
				    struct ev_span spki, struct ev_span message,
				    struct ev_span sig)
{
	const struct ev_public_key key = ev_public_key_of_spki(spki);
	uint8_t raw[P384_POINT];

	if (!ev_ecdsa_raw_from_der(sig, P384_POINT / 2, raw))
		return EV_VERIFIED_NO;
	return ev_ecdsa_verify(
		crypto, &key, EV_SHA384, message,
		ev_span_of(raw, P384_POINT / 2),
		ev_span_of(raw + P384_POINT / 2, P384_POINT / 2));
}

/* rsaEncryption names no padding (RFC 8017 A.1): both are tried, SHA-256. */
static enum ev_verified verify_rsa(struct ev_crypto *crypto,
				   struct ev_span spki, struct ev_span message,
				   struct ev_span sig)
{
	struct ev_span modulus, exponent;
	enum ev_verified answer;

	if (!ev_spki_rsa(spki, &modulus, &exponent))
		return EV_VERIFIED_NO;
	answer = ev_rsa_verify(crypto, modulus, exponent, EV_RSASSA_PKCS1,
			       EV_SHA256, message, sig);
	if (answer != EV_VERIFIED_NO)
		return answer;
	return ev_rsa_verify(crypto, modulus, exponent, EV_RSASSA_PSS,
			     EV_SHA256, message, sig);
}

enum ev_verified ev_spki_verify(struct ev_crypto *crypto, struct ev_span spki,
				struct ev_span message, struct ev_span sig)
{
	switch (ev_spki_kind(crypto, spki)) {
	case EV_KEY_ED25519:
		return ev_ed25519_verify(
			crypto, spki.p + sizeof(ED25519_PREFIX), message, sig);
	case EV_KEY_P256:
		return ev_p256_verify_der(
			crypto, spki.p + spki.n - EV_P256_POINT, message, sig);
	case EV_KEY_P384:
		return verify_p384(crypto, spki, message, sig);
	case EV_KEY_RSA:
		return verify_rsa(crypto, spki, message, sig);
	case EV_KEY_UNKNOWN:
		break;
	}
	return EV_VERIFIED_NO;
}
