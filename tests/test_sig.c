/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures: published examples, and everything near them refused. */
#include "evidence/base/sig.h"

#include "evidence/base/base64.h"
#include "evidence/base/ecdsa.h"
#include "evidence/base/hex.h"
#include "evidence/base/pem.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/* RFC 6979 A.2.5 and A.2.6, message "sample". */
static const char P256_KEY[] =
	"60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
static const char P256_SIG[] =
	"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
	"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
static const char P384_KEY[] =
	"ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
	"def8f0ea9055866064a254515480bc13"
	"8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"
	"288b231c3ae0d4fe7344fd2533264720";
static const char P384_SIG[] =
	"94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
	"81a648152e44acf96e36dd1e80fabe46"
	"99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
	"a329c145786e679e7b82c71a38628ac8";
static const char P256_ORDER[] =
	"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
static const char P256_SPKI_PREFIX[] =
	"3059301306072a8648ce3d020106082a8648ce3d03010703420004";
static const char P384_SPKI_PREFIX[] =
	"3076301006072a8648ce3d020106052b8104002203620004";
static const char ED25519_SPKI_PREFIX[] = "302a300506032b6570032100";

static size_t unhex(const char *text, uint8_t *out)
{
	size_t n = strlen(text) / 2;

	assert_true(ev_hex_decode(ev_span_str(text), out, n));
	return n;
}

static size_t unhex2(const char *a, const char *b, uint8_t *out)
{
	size_t n = unhex(a, out);

	return n + unhex(b, out + n);
}

static void p256_raw_verifies_the_rfc_example(void **state)
{
	uint8_t key[64], sig[64];

	unhex(P256_KEY, key);
	unhex(P256_SIG, sig);
	assert_int_equal(ev_p256_on_curve(*state, key), EV_VERIFIED_YES);
	assert_int_equal(
		ev_p256_verify_raw(*state, key, ev_span_str("sample"), sig),
		EV_VERIFIED_YES);
	assert_int_equal(
		ev_p256_verify_raw(*state, key, ev_span_str("sampl"), sig),
		EV_VERIFIED_NO);
}

static void p256_refuses_every_flipped_bit(void **state)
{
	uint8_t key[64], sig[64];

	unhex(P256_KEY, key);
	unhex(P256_SIG, sig);
	for (size_t i = 0; i < 8 * 64; i++) {
		sig[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(ev_p256_verify_raw(*state, key,
						    ev_span_str("sample"), sig),
				 EV_VERIFIED_NO);
		sig[i / 8] ^= (uint8_t)(1 << i % 8);
		key[i / 8] ^= (uint8_t)(1 << i % 8);
		assert_int_equal(ev_p256_on_curve(*state, key), EV_VERIFIED_NO);
		assert_int_equal(ev_p256_verify_raw(*state, key,
						    ev_span_str("sample"), sig),
				 EV_VERIFIED_NO);
		key[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void p256_refuses_integers_outside_the_order(void **state)
{
	uint8_t key[64], sig[64], order[32];

	unhex(P256_KEY, key);
	unhex(P256_ORDER, order);
	for (size_t half = 0; half < 64; half += 32) {
		unhex(P256_SIG, sig);
		memset(sig + half, 0, 32);
		assert_int_equal(ev_p256_verify_raw(*state, key,
						    ev_span_str("sample"), sig),
				 EV_VERIFIED_NO);
		memcpy(sig + half, order, 32);
		assert_int_equal(ev_p256_verify_raw(*state, key,
						    ev_span_str("sample"), sig),
				 EV_VERIFIED_NO);
		memset(sig + half, 0xff, 32);
		assert_int_equal(ev_p256_verify_raw(*state, key,
						    ev_span_str("sample"), sig),
				 EV_VERIFIED_NO);
	}
}

static void p256_der_is_strict(void **state)
{
	uint8_t key[64], raw[64], der[EV_ECDSA_DER_MAX + 1];
	size_t n;

	unhex(P256_KEY, key);
	unhex(P256_SIG, raw);
	n = ev_ecdsa_der_from_raw(raw, 32, der);
	assert_int_equal(n, 72);
	for (size_t i = 0; i <= n + 1; i++)
		assert_int_equal(ev_p256_verify_der(*state, key,
						    ev_span_str("sample"),
						    ev_span_of(der, i)),
				 i == n ? EV_VERIFIED_YES : EV_VERIFIED_NO);
	/* The raw form where DER is due, and one integer with a zero more. */
	assert_int_equal(ev_p256_verify_der(*state, key, ev_span_str("sample"),
					    EV_SPAN(raw)),
			 EV_VERIFIED_NO);
	memmove(der + 6, der + 5, n - 5);
	der[5] = 0;
	der[3]++;
	der[1]++;
	assert_int_equal(ev_p256_verify_der(*state, key, ev_span_str("sample"),
					    ev_span_of(der, n + 1)),
			 EV_VERIFIED_NO);
}

static void ecdsa_spellings_are_inverse(void **state)
{
	static const uint8_t firsts[] = { 0x00, 0x01, 0x7f, 0x80, 0xff };
	uint8_t raw[96], again[96], der[EV_ECDSA_DER_MAX];
	size_t n;

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(firsts); i++) {
		size_t width = i % 2 == 0 ? 32 : 48;

		for (size_t zeros = 0; zeros <= width; zeros++) {
			memset(raw, firsts[i / 2], sizeof(raw));
			memset(raw, 0, zeros);
			n = ev_ecdsa_der_from_raw(raw, width, der);
			assert_true(n <= EV_ECDSA_DER_MAX);
			assert_true(ev_ecdsa_raw_from_der(ev_span_of(der, n),
							  width, again));
			assert_memory_equal(raw, again, 2 * width);
		}
	}
}

static void a_change_of_key_is_noticed(void **state)
{
	uint8_t key[64], other[64], sig[64];

	unhex(P256_KEY, key);
	unhex(P256_SIG, sig);
	unhex("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
	      "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
	      other); /* the generator */
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ev_p256_verify_raw(*state, other,
						    ev_span_str("sample"), sig),
				 EV_VERIFIED_NO);
		/* not remembered: another message length each time */
		assert_int_equal(ev_p256_verify_raw(*state, key,
						    ev_span_str("sample"), sig),
				 EV_VERIFIED_YES);
		assert_int_equal(ev_p256_on_curve(*state, sig), EV_VERIFIED_NO);
	}
}

static void spki_verifies_each_kind(void **state)
{
	static const char ed_key[] = "3d4017c3e843895a92b70aa74d1b7ebc"
				     "9c982ccf2ec4968cc0cd55f12af4660c";
	static const char ed_sig[] =
		"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb"
		"69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d2916"
		"12bb0c00"; /* RFC 8032 7.1, test 2 */
	uint8_t spki[128], raw[96], der[EV_ECDSA_DER_MAX];
	struct ev_span key;
	size_t n;

	key = ev_span_of(spki, unhex2(ED25519_SPKI_PREFIX, ed_key, spki));
	n = unhex(ed_sig, raw);
	assert_int_equal(ev_spki_kind(*state, key), EV_KEY_ED25519);
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("r"),
					ev_span_of(raw, n)),
			 EV_VERIFIED_YES);
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("s"),
					ev_span_of(raw, n)),
			 EV_VERIFIED_NO);
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("r"),
					ev_span_of(raw, n - 1)),
			 EV_VERIFIED_NO);

	key = ev_span_of(spki, unhex2(P256_SPKI_PREFIX, P256_KEY, spki));
	unhex(P256_SIG, raw);
	n = ev_ecdsa_der_from_raw(raw, 32, der);
	assert_int_equal(ev_spki_kind(*state, key), EV_KEY_P256);
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("sample"),
					ev_span_of(der, n)),
			 EV_VERIFIED_YES);

	key = ev_span_of(spki, unhex2(P384_SPKI_PREFIX, P384_KEY, spki));
	unhex(P384_SIG, raw);
	n = ev_ecdsa_der_from_raw(raw, 48, der);
	assert_int_equal(ev_spki_kind(*state, key), EV_KEY_P384);
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("sample"),
					ev_span_of(der, n)),
			 EV_VERIFIED_YES);
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("simple"),
					ev_span_of(der, n)),
			 EV_VERIFIED_NO);
	der[n - 1] ^= 1;
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("sample"),
					ev_span_of(der, n)),
			 EV_VERIFIED_NO);
	spki[100] ^= 1;
	assert_int_equal(ev_spki_verify(*state, key, ev_span_str("sample"),
					ev_span_of(der, n)),
			 EV_VERIFIED_NO);
}

static void p384_refuses_integers_of_zero(void **state)
{
	uint8_t spki[128], raw[96], der[EV_ECDSA_DER_MAX];
	struct ev_span key;
	size_t n;

	key = ev_span_of(spki, unhex2(P384_SPKI_PREFIX, P384_KEY, spki));
	for (size_t half = 0; half < 96; half += 48) {
		unhex(P384_SIG, raw);
		memset(raw + half, 0, 48);
		n = ev_ecdsa_der_from_raw(raw, 48, der);
		assert_int_equal(ev_spki_verify(*state, key,
						ev_span_str("sample"),
						ev_span_of(der, n)),
				 EV_VERIFIED_NO);
		memset(raw + half, 0xff, 48);
		n = ev_ecdsa_der_from_raw(raw, 48, der);
		assert_int_equal(ev_spki_verify(*state, key,
						ev_span_str("sample"),
						ev_span_of(der, n)),
				 EV_VERIFIED_NO);
	}
}

static void spki_refuses_other_spellings_of_a_key(void **state)
{
	uint8_t spki[128];
	size_t n = unhex2(P256_SPKI_PREFIX, P256_KEY, spki);

	for (size_t i = 0; i <= n + 1; i++)
		assert_int_equal(ev_spki_kind(*state, ev_span_of(spki, i)),
				 i == n ? EV_KEY_P256 : EV_KEY_UNKNOWN);
	for (size_t i = 0; i < n; i++) {
		spki[i] ^= 2;
		assert_int_equal(ev_spki_kind(*state, ev_span_of(spki, n)),
				 EV_KEY_UNKNOWN);
		spki[i] ^= 2;
	}
}

/* The eight points of small order, then other spellings of y = 0 and 1. */
static void ed25519_refuses_small_order_points(void **state)
{
	static const char *const y[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
		"26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	uint8_t spki[44], sig[64] = { 1 };

	for (size_t i = 0; i < 2 * sizeof(y) / sizeof(y[0]); i++) {
		unhex2(ED25519_SPKI_PREFIX, y[i / 2], spki);
		spki[43] |= (uint8_t)(i % 2 << 7);
		assert_int_equal(ev_spki_kind(*state, EV_SPAN(spki)),
				 EV_KEY_UNKNOWN);
		assert_int_equal(ev_spki_verify(*state, EV_SPAN(spki),
						ev_span_str("anything"),
						EV_SPAN(sig)),
				 EV_VERIFIED_NO);
	}
}

struct rsa_key {
	EVP_PKEY *pkey;
	uint8_t n[256], e[3];
};

static void make_rsa(struct rsa_key *k)
{
	BIGNUM *n = NULL, *e = NULL;

	k->pkey = EVP_RSA_gen(2048);
	assert_non_null(k->pkey);
	assert_int_equal(
		EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_RSA_N, &n), 1);
	assert_int_equal(
		EVP_PKEY_get_bn_param(k->pkey, OSSL_PKEY_PARAM_RSA_E, &e), 1);
	assert_int_equal(BN_bn2bin(n, k->n), 256);
	assert_int_equal(BN_bn2bin(e, k->e), 3);
	BN_free(n);
	BN_free(e);
}

static void rsa_sign(const struct rsa_key *k, const EVP_MD *md, int padding,
		     const char *message, uint8_t sig[256])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx = NULL;
	size_t n = 256;

	assert_int_equal(EVP_DigestSignInit(ctx, &pctx, md, NULL, k->pkey), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(pctx, padding), 1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &n, (const uint8_t *)message,
					strlen(message)),
			 1);
	assert_int_equal(n, 256);
	EVP_MD_CTX_free(ctx);
}

static void rsa_verifies_in_both_paddings(void **state)
{
	static const enum ev_digest_alg algs[] = { EV_SHA1, EV_SHA256,
						   EV_SHA384, EV_SHA512 };
	const struct ev_span m = ev_span_str("message");
	struct rsa_key k;
	uint8_t sig[256];

	make_rsa(&k);
	for (size_t i = 0; i < 8; i++) {
		bool pss = i % 2 == 1;
		enum ev_digest_alg alg = algs[i / 2];
		enum ev_rsa_padding pad = pss ? EV_RSASSA_PSS : EV_RSASSA_PKCS1;
		enum ev_rsa_padding no = pss ? EV_RSASSA_PKCS1 : EV_RSASSA_PSS;

		rsa_sign(&k, ev_digest_md(*state, alg),
			 pss ? RSA_PKCS1_PSS_PADDING : RSA_PKCS1_PADDING,
			 "message", sig);
		assert_int_equal(ev_rsa_verify(*state, EV_SPAN(k.n),
					       EV_SPAN(k.e), pad, alg, m,
					       EV_SPAN(sig)),
				 EV_VERIFIED_YES);
		assert_int_equal(ev_rsa_verify(*state, EV_SPAN(k.n),
					       EV_SPAN(k.e), no, alg, m,
					       EV_SPAN(sig)),
				 EV_VERIFIED_NO);
		assert_int_equal(
			ev_rsa_verify(*state, EV_SPAN(k.n), EV_SPAN(k.e), pad,
				      algs[(i / 2 + 1) % 4], m, EV_SPAN(sig)),
			EV_VERIFIED_NO);
		sig[17] ^= 1;
		assert_int_equal(ev_rsa_verify(*state, EV_SPAN(k.n),
					       EV_SPAN(k.e), pad, alg, m,
					       EV_SPAN(sig)),
				 EV_VERIFIED_NO);
	}
	EVP_PKEY_free(k.pkey);
}

static enum ev_verified rsa_ask(struct ev_crypto *crypto, struct ev_span n,
				struct ev_span e, struct ev_span sig)
{
	return ev_rsa_verify(crypto, n, e, EV_RSASSA_PKCS1, EV_SHA256,
			     ev_span_str("message"), sig);
}

static void rsa_refuses_odd_keys(void **state)
{
	struct ev_crypto *c = *state;
	uint8_t sig[256], one[] = { 1 }, even[] = { 4 }, zero[9] = { 0 };
	uint8_t big[1025];
	struct rsa_key k;
	struct ev_span n, e, s = EV_SPAN(sig);

	make_rsa(&k);
	n = EV_SPAN(k.n);
	e = EV_SPAN(k.e);
	rsa_sign(&k, ev_digest_md(c, EV_SHA256), RSA_PKCS1_PADDING, "message",
		 sig);
	assert_int_equal(rsa_ask(c, n, e, s), EV_VERIFIED_YES);
	assert_int_equal(rsa_ask(c, n, e, ev_span_of(sig, 255)),
			 EV_VERIFIED_NO);
	assert_int_equal(rsa_ask(c, ev_span_of(k.n, 255), e, s),
			 EV_VERIFIED_NO);
	assert_int_equal(rsa_ask(c, n, EV_SPAN(one), s), EV_VERIFIED_NO);
	assert_int_equal(rsa_ask(c, n, EV_SPAN(even), s), EV_VERIFIED_NO);
	assert_int_equal(rsa_ask(c, n, EV_SPAN(zero), s), EV_VERIFIED_NO);
	assert_int_equal(rsa_ask(c, n, (struct ev_span){ NULL, 0 }, s),
			 EV_VERIFIED_NO);
	memset(big, 0xff, sizeof(big));
	assert_int_equal(rsa_ask(c, EV_SPAN(big), e, EV_SPAN(big)),
			 EV_VERIFIED_NO);
	EVP_PKEY_free(k.pkey);
}

static void a_key_identifier_has_two_spellings(void **state)
{
	/* Intel SGX Root CA: SHA-1 of its SubjectPublicKeyInfo, and of the
	 * key bits in it. */
	static const char point[] =
		"0ba9c4c0c0c86193a3fe23d6b02cda10a8bbd4e88e48b4458561a36e70552"
		"5f567918e2edc88e40d860bd0cc4ee26aacc988e505a953558c453f6b0904"
		"ae7394";
	static const char *const ids[] = {
		"22650cd65a9d3489f383b49552bf501b392706ac",
		"3498b0d6eaf1a6da9a27f4cee6eebc990a830a48",
	};
	uint8_t der[91], id[20];

	assert_int_equal(unhex2(P256_SPKI_PREFIX, point, der), sizeof(der));
	for (size_t i = 0; i < 2; i++) {
		unhex(ids[i], id);
		assert_int_equal(
			ev_spki_has_key_id(*state, EV_SPAN(der), EV_SPAN(id)),
			EV_VERIFIED_YES);
		for (size_t n = 0; n < sizeof(der); n++)
			assert_int_equal(ev_spki_has_key_id(*state,
							    ev_span_of(der, n),
							    EV_SPAN(id)),
					 EV_VERIFIED_NO);
		id[19] ^= 1;
		assert_int_equal(
			ev_spki_has_key_id(*state, EV_SPAN(der), EV_SPAN(id)),
			EV_VERIFIED_NO);
	}
	assert_int_equal(
		ev_spki_has_key_id(*state, EV_SPAN(der), ev_span_of(id, 0)),
		EV_VERIFIED_NO);
}

static void rsa_spki_is_read(void **state)
{
	struct ev_span modulus, exponent, spki;
	struct rsa_key k;
	uint8_t *der = NULL, sig[256];
	int n;

	make_rsa(&k);
	n = i2d_PUBKEY(k.pkey, &der);
	assert_true(n > 0);
	spki = ev_span_of(der, (size_t)n);
	assert_int_equal(ev_spki_kind(*state, spki), EV_KEY_RSA);
	assert_true(ev_spki_rsa(spki, &modulus, &exponent));
	assert_true(ev_span_eq(modulus, EV_SPAN(k.n)));
	assert_true(ev_span_eq(exponent, EV_SPAN(k.e)));
	for (size_t i = 0; i < spki.n; i++)
		assert_int_equal(ev_spki_kind(*state, ev_span_of(der, i)),
				 EV_KEY_UNKNOWN);
	rsa_sign(&k, ev_digest_md(*state, EV_SHA256), RSA_PKCS1_PSS_PADDING,
		 "message", sig);
	assert_int_equal(ev_spki_verify(*state, spki, ev_span_str("message"),
					EV_SPAN(sig)),
			 EV_VERIFIED_YES);
	OPENSSL_free(der);
	EVP_PKEY_free(k.pkey);
}

static void check_local(struct ev_crypto *crypto, const char *key,
			const char *sig_path, enum ev_key_kind kind)
{
	struct ev_span pem, pae, sig;
	struct ev_error err = { EV_OK };
	struct ev_pem_list list;

	assert_true(vectors_read(key, &pem));
	assert_true(vectors_read("archive/dsse-local/pae", &pae));
	assert_true(vectors_read(sig_path, &sig));
	assert_int_equal(ev_pem_list_parse(pem, 0, "PUBLIC KEY", &list, &err),
			 EV_OK);
	assert_int_equal(ev_spki_kind(crypto, list.block[0].der), kind);
	assert_int_equal(ev_spki_verify(crypto, list.block[0].der, pae, sig),
			 EV_VERIFIED_YES);
	pae.n--;
	assert_int_equal(ev_spki_verify(crypto, list.block[0].der, pae, sig),
			 EV_VERIFIED_NO);
	ev_pem_list_free(&list);
}

static void local_envelopes_verify(void **state)
{
	vectors_need();
	check_local(*state, "archive/dsse-local/k.pub",
		    "archive/dsse-local/sig", EV_KEY_ED25519);
	check_local(*state, "archive/dsse-local/tpm.pub",
		    "archive/dsse-local/tsig", EV_KEY_P256);
}

/* secure-systems-lab/dsse protocol.md: the point is given in decimal. */
static void the_example_of_dsse_verifies_raw_and_as_der(void **state)
{
	static const char x[] = "4695082086889915666293004768781858563284859149"
				"9744589407958293238635476079160";
	static const char y[] = "5640078356564379163099075877009565129882514886"
				"557779369047442380624545832820";
	static const char b64[] =
		"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfU"
		"iHqJPcIAriEGAHTVeCUjW2JIZA==";
	static const char pae[] =
		"DSSEv1 29 http://example.com/HelloWorld 11 hello world";
	uint8_t key[64], sig[/* decoded_max(88) */ 69];
	uint8_t der[EV_ECDSA_DER_MAX];
	struct ev_span file;
	BIGNUM *v = NULL;
	size_t n;

	vectors_need();
	assert_true(vectors_read("archive/dsse.json", &file));
	assert_non_null(memmem(file.p, file.n, b64, strlen(b64)));
	assert_non_null(memmem(file.p, file.n, x, strlen(x)));
	assert_true(BN_dec2bn(&v, x) > 0);
	assert_int_equal(BN_bn2binpad(v, key, 32), 32);
	assert_true(BN_dec2bn(&v, y) > 0);
	assert_int_equal(BN_bn2binpad(v, key + 32, 32), 32);
	BN_free(v);
	assert_true(ev_base64_decode(EV_BASE64_STD, ev_span_str(b64), sig, &n));
	assert_int_equal(n, 64);
	assert_int_equal(ev_p256_verify_raw(*state, key, ev_span_str(pae), sig),
			 EV_VERIFIED_YES);
	n = ev_ecdsa_der_from_raw(sig, 32, der);
	assert_int_equal(ev_p256_verify_der(*state, key, ev_span_str(pae),
					    ev_span_of(der, n)),
			 EV_VERIFIED_YES);
}

static int setup(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int teardown(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p256_raw_verifies_the_rfc_example),
		cmocka_unit_test(p256_refuses_every_flipped_bit),
		cmocka_unit_test(p256_refuses_integers_outside_the_order),
		cmocka_unit_test(p256_der_is_strict),
		cmocka_unit_test(ecdsa_spellings_are_inverse),
		cmocka_unit_test(a_change_of_key_is_noticed),
		cmocka_unit_test(spki_verifies_each_kind),
		cmocka_unit_test(p384_refuses_integers_of_zero),
		cmocka_unit_test(spki_refuses_other_spellings_of_a_key),
		cmocka_unit_test(ed25519_refuses_small_order_points),
		cmocka_unit_test(rsa_verifies_in_both_paddings),
		cmocka_unit_test(rsa_refuses_odd_keys),
		cmocka_unit_test(a_key_identifier_has_two_spellings),
		cmocka_unit_test(rsa_spki_is_read),
		cmocka_unit_test(local_envelopes_verify),
		cmocka_unit_test(the_example_of_dsse_verifies_raw_and_as_der),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
