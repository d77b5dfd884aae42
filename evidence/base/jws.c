/* SPDX-License-Identifier: Apache-2.0 */
/* The table of token algorithms, and one verification by a row of it. */
#include "evidence/base/jws.h"

/* Keys of 1024 bits occur in key sets of Azure Attestation. */
#define LEAST_BITS 1024
#define GOOD_BITS  2048
#define MOST_BITS  8192

static const struct ev_jws_algorithm algorithms[] = {
	{ "RS256", NULL, EV_RSASSA_PKCS1, EV_SHA256 },
	{ "RS384", NULL, EV_RSASSA_PKCS1, EV_SHA384 },
	{ "RS512", NULL, EV_RSASSA_PKCS1, EV_SHA512 },
	{ "PS256", NULL, EV_RSASSA_PSS, EV_SHA256 },
	{ "PS384", NULL, EV_RSASSA_PSS, EV_SHA384 },
	{ "PS512", NULL, EV_RSASSA_PSS, EV_SHA512 },
	{ "ES256", "P-256", EV_RSASSA_PKCS1, EV_SHA256 },
	{ "ES384", "P-384", EV_RSASSA_PKCS1, EV_SHA384 },
};

const struct ev_jws_algorithm *ev_jws_algorithm_named(struct ev_span name)
{
	for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (ev_span_eq(name, ev_span_str(algorithms[i].name)))
			return &algorithms[i];
	return NULL;
}

static enum ev_jws_key rsa_key(const struct ev_public_key *key)
{
	static const uint8_t usual[] = { 0x01, 0x00, 0x01 };
	size_t bits = ev_public_key_bits(key);

	if (!ev_span_eq(ev_span_of(key->exponent, key->exponent_size),
			EV_SPAN(usual)))
		return EV_JWS_KEY_EXPONENT;
	if (bits < LEAST_BITS || bits > MOST_BITS)
		return EV_JWS_KEY_SIZE;
	return bits < GOOD_BITS ? EV_JWS_KEY_WEAK : EV_JWS_KEY_GOOD;
}

enum ev_jws_key ev_jws_key_for(const struct ev_jws_algorithm *algorithm,
			       const struct ev_public_key *key)
{
	if (algorithm->curve != NULL)
		return key->curve != NULL && strcmp(key->curve->name,
						    algorithm->curve) == 0
			       ? EV_JWS_KEY_GOOD
			       : EV_JWS_KEY_OTHER_TYPE;
	return key->curve == NULL && key->modulus.n > 0 ? rsa_key(key)
							: EV_JWS_KEY_OTHER_TYPE;
}

static enum ev_verified verify_ec(struct ev_crypto *crypto,
				  const struct ev_jws_algorithm *algorithm,
				  const struct ev_public_key *key,
				  struct ev_span message, struct ev_span sig)
{
	size_t width = key->curve->width;

	if (sig.n != 2 * width)
		return EV_VERIFIED_NO;
	return ev_ecdsa_verify(crypto, key, algorithm->digest, message,
			       ev_span_sub(sig, 0, width),
			       ev_span_sub(sig, width, width));
}

enum ev_verified ev_jws_verify(struct ev_crypto *crypto,
			       const struct ev_jws_algorithm *algorithm,
			       const struct ev_public_key *key,
			       struct ev_span message, struct ev_span sig)
{
	const struct ev_rsa_rule rule = {
		.padding = algorithm->padding,
		.alg = algorithm->digest,
		.least_bits = LEAST_BITS,
		.salt_as_digest = true,
	};
	enum ev_jws_key is = ev_jws_key_for(algorithm, key);

	if (is != EV_JWS_KEY_GOOD && is != EV_JWS_KEY_WEAK)
		return EV_VERIFIED_NO;
	if (algorithm->curve != NULL)
		return verify_ec(crypto, algorithm, key, message, sig);
	return ev_rsa_verify_by(crypto, key->modulus,
				ev_span_of(key->exponent, key->exponent_size),
				&rule, message, sig);
}
