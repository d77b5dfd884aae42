/* SPDX-License-Identifier: Apache-2.0 */
/* CMS SignedData: where parts stand, and whose key signed. */
#include "evidence/cms.h"

#include "evidence/base/pem.h"

#include "tests/attested_sample.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static const char good[] = "azure/imds-attested-good-2026.p7";

static struct ev_crypto *crypto;

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_cms m;

	return ev_cms_parse(item, 0, &m, err);
}

static struct ev_cms read_good(void)
{
	struct ev_error err = { 0 };
	struct ev_span der;
	struct ev_cms m;

	assert_true(vectors_read(good, &der));
	assert_int_equal(ev_cms_parse(der, 0, &m, &err), EV_OK);
	return m;
}

static void parts_stand_where_openssl_sees_them(void **state)
{
	struct ev_cms m;
	bool misnamed = false;

	(void)state;
	vectors_need();
	m = read_good();
	assert_int_equal(m.content.p - m.message.p, 66);
	assert_int_equal(m.content.n, 292);
	assert_int_equal(m.n_certs, 1);
	assert_int_equal(m.cert[0].p - m.message.p, 362);
	assert_int_equal(m.cert[0].n, 2381);
	assert_int_equal(m.signer, 0);
	assert_int_equal(m.signature.n, 256);
	assert_null(m.signed_attributes.p);
	assert_string_equal(ev_cms_digest(&m, &misnamed), "SHA-256");
	assert_true(misnamed);
}

static void every_prefix_is_refused(void **state)
{
	struct ev_span der;

	(void)state;
	vectors_need();
	assert_true(vectors_read(good, &der));
	parse_prefixes(parse, der, der.n);
	parse_mutations(parse, der, 2000);
}

static void fields_are_refused_by_name(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ 14, 3, EV_VALUE, "contentType" }, /* EnvelopedData */
		{ 25, 3, EV_VALUE, "version" },
		{ 26, 0x30, EV_SYNTAX, "digestAlgorithms" },
		{ 62, 0x24, EV_SYNTAX, "eContent" }, /* constructed: BER */
		{ 2743, 0x30, EV_SYNTAX, "signerInfos" },
		{ 2753, 3, EV_VALUE, "signerInfo.version" },
		{ 2754, 0x80, EV_SYNTAX, "issuerAndSerialNumber" },
	};
	struct ev_span der;

	(void)state;
	vectors_need();
	assert_true(vectors_read(good, &der));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		parse_refuses_byte(parse, der, rows[i].at, rows[i].value,
				   rows[i].code, "cms", rows[i].field);
}

/* The signer is known by issuer and serial, not by its place. */
static void a_signer_that_is_not_there_is_said(void **state)
{
	struct ev_error err = { 0 };
	struct ev_cms m;
	struct ev_span der;
	uint8_t *p;

	(void)state;
	vectors_need();
	m = read_good();
	der = m.message;
	p = parse_copy(der, der.n);
	p[m.serial.p - der.p] ^= 1;
	assert_int_equal(ev_cms_parse(ev_span_of(p, der.n), 0, &m, &err),
			 EV_OK);
	assert_int_equal(m.signer, -1);
	free(p);
}

static enum ev_verified verify(struct ev_span der, const char *cert)
{
	struct ev_error err = { 0 };
	struct ev_x509 signer;
	enum ev_verified answer;
	struct ev_cms m;
	struct ev_pem_list list = { 0 };
	struct ev_span pem, own;

	assert_int_equal(ev_cms_parse(der, 0, &m, &err), EV_OK);
	own = m.cert[0];
	if (cert != NULL) {
		assert_true(vectors_read(cert, &pem));
		assert_int_equal(
			ev_pem_list_parse(pem, 0, "CERTIFICATE", &list, &err),
			EV_OK);
		own = list.block[0].der;
	}
	assert_int_equal(ev_x509_parse(crypto, own, 0, &signer, &err), EV_OK);
	answer = ev_cms_verify(crypto, &m, &signer);
	ev_x509_free(&signer);
	ev_pem_list_free(&list);
	return answer;
}

static void the_signers_key_alone_verifies(void **state)
{
	struct ev_span der;

	(void)state;
	vectors_need();
	assert_true(vectors_read(good, &der));
	assert_int_equal(verify(der, NULL), EV_VERIFIED_YES);
	assert_int_equal(
		verify(der, "azure/microsoft_tls_g2_rsa_ca_ocsp_02.pem"),
		EV_VERIFIED_NO);
}

static void a_changed_content_or_signature_does_not(void **state)
{
	static const size_t places[] = { 66, 200, 357, 2900, 3155 };
	struct ev_span der;

	(void)state;
	vectors_need();
	assert_true(vectors_read(good, &der));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint8_t *p = parse_copy(der, der.n);

		p[places[i]] ^= 1;
		assert_int_equal(verify(ev_span_of(p, der.n), NULL),
				 EV_VERIFIED_NO);
		free(p);
	}
}

static void an_edited_document_does_not(void **state)
{
	uint8_t *owned;

	(void)state;
	vectors_need();
	assert_int_equal(verify(attested_edited(&owned), NULL), EV_VERIFIED_NO);
	free(owned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_stand_where_openssl_sees_them),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(fields_are_refused_by_name),
		cmocka_unit_test(a_signer_that_is_not_there_is_said),
		cmocka_unit_test(the_signers_key_alone_verifies),
		cmocka_unit_test(a_changed_content_or_signature_does_not),
		cmocka_unit_test(an_edited_document_does_not),
	};
	int failed;

	crypto = ev_crypto_new();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	ev_crypto_free(crypto);
	return failed;
}
