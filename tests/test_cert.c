/* SPDX-License-Identifier: Apache-2.0 */
/* Intel's certificates: read as libcrypto reads them, and more strictly. */
#include "evidence/cert.h"

#include "evidence/base/time.h"
#include "tests/mutants.h"
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

static bool is_string(struct ev_span mine, const ASN1_STRING *theirs)
{
	return theirs != NULL &&
	       ev_span_eq(mine, ev_span_of(ASN1_STRING_get0_data(theirs),
					   (size_t)ASN1_STRING_length(theirs)));
}

static void compare_crl_points(const struct ev_cert *c, X509 *x)
{
	CRL_DIST_POINTS *points =
		X509_get_ext_d2i(x, NID_crl_distribution_points, NULL, NULL);
	GENERAL_NAMES *names;
	GENERAL_NAME *one;

	assert_int_equal(sk_DIST_POINT_num(points), 1);
	names = sk_DIST_POINT_value(points, 0)->distpoint->name.fullname;
	assert_int_equal(sk_GENERAL_NAME_num(names), 1);
	one = sk_GENERAL_NAME_value(names, 0);
	assert_int_equal(one->type, GEN_URI);
	assert_true(is_string(c->crl_uri, one->d.uniformResourceIdentifier));
	CRL_DIST_POINTS_free(points);
}

/* The value of Intel's own extension; its OID must not be in libcrypto. */
static void compare_sgx(const struct ev_cert *c, X509 *x)
{
	ASN1_OBJECT *oid = OBJ_txt2obj("1.2.840.113741.1.13.1", 1);
	int at = X509_get_ext_by_OBJ(x, oid, -1);

	ASN1_OBJECT_free(oid);
	if (at < 0)
		assert_int_equal(c->sgx_extension.n, 0);
	else
		assert_true(is_string(
			c->sgx_extension,
			X509_EXTENSION_get_data(X509_get_ext(x, at))));
}

static void compare_extensions(const struct ev_cert *c, X509 *x)
{
	uint32_t usage = X509_get_key_usage(x), mine = 0;

	assert_true(is_string(c->ski, X509_get0_subject_key_id(x)));
	assert_true(is_string(c->aki, X509_get0_authority_key_id(x)));
	/* libcrypto asks the key usage, too; so do those who read c->ca. */
	assert_int_equal(c->ca && (c->key_usage & EV_KEY_USAGE_KEY_CERT_SIGN) !=
					  0,
			 X509_check_ca(x) == 1);
	assert_int_equal(c->path_len, X509_get_pathlen(x));
	/* libcrypto numbers the bits of an octet from the other end. */
	for (unsigned int i = 0; i < 8; i++)
		if ((c->key_usage & 1u << i) != 0)
			mine |= 0x80u >> i;
	if ((c->key_usage & 1u << 8) != 0)
		mine |= 0x8000u; /* decipherOnly, in the next octet */
	assert_int_equal(mine, usage);
	compare_crl_points(c, x);
	compare_sgx(c, x);
}

static void compare_signed(const struct ev_cert *c, X509 *x)
{
	const ASN1_BIT_STRING *signature;
	const X509_ALGOR *algorithm;
	uint8_t *tbs = NULL;
	int n = i2d_re_X509_tbs(x, &tbs);

	/* Written anew: d2i keeps no bytes of it that it would show. */
	assert_true(n > 0);
	assert_true(ev_span_eq(c->tbs, ev_span_of(tbs, (size_t)n)));
	OPENSSL_free(tbs);
	X509_get0_signature(&signature, &algorithm, x);
	assert_true(is_string(c->signature, signature));
	assert_int_equal(OBJ_obj2nid(algorithm->algorithm),
			 NID_ecdsa_with_SHA256);
}

static void compare_fields(const struct ev_cert *c, X509 *x)
{
	BIGNUM *serial = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	uint8_t bytes[32];

	compare_names(c, x);
	compare_key(c, x);
	compare_extensions(c, x);
	compare_signed(c, x);
	assert_int_equal(c->not_before, openssl_time(X509_get0_notBefore(x)));
	assert_int_equal(c->not_after, openssl_time(X509_get0_notAfter(x)));
	assert_int_equal(BN_bn2bin(serial, bytes), c->serial.n);
	assert_memory_equal(bytes, c->serial.p, c->serial.n);
	BN_free(serial);
}

static void compare_der(struct ev_span der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	struct ev_error err = { EV_OK };
	struct ev_cert c;
	char why[512];

	assert_non_null(x);
	if (ev_cert_parse(der, 0, &c, &err) != EV_OK) {
		ev_error_format(&err, why, sizeof(why));
		fail_msg("%s", why);
	}
	compare_fields(&c, x);
	X509_free(x);
}

static void compare(struct ev_span der, const char *where, void *arg)
{
	struct count *count = arg;

	(void)where;
	compare_der(der);
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

static bool we_accept(struct ev_span der, struct ev_error *err)
{
	struct ev_cert c;

	return ev_cert_parse(der, 0, &c, err) == EV_OK;
}

static bool libcrypto_accepts(struct ev_span der)
{
	const unsigned char *p = der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);
	bool ok = x != NULL && p == der.p + der.n;

	/* d2i leaves extensions alone; this is where they are read. */
	ok = ok && (X509_get_extension_flags(x) & EXFLAG_INVALID) == 0;
	X509_free(x);
	ERR_clear_error();
	return ok;
}

/* Where libcrypto takes what the profile of docs/sources.md or RFC 5280 does
 * not have, or does not look. */
static const struct mutants_reason reasons[] = {
	{ "version", "the profile has v3 alone" },
	{ "serial number", "RFC 5280 4.1.2.2: positive, at most 20 octets" },
	{ "signature", "the profile has ecdsa-with-SHA256 alone" },
	{ "signatureAlgorithm", "the profile has ecdsa-with-SHA256 alone" },
	{ "signatureValue", "an ECDSA-Sig-Value is whole octets" },
	{ "issuer", "the profile's names have a common name" },
	{ "subject", "the profile's names have a common name" },
	{ "common name", "the profile's names have one common name" },
	{ "rdn", "RFC 5280 4.1.2.4: SIZE (1..MAX)" },
	{ "attribute", "DER, where libcrypto takes BER" },
	{ "attribute type", "DER, where libcrypto takes BER" },
	{ "attribute value", "the profile's two string types; X.680 41.4" },
	{ "notBefore", "RFC 5280 4.1.2.5: d2i takes any text for a time" },
	{ "notAfter", "RFC 5280 4.1.2.5: d2i takes any text for a time" },
	{ "key algorithm", "the profile has P-256 alone" },
	{ "public key", "the profile has uncompressed points alone" },
	{ "extensions", "the profile demands five of them" },
	{ "extension", "RFC 5280 4.2: no unknown critical one, none twice" },
	{ "extension id", "DER, where libcrypto takes BER" },
	{ "extension value", "DER, where libcrypto takes BER" },
	{ "critical", "X.690 11.1, 11.5: ff, and FALSE is not written" },
	{ "authority key identifier", "the profile has the identifier alone" },
	{ "key usage", "nine named bits; X.690 11.2.2: no zeros at the end" },
	{ "cA", "X.690 11.1, 11.5: ff, and FALSE is not written" },
	{ "pathLenConstraint", "at most 255: Intel's chains have 3" },
	{ "CRL distribution points", "the profile has one point, one URI" },
	{ "end", "DER, where libcrypto takes what follows" },
	{ NULL, NULL },
};

static void change(struct ev_span der, const char *where, void *arg)
{
	(void)where;
	mutants_try(arg, der, 3000);
}

static void changed_never_pass_where_libcrypto_refuses(void **state)
{
	struct mutants m = {
		.ours = we_accept,
		.theirs = libcrypto_accepts,
		.compare = compare_der,
		.reasons = reasons,
		.seed = 1,
	};

	(void)state;
	vectors_need();
	pki_each_certificate(change, &m);
	mutants_report(&m);
	assert_true(m.n >= 10000);
	mutants_free(&m);
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
	expect("0603551d1f044b30493047a0", "0603551d1f044b30493047a1",
	       EV_SYNTAX, "CRL distribution points");
	expect("0603550403", "0603550407", EV_MISSING, "issuer");
	expect("0603550403", "0603550483", EV_SYNTAX, "attribute type");
	expect("0c11496e74656c", "0c11496e7465ff", EV_SYNTAX,
	       "attribute value");
	expect("13025553", "13025540", EV_SYNTAX, "attribute value");
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
		cmocka_unit_test(changed_never_pass_where_libcrypto_refuses),
		cmocka_unit_test(refusals_name_the_field),
		cmocka_unit_test(wrong_counts_are_no_chain),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
