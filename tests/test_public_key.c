/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys of either family, and ECDSA by libcrypto's own keys. */
#include "evidence/base/public_key.h"

#include "evidence/base/ecdsa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#define N_CURVES 3

static const uint16_t tpm_id[N_CURVES] = { 3, 4, 5 };
static const struct ev_span message = { (const uint8_t *)"message", 7 };

/* A key of libcrypto's and what we read of it. */
struct made {
	EVP_PKEY *pkey;
	uint8_t spki[200];
	struct ev_public_key key;
};

static void make(uint16_t id, struct made *out)
{
	uint8_t *p = out->spki;
	int n;

	out->pkey = EVP_EC_gen(ev_curve_of_tpm(id)->name);
	assert_non_null(out->pkey);
	n = i2d_PUBKEY(out->pkey, NULL);
	assert_true(n > 0 && (size_t)n <= sizeof(out->spki));
	i2d_PUBKEY(out->pkey, &p);
	out->key = ev_public_key_of_spki(ev_span_of(out->spki, (size_t)n));
	assert_ptr_equal(out->key.curve, ev_curve_of_tpm(id));
	assert_int_equal(
		ev_public_key_of_spki(ev_span_of(out->spki, (size_t)n - 1))
				.curve == NULL,
		true);
}

/* r and s, each of the curve's width. */
static void sign(const struct made *m, const EVP_MD *md, uint8_t *raw)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t der[160];
	size_t n = sizeof(der);

	assert_int_equal(EVP_DigestSignInit(ctx, NULL, md, NULL, m->pkey), 1);
	assert_int_equal(EVP_DigestSign(ctx, der, &n, message.p, message.n), 1);
	EVP_MD_CTX_free(ctx);
	assert_true(ev_ecdsa_raw_from_der(ev_span_of(der, n),
					  m->key.curve->width, raw));
}

static enum ev_verified ask(struct ev_crypto *c, const struct made *m,
			    enum ev_digest_alg alg, const uint8_t *raw)
{
	size_t width = m->key.curve->width;

	return ev_ecdsa_verify(c, &m->key, alg, message, ev_span_of(raw, width),
			       ev_span_of(raw + width, width));
}

static void ecdsa_verifies_on_each_curve_over_each_digest(void **state)
{
	static const enum ev_digest_alg algs[] = { EV_SHA1, EV_SHA256,
						   EV_SHA384, EV_SHA512 };
	uint8_t raw[2 * EV_COORDINATE_MAX];

	for (size_t i = 0; i < N_CURVES; i++) {
		struct made m, other;

		make(tpm_id[i], &m);
		make(tpm_id[i], &other);
		for (size_t k = 0; k < 4; k++) {
			sign(&m, ev_digest_md(*state, algs[k]), raw);
			assert_int_equal(ask(*state, &m, algs[k], raw),
					 EV_VERIFIED_YES);
			assert_int_equal(ask(*state, &m, algs[k ^ 1], raw),
					 EV_VERIFIED_NO);
			assert_int_equal(ask(*state, &other, algs[k], raw),
					 EV_VERIFIED_NO);
			raw[20] ^= 1;
			assert_int_equal(ask(*state, &m, algs[k], raw),
					 EV_VERIFIED_NO);
		}
		EVP_PKEY_free(m.pkey);
		EVP_PKEY_free(other.pkey);
	}
}

/* Until an integer begins with a zero byte, so that it can be shortened. */
static void sign_short(const struct made *m, const EVP_MD *md, uint8_t *raw)
{
	do
		sign(m, md, raw);
	while (raw[0] != 0 && raw[32] != 0);
}

static struct ev_span stripped(const uint8_t *p, size_t n)
{
	for (; n > 0 && *p == 0; p++)
		n--;
	return ev_span_of(p, n);
}

static void integers_may_be_short_or_padded(void **state)
{
	uint8_t raw[64], padded[40] = { 0 };
	struct ev_span r, s;
	struct made m;

	make(tpm_id[0], &m);
	sign_short(&m, ev_digest_md(*state, EV_SHA256), raw);
	r = stripped(raw, 32);
	s = stripped(raw + 32, 32);
	assert_true(r.n + s.n < 64);
	assert_int_equal(
		ev_ecdsa_verify(*state, &m.key, EV_SHA256, message, r, s),
		EV_VERIFIED_YES);
	memcpy(padded + 8, raw, 32);
	assert_int_equal(ev_ecdsa_verify(*state, &m.key, EV_SHA256, message,
					 EV_SPAN(padded), s),
			 EV_VERIFIED_YES);
	padded[0] = 1; /* 320 bits */
	assert_int_equal(ev_ecdsa_verify(*state, &m.key, EV_SHA256, message,
					 EV_SPAN(padded), s),
			 EV_VERIFIED_NO);
	assert_int_equal(ev_ecdsa_verify(*state, &m.key, EV_SHA256, message, r,
					 (struct ev_span){ NULL, 0 }),
			 EV_VERIFIED_NO);
	memset(raw, 0xff, 32); /* above the order */
	assert_int_equal(ask(*state, &m, EV_SHA256, raw), EV_VERIFIED_NO);
	EVP_PKEY_free(m.pkey);
}

static void points_off_the_curve_verify_nothing(void **state)
{
	const struct ev_public_key none = { .curve = NULL };
	uint8_t raw[64];
	struct made m;

	make(tpm_id[0], &m);
	sign(&m, ev_digest_md(*state, EV_SHA256), raw);
	assert_int_equal(ask(*state, &m, EV_SHA256, raw), EV_VERIFIED_YES);
	m.key.point[63] ^= 1;
	assert_int_equal(ask(*state, &m, EV_SHA256, raw), EV_VERIFIED_NO);
	memset(m.key.point, 0, 64);
	assert_int_equal(ask(*state, &m, EV_SHA256, raw), EV_VERIFIED_NO);
	assert_int_equal(ev_ecdsa_verify(*state, &none, EV_SHA256, message,
					 ev_span_of(raw, 32),
					 ev_span_of(raw + 32, 32)),
			 EV_VERIFIED_NO);
	EVP_PKEY_free(m.pkey);
}

static void keys_are_equal_whatever_they_came_in(void **state)
{
	static const uint8_t x[] = { 0x00, 0x00, 0x05 }, y[33] = { 0x00, 0x07 };
	static const uint8_t big[33] = { 0x01 }, exponent[9] = { 0x01 };
	const struct ev_curve *p256 = ev_curve_of_tpm(3);
	struct ev_public_key a, b, none = { .curve = NULL };

	(void)state;
	a = ev_public_key_ec(p256, EV_SPAN(x), EV_SPAN(y));
	b = ev_public_key_ec(p256, ev_span_of(x + 2, 1), ev_span_of(y + 1, 32));
	assert_true(ev_public_key_is_there(&a));
	assert_ptr_equal(a.curve, p256);
	assert_true(ev_public_key_eq(&a, &b));
	b = ev_public_key_ec(ev_curve_of_tpm(4), EV_SPAN(x), EV_SPAN(y));
	assert_false(ev_public_key_eq(&a, &b));
	assert_false(ev_public_key_eq(&b, &none));
	assert_false(ev_public_key_eq(&none, &b));
	a = ev_public_key_ec(p256, EV_SPAN(x), EV_SPAN(big));
	assert_false(ev_public_key_is_there(&a));
	a = ev_public_key_ec(NULL, EV_SPAN(x), EV_SPAN(y));
	assert_true(ev_public_key_eq(&a, &none));
	assert_null(ev_curve_of_tpm(0x20)); /* SM2 */
	a = ev_public_key_rsa(EV_SPAN(y), ev_span_of(exponent, 8));
	assert_true(ev_public_key_is_there(&a));
	b = a;
	assert_true(ev_public_key_eq(&a, &b));
	b.exponent[7] ^= 1;
	assert_false(ev_public_key_eq(&a, &b));
	a = ev_public_key_rsa(EV_SPAN(y), EV_SPAN(exponent));
	assert_false(ev_public_key_is_there(&a));
}

static int set_up(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int tear_down(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ecdsa_verifies_on_each_curve_over_each_digest),
		cmocka_unit_test(integers_may_be_short_or_padded),
		cmocka_unit_test(points_off_the_curve_verify_nothing),
		cmocka_unit_test(keys_are_equal_whatever_they_came_in),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
