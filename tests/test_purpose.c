/* SPDX-License-Identifier: Apache-2.0 */
/* What a certificate is for: extensions made by hand, and real ones. */
#include "evidence/purpose.h"

#include "evidence/base/pem.h"

#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define SIGNS                                                                  \
	"\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff"                             \
	"\x04\x04\x03\x02\x07\x80"
#define SIGNS_CERTS                                                            \
	"\x30\x0e\x06\x03\x55\x1d\x0f\x01\x01\xff"                             \
	"\x04\x04\x03\x02\x01\x06"
#define NO_BITS                                                                \
	"\x30\x0d\x06\x03\x55\x1d\x0f\x01\x01\xff"                             \
	"\x04\x03\x03\x01\x00"
#define NO_BITS_AT_ALL "\x30\x0b\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x01\x03"
#define IS_CA                                                                  \
	"\x30\x0f\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x05\x30\x03\x01\x01\xff"
#define MORE_THAN_CA                                                           \
	"\x30\x0e\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x04\x30\x00\x05\x00"
#define NO_CA "\x30\x0c\x06\x03\x55\x1d\x13\x01\x01\xff\x04\x02\x30\x00"
#define SERVER                                                                 \
	"\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01"     \
	"\x05\x05\x07\x03\x01"
#define CODE                                                                   \
	"\x30\x13\x06\x03\x55\x1d\x25\x04\x0c\x30\x0a\x06\x08\x2b\x06\x01"     \
	"\x05\x05\x07\x03\x03"
#define AIK                                                                    \
	"\x30\x10\x06\x03\x55\x1d\x25\x04\x09\x30\x07\x06\x05\x67\x81\x05"     \
	"\x08\x03"
/* The list ends inside of its element. */
#define AIK_CUT                                                                \
	"\x30\x10\x06\x03\x55\x1d\x25\x04\x09\x30\x07\x06\x06\x67\x81\x05"     \
	"\x08\x03"

/* One literal of extensions, short ones. */
static struct ev_x509 read_literal(const char *text, size_t n)
{
	uint8_t rest[128] = { 0xa3, (uint8_t)(n + 2), 0x30, (uint8_t)n };
	struct ev_x509 cert = { .der_size = 0 };

	assert_true(n < 124);
	memcpy(rest + 4, text, n);
	ev_purpose_read(ev_span_of(rest, n + 4), &cert);
	return cert;
}
#define READ(text) read_literal(text, sizeof(text) - 1)

static void an_attestation_key_says_so(void **state)
{
	struct ev_x509 good = READ(SIGNS NO_CA AIK), plain = READ(AIK);

	(void)state;
	assert_null(ev_no_attestation_key(&good));
	assert_null(ev_no_attestation_key(&plain));
}

static void refused(struct ev_x509 cert,
		    const char *(*judge)(const struct ev_x509 *),
		    const char *want)
{
	const char *why = judge(&cert);

	assert_non_null(why);
	assert_non_null(strstr(why, want));
}

static void another_key_is_none_of_a_vtpm(void **state)
{
	struct ev_x509 bare = { .der_size = 0 };

	(void)state;
	ev_purpose_read(ev_span_of(NULL, 0), &bare);
	assert_null(ev_no_attestation_key(&bare));
	assert_false(bare.purposed);
	refused(READ(SIGNS IS_CA AIK), ev_no_attestation_key, "CA");
	refused(READ(SIGNS SERVER), ev_no_attestation_key,
		"tcg-kp-AIKCertificate");
	refused(READ(SIGNS_CERTS AIK), ev_no_attestation_key, "digitalSig");
	refused(READ(NO_BITS AIK), ev_no_attestation_key, "digitalSig");
}

static void a_tls_server_may_say_nothing(void **state)
{
	struct ev_x509 bare = { .der_size = 0 };
	struct ev_x509 full = READ(SIGNS NO_CA SERVER), only = READ(SERVER);

	(void)state;
	ev_purpose_read(ev_span_of(NULL, 0), &bare);
	assert_null(ev_no_tls_server(&bare));
	assert_null(ev_no_tls_server(&full));
	assert_null(ev_no_tls_server(&only));
}

static void what_it_says_binds(void **state)
{
	(void)state;
	refused(READ(CODE), ev_no_tls_server, "serverAuth");
	refused(READ(AIK), ev_no_tls_server, "serverAuth");
	refused(READ(SIGNS_CERTS SERVER), ev_no_tls_server, "digitalSig");
	refused(READ(IS_CA SERVER), ev_no_tls_server, "CA");
}

/* Also behind what is good, and twice. */
static void what_is_no_der_is_for_nothing(void **state)
{
	(void)state;
	refused(READ(AIK_CUT), ev_no_attestation_key, "strict DER");
	refused(READ(AIK_CUT), ev_no_tls_server, "strict DER");
	refused(READ(AIK NO_BITS_AT_ALL), ev_no_attestation_key, "strict DER");
	refused(READ(SERVER SERVER), ev_no_tls_server, "strict DER");
	refused(READ(SERVER "\x30"), ev_no_tls_server, "strict DER");
	refused(READ(MORE_THAN_CA), ev_no_tls_server, "strict DER");
}

static void a_ca_binds_what_is_below(void **state)
{
	struct ev_x509 leaf = READ(CODE), free_ca = READ(IS_CA);
	struct ev_x509 ca = READ(IS_CA SERVER), other = READ(IS_CA CODE);
	struct ev_path path = { .cert = { &leaf, &free_ca, &ca },
				.n_certs = 3 };

	(void)state;
	assert_null(ev_path_no_tls(&path));
	path.cert[2] = &other;
	assert_ptr_equal(ev_path_no_tls(&path), &other);
}

static void parse_pem(struct ev_crypto *crypto, const char *rel,
		      struct ev_x509 *out)
{
	struct ev_pem_list list = { 0 };
	struct ev_error err = { EV_OK };
	struct ev_span text;

	assert_true(vectors_read(rel, &text));
	assert_int_equal(ev_pem_list_parse(text, 0, "CERTIFICATE", &list, &err),
			 EV_OK);
	assert_int_equal(ev_x509_parse(crypto, list.block[0].der, 0, out, &err),
			 EV_OK);
	ev_pem_list_free(&list);
}

static void the_real_ones_are(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct ev_error err = { EV_OK };
	struct ev_x509 ak, ca, tls;
	struct ev_span der;

	(void)state;
	vectors_need();
	assert_true(vectors_read("azure/ak-cert-0x01C101D0.der", &der));
	assert_int_equal(ev_x509_parse(crypto, der, 0, &ak, &err), EV_OK);
	assert_null(ev_no_attestation_key(&ak));
	assert_non_null(ev_no_tls_server(&ak));
	parse_pem(crypto, "azure/ak-ca-global-virtual-tpm-ca-03.pem", &ca);
	refused(ca, ev_no_attestation_key, "CA");
	parse_pem(crypto, "azure/microsoft_tls_g2_rsa_ca_ocsp_02.pem", &tls);
	assert_true(tls.ca && tls.tls_server);
	ev_x509_free(&ak);
	ev_x509_free(&ca);
	ev_x509_free(&tls);
	ev_crypto_free(crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attestation_key_says_so),
		cmocka_unit_test(another_key_is_none_of_a_vtpm),
		cmocka_unit_test(a_tls_server_may_say_nothing),
		cmocka_unit_test(what_it_says_binds),
		cmocka_unit_test(what_is_no_der_is_for_nothing),
		cmocka_unit_test(a_ca_binds_what_is_below),
		cmocka_unit_test(the_real_ones_are),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
