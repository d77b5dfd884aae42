/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of either family, and ECDSA by them. */
#include "evidence/base/public_key.h"

#include "evidence/base/crypto_state.h"
#include "evidence/base/ecdsa.h"

#include <openssl/core_names.h>
#include <openssl/err.h>

static const uint8_t P256_SPKI[] = {
	0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
	0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
};
static const uint8_t P384_SPKI[] = {
	0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02,
	0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22, 0x03, 0x62, 0x00, 0x04,
};
static const uint8_t P521_SPKI[] = {
	0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86,
	0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81,
	0x04, 0x00, 0x23, 0x03, 0x81, 0x86, 0x00, 0x04,
};

static const struct ev_curve curves[] = {
	{ "P-256", 0x0003, 32, 256, { P256_SPKI, sizeof(P256_SPKI) } },
	{ "P-384", 0x0004, 48, 384, { P384_SPKI, sizeof(P384_SPKI) } },
	{ "P-521", 0x0005, 66, 521, { P521_SPKI, sizeof(P521_SPKI) } },
};
#define N_CURVES (sizeof(curves) / sizeof(curves[0]))

const struct ev_curve *ev_curve_of_tpm(uint16_t tpm_id)
{
	for (size_t i = 0; i < N_CURVES; i++)
		if (curves[i].tpm_id == tpm_id)
			return &curves[i];
	return NULL;
}

const struct ev_curve *ev_curve_named(struct ev_span name)
{
	for (size_t i = 0; i < N_CURVES; i++)
		if (ev_span_eq(name, ev_span_str(curves[i].name)))
			return &curves[i];
	return NULL;
}

size_t ev_public_key_bits(const struct ev_public_key *key)
{
	size_t bits = 8 * key->modulus.n;

	if (key->curve != NULL)
		return key->curve->bits;
	/* The first byte is not 0. */
	for (uint8_t bit = 0x80; bits > 0 && (key->modulus.p[0] & bit) == 0;
	     bit >>= 1)
		bits--;
	return bits;
}

bool ev_public_key_is_there(const struct ev_public_key *key)
{
	return key->modulus.n > 0 || key->curve != NULL;
}

const char *ev_public_key_name(const struct ev_public_key *key)
{
	if (key->curve != NULL)
		return key->curve->name;
	return key->modulus.n > 0 ? "RSA" : "none";
}

bool ev_public_key_eq(const struct ev_public_key *a,
		      const struct ev_public_key *b)
{
	if (a->curve != NULL)
		return a->curve == b->curve &&
		       memcmp(a->point, b->point, 2 * a->curve->width) == 0;
	return b->curve == NULL && ev_span_eq(a->modulus, b->modulus) &&
	       ev_span_eq(ev_span_of(a->exponent, a->exponent_size),
			  ev_span_of(b->exponent, b->exponent_size));
}

struct ev_public_key ev_public_key_rsa(struct ev_span modulus,
				       struct ev_span exponent)
{
	struct ev_public_key key = { .curve = NULL };

	if (modulus.n == 0 || exponent.n == 0 || exponent.n > EV_EXPONENT_MAX)
		return key;
	key.modulus = modulus;
	memcpy(key.exponent, exponent.p, exponent.n);
	key.exponent_size = exponent.n;
	return key;
}

/* False where the number needs more than width bytes. */
static bool put_padded(struct ev_span number, size_t width, uint8_t *out)
{
	while (number.n > 0 && number.p[0] == 0)
		number = ev_span_sub(number, 1, number.n - 1);
	if (number.n > width)
		return false;
	memset(out, 0, width - number.n);
	if (number.n > 0)
		memcpy(out + width - number.n, number.p, number.n);
	return true;
}

struct ev_public_key ev_public_key_ec(const struct ev_curve *curve,
				      struct ev_span x, struct ev_span y)
{
	struct ev_public_key key = { .curve = curve };

	if (curve == NULL || !put_padded(x, curve->width, key.point) ||
	    !put_padded(y, curve->width, key.point + curve->width))
		return (struct ev_public_key){ .curve = NULL };
	return key;
}

struct ev_public_key ev_public_key_of_spki(struct ev_span spki)
{
	struct ev_span modulus, exponent;

	for (size_t i = 0; i < N_CURVES; i++) {
		const struct ev_curve *c = &curves[i];

		if (spki.n == c->spki.n + 2 * c->width &&
		    ev_span_eq(ev_span_sub(spki, 0, c->spki.n), c->spki))
			return ev_public_key_ec(
				c, ev_span_sub(spki, c->spki.n, c->width),
				ev_span_sub(spki, c->spki.n + c->width,
					    c->width));
	}
	if (ev_spki_rsa(spki, &modulus, &exponent))
		return ev_public_key_rsa(modulus, exponent);
	return (struct ev_public_key){ .curve = NULL };
}

/* NULL where the point is not on the curve, or trouble. */
static EVP_PKEY *import_point(struct ev_crypto *crypto,
			      const struct ev_public_key *key)
{
	uint8_t encoded[1 + 2 * EV_COORDINATE_MAX];
	char group[8] = { 0 };
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
						  encoded,
						  1 + 2 * key->curve->width),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_name(crypto->libctx, "EC", NULL);
	EVP_PKEY *pkey = NULL;

	memcpy(group, key->curve->name, strlen(key->curve->name));
	params[0].data_size = strlen(key->curve->name);
	encoded[0] = 0x04; /* SEC 1 2.3.3: uncompressed */
	memcpy(encoded + 1, key->point, 2 * key->curve->width);
	if (ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1)
		EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* A digest longer than the group's order is cut by libcrypto, as FIPS 186-5
 * 6.4 has it; so is the range of the integers its to check. */
enum ev_verified ev_ecdsa_verify(struct ev_crypto *crypto,
				 const struct ev_public_key *key,
				 enum ev_digest_alg alg, struct ev_span message,
				 struct ev_span r, struct ev_span s)
{
	enum ev_verified answer = EV_VERIFIED_TROUBLE;
	uint8_t raw[2 * EV_COORDINATE_MAX], der[EV_ECDSA_DER_MAX];
	uint8_t digest[EV_DIGEST_MAX];
	EVP_PKEY_CTX *ctx;
	EVP_PKEY *pkey;
	size_t n, width;

	if (key->curve == NULL)
		return EV_VERIFIED_NO;
	width = key->curve->width;
	if (!put_padded(r, width, raw) || !put_padded(s, width, raw + width))
		return EV_VERIFIED_NO;
	pkey = import_point(crypto, key);
	if (pkey == NULL)
		return ev_crypto_answer(0);
	n = ev_ecdsa_der_from_raw(raw, width, der);
	ctx = EVP_PKEY_CTX_new_from_pkey(crypto->libctx, pkey, NULL);
	if (ctx != NULL && EVP_PKEY_verify_init(ctx) == 1 &&
	    ev_digest(crypto, alg, message, digest)) {
		ev_crypto_count(crypto);
		answer = ev_crypto_answer(EVP_PKEY_verify(ctx, der, n, digest,
							  ev_digest_size(alg)));
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	ERR_clear_error();
	return answer;
}
