/* SPDX-License-Identifier: Apache-2.0 */
/* The table of kinds: its rows, and what is recognised among the vectors. */
#include "evidence/kind.h"

#include "evidence/limits.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static void rows_are_unique_and_complete(void **state)
{
	(void)state;
	assert_int_equal(ev_n_kinds, 71);
	for (size_t i = 0; i < ev_n_kinds; i++) {
		const struct ev_kind *k = &ev_kinds[i];

		assert_ptr_equal(ev_kind_find(ev_span_str(k->kind)), k);
		assert_true(ev_kind_use_word(k->use)[0] != '\0');
		assert_true(k->media_type[0] != '\0');
		assert_true(k->extension[0] != '\0');
		assert_true(k->title[0] != '\0');
		assert_true(k->source[0] != '\0');
		assert_true(k->max_size > 0 && k->max_size <= EV_ITEM_MAX);
		for (const char *c = k->kind; *c != '\0'; c++)
			assert_true((*c >= 'a' && *c <= 'z') ||
				    (*c >= '0' && *c <= '9') || *c == '-');
	}
	assert_null(ev_kind_find(EV_SPAN_LITERAL("tdx-quot")));
	assert_null(ev_kind_find(EV_SPAN_LITERAL("")));
	assert_int_equal(
		ev_kind_find(EV_SPAN_LITERAL("azure-hcl-report"))->max_size,
		EV_HCL_MAX);
	assert_int_equal(
		ev_kind_find(EV_SPAN_LITERAL("dcap-tcbinfo"))->max_size,
		EV_COLLATERAL_MAX);
}

/* What the name of a file of the vectors ends in, and the kind, or NULL. */
struct ending {
	const char *end, *kind;
};

static const struct ending dcap_endings[] = {
	{ "quote.bin", NULL }, /* by folder */
	{ "tcb_info.json", "dcap-tcbinfo" },
	{ "tcbInfo.json", "dcap-tcbinfo" },
	{ "qe_identity.json", "dcap-qe-identity" },
	{ "qeIdentity.json", "dcap-qe-identity" },
	{ "issuer_chain.pem", "dcap-issuer-chain" },
	{ "tcbSignChain.pem", "dcap-issuer-chain" },
	{ "pckSignChain.pem", "dcap-issuer-chain" },
	{ ".pem", "cert-pem" },
	{ ".der", "crl-der" },
};

static const struct ending azure_endings[] = {
	{ "hcl-report.bin", "azure-hcl-report" },
	{ "hcl-report-2023.bin", "azure-hcl-report" },
	{ "td-quote.bin", "tdx-quote" },
	{ ".msg", "tpm-quote-attest" },
	{ "pcrs.bin", "tpm-pcrs-serialized" },
	{ "pub.pem", "key-pem" },
	{ ".pem", "cert-pem" },
	{ ".der", "cert-der" },
	{ ".p7", "cms" },
	{ "gcp-tdx-1782809233226668671", "tdx-quote" },
};

static bool ends_in(const char *name, const char *end)
{
	size_t n = strlen(name), m = strlen(end);

	return n >= m && strcmp(name + n - m, end) == 0;
}

static const char *kind_by_name(const char *path, const struct ending *endings,
				size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!ends_in(path, endings[i].end))
			continue;
		if (endings[i].kind != NULL)
			return endings[i].kind;
		return strstr(path, "tdx-v") != NULL ? "tdx-quote"
						     : "sgx-quote";
	}
	return NULL;
}

/* Recognised as expected, and shown without a refusal, as good JSON. */
static void check_file(const char *path, const char *want)
{
	const struct ev_kind *k;
	struct ev_error err = { 0 };
	struct ev_writer *w;
	struct ev_span item;
	char *text;

	assert_true(vectors_read(path, &item));
	k = ev_kind_recognise(item);
	if ((k == NULL) != (want == NULL) ||
	    (k != NULL && strcmp(k->kind, want) != 0))
		fail_msg("%s: %s", path, k != NULL ? k->kind : "none");
	if (k == NULL || k->show == NULL)
		return;
	w = ev_writer_new();
	assert_non_null(w);
	ev_write_object(w, NULL);
	assert_int_equal(k->show(item, w, &err), EV_OK);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	assert_non_null(text);
	free(text);
	ev_writer_free(w);
}

static size_t check_folder(const char *folder, const struct ending *endings,
			   size_t n_endings)
{
	const char *const *names;
	size_t n, seen = 0;

	assert_true(vectors_list(folder, &names, &n));
	for (size_t i = 0; i < n; i++) {
		const char *path = vectors_join(folder, names[i]);

		/* Folders of dcap have no dot in their names. */
		if (strncmp(folder, "dcap", 4) == 0 &&
		    strchr(names[i], '.') == NULL) {
			seen += check_folder(path, endings, n_endings);
			continue;
		}
		check_file(path, kind_by_name(path, endings, n_endings));
		seen++;
	}
	return seen;
}

static void vectors_are_recognised_and_shown(void **state)
{
	(void)state;
	vectors_need();
	assert_true(check_folder("dcap", dcap_endings,
				 sizeof(dcap_endings) /
					 sizeof(dcap_endings[0])) > 200);
	assert_int_equal(
		check_folder("azure", azure_endings,
			     sizeof(azure_endings) / sizeof(azure_endings[0])),
		44);
	assert_int_equal(
		check_folder("e2e-tdx", azure_endings,
			     sizeof(azure_endings) / sizeof(azure_endings[0])),
		6);
}

static void assert_kind(struct ev_span item, const char *want)
{
	const struct ev_kind *k = ev_kind_recognise(item);

	if (want == NULL) {
		assert_null(k);
		return;
	}
	assert_non_null(k);
	assert_string_equal(k->kind, want);
}

static void zero_tail_keeps_a_certificate(void **state)
{
	struct ev_span item;
	uint8_t *p;

	(void)state;
	vectors_need();
	assert_true(vectors_read("azure/ak-cert-0x01C101D0.der", &item));
	p = calloc(1, 4096);
	assert_non_null(p);
	memcpy(p, item.p, item.n);
	assert_kind(ev_span_of(p, 4096), "cert-der");
	p[4095] = 1;
	assert_kind(ev_span_of(p, 4096), NULL);
	free(p);
}

static void json_is_told_apart_by_members(void **state)
{
	(void)state;
	assert_kind(EV_SPAN_LITERAL("{\"keys\":[]}"), "jwks");
	assert_kind(EV_SPAN_LITERAL("{\"keys\":[],\"vm-configuration\":{}}"),
		    "azure-runtime-data");
	assert_kind(EV_SPAN_LITERAL("{\"issuer\":\"a\",\"jwks_uri\":\"b\"}"),
		    "oidc-config");
	assert_kind(
		EV_SPAN_LITERAL("{\"encoding\":\"pkcs7\",\"signature\":\"\"}"),
		"azure-imds-attested");
	assert_kind(EV_SPAN_LITERAL("{\"tcbInfo\":{}}"), NULL);
	assert_kind(EV_SPAN_LITERAL("{}"), NULL);
	assert_kind(EV_SPAN_LITERAL(""), NULL);
}

static void tpm_structures_are_recognised(void **state)
{
	static const uint8_t sized[8] = { 0,	0x06, 0xff, 0x54,
					  0x43, 0x47, 0x80, 0x18 };
	uint8_t rsa[6 + 256] = { 0x00, 0x14, 0x00, 0x0b, 0x01, 0x00 };
	uint8_t zeros[668] = { 0 };

	(void)state;
	assert_kind(EV_SPAN(sized), "tpm-quote-attest");
	assert_kind(ev_span_of(sized + 2, 6), "tpm-quote-attest");
	assert_kind(EV_SPAN(rsa), "tpm-quote-signature");
	assert_kind(ev_span_of(rsa + 6, 256), NULL);
	assert_kind(EV_SPAN(zeros), NULL);
}

static void crl_is_recognised_in_its_spellings(void **state)
{
	struct ev_span der;
	uint8_t *padded;
	char *hex;

	(void)state;
	vectors_need();
	assert_true(vectors_read("dcap/x-intel-sample-testroot/rootCaCrl.der",
				 &der));
	hex = malloc(2 * der.n + 2);
	assert_non_null(hex);
	for (size_t i = 0; i < der.n; i++)
		snprintf(hex + 2 * i, 3, "%02X", der.p[i]);
	assert_kind(der, "crl-der");
	/* Padding has a place behind DER alone, as with certificates. */
	padded = calloc(1, der.n + 10);
	assert_non_null(padded);
	memcpy(padded, der.p, der.n);
	assert_kind(ev_span_of(padded, der.n + 10), "crl-der");
	padded[der.n + 9] = 1;
	assert_kind(ev_span_of(padded, der.n + 10), NULL);
	free(padded);
	assert_kind(ev_span_of(hex, 2 * der.n), "crl-hex");
	assert_kind(ev_span_of(hex, 2 * der.n - 2), NULL);
	free(hex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_unique_and_complete),
		cmocka_unit_test(vectors_are_recognised_and_shown),
		cmocka_unit_test(zero_tail_keeps_a_certificate),
		cmocka_unit_test(json_is_told_apart_by_members),
		cmocka_unit_test(tpm_structures_are_recognised),
		cmocka_unit_test(crl_is_recognised_in_its_spellings),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
