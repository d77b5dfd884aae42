/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures under bare P-256 and RSA keys. */
#include "evidence/base/sig.h"

#include "evidence/base/crypto_state.h"
#include "evidence/base/ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

/* What the SHA-256 of a remembered result begins with: one byte an
 * algorithm, so that no two kinds of result share a key. */
enum { REMEMBER_P256 = 1 };

/* The order of the P-256 group (FIPS 186-5, SP 800-186 3.2.1.3). */
static const uint8_t P256_ORDER[32] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
	0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static bool in_order(const uint8_t v[32])
{
	return !ev_span_is_zero(ev_span_of(v, 32)) &&
	       memcmp(v, P256_ORDER, 32) < 0;
}

/* Makes key the point of the kept key object, with a context to verify. */
static enum ev_verified load_p256(struct ev_crypto *crypto,
				  const uint8_t key[EV_P256_POINT])
{
	uint8_t encoded[1 + EV_P256_POINT];

	if (crypto->p256_loaded &&
	    memcmp(crypto->p256_point, key, EV_P256_POINT) == 0)
		return EV_VERIFIED_YES;
	crypto->p256_loaded = false;
	encoded[0] = 0x04; /* SEC 1 2.3.3: uncompressed */
	memcpy(encoded + 1, key, EV_P256_POINT);
	/* This refuses a point that is not on the curve. */
	if (EVP_PKEY_set1_encoded_public_key(crypto->p256, encoded,
					     sizeof(encoded)) != 1)
		return ev_crypto_answer(0);
	/* Anew for each key: what a context takes of its key is its own
	 * business. */
	if (EVP_PKEY_verify_init(crypto->p256_ctx) != 1) {
		ERR_clear_error();
		return EV_VERIFIED_TROUBLE;
	}
	crypto->p256_loaded = true;
	memcpy(crypto->p256_point, key, EV_P256_POINT);
	return EV_VERIFIED_YES;
}

enum ev_verified ev_p256_on_curve(struct ev_crypto *crypto,
				  const uint8_t key[EV_P256_POINT])
{
	return load_p256(crypto, key);
}

static enum ev_verified verify_p256(struct ev_crypto *crypto,
				    const uint8_t key[EV_P256_POINT],
				    const uint8_t digest[32],
				    const uint8_t sig[64])
{
	enum ev_verified loaded = load_p256(crypto, key);
	uint8_t der[EV_ECDSA_DER_MAX];
	size_t n;

	if (loaded != EV_VERIFIED_YES)
		return loaded;
	n = ev_ecdsa_der_from_raw(sig, 32, der);
	ev_crypto_count(crypto);
	return ev_crypto_answer(
		EVP_PKEY_verify(crypto->p256_ctx, der, n, digest, 32));
}

enum ev_verified ev_p256_verify_hashed(struct ev_crypto *crypto,
				       const uint8_t key[EV_P256_POINT],
				       const uint8_t digest[32],
				       const uint8_t sig[64])
{
	uint8_t all[1 + EV_P256_POINT + 64 + 32] = { REMEMBER_P256 };
	enum ev_verified answer;
	uint8_t memory[32];

	if (!in_order(sig) || !in_order(sig + 32))
		return EV_VERIFIED_NO;
	memcpy(all + 1, key, EV_P256_POINT);
	memcpy(all + 1 + EV_P256_POINT, sig, 64);
	memcpy(all + 1 + EV_P256_POINT + 64, digest, 32);
	if (!ev_digest(crypto, EV_SHA256, EV_SPAN(all), memory))
		return EV_VERIFIED_TROUBLE;
	if (ev_crypto_remembered(crypto, memory))
		return EV_VERIFIED_YES;
	answer = verify_p256(crypto, key, digest, sig);
	if (answer == EV_VERIFIED_YES)
		ev_crypto_remember(crypto, memory);
	return answer;
}

enum ev_verified ev_p256_verify_raw(struct ev_crypto *crypto,
				    const uint8_t key[EV_P256_POINT],
				    struct ev_span message,
				    const uint8_t sig[64])
{
	uint8_t digest[32];

	if (!ev_digest(crypto, EV_SHA256, message, digest))
		return EV_VERIFIED_TROUBLE;
	return ev_p256_verify_hashed(crypto, key, digest, sig);
}

enum ev_verified ev_p256_verify_der(struct ev_crypto *crypto,
				    const uint8_t key[EV_P256_POINT],
				    struct ev_span message, struct ev_span sig)
{
	uint8_t raw[64];

	if (!ev_ecdsa_raw_from_der(sig, 32, raw))
		return EV_VERIFIED_NO;
	return ev_p256_verify_raw(crypto, key, message, raw);
}

/* least to 8192 bits, both odd, exponent 3 to 64 bits: what real keys have,
 * and what bounds the time of one verification. */
static bool rsa_key_sane(struct ev_span modulus, struct ev_span exponent,
			 size_t least)
{
	if (modulus.n < least / 8 || modulus.n > 1024 || exponent.n < 1 ||
	    exponent.n > 8 || exponent.p[0] == 0)
		return false;
	if (modulus.p[0] == 0 ||
	    (modulus.n == least / 8 && modulus.p[0] < 0x80))
		return false;
	if (exponent.n == 1 && exponent.p[0] < 3)
		return false;
	return (modulus.p[modulus.n - 1] & exponent.p[exponent.n - 1] & 1) == 1;
}

static OSSL_PARAM *rsa_params(const BIGNUM *n, const BIGNUM *e)
{
	OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
	OSSL_PARAM *params = NULL;

	if (bld != NULL && n != NULL && e != NULL &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
	    OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1)
		params = OSSL_PARAM_BLD_to_param(bld);
	OSSL_PARAM_BLD_free(bld);
	return params;
}

/* NULL is trouble: the numbers were looked at before. */
static EVP_PKEY *rsa_import(struct ev_crypto *crypto, struct ev_span modulus,
			    struct ev_span exponent)
{
	BIGNUM *n = BN_bin2bn(modulus.p, (int)modulus.n, NULL);
	BIGNUM *e = BN_bin2bn(exponent.p, (int)exponent.n, NULL);
	OSSL_PARAM *params = rsa_params(n, e);
	EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_name(crypto->libctx, "RSA", NULL);
	EVP_PKEY *key = NULL;

	if (params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	OSSL_PARAM_free(params);
	BN_free(n);
	BN_free(e);
	return key;
}

/* A signer may choose the length of a PSS salt (RFC 8017 9.1): any is taken
 * where the rule does not say one, with MGF1 over the digest of the message. */
static bool rsa_setup(EVP_PKEY_CTX *ctx, const struct ev_rsa_rule *rule,
		      const EVP_MD *md)
{
	int pad = rule->padding == EV_RSASSA_PSS ? RSA_PKCS1_PSS_PADDING
						 : RSA_PKCS1_PADDING;
	int salt = rule->salt_as_digest ? RSA_PSS_SALTLEN_DIGEST
					: RSA_PSS_SALTLEN_AUTO;

	return EVP_PKEY_verify_init(ctx) == 1 &&
	       EVP_PKEY_CTX_set_rsa_padding(ctx, pad) == 1 &&
	       EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
	       (pad == RSA_PKCS1_PADDING ||
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, salt) == 1);
}

enum ev_verified ev_rsa_verify_by(struct ev_crypto *crypto,
				  struct ev_span modulus,
				  struct ev_span exponent,
				  const struct ev_rsa_rule *rule,
				  struct ev_span message, struct ev_span sig)
{
	enum ev_verified answer = EV_VERIFIED_TROUBLE;
	uint8_t digest[EV_DIGEST_MAX];
	EVP_PKEY_CTX *ctx = NULL;
	EVP_PKEY *key;

	if (!rsa_key_sane(modulus, exponent, rule->least_bits) ||
	    sig.n != modulus.n)
		return EV_VERIFIED_NO;
	key = rsa_import(crypto, modulus, exponent);
	if (key != NULL)
		ctx = EVP_PKEY_CTX_new_from_pkey(crypto->libctx, key, NULL);
	if (ctx != NULL &&
	    rsa_setup(ctx, rule, ev_digest_md(crypto, rule->alg)) &&
	    ev_digest(crypto, rule->alg, message, digest)) {
		ev_crypto_count(crypto);
		answer = ev_crypto_answer(EVP_PKEY_verify(
			ctx, sig.p, sig.n, digest, ev_digest_size(rule->alg)));
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return answer;
}

enum ev_verified ev_rsa_verify(struct ev_crypto *crypto, struct ev_span modulus,
			       struct ev_span exponent,
			       enum ev_rsa_padding padding,
			       enum ev_digest_alg alg, struct ev_span message,
			       struct ev_span sig)
{
	const struct ev_rsa_rule rule = {
		.padding = padding,
		.alg = alg,
		.least_bits = 2048,
	};

	return ev_rsa_verify_by(crypto, modulus, exponent, &rule, message, sig);
}
