/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and signatures of archives. */
#include "collect/sign.h"

#include "evidence/base/json.h"
#include "evidence/base/pem.h"
#include "evidence/dsse.h"
#include "evidence/limits.h"
#include "tests/sample.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const pems[] = { sample_ed25519, sample_p256, sample_p384 };
static const char *const names[] = { "ed25519", "p256", "p384" };

static void keys_of_each_kind_sign_what_verifies(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct co_key *key = sample_key(pems[i]);
		ev_auto_buffer struct ev_buffer sig = { 0 };
		struct ev_span spki = co_key_spki(key);
		struct ev_error err = { 0 };
		char id[65];

		assert_string_equal(co_key_algorithm(key), names[i]);
		assert_true(ev_key_id(sample_crypto(), spki, id));
		assert_string_equal(co_key_id(key), id);
		assert_int_equal(
			co_sign(key, EV_SPAN_LITERAL("message"), &sig, &err),
			EV_OK);
		assert_int_equal(ev_spki_verify(sample_crypto(), spki,
						EV_SPAN_LITERAL("message"),
						ev_buffer_span(&sig)),
				 EV_VERIFIED_YES);
		assert_int_equal(ev_spki_verify(sample_crypto(), spki,
						EV_SPAN_LITERAL("massage"),
						ev_buffer_span(&sig)),
				 EV_VERIFIED_NO);
		co_key_free(key);
	}
}

static void envelopes_are_canonical_and_verify(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct co_key *key = sample_key(pems[i]);
		ev_auto_buffer struct ev_buffer b = { 0 };
		struct ev_error err = { 0 };
		char name[EV_PATH_TEXT], want[EV_PATH_TEXT];
		struct ev_dsse d;

		assert_int_equal(co_sign_manifest(key, EV_SPAN_LITERAL("{}"),
						  &b, name, &err),
				 EV_OK);
		snprintf(want, sizeof(want), "sig/%.16s.dsse.json",
			 co_key_id(key));
		assert_string_equal(name, want);
		assert_int_equal(ev_dsse_parse(ev_buffer_span(&b), &d, &err),
				 EV_OK);
		assert_int_equal(ev_json_check_canonical(ev_buffer_span(&b),
							 NULL, "dsse", &err),
				 EV_OK);
		assert_true(ev_span_eq(d.payload, EV_SPAN_LITERAL("{}")));
		assert_true(ev_span_eq(d.signature[0].keyid,
				       ev_span_str(co_key_id(key))));
		assert_int_equal(ev_dsse_signed_by(sample_crypto(), &d,
						   co_key_spki(key), NULL),
				 EV_VERIFIED_YES);
		ev_dsse_free(&d);
		co_key_free(key);
	}
}

static void manifest_too_large_for_an_envelope_is_refused(void **state)
{
	struct co_key *key = sample_key(sample_ed25519);
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_error err = { 0 };
	char name[EV_PATH_TEXT];
	size_t n = EV_DSSE_MAX / 4 * 3;
	uint8_t *large = calloc(n, 1);

	(void)state;
	assert_non_null(large);
	assert_int_equal(
		co_sign_manifest(key, ev_span_of(large, n), &b, name, &err),
		EV_LIMIT);
	assert_int_equal(b.n, 0);
	err = (struct ev_error){ 0 };
	assert_int_equal(co_sign_manifest(key, ev_span_of(large, n - 1024), &b,
					  name, &err),
			 EV_OK);
	free(large);
	co_key_free(key);
}

/* A key of a kind that signs nothing here, as PEM. */
static void foreign_key(const char *type, const char *group,
			struct ev_buffer *out)
{
	EVP_PKEY *pkey = group != NULL
				 ? EVP_PKEY_Q_keygen(NULL, NULL, type, group)
				 : EVP_PKEY_Q_keygen(NULL, NULL, type);
	BIO *bio = BIO_new(BIO_s_mem());
	char *p = NULL;
	long n;

	assert_non_null(pkey);
	assert_int_equal(
		PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL),
		1);
	n = BIO_get_mem_data(bio, &p);
	ev_buffer_add(out, ev_span_of(p, (size_t)n));
	BIO_free(bio);
	EVP_PKEY_free(pkey);
}

static void assert_refused(struct ev_span pem, const char *part)
{
	struct ev_error err = { 0 };
	struct co_key *key = NULL;

	assert_int_not_equal(co_key_read(sample_crypto(), pem, &key, &err),
			     EV_OK);
	assert_null(key);
	if (strstr(err.found, part) == NULL)
		fail_msg("want %s, found %s", part, err.found);
}

static void other_kinds_of_keys_are_refused_by_name(void **state)
{
	static const struct {
		const char *type, *group, *words;
	} keys[] = {
		{ "ED448", NULL, "ED448" },
		{ "X25519", NULL, "X25519" },
		{ "EC", "secp256k1", "EC secp256k1" },
		{ "EC", "P-521", "EC secp521r1" },
	};
	static char rsa[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		ev_auto_buffer struct ev_buffer pem = { 0 };

		foreign_key(keys[i].type, keys[i].group, &pem);
		assert_refused(ev_buffer_span(&pem), keys[i].words);
	}
	{
		EVP_PKEY *pkey =
			EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);
		BIO *bio = BIO_new(BIO_s_mem());
		int n;

		assert_int_equal(PEM_write_bio_PrivateKey(bio, pkey, NULL, NULL,
							  0, NULL, NULL),
				 1);
		n = BIO_read(bio, rsa, sizeof(rsa));
		assert_true(n > 0);
		assert_refused(ev_span_of(rsa, (size_t)n), "RSA");
		BIO_free(bio);
		EVP_PKEY_free(pkey);
	}
}

static void other_texts_are_refused_by_name(void **state)
{
	(void)state;
	assert_refused((struct ev_span){ NULL, 0 }, "other text");
	assert_refused(EV_SPAN_LITERAL("hello"), "other text");
	assert_refused(EV_SPAN_LITERAL("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
				       "AA==\n"
				       "-----END ENCRYPTED PRIVATE KEY-----\n"),
		       "encrypted");
	assert_refused(EV_SPAN_LITERAL("-----BEGIN PUBLIC KEY-----\n"
				       "AA==\n"
				       "-----END PUBLIC KEY-----\n"),
		       "public key");
	assert_refused(EV_SPAN_LITERAL("-----BEGIN OPENSSH PRIVATE KEY-----\n"),
		       "OpenSSH");
}

static void generated_keys_are_read_back_and_differ(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ev_buffer secret = { 0 }, again = { 0 };
		ev_auto_buffer struct ev_buffer public = { 0 };
		struct ev_error err = { 0 };
		struct ev_pem_list list;
		struct co_key *key = NULL;
		enum ev_key_kind kind = co_key_kind_find(names[i]);

		assert_int_equal(co_key_generate(sample_crypto(), kind, &secret,
						 &public, &err),
				 EV_OK);
		assert_int_equal(co_key_read(sample_crypto(),
					     ev_buffer_span(&secret), &key,
					     &err),
				 EV_OK);
		assert_string_equal(co_key_algorithm(key), names[i]);
		assert_int_equal(ev_pem_list_parse(ev_buffer_span(&public), 0,
						   "PUBLIC KEY", &list, &err),
				 EV_OK);
		assert_true(ev_span_eq(list.block[0].der, co_key_spki(key)));
		public.n = 0;
		assert_int_equal(co_key_generate(sample_crypto(), kind, &again,
						 &public, &err),
				 EV_OK);
		assert_false(ev_span_eq(ev_buffer_span(&secret),
					ev_buffer_span(&again)));
		ev_pem_list_free(&list);
		co_key_free(key);
		co_buffer_wipe(&secret);
		co_buffer_wipe(&again);
	}
	assert_int_equal(co_key_kind_find("rsa"), EV_KEY_UNKNOWN);
}

static void every_prefix_of_a_key_is_refused(void **state)
{
	size_t n = strlen(sample_ed25519);

	(void)state;
	for (size_t i = 0; i + 1 < n; i++) {
		struct ev_error err = { 0 };
		struct co_key *key = NULL;

		assert_int_not_equal(co_key_read(sample_crypto(),
						 ev_span_of(sample_ed25519, i),
						 &key, &err),
				     EV_OK);
	}
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(sample_crypto());
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_each_kind_sign_what_verifies),
		cmocka_unit_test(envelopes_are_canonical_and_verify),
		cmocka_unit_test(manifest_too_large_for_an_envelope_is_refused),
		cmocka_unit_test(other_kinds_of_keys_are_refused_by_name),
		cmocka_unit_test(other_texts_are_refused_by_name),
		cmocka_unit_test(generated_keys_are_read_back_and_differ),
		cmocka_unit_test(every_prefix_of_a_key_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, tear_down);
}
