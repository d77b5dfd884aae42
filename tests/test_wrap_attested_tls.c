/* SPDX-License-Identifier: Apache-2.0 */
/* Both real sets of attested-tls, against the facts of their README. */
#include "tests/parts.h"
#include "tests/vectors.h"

#include "collect/yaml.h"
#include "evidence/base/hex.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define AZURE "e2e-tdx/azure-tdx-with-ak-intermediates-1780922561.yaml"
#define AZURE_COLL                                                             \
	"e2e-tdx/azure-collateral-with-ak-intermediates-1780922561.yaml"
#define GCP_COLL "e2e-tdx/gcp-tdx-collateral-1782809233226668671.yaml"

static struct ev_span need(const char *rel)
{
	struct ev_span out = { NULL, 0 };

	vectors_need();
	vectors_read(rel, &out);
	return out;
}

static void assert_hex(struct ev_span bytes, const char *hex)
{
	char text[2 * 64 + 1];

	assert_true(bytes.n <= 64);
	ev_hex_encode(bytes, text);
	assert_string_equal(text, hex);
}

static void assert_sha256(struct ev_span bytes, struct ev_span want)
{
	uint8_t got[32];

	assert_int_equal(
		EVP_Digest(bytes.p, bytes.n, got, NULL, EVP_sha256(), NULL), 1);
	assert_int_equal(want.n, 32);
	assert_memory_equal(got, want.p, 32);
}

static X509 *first_certificate(struct ev_span pem)
{
	BIO *bio = BIO_new_mem_buf(pem.p, (int)pem.n);
	X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);

	BIO_free(bio);
	assert_non_null(cert);
	return cert;
}

/* Whether sig over message is good under the first certificate's key. */
static bool signature_good(struct ev_span pem, struct ev_span message,
			   struct ev_span sig)
{
	X509 *cert = first_certificate(pem);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int good;

	assert_non_null(ctx);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL,
					      X509_get0_pubkey(cert)),
			 1);
	good = EVP_DigestVerify(ctx, sig.p, sig.n, message.p, message.n);
	EVP_MD_CTX_free(ctx);
	X509_free(cert);
	return good == 1;
}

/* A body as Intel's service sends it: what stands between head and the
 * signature is signed by the chain's leaf. */
static bool body_good(struct ev_span body, const char *head,
		      struct ev_span chain)
{
	static const char tail[] = ",\"signature\":\"";
	size_t tail_size = sizeof(tail) - 1 + 128 + 2;
	ECDSA_SIG *sig = ECDSA_SIG_new();
	struct ev_span text;
	uint8_t rs[64], *der = NULL;
	bool good;
	int n;

	assert_memory_equal(body.p, head, strlen(head));
	assert_memory_equal(body.p + body.n - 2, "\"}", 2);
	assert_memory_equal(body.p + body.n - tail_size, tail,
			    sizeof(tail) - 1);
	assert_true(
		ev_hex_decode(ev_span_sub(body, body.n - 130, 128), rs, 64));
	text = ev_span_sub(body, strlen(head),
			   body.n - strlen(head) - tail_size);
	assert_int_equal(ECDSA_SIG_set0(sig, BN_bin2bn(rs, 32, NULL),
					BN_bin2bn(rs + 32, 32, NULL)),
			 1);
	n = i2d_ECDSA_SIG(sig, &der);
	assert_true(n > 0);
	good = signature_good(chain, text, ev_span_of(der, (size_t)n));
	OPENSSL_free(der);
	ECDSA_SIG_free(sig);
	return good;
}

static void evidence_has_the_sizes_and_kinds_of_the_table(void **state)
{
	static const struct {
		const char *kind;
		size_t n;
	} want[] = {
		{ "wrapper", 31057 },		{ "tdx-quote", 5006 },
		{ "azure-hcl-report", 2600 },	{ "tpm-quote-attest", 145 },
		{ "tpm-quote-signature", 256 }, { "tpm-pcrs", 24 * 32 },
		{ "cert-pem", 2240 },		{ "cert-pem", 3154 },
		{ "cert-pem", 2370 },
	};
	struct ev_span yaml = need(AZURE);
	struct co_parts list = { 0 };

	(void)state;
	parts_import(&list, yaml);
	assert_int_equal(list.n, sizeof(want) / sizeof(want[0]));
	for (size_t i = 0; i < list.n; i++) {
		assert_string_equal(list.part[i].kind, want[i].kind);
		assert_int_equal(list.part[i].n, want[i].n);
		assert_non_null(list.part[i].detail);
		if (i > 0)
			assert_true(parts_related(&list, i, "decoded-from", 0));
	}
	assert_memory_equal(list.part[0].bytes, yaml.p, yaml.n);
	assert_string_equal(list.part[0].media_type, "application/yaml");
	assert_int_equal(list.n_notes, 0);
	co_parts_free(&list);
}

static void evidence_relates_signature_values_key_and_issuers(void **state)
{
	struct co_parts list = { 0 };

	(void)state;
	parts_import(&list, need(AZURE));
	assert_true(parts_related(&list, 4, "signature-of", 3));
	assert_string_equal(list.part[4].scheme, "rsassa-sha256");
	assert_true(parts_related(&list, 5, "values-of", 3));
	assert_true(parts_related(&list, 6, "key-of", 3));
	assert_true(parts_related(&list, 7, "issuer-of", 6));
	assert_true(parts_related(&list, 8, "issuer-of", 7));
	co_parts_free(&list);
}

static void quote_and_report_hold_the_registers_of_the_table(void **state)
{
	struct co_parts list = { 0 };
	struct ev_span quote, hcl, claims;

	(void)state;
	parts_import(&list, need(AZURE));
	quote = parts_bytes(&list, "tdx-quote", 0);
	/* Body at 48: TEE_TCB_SVN, MRSEAM; MRTD at 136, REPORTDATA at 520. */
	assert_hex(ev_span_sub(quote, 48, 16),
		   "0d010400000000000000000000000000");
	assert_hex(ev_span_sub(quote, 48 + 136, 48),
		   "ff450b138c5ee6734a43dc35afb437abfa24ef743bc9e9484ef4af365fc"
		   "d89a6c50913248ed7fcb92a7d42b1ba7da984");
	assert_true(ev_span_is_zero(ev_span_sub(quote, quote.n - 70, 70)));
	hcl = parts_bytes(&list, "azure-hcl-report", 0);
	assert_memory_equal(hcl.p, "HCLA", 4);
	claims = ev_span_sub(hcl, 1236, 1196);
	assert_sha256(claims, ev_span_sub(quote, 48 + 520, 32));
	co_parts_free(&list);
}

static void tpm_quote_is_signed_by_the_certified_key(void **state)
{
	struct co_parts list = { 0 };
	struct ev_span message;

	(void)state;
	parts_import(&list, need(AZURE));
	message = parts_bytes(&list, "tpm-quote-attest", 0);
	assert_memory_equal(message.p, "\xff\x54\x43\x47\x80\x18", 6);
	assert_true(
		signature_good(parts_bytes(&list, "cert-pem", 0), message,
			       parts_bytes(&list, "tpm-quote-signature", 0)));
	assert_hex(ev_span_sub(message, message.n - 32, 32),
		   "262aaef0977c0eda19f5697a776e18afc42230e77788bf73fcbaaf2471d"
		   "5a703");
	assert_sha256(parts_bytes(&list, "tpm-pcrs", 0),
		      ev_span_sub(message, message.n - 32, 32));
	co_parts_free(&list);
}

static void ak_chain_links_up_to_the_azure_root(void **state)
{
	struct co_parts list = { 0 };
	char issuer[200];

	(void)state;
	parts_import(&list, need(AZURE));
	for (size_t i = 0; i < 2; i++) {
		X509 *cert =
			first_certificate(parts_bytes(&list, "cert-pem", i));
		X509 *above = first_certificate(
			parts_bytes(&list, "cert-pem", i + 1));

		assert_int_equal(X509_verify(cert, X509_get0_pubkey(above)), 1);
		X509_NAME_get_text_by_NID(X509_get_issuer_name(above),
					  NID_commonName, issuer,
					  sizeof(issuer));
		X509_free(cert);
		X509_free(above);
	}
	assert_string_equal(
		issuer, "Azure Virtual TPM Root Certificate Authority 2023");
	co_parts_free(&list);
}

static void check_collateral(const char *rel, size_t tcb_size, size_t pck_size)
{
	struct co_parts list = { 0 };
	struct ev_span tcb_chain, qe_chain;

	parts_import(&list, need(rel));
	assert_int_equal(list.n, 8);
	assert_int_equal(parts_bytes(&list, "dcap-tcbinfo", 0).n, tcb_size);
	assert_int_equal(parts_bytes(&list, "dcap-qe-identity", 0).n, 624);
	assert_int_equal(parts_bytes(&list, "crl-der", 0).n, 294);
	assert_int_equal(parts_bytes(&list, "crl-der", 1).n, pck_size);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(parts_bytes(&list, "crl-der", i).p[0], 0x30);
	tcb_chain = parts_bytes(&list, "dcap-issuer-chain", 0);
	qe_chain = parts_bytes(&list, "dcap-issuer-chain", 1);
	assert_true(body_good(parts_bytes(&list, "dcap-tcbinfo", 0),
			      "{\"tcbInfo\":", tcb_chain));
	assert_true(body_good(parts_bytes(&list, "dcap-qe-identity", 0),
			      "{\"enclaveIdentity\":", qe_chain));
	assert_true(parts_related(&list, 2, "issuer-of", 1));
	assert_true(parts_related(&list, 4, "issuer-of", 3));
	assert_true(parts_related(&list, 7, "issuer-of", 6));
	assert_non_null(strstr(list.part[1].detail, "rebuilt"));
	assert_non_null(strstr(list.part[3].detail, "rebuilt"));
	for (size_t i = 1; i < list.n; i++)
		assert_true(parts_related(&list, i, "decoded-from", 0));
	co_parts_free(&list);
}

static void collateral_of_azure_has_its_sizes_and_signatures(void **state)
{
	(void)state;
	check_collateral(AZURE_COLL, 4268, 3355);
}

static void collateral_of_gcp_has_its_sizes_and_signatures(void **state)
{
	(void)state;
	check_collateral(GCP_COLL, 6406, 3356);
}

static void crls_are_signed_by_the_issuers_of_the_chain(void **state)
{
	struct co_parts list = { 0 };

	(void)state;
	parts_import(&list, need(AZURE_COLL));
	for (size_t i = 0; i < 2; i++) {
		struct ev_span der = parts_bytes(&list, "crl-der", i);
		struct ev_span chain =
			parts_bytes(&list, "dcap-issuer-chain", 2);
		BIO *bio = BIO_new_mem_buf(chain.p, (int)chain.n);
		X509 *ca = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		X509 *root = PEM_read_bio_X509(bio, NULL, NULL, NULL);
		const uint8_t *p = der.p;
		X509_CRL *crl = d2i_X509_CRL(NULL, &p, (long)der.n);

		assert_non_null(crl);
		assert_ptr_equal(p, der.p + der.n);
		assert_int_equal(
			X509_CRL_verify(crl,
					X509_get0_pubkey(i == 0 ? root : ca)),
			1);
		X509_CRL_free(crl);
		X509_free(ca);
		X509_free(root);
		BIO_free(bio);
	}
	co_parts_free(&list);
}

static void evidence_without_intermediates_is_taken(void **state)
{
	struct ev_span yaml = need(AZURE);
	struct co_parts list = { 0 };
	size_t n;
	char *older;

	(void)state;
	/* Another key: what stands under it is noted, not dropped unseen. */
	older = parts_replace(yaml, "ak_intermediate_certificates_pem",
			      "ak_other", &n);
	parts_import(&list, ev_span_of(older, n));
	assert_int_equal(list.n, 7);
	assert_int_equal(list.n_notes, 1);
	assert_non_null(strstr(list.note[0], "ak_other"));
	co_parts_free(&list);
	free(older);
}

static void evidence_names_what_it_refuses(void **state)
{
	static const struct {
		const char *from, *to;
		enum ev_code code;
		const char *field;
	} rows[] = {
		{ "hcl_report_base64", "tdx_quote_base64", EV_DUPLICATE,
		  "key" },
		{ "hcl_report_base64", "hcl", EV_MISSING, "hcl_report_base64" },
		{ "  BAACAIE", "  BAAC/IE", EV_SYNTAX, "tdx_quote_base64" },
		{ "    - 107\n", "    - 256\n", EV_SYNTAX,
		  "tpm_attestation.quote.signature" },
		{ "    - 107\n", "    - -1\n", EV_SYNTAX,
		  "tpm_attestation.quote.signature" },
		{ "    - 107\n", "    - x\n", EV_SYNTAX,
		  "tpm_attestation.quote.signature" },
		{ "    message:", "    messages:", EV_MISSING,
		  "tpm_attestation.quote.message" },
		{ "    - - 70\n      - 124\n", "    - - 70\n", EV_VALUE,
		  "tpm_attestation.quote.pcrs" },
		{ "    pcrs:\n", "    pcrs:\n    - 1\n", EV_SYNTAX,
		  "tpm_attestation.quote.pcrs" },
		{ "  ak_certificate_pem: |", "  ak_certificate_pem: &a |",
		  EV_VALUE, "anchor" },
		{ "  ak_certificate_pem: |", "  ak_certificate_pem: !!str |",
		  EV_VALUE, "tag" },
		{ "  ak_certificate_pem: |", "  x: *a\n  ak_certificate_pem: |",
		  EV_VALUE, "alias" },
		{ "tpm_attestation:\n", "tpm_attestation:\n\tx:\n", EV_SYNTAX,
		  "text" },
	};
	struct ev_span yaml = need(AZURE);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		parts_refuse_replaced(yaml, rows[i].from, rows[i].to,
				      rows[i].code, "attested-tls",
				      rows[i].field);
}

static void changed_evidence_never_harms(void **state)
{
	(void)state;
	parts_mutate(need(AZURE), 331, 300);
}

static void changed_collateral_never_harms(void **state)
{
	(void)state;
	parts_mutate(need(AZURE_COLL), 197, 300);
}

static void refuse_yaml(struct ev_span text, enum ev_code code,
			const char *field)
{
	struct ev_error err = { 0 };
	json_t *out = NULL;

	assert_int_equal(co_yaml_parse(text, 1 << 20, "y", &out, &err), code);
	assert_string_equal(err.field, field);
	assert_null(out);
}

static void yaml_limits_hold(void **state)
{
	struct ev_error err = { 0 };
	char deep[80], many[8 * 300];
	json_t *out = NULL;
	size_t n = 0;

	(void)state;
	memset(deep, '[', 32);
	memset(deep + 32, ']', 32);
	assert_int_equal(
		co_yaml_parse(ev_span_of(deep, 64), 64, "y", &out, &err),
		EV_OK);
	json_decref(out);
	memset(deep, '[', 33);
	memset(deep + 33, ']', 33);
	refuse_yaml(ev_span_of(deep, 66), EV_LIMIT, "depth");
	for (int i = 0; i < 257; i++)
		n += (size_t)snprintf(many + n, sizeof(many) - n, "k%d: 1\n",
				      i);
	refuse_yaml(ev_span_of(many, n), EV_LIMIT, "keys");
	out = NULL;
	assert_int_equal(
		co_yaml_parse(ev_span_of(deep, 66), 65, "y", &out, &err),
		EV_LIMIT);
	assert_string_equal(err.field, "size");
}

static void yaml_refuses_what_is_no_plain_document(void **state)
{
	(void)state;
	refuse_yaml(EV_SPAN_LITERAL(""), EV_MISSING, "document");
	refuse_yaml(EV_SPAN_LITERAL("a: 1\n---\nb: 2\n"), EV_TRAILING,
		    "document");
	refuse_yaml(EV_SPAN_LITERAL("%YAML 1.1\n---\na: 1\n"), EV_VALUE,
		    "document");
	refuse_yaml(EV_SPAN_LITERAL("[a, b]: 1\n"), EV_SYNTAX, "key");
	refuse_yaml(EV_SPAN_LITERAL("\"a\\0b\": 1\n"), EV_SYNTAX, "key");
	refuse_yaml(EV_SPAN_LITERAL("a: 1\na: 2\n"), EV_DUPLICATE, "key");
	refuse_yaml(EV_SPAN_LITERAL("a: \xff\xfe\n"), EV_SYNTAX, "text");
}

static void yaml_scalars_keep_their_characters(void **state)
{
	static const char text[] = "a: 007\nb: 15\nc: ~\nd: \"15\"\n"
				   "e: >-\n  x\n  y\nf: |\n  x\n  y\n"
				   "g: 1234567890123456\nh: 0\ni: true\n";
	struct ev_error err = { 0 };
	json_t *out = NULL;
	char *got;

	(void)state;
	assert_int_equal(
		co_yaml_parse(EV_SPAN_LITERAL(text), 1000, "y", &out, &err),
		EV_OK);
	got = json_dumps(out, JSON_COMPACT);
	assert_string_equal(got,
			    "{\"a\":\"007\",\"b\":15,\"c\":null,"
			    "\"d\":\"15\",\"e\":\"x y\",\"f\":\"x\\ny\\n\","
			    "\"g\":\"1234567890123456\",\"h\":0,"
			    "\"i\":\"true\"}");
	free(got);
	json_decref(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(evidence_has_the_sizes_and_kinds_of_the_table),
		cmocka_unit_test(
			evidence_relates_signature_values_key_and_issuers),
		cmocka_unit_test(
			quote_and_report_hold_the_registers_of_the_table),
		cmocka_unit_test(tpm_quote_is_signed_by_the_certified_key),
		cmocka_unit_test(ak_chain_links_up_to_the_azure_root),
		cmocka_unit_test(
			collateral_of_azure_has_its_sizes_and_signatures),
		cmocka_unit_test(
			collateral_of_gcp_has_its_sizes_and_signatures),
		cmocka_unit_test(crls_are_signed_by_the_issuers_of_the_chain),
		cmocka_unit_test(evidence_without_intermediates_is_taken),
		cmocka_unit_test(evidence_names_what_it_refuses),
		cmocka_unit_test(changed_evidence_never_harms),
		cmocka_unit_test(changed_collateral_never_harms),
		cmocka_unit_test(yaml_limits_hold),
		cmocka_unit_test(yaml_refuses_what_is_no_plain_document),
		cmocka_unit_test(yaml_scalars_keep_their_characters),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
