/* SPDX-License-Identifier: Apache-2.0 */
/* Token signatures: real ones, each algorithm by its own key, and what lies
 * just beside. */
#include "evidence/base/jws.h"

#include "evidence/base/ecdsa.h"
#include "evidence/jwks.h"
#include "evidence/jwt.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static const struct ev_span message = { (const uint8_t *)"header.payload", 14 };

static const char *const names[] = { "RS256", "RS384", "RS512", "PS256",
				     "PS384", "PS512", "ES256", "ES384" };
#define N_NAMES (sizeof(names) / sizeof(names[0]))

static const struct ev_jws_algorithm *named(const char *name)
{
	const struct ev_jws_algorithm *a =
		ev_jws_algorithm_named(ev_span_str(name));

	assert_non_null(a);
	return a;
}

/* --- keys of libcrypto's, and signatures by them --- */

struct made {
	EVP_PKEY *pkey;
	uint8_t spki[2048];
	struct ev_public_key key;
};

static void take(EVP_PKEY *pkey, struct made *out)
{
	uint8_t *p = out->spki;
	int n = i2d_PUBKEY(pkey, NULL);

	assert_non_null(pkey);
	assert_true(n > 0 && (size_t)n <= sizeof(out->spki));
	i2d_PUBKEY(pkey, &p);
	out->pkey = pkey;
	out->key = ev_public_key_of_spki(ev_span_of(out->spki, (size_t)n));
	assert_true(ev_public_key_is_there(&out->key));
}

static EVP_PKEY *rsa_of(int bits, unsigned long e)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *exponent = BN_new();
	EVP_PKEY *pkey = NULL;

	assert_int_equal(BN_set_word(exponent, e), 1);
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits), 1);
	assert_int_equal(EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, exponent), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &pkey), 1);
	BN_free(exponent);
	EVP_PKEY_CTX_free(ctx);
	return pkey;
}

/* How a signature may differ from what its algorithm says. */
struct manner {
	int salt;	  /* of PSS */
	const char *mgf1; /* NULL: the digest */
};

static size_t sign_by(struct ev_crypto *crypto, const struct made *m,
		      const struct ev_jws_algorithm *a, struct manner manner,
		      uint8_t *out, size_t room)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	uint8_t der[EV_ECDSA_DER_MAX];
	size_t n = a->curve != NULL ? sizeof(der) : room;

	assert_int_equal(EVP_DigestSignInit(ctx, &pctx,
					    ev_digest_md(crypto, a->digest),
					    NULL, m->pkey),
			 1);
	if (a->padding == EV_RSASSA_PSS) {
		EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, manner.salt);
		if (manner.mgf1 != NULL)
			EVP_PKEY_CTX_set_rsa_mgf1_md_name(pctx, manner.mgf1,
							  NULL);
	}
	assert_int_equal(EVP_DigestSign(ctx, a->curve != NULL ? der : out, &n,
					message.p, message.n),
			 1);
	EVP_MD_CTX_free(ctx);
	if (a->curve == NULL)
		return n;
	assert_true(ev_ecdsa_raw_from_der(ev_span_of(der, n),
					  m->key.curve->width, out));
	return 2 * m->key.curve->width;
}

static size_t sign(struct ev_crypto *crypto, const struct made *m,
		   const struct ev_jws_algorithm *a, uint8_t *out, size_t room)
{
	return sign_by(crypto, m, a, (struct manner){ RSA_PSS_SALTLEN_DIGEST },
		       out, room);
}

/* --- tests --- */

static void names_are_exact(void **state)
{
	static const char *const none[] = { "",	      "none",	"None",
					    "nOnE",   "HS256",	"rs256",
					    "RS256 ", "RS2566", "RS25",
					    "ES512",  "EdDSA",	"PS1" };

	(void)state;
	for (size_t i = 0; i < N_NAMES; i++)
		assert_string_equal(named(names[i])->name, names[i]);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_null(ev_jws_algorithm_named(ev_span_str(none[i])));
}

static void real_tokens_verify(void **state)
{
	static const char *const rows[][2] = {
		{ "tokens/maa-sgx1-token.jwt", "tokens/maa-sgx1-jwks.json" },
		{ "tokens/ita-sgx1-token.jwt", "tokens/ita-sgx1-jwks.json" },
		{ "tokens/gcp-cs1-oidc-token.jwt",
		  "tokens/gcp-cs1-oidc-jwks.json" },
	};

	vectors_need();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ev_jwk *k;
		struct ev_error err = { 0 };
		struct ev_span token, set;
		struct ev_jwks jwks;
		struct ev_jwt t;
		size_t n;

		assert_true(vectors_read(rows[i][0], &token));
		assert_true(vectors_read(rows[i][1], &set));
		assert_int_equal(ev_jwt_parse(token, &t, &err), EV_OK);
		assert_int_equal(ev_jwks_parse(set, &jwks, &err), EV_OK);
		k = ev_jwks_find(&jwks, t.kid, &n);
		assert_int_equal(n, 1);
		for (size_t a = 0; a < N_NAMES; a++) {
			const struct ev_jws_algorithm *by = named(names[a]);
			bool own = ev_span_eq(t.alg, ev_span_str(by->name));

			assert_int_equal(
				ev_jws_verify(*state, by, &k->key,
					      ev_jwt_signed(&t), t.signature),
				own ? EV_VERIFIED_YES : EV_VERIFIED_NO);
		}
		ev_jwks_free(&jwks);
		ev_jwt_free(&t);
	}
}

static void each_algorithm_verifies_its_own(void **state)
{
	struct made rsa, p256, p384;
	uint8_t sig[512];

	take(rsa_of(2048, 65537), &rsa);
	take(EVP_EC_gen("P-256"), &p256);
	take(EVP_EC_gen("P-384"), &p384);
	for (size_t i = 0; i < N_NAMES; i++) {
		const struct ev_jws_algorithm *a = named(names[i]);
		const struct made *m = a->curve == NULL ? &rsa
				       : i == 6		? &p256
							: &p384;
		size_t n = sign(*state, m, a, sig, sizeof(sig));

		for (size_t k = 0; k < N_NAMES; k++)
			assert_int_equal(
				ev_jws_verify(*state, named(names[k]), &m->key,
					      message, ev_span_of(sig, n)),
				k == i ? EV_VERIFIED_YES : EV_VERIFIED_NO);
		assert_int_equal(ev_jws_verify(*state, a, &m->key, message,
					       ev_span_of(sig, n - 1)),
				 EV_VERIFIED_NO);
		sig[n] = 0;
		assert_int_equal(ev_jws_verify(*state, a, &m->key, message,
					       ev_span_of(sig, n + 1)),
				 EV_VERIFIED_NO);
		assert_int_equal(ev_jws_verify(*state, a, &m->key, message,
					       ev_span_of(NULL, 0)),
				 EV_VERIFIED_NO);
		sig[n / 2] ^= 1;
		assert_int_equal(ev_jws_verify(*state, a, &m->key, message,
					       ev_span_of(sig, n)),
				 EV_VERIFIED_NO);
	}
	EVP_PKEY_free(rsa.pkey);
	EVP_PKEY_free(p256.pkey);
	EVP_PKEY_free(p384.pkey);
}

/* RFC 7518 3.5.  That a TPM's signature of any salt verifies: test_tpm. */
static void a_salt_is_as_long_as_its_digest(void **state)
{
	struct made m;
	uint8_t sig[256];

	take(rsa_of(2048, 65537), &m);
	for (size_t i = 3; i < 6; i++) {
		const struct ev_jws_algorithm *a = named(names[i]);
		int digest = (int)ev_digest_size(a->digest);
		const int salts[] = {
			0,	1,	    20, digest - 1,
			digest, digest + 1, 96, 256 - 2 - digest
		};

		for (size_t k = 0; k < sizeof(salts) / sizeof(salts[0]); k++) {
			struct manner by = { salts[k] };
			size_t n = sign_by(*state, &m, a, by, sig, sizeof(sig));
			struct ev_span s = ev_span_of(sig, n);

			assert_int_equal(
				ev_jws_verify(*state, a, &m.key, message, s),
				salts[k] == digest ? EV_VERIFIED_YES
						   : EV_VERIFIED_NO);
			/* It is the length alone: a TPM may choose it. */
			assert_int_equal(
				ev_rsa_verify(*state, m.key.modulus,
					      ev_span_of(m.key.exponent, 3),
					      EV_RSASSA_PSS, a->digest, message,
					      s),
				EV_VERIFIED_YES);
		}
		sign_by(*state, &m, a, (struct manner){ digest, "SHA1" }, sig,
			sizeof(sig));
		assert_int_equal(
			ev_jws_verify(*state, a, &m.key, message, EV_SPAN(sig)),
			EV_VERIFIED_NO);
	}
	EVP_PKEY_free(m.pkey);
}

/* The group's order and the one behind it (SP 800-186, 3.2.1.3 and 4). */
static void order_of(const char *curve, size_t width, uint8_t *n, uint8_t *more)
{
	EVP_PKEY *pkey = EVP_EC_gen(curve);
	BIGNUM *order = NULL;

	assert_int_equal(
		EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_ORDER, &order),
		1);
	assert_int_equal(BN_bn2binpad(order, n, (int)width), (int)width);
	assert_int_equal(BN_add_word(order, 1), 1);
	assert_int_equal(BN_bn2binpad(order, more, (int)width), (int)width);
	BN_free(order);
	EVP_PKEY_free(pkey);
}

/* r and s lie in 1 .. n - 1, in exactly two widths. */
static void integers_outside_the_order_are_refused(void **state)
{
	for (size_t i = 6; i < 8; i++) {
		const struct ev_jws_algorithm *a = named(names[i]);
		uint8_t sig[96 + 1], other[96 + 2], edge[4][48] = { { 0 } };
		struct made m;
		size_t width, n;

		take(EVP_EC_gen(a->curve), &m);
		width = m.key.curve->width;
		order_of(a->curve, width, edge[1], edge[2]);
		memset(edge[3], 0xff, width);
		n = sign(*state, &m, a, sig, sizeof(sig));
		assert_int_equal(ev_jws_verify(*state, a, &m.key, message,
					       ev_span_of(sig, n)),
				 EV_VERIFIED_YES);
		for (size_t k = 0; k < 8; k++) {
			memcpy(other, sig, n);
			memcpy(other + (k & 1) * width, edge[k / 2], width);
			assert_int_equal(ev_jws_verify(*state, a, &m.key,
						       message,
						       ev_span_of(other, n)),
					 EV_VERIFIED_NO);
		}
		/* As DER has it: a zero in front of each. */
		other[0] = other[width + 1] = 0;
		memcpy(other + 1, sig, width);
		memcpy(other + width + 2, sig + width, width);
		assert_int_equal(ev_jws_verify(*state, a, &m.key, message,
					       ev_span_of(other, n + 2)),
				 EV_VERIFIED_NO);
		EVP_PKEY_free(m.pkey);
	}
}

static void a_point_off_its_curve_verifies_nothing(void **state)
{
	const struct ev_jws_algorithm *a = named("ES256");
	uint8_t sig[64];
	struct made m;

	take(EVP_EC_gen("P-256"), &m);
	sign(*state, &m, a, sig, sizeof(sig));
	m.key.point[63] ^= 1;
	assert_int_equal(
		ev_jws_verify(*state, a, &m.key, message, EV_SPAN(sig)),
		EV_VERIFIED_NO);
	memset(m.key.point, 0, 64);
	assert_int_equal(
		ev_jws_verify(*state, a, &m.key, message, EV_SPAN(sig)),
		EV_VERIFIED_NO);
	EVP_PKEY_free(m.pkey);
}

/* Weak keys verify, and are called weak. */
static void keys_of_each_size_are_told_apart(void **state)
{
	static const struct {
		int bits;
		unsigned long e;
		enum ev_jws_key is;
	} rows[] = {
		{ 512, 65537, EV_JWS_KEY_SIZE },
		{ 1016, 65537, EV_JWS_KEY_SIZE },
		{ 1024, 65537, EV_JWS_KEY_WEAK },
		{ 2040, 65537, EV_JWS_KEY_WEAK },
		{ 2048, 65537, EV_JWS_KEY_GOOD },
		{ 2048, 3, EV_JWS_KEY_EXPONENT },
		{ 2048, 65539, EV_JWS_KEY_EXPONENT },
	};
	const struct ev_jws_algorithm *a = named("RS256");
	uint8_t sig[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool good = rows[i].is <= EV_JWS_KEY_WEAK;
		struct made m;
		size_t n;

		take(rsa_of(rows[i].bits, rows[i].e), &m);
		assert_int_equal(ev_public_key_bits(&m.key), rows[i].bits);
		assert_int_equal(ev_jws_key_for(a, &m.key), rows[i].is);
		n = sign(*state, &m, a, sig, sizeof(sig));
		assert_int_equal(ev_jws_verify(*state, a, &m.key, message,
					       ev_span_of(sig, n)),
				 good ? EV_VERIFIED_YES : EV_VERIFIED_NO);
		assert_int_equal(ev_jws_key_for(named("ES256"), &m.key),
				 EV_JWS_KEY_OTHER_TYPE);
		EVP_PKEY_free(m.pkey);
	}
}

static void a_modulus_has_limits(void **state)
{
	static const uint8_t e[] = { 1, 0, 1 };
	static const struct {
		size_t size;
		uint8_t first;
		enum ev_jws_key is;
	} rows[] = {
		{ 127, 0xff, EV_JWS_KEY_SIZE },
		{ 128, 0x7f, EV_JWS_KEY_SIZE },
		{ 128, 0x80, EV_JWS_KEY_WEAK },
		{ 256, 0x7f, EV_JWS_KEY_WEAK },
		{ 256, 0x80, EV_JWS_KEY_GOOD },
		{ 1024, 0xff, EV_JWS_KEY_GOOD },
		{ 1025, 0x01, EV_JWS_KEY_SIZE },
	};
	uint8_t n[1025];
	struct ev_public_key none = { .curve = NULL };

	(void)state;
	memset(n, 0xff, sizeof(n));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_public_key key = ev_public_key_rsa(
			ev_span_of(n, rows[i].size), EV_SPAN(e));

		n[0] = rows[i].first;
		assert_int_equal(ev_jws_key_for(named("PS384"), &key),
				 rows[i].is);
	}
	assert_int_equal(ev_jws_key_for(named("RS256"), &none),
			 EV_JWS_KEY_OTHER_TYPE);
}

static int begin(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int end(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_exact),
		cmocka_unit_test(real_tokens_verify),
		cmocka_unit_test(each_algorithm_verifies_its_own),
		cmocka_unit_test(a_salt_is_as_long_as_its_digest),
		cmocka_unit_test(integers_outside_the_order_are_refused),
		cmocka_unit_test(a_point_off_its_curve_verifies_nothing),
		cmocka_unit_test(keys_of_each_size_are_told_apart),
		cmocka_unit_test(a_modulus_has_limits),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
