/* SPDX-License-Identifier: Apache-2.0 */
/* Paths to a pinned key: Azure's AK certificates. */
#include "evidence/path.h"

#include "evidence/base/pem.h"
#include "evidence/name.h"
#include "tests/lcg.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <openssl/ec.h>
#include <openssl/x509v3.h>

static const int64_t GOOD = INT64_C(1785196800); /* 2026-07-28 */

struct chain {
	struct ev_x509 leaf, ca, root;
	struct ev_pem_list ca_pem, root_pem;
	struct ev_span anchor;
};

static void parse_pem(struct ev_crypto *crypto, const char *rel,
		      struct ev_pem_list *pem, struct ev_x509 *out)
{
	struct ev_error err = { EV_OK };
	struct ev_span text;

	assert_true(vectors_read(rel, &text));
	assert_int_equal(ev_pem_list_parse(text, 0, "CERTIFICATE", pem, &err),
			 EV_OK);
	assert_int_equal(ev_x509_parse(crypto, pem->block[0].der, 0, out, &err),
			 EV_OK);
}

static struct chain open_chain(struct ev_crypto *crypto)
{
	struct ev_error err = { EV_OK };
	struct ev_span der;
	struct chain c;

	assert_true(vectors_read("azure/ak-cert-0x01C101D0.der", &der));
	assert_int_equal(ev_x509_parse(crypto, der, 0, &c.leaf, &err), EV_OK);
	parse_pem(crypto, "azure/ak-ca-global-virtual-tpm-ca-03.pem", &c.ca_pem,
		  &c.ca);
	parse_pem(crypto, "azure/ak-root-azure-virtual-tpm-root-ca-2023.pem",
		  &c.root_pem, &c.root);
	c.anchor = c.root.spki;
	return c;
}

static void close_chain(struct chain *c)
{
	ev_x509_free(&c->leaf);
	ev_x509_free(&c->ca);
	ev_x509_free(&c->root);
	ev_pem_list_free(&c->ca_pem);
	ev_pem_list_free(&c->root_pem);
}

static void the_ak_certificate_is_read(void **state)
{
	struct chain c;

	vectors_need();
	c = open_chain(*state);
	assert_int_equal(c.leaf.der_size, 994);
	assert_int_equal(c.leaf.key.modulus.n, 256);
	assert_int_equal(c.leaf.key.exponent_size, 3);
	assert_false(c.leaf.self_issued);
	assert_true(c.root.self_issued);
	assert_true(c.leaf.aik && !c.leaf.ca);
	assert_true(c.ca.ca && c.root.ca && !c.root.aik);
	assert_non_null(strstr(c.leaf.subject, ".TrustedVM.Azure.windows.net"));
	assert_string_equal(c.leaf.issuer, c.ca.subject);
	assert_string_equal(c.root.subject,
			    "CN=Azure Virtual TPM Root Certificate Authority "
			    "2023,O=Microsoft Corporation,C=US");
	assert_int_equal(c.root.not_before / 86400, 19509); /* 2023-06-01 */
	close_chain(&c);
}

static void the_path_ends_at_the_pinned_key(void **state)
{
	const struct ev_x509 *pool[2];
	struct ev_path path;
	struct chain c;

	vectors_need();
	c = open_chain(*state);
	pool[0] = &c.ca;
	pool[1] = &c.root;
	/* The root's certificate is not needed, and does no harm. */
	for (size_t n = 1; n <= 2; n++) {
		assert_int_equal(ev_path_verify(*state, &c.leaf, pool, n,
						&c.anchor, 1, GOOD, &path),
				 EV_PATH_GOOD);
		assert_int_equal(path.n_certs, 2);
		assert_ptr_equal(path.cert[0], &c.leaf);
		assert_ptr_equal(path.cert[1], &c.ca);
		assert_int_equal(path.anchor, 0);
		assert_string_equal(path.reason, "");
	}
	/* The root's own certificate under its own key. */
	assert_int_equal(ev_path_verify(*state, &c.root, NULL, 0, &c.anchor, 1,
					GOOD, &path),
			 EV_PATH_GOOD);
	assert_int_equal(path.n_certs, 1);
	close_chain(&c);
}

static void windows_are_inclusive_and_named(void **state)
{
	const struct ev_x509 *pool[1];
	struct ev_path path;
	struct chain c;
	int64_t first, last;

	vectors_need();
	c = open_chain(*state);
	pool[0] = &c.ca;
	first = c.leaf.not_before;
	last = c.leaf.not_after < c.ca.not_after ? c.leaf.not_after
						 : c.ca.not_after;
	assert_int_equal(ev_path_verify(*state, &c.leaf, pool, 1, &c.anchor, 1,
					first, &path),
			 EV_PATH_GOOD);
	assert_int_equal(ev_path_verify(*state, &c.leaf, pool, 1, &c.anchor, 1,
					first - 1, &path),
			 EV_PATH_NOT_YET_VALID);
	assert_int_equal(strncmp(path.reason, "valid from 20", 13), 0);
	assert_int_equal(ev_path_verify(*state, &c.leaf, pool, 1, &c.anchor, 1,
					last, &path),
			 EV_PATH_GOOD);
	assert_int_equal(ev_path_verify(*state, &c.leaf, pool, 1, &c.anchor, 1,
					last + 1, &path),
			 EV_PATH_EXPIRED);
	assert_int_equal(strncmp(path.reason, "valid until 20", 14), 0);
	/* The trusted end's own window counts as well. */
	assert_int_equal(ev_path_verify(*state, &c.ca, NULL, 0, &c.anchor, 1,
					c.ca.not_after + 1, &path),
			 EV_PATH_EXPIRED);
	close_chain(&c);
}

static void a_missing_intermediate_is_named(void **state)
{
	const struct ev_x509 *pool[1];
	struct ev_path path;
	struct chain c;

	vectors_need();
	c = open_chain(*state);
	pool[0] = &c.root;
	for (size_t n = 0; n <= 1; n++) {
		assert_int_equal(ev_path_verify(*state, &c.leaf, pool, n,
						&c.anchor, 1, GOOD, &path),
				 EV_PATH_MISSING_ISSUER);
		assert_non_null(strstr(path.reason, "Global Virtual TPM CA"));
		assert_int_equal(path.n_certs, 1);
		assert_int_equal(path.anchor, -1);
	}
	close_chain(&c);
}

static void a_foreign_anchor_does_not_help(void **state)
{
	const struct ev_x509 *pool[2];
	struct ev_span anchors[3];
	struct ev_path path;
	struct chain c;

	vectors_need();
	c = open_chain(*state);
	pool[0] = &c.ca;
	pool[1] = &c.root;
	anchors[0] = c.leaf.spki;
	anchors[1] = ev_span_of("junk", 4);
	anchors[2] = c.anchor;
	assert_int_equal(ev_path_verify(*state, &c.leaf, pool, 2, anchors, 2,
					GOOD, &path),
			 EV_PATH_UNTRUSTED);
	assert_non_null(strstr(path.reason, "Root Certificate Authority 2023"));
	assert_int_equal(
		ev_path_verify(*state, &c.leaf, pool, 2, NULL, 0, GOOD, &path),
		EV_PATH_UNTRUSTED);
	assert_int_equal(ev_path_verify(*state, &c.leaf, pool, 2, anchors, 3,
					GOOD, &path),
			 EV_PATH_GOOD);
	assert_int_equal(path.anchor, 2);
	/* An intermediate's key may be pinned as well. */
	anchors[0] = c.ca.spki;
	assert_int_equal(ev_path_verify(*state, &c.leaf, NULL, 0, anchors, 1,
					GOOD, &path),
			 EV_PATH_GOOD);
	close_chain(&c);
}

/* A certificate of key, under issuer's key and name; freed by the caller. */
static struct ev_x509 issue(struct ev_crypto *crypto, EVP_PKEY *key,
			    const char *cn, EVP_PKEY *issuer, const char *by,
			    bool ca, int64_t from, int64_t to)
{
	X509 *x = X509_new();
	X509_EXTENSION *basic = X509V3_EXT_conf_nid(
		NULL, NULL, NID_basic_constraints,
		ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
	struct ev_error err = { EV_OK };
	struct ev_x509 out;
	unsigned char *der = NULL;
	int n;

	assert_non_null(x);
	assert_non_null(basic);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1 + from % 1000);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)cn, -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_issuer_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)by, -1, -1, 0);
	ASN1_TIME_set(X509_getm_notBefore(x), (time_t)from);
	ASN1_TIME_set(X509_getm_notAfter(x), (time_t)to);
	X509_set_pubkey(x, key);
	X509_add_ext(x, basic, -1);
	assert_true(X509_sign(x, issuer, EVP_sha256()) > 0);
	n = i2d_X509(x, &der);
	assert_true(n > 0);
	assert_int_equal(ev_x509_parse(crypto, ev_span_of(der, (size_t)n), 0,
				       &out, &err),
			 EV_OK);
	X509_EXTENSION_free(basic);
	X509_free(x);
	OPENSSL_free(der);
	return out;
}

/* One certificate ends with the second in which another begins. */
static void a_second_may_be_the_last_and_the_first(void **state)
{
	EVP_PKEY *root = EVP_EC_gen("P-256"), *ca = EVP_EC_gen("P-256");
	EVP_PKEY *ak = EVP_EC_gen("P-256");
	struct ev_x509 end =
		issue(*state, ca, "CA", root, "Root", true, GOOD - 9, GOOD);
	struct ev_x509 past =
		issue(*state, ca, "CA", root, "Root", true, GOOD - 9, GOOD - 1);
	struct ev_x509 ahead =
		issue(*state, ca, "CA", root, "Root", true, GOOD + 1, GOOD + 9);
	struct ev_x509 leaf =
		issue(*state, ak, "AK", ca, "CA", false, GOOD, GOOD + 9);
	const struct ev_x509 *const pools[][3] = {
		{ &end },
		{ &end, &past, &ahead },
		{ &past, &ahead, &end },
		{ &ahead, &end, &past },
	};
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(root, &der);
	struct ev_span anchor = ev_span_of(der, (size_t)n);
	struct ev_path path;

	assert_true(n > 0);
	for (size_t i = 0; i < 4; i++)
		for (int64_t at = GOOD - 1; at <= GOOD + 1; at++)
			assert_int_equal(ev_path_verify(*state, &leaf, pools[i],
							i == 0 ? 1 : 3, &anchor,
							1, at, &path),
					 at < GOOD ? EV_PATH_NOT_YET_VALID
					 : at == GOOD || i > 0
						 ? EV_PATH_GOOD
						 : EV_PATH_EXPIRED);
	OPENSSL_free(der);
	ev_x509_free(&leaf);
	ev_x509_free(&ahead);
	ev_x509_free(&past);
	ev_x509_free(&end);
	EVP_PKEY_free(ak);
	EVP_PKEY_free(ca);
	EVP_PKEY_free(root);
}

/* A bad signature is not hidden by a window that is over. */
static void a_flipped_bit_is_bad_at_any_time(void **state)
{
	struct ev_error err = { EV_OK };
	const struct ev_x509 *pool[1];
	struct ev_x509 changed;
	struct ev_path path;
	struct chain c;
	uint8_t der[994];

	vectors_need();
	c = open_chain(*state);
	pool[0] = &c.ca;
	memcpy(der, c.leaf.der.p, sizeof(der));
	der[sizeof(der) - 7] ^= 1;
	assert_int_equal(ev_x509_parse(*state, EV_SPAN(der), 0, &changed, &err),
			 EV_OK);
	assert_int_equal(ev_path_verify(*state, &changed, pool, 1, &c.anchor, 1,
					GOOD, &path),
			 EV_PATH_BAD);
	assert_non_null(strstr(path.reason, "signature does not verify"));
	assert_int_equal(ev_path_verify(*state, &changed, pool, 1, &c.anchor, 1,
					c.ca.not_after + 1, &path),
			 EV_PATH_BAD);
	ev_x509_free(&changed);
	close_chain(&c);
}

static void a_leaf_is_no_issuer(void **state)
{
	const struct ev_x509 *pool[1];
	struct ev_path path;
	struct chain c;

	vectors_need();
	c = open_chain(*state);
	pool[0] = &c.leaf;
	assert_int_equal(ev_path_verify(*state, &c.leaf, pool, 1, &c.leaf.spki,
					1, GOOD, &path),
			 EV_PATH_MISSING_ISSUER);
	close_chain(&c);
}

static void padding_is_zeros_and_prefixes_are_refused(void **state)
{
	struct ev_span der;
	uint8_t *copy;

	vectors_need();
	assert_true(vectors_read("azure/ak-cert-0x01C101D0.der", &der));
	for (size_t n = 0; n <= 994 + 20; n++) {
		struct ev_error err = { EV_OK };
		struct ev_x509 x;
		bool ok;

		copy = calloc(1, n + 1);
		assert_non_null(copy);
		memcpy(copy, der.p, n < 994 ? n : 994);
		ok = ev_x509_parse(*state, ev_span_of(copy, n), 0, &x, &err) ==
		     EV_OK;
		assert_int_equal(ok, n >= 994);
		if (ok)
			ev_x509_free(&x);
		if (n > 994) {
			copy[n - 1] = 1;
			err = (struct ev_error){ EV_OK };
			assert_int_equal(ev_x509_parse(*state,
						       ev_span_of(copy, n), 0,
						       &x, &err),
					 EV_TRAILING);
		}
		free(copy);
	}
}

static void mutations_are_never_good(void **state)
{
	const struct ev_x509 *pool[1];
	struct ev_path path;
	uint64_t seed = 11;
	struct chain c;
	uint8_t *copy;

	vectors_need();
	c = open_chain(*state);
	pool[0] = &c.ca;
	copy = malloc(994);
	assert_non_null(copy);
	for (unsigned int i = 0; i < 5000; i++) {
		struct ev_error err = { EV_OK };
		struct ev_x509 x;
		uint32_t at = lcg_below(&seed, 994);

		memcpy(copy, c.leaf.der.p, 994);
		copy[at] ^= (uint8_t)(1 + lcg_below(&seed, 255));
		if (ev_x509_parse(*state, ev_span_of(copy, 994), 0, &x, &err) !=
		    EV_OK)
			continue;
		assert_int_not_equal(ev_path_verify(*state, &x, pool, 1,
						    &c.anchor, 1, GOOD, &path),
				     EV_PATH_GOOD);
		assert_true(path.reason[0] != '\0');
		ev_x509_free(&x);
	}
	free(copy);
	close_chain(&c);
}

static void names_are_escaped_and_cut(void **state)
{
	static const uint8_t name[] = {
		0x30, 0x21, 0x31, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55,
		0x04, 0x03, 0x0c, 0x03, ' ',  ',',  0xff, 0x31, 0x11,
		0x30, 0x0f, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05,
		0x07, 0x01, 0x01, 0x1e, 0x03, 0x00, 'a',  0x00,
	};
	uint8_t big[300] = { 0x30, 0x82, 0x01, 0x28, 0x31, 0x82, 0x01,
			     0x24, 0x30, 0x82, 0x01, 0x20, 0x06, 0x03,
			     0x55, 0x04, 0x03, 0x0c, 0x82, 0x01, 0x17 };
	char out[EV_NAME_TEXT];

	(void)state;
	assert_true(ev_name_format(EV_SPAN(name), out));
	assert_string_equal(out, "1.3.6.1.5.5.7.1.1=#1e03006100,"
				 "CN=\\ \\,\\FF");
	for (size_t n = 0; n < sizeof(name); n++) {
		assert_false(ev_name_format(ev_span_of(name, n), out));
		assert_string_equal(out, "");
	}
	memset(big + 21, 'x', sizeof(big) - 21);
	assert_true(ev_name_format(EV_SPAN(big), out));
	assert_int_equal(strlen(out), EV_NAME_TEXT - 1);
	assert_string_equal(out + EV_NAME_TEXT - 5, "x...");
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
		cmocka_unit_test(the_ak_certificate_is_read),
		cmocka_unit_test(the_path_ends_at_the_pinned_key),
		cmocka_unit_test(windows_are_inclusive_and_named),
		cmocka_unit_test(a_second_may_be_the_last_and_the_first),
		cmocka_unit_test(a_missing_intermediate_is_named),
		cmocka_unit_test(a_foreign_anchor_does_not_help),
		cmocka_unit_test(a_flipped_bit_is_bad_at_any_time),
		cmocka_unit_test(a_leaf_is_no_issuer),
		cmocka_unit_test(padding_is_zeros_and_prefixes_are_refused),
		cmocka_unit_test(mutations_are_never_good),
		cmocka_unit_test(names_are_escaped_and_cut),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
