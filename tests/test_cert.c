/* SPDX-License-Identifier: Apache-2.0 */
/* Intel's certificates: read as libcrypto reads them, and more strictly. */
#include "evidence/cert.h"

#include "evidence/base/time.h"
#include "tests/lcg.h"
#include "tests/pki.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

struct count {
	struct ev_crypto *crypto;
	unsigned int n;
};

static int64_t openssl_time(const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;

	assert_non_null(epoch);
	assert_int_equal(ASN1_TIME_diff(&days, &seconds, epoch, t), 1);
	ASN1_TIME_free(epoch);
	return (int64_t)days * 86400 + seconds;
}

static void compare_names(const struct ev_cert *c, X509 *x)
{
	X509_NAME *subject = X509_get_subject_name(x);
	const unsigned char *p;
	char cn[100];
	size_t n;

	assert_int_equal(X509_NAME_get0_der(subject, &p, &n), 1);
	assert_true(ev_span_eq(c->subject, ev_span_of(p, n)));
	assert_int_equal(X509_NAME_get0_der(X509_get_issuer_name(x), &p, &n),
			 1);
	assert_true(ev_span_eq(c->issuer, ev_span_of(p, n)));
	n = (size_t)X509_NAME_get_text_by_NID(subject, NID_commonName, cn,
					      sizeof(cn));
	assert_true(ev_span_eq(c->subject_cn, ev_span_of(cn, n)));
}

static void compare_key(const struct ev_cert *c, X509 *x)
{
	const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(x);
	uint8_t *spki = NULL;
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);

	assert_true(n > 0);
	assert_true(ev_span_eq(c->spki, ev_span_of(spki, (size_t)n)));
	OPENSSL_free(spki);
	assert_int_equal(ASN1_STRING_length(bits), 65);
	assert_memory_equal(ASN1_STRING_get0_data(bits) + 1, c->key, 64);
}

static void compare_extensions(const struct ev_cert *c, X509 *x)
{
	const ASN1_OCTET_STRING *ski = X509_get0_subject_key_id(x);
	const ASN1_OCTET_STRING *aki = X509_get0_authority_key_id(x);
	uint32_t usage = X509_get_key_usage(x), mine = 0;

	assert_true(ev_span_eq(c->ski,
			       ev_span_of(ASN1_STRING_get0_data(ski),
					  (size_t)ASN1_STRING_length(ski))));
	assert_true(ev_span_eq(c->aki,
			       ev_span_of(ASN1_STRING_get0_data(aki),
					  (size_t)ASN1_STRING_length(aki))));
	assert_int_equal(c->ca, X509_check_ca(x) == 1);
	assert_int_equal(c->path_len, X509_get_pathlen(x));
	/* libcrypto numbers the bits of an octet from the other end. */
	for (unsigned int i = 0; i < 8; i++)
		if ((c->key_usage & 1u << i) != 0)
			mine |= 0x80u >> i;
	assert_int_equal(mine, usage);
}

static void compare(struct ev_span der, const char *where, void *arg)
{
	struct count *count = arg;
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	struct ev_error err = { EV_OK };
	struct ev_cert c;
	BIGNUM *serial;
	uint8_t bytes[32];
	char why[512];

	assert_non_null(x);
	if (ev_cert_parse(der, 0, &c, &err) != EV_OK) {
		ev_error_format(&err, why, sizeof(why));
		fail_msg("%s: %s", where, why);
	}
	compare_names(&c, x);
	compare_key(&c, x);
	compare_extensions(&c, x);
	assert_int_equal(c.not_before, openssl_time(X509_get0_notBefore(x)));
	assert_int_equal(c.not_after, openssl_time(X509_get0_notAfter(x)));
	serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	assert_int_equal(BN_bn2bin(serial, bytes), c.serial.n);
	assert_memory_equal(bytes, c.serial.p, c.serial.n);
	BN_free(serial);
	X509_free(x);
	count->n++;
}

static void every_certificate_reads_as_in_libcrypto(void **state)
{
	struct count count = { *state, 0 };

	vectors_need();
	pki_each_certificate(compare, &count);
	print_message("# %u certificates\n", count.n);
	assert_true(count.n > 200);
}

static struct ev_span roots_2049(struct ev_pem_list *list)
{
	struct ev_error err = { EV_OK };
	struct ev_span text;

	assert_true(
		vectors_read("dcap/roots/intel-sgx-root-ca-2049.pem", &text));
	assert_int_equal(ev_pem_list_parse(text, 0, "CERTIFICATE", list, &err),
			 EV_OK);
	return list->block[0].der;
}

/* Each chain of three in a quote, and each of two beside collateral. */
static void verify_chain(const char *rel, void *arg)
{
	struct count *count = arg;
	struct ev_error err = { EV_OK };
	struct ev_span file, text;
	struct ev_chain chain;

	assert_true(vectors_read(rel, &file));
	if (!pki_chain_text(file, &text))
		return; /* a quote without a chain */
	/* A lone root or leaf is no chain; a corrupted quote has a bad one. */
	if (ev_chain_parse(text, 0, &chain, &err) != EV_OK) {
		assert_string_equal(err.object, "chain");
		return;
	}
	for (size_t i = 0; i < chain.n_certs; i++) {
		size_t up = i + 1 < chain.n_certs ? i + 1 : i;

		assert_int_equal(ev_cert_signed_by(count->crypto,
						   &chain.cert[i],
						   &chain.cert[up]),
				 EV_VERIFIED_YES);
		/* A leaf signs nothing. */
		assert_int_equal(ev_cert_signed_by(count->crypto,
						   &chain.cert[i],
						   &chain.cert[0]),
				 EV_VERIFIED_NO);
	}
	ev_chain_free(&chain);
	count->n++;
}

static void every_chain_verifies(void **state)
{
	struct count count = { *state, 0 };

	vectors_need();
	pki_each_file("chain.pem", verify_chain, &count);
	pki_each_file("quote.bin", verify_chain, &count);
	print_message("# %u chains\n", count.n);
	assert_true(count.n > 80);
}

static void every_prefix_and_a_trailing_byte_are_refused(void **state)
{
	struct ev_pem_list list;
	struct ev_span der;
	struct ev_cert c = { .path_len = 77 };
	uint8_t *copy;

	(void)state;
	vectors_need();
	der = roots_2049(&list);
	for (size_t n = 0; n <= der.n + 1; n++) {
		struct ev_error err = { EV_OK };
		enum ev_code code;

		copy = calloc(1, n + 1);
		assert_non_null(copy);
		memcpy(copy, der.p, n < der.n ? n : der.n);
		code = ev_cert_parse(ev_span_of(copy, n), 0, &c, &err);
		assert_int_equal(code == EV_OK, n == der.n);
		assert_int_equal(code, err.code);
		if (n < der.n)
			assert_int_equal(c.path_len, 77); /* not written */
		if (n == der.n + 1)
			assert_int_equal(code, EV_TRAILING);
		free(copy);
	}
	ev_pem_list_free(&list);
}

static bool libcrypto_accepts(struct ev_span der, EVP_PKEY *key)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	bool ok = x != NULL && p == der.p + der.n && X509_verify(x, key) == 1;

	X509_free(x);
	ERR_clear_error();
	return ok;
}

/* What a changed certificate is to us it must be to libcrypto as well. */
static void mutations_never_pass_where_libcrypto_refuses(void **state)
{
	struct ev_pem_list list;
	struct ev_span der;
	struct ev_cert root, c;
	struct ev_error err = { EV_OK };
	const unsigned char *p;
	EVP_PKEY *key;
	uint64_t seed = 1;
	unsigned int parsed = 0;
	uint8_t *copy;

	vectors_need();
	der = roots_2049(&list);
	assert_int_equal(ev_cert_parse(der, 0, &root, &err), EV_OK);
	p = root.spki.p;
	key = d2i_PUBKEY(NULL, &p, (long)root.spki.n);
	copy = malloc(der.n);
	assert_non_null(copy);
	for (unsigned int i = 0; i < 20000; i++) {
		bool good;

		memcpy(copy, der.p, der.n);
		for (unsigned int k = 0; k <= i % 3; k++)
			copy[lcg_below(&seed, (uint32_t)der.n)] =
				(uint8_t)lcg_below(&seed, 256);
		if (memcmp(copy, der.p, der.n) == 0)
			continue;
		err = (struct ev_error){ EV_OK };
		if (ev_cert_parse(ev_span_of(copy, der.n), 0, &c, &err) !=
		    EV_OK)
			continue;
		parsed++;
		good = ev_cert_signed_by(*state, &c, &root) == EV_VERIFIED_YES;
		if (good)
			assert_true(libcrypto_accepts(ev_span_of(copy, der.n),
						      key));
	}
	print_message("# %u of the changed certificates parse\n", parsed);
	free(copy);
	EVP_PKEY_free(key);
	ev_pem_list_free(&list);
}

/* Replaces bytes of the root's DER and expects this refusal. */
static void expect(const char *find, const char *put, enum ev_code code,
		   const char *field)
{
	struct ev_error err = { EV_OK };
	struct ev_pem_list list;
	struct ev_span der = roots_2049(&list);
	uint8_t from[64], to[64], *copy = malloc(der.n), *at;
	size_t n = strlen(find) / 2;
	struct ev_cert c;

	assert_non_null(copy);
	memcpy(copy, der.p, der.n);
	assert_int_equal(strlen(put), 2 * n);
	assert_true(ev_hex_decode(ev_span_str(find), from, n));
	assert_true(ev_hex_decode(ev_span_str(put), to, n));
	at = memmem(copy, der.n, from, n);
	assert_non_null(at);
	memcpy(at, to, n);
	assert_int_equal(ev_cert_parse(ev_span_of(copy, der.n), 0, &c, &err),
			 code);
	assert_string_equal(err.object, "certificate");
	assert_string_equal(err.field, field);
	free(copy);
	ev_pem_list_free(&list);
}

static void refusals_name_the_field(void **state)
{
	(void)state;
	vectors_need();
	expect("a003020102", "a003020101", EV_VALUE, "version");
	expect("300a06082a8648ce3d040302", "300a06082a8648ce3d040303", EV_VALUE,
	       "signature");
	expect("06082a8648ce3d030107", "06082a8648ce3d030108", EV_VALUE,
	       "key algorithm");
	expect("03420004", "03420104", EV_VALUE, "public key");
	expect("03420004", "03420003", EV_VALUE, "public key");
	/* key usage becomes an extension that nobody knows, critical */
	expect("0603551d0f0101ff", "0603551d7f0101ff", EV_VALUE, "extension");
	expect("0603551d0f0101ff", "0603551d0f010100", EV_SYNTAX, "critical");
	/* subject key identifier becomes a second basic constraints */
	expect("0603551d0e", "0603551d13", EV_SYNTAX, "basic constraints");
	expect("0603551d0e", "0603551d0f", EV_SYNTAX, "key usage");
	/* CRL distribution points become something else, not critical */
	expect("0603551d1f", "0603551d7e", EV_MISSING, "extensions");
	expect("0603550403", "0603550407", EV_MISSING, "issuer");
	expect("03020106", "03020006", EV_SYNTAX, "key usage");
}

static void wrong_counts_are_no_chain(void **state)
{
	struct ev_error err = { EV_OK };
	struct ev_chain chain = { .n_certs = 9 };
	struct ev_span text;

	(void)state;
	vectors_need();
	assert_true(
		vectors_read("dcap/roots/intel-sgx-root-ca-2049.pem", &text));
	assert_int_equal(ev_chain_parse(text, 0, &chain, &err), EV_VALUE);
	assert_string_equal(err.object, "chain");
	assert_int_equal(chain.n_certs, 9);
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
		cmocka_unit_test(every_certificate_reads_as_in_libcrypto),
		cmocka_unit_test(every_chain_verifies),
		cmocka_unit_test(every_prefix_and_a_trailing_byte_are_refused),
		cmocka_unit_test(mutations_never_pass_where_libcrypto_refuses),
		cmocka_unit_test(refusals_name_the_field),
		cmocka_unit_test(wrong_counts_are_no_chain),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
