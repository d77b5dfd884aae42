/* SPDX-License-Identifier: Apache-2.0 */
/* TPM quotes, signatures, public areas and PCR files. */
#include "evidence/tpm.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/hex.h"
#include "evidence/base/sig.h"
#include "evidence/hcl.h"
#include "evidence/tpm_name.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static struct ev_span item_of(const char *path)
{
	struct ev_span item = { NULL, 0 };

	assert_true(vectors_read(path, &item));
	return item;
}

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_tpm_quote q;

	return ev_tpm_quote_parse(item, &q, err);
}

static enum ev_code parse_signature(struct ev_span item, struct ev_error *err)
{
	struct ev_tpm_signature s;

	return ev_tpm_signature_parse(item, false, &s, err);
}

static enum ev_code parse_public(struct ev_span item, struct ev_error *err)
{
	struct ev_tpm_public p;

	return ev_tpm_public_parse(item, &p, err);
}

static enum ev_code parse_pcrs(struct ev_span item, struct ev_error *err)
{
	struct ev_pcr_selection bank[EV_TPM_BANKS_MAX];
	ev_auto_free uint8_t *values = NULL;
	size_t n_banks, n;

	return ev_tpm_pcrs_serialized_parse(item, bank, &n_banks, &values, &n,
					    err);
}

/* The claims' AK signed this quote, and its name is the template's. */
static void check_signer(struct ev_crypto *crypto, const char *report,
			 struct ev_span msg, struct ev_span sig)
{
	uint8_t area[EV_TPM_AK_AREA], name[EV_TPM_NAME_MAX];
	struct ev_error err = { 0 };
	struct ev_runtime_claims c;
	struct ev_tpm_signature s;
	struct ev_tpm_quote q;
	struct ev_hcl h;
	size_t n;

	assert_int_equal(ev_hcl_parse(item_of(report), &h, &err), EV_OK);
	assert_int_equal(ev_runtime_claims_parse(h.runtime_data, 0, &c, &err),
			 EV_OK);
	assert_int_equal(ev_tpm_quote_parse(msg, &q, &err), EV_OK);
	ev_tpm_ak_area(c.ak.n, area);
	assert_true(ev_tpm_qualified_name(crypto, EV_SPAN(area),
					  EV_TPM_ENDORSEMENT, name, &n));
	assert_true(ev_span_eq(q.qualified_signer, ev_span_of(name, n)));
	area[6] &= 0xfb; /* noDA is bit 10 of the attributes at 4 */
	assert_true(ev_tpm_qualified_name(crypto, EV_SPAN(area),
					  EV_TPM_ENDORSEMENT, name, &n));
	assert_false(ev_span_eq(q.qualified_signer, ev_span_of(name, n)));
	assert_int_equal(ev_tpm_signature_parse(sig, true, &s, &err), EV_OK);
	assert_int_equal(ev_rsa_verify(crypto, ev_span_of(c.ak.n, c.ak.n_size),
				       ev_span_of(c.ak.e, c.ak.e_size),
				       EV_RSASSA_PKCS1, EV_SHA256, q.attest,
				       s.rsa),
			 EV_VERIFIED_YES);
	ev_runtime_claims_free(&c);
}

/* The same with a quote as {"signature":hex,"message":hex,"pcrs":...}. */
static void check_json_signer(struct ev_crypto *crypto, const char *report,
			      const char *quote)
{
	ev_auto_json json_t *v = NULL;
	struct ev_error err = { 0 };
	struct ev_span msg, sig;
	uint8_t m[256], s[256];

	assert_int_equal(ev_json_parse(item_of(quote), 65536, "test", &v, &err),
			 EV_OK);
	ev_json_get_str(v, "test", "message", &msg, &err);
	ev_json_get_str(v, "test", "signature", &sig, &err);
	assert_int_equal(err.code, EV_OK);
	assert_true(msg.n / 2 <= sizeof(m) && sig.n == 2 * sizeof(s));
	assert_true(ev_hex_decode(msg, m, msg.n / 2));
	assert_true(ev_hex_decode(sig, s, sizeof(s)));
	check_signer(crypto, report, ev_span_of(m, msg.n / 2), EV_SPAN(s));
}

static void qualified_signer_is_the_platform_template(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;

	(void)state;
	vectors_need();
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	check_signer(crypto, "azure/tdx3-hcl-report.bin",
		     item_of("azure/tdx3-tpm-quote.msg"),
		     item_of("azure/tdx3-tpm-quote.sig"));
	check_json_signer(crypto, "azure/tdx1-hcl-report.bin",
			  "azure/tdx1-tpm-quote.json");
	check_json_signer(crypto, "azure/snp1-hcl-report.bin",
			  "azure/snp1-tpm-quote.json");
}

static void quote_fields_are_read(void **state)
{
	struct ev_error err = { 0 };
	struct ev_tpm_quote q;

	(void)state;
	vectors_need();
	assert_int_equal(ev_tpm_quote_parse(item_of("azure/snp1-tpm-quote.msg"),
					    &q, &err),
			 EV_OK);
	assert_true(ev_span_eq(q.extra_data, EV_SPAN_LITERAL("challenge")));
	assert_int_equal(q.n_banks, 1);
	assert_int_equal(q.bank[0].alg, EV_TPM_ALG_SHA256);
	assert_int_equal(q.bank[0].pcrs, 0x40ff);
	assert_int_equal(q.bank[0].n_pcrs, 9);
	assert_int_equal(q.pcr_digest.n, 32);
	assert_int_equal(q.selection_size, 10);
}

static void a_register_is_quoted_where_its_bit_is_set(void **state)
{
	struct ev_tpm_quote q = {
		.bank = { { EV_TPM_ALG_SHA384, 0x80000001, 2 },
			  { EV_TPM_ALG_SHA1, 0x10002, 2 },
			  { 0x0012, 0x1, 1 },
			  { EV_TPM_ALG_SHA256, 0x1, 1 } },
		.n_banks = 4,
	};
	struct ev_span value = { NULL, 0 }, values;
	uint8_t bytes[2 * 48 + 2 * 20 + 32 + 32];

	(void)state;
	values = EV_SPAN(bytes);
	assert_true(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA384, 31, &value));
	assert_ptr_equal(value.p, bytes + 48);
	assert_int_equal(value.n, 48);
	assert_true(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA1, 16, &value));
	assert_ptr_equal(value.p, bytes + 96 + 20);
	assert_int_equal(value.n, 20);
	assert_false(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA1, 0, &value));
	assert_false(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA384, 32, &value));
	assert_false(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA512, 0, &value));
	assert_int_equal(value.n, 20);
	values.n--;
	assert_true(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA1, 16, &value));
	assert_int_equal(value.n, 0);
	/* Nothing is known of values that an unknown bank is among. */
	values.n++;
	assert_true(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA256, 0, &value));
	assert_ptr_equal(value.p, bytes + sizeof(bytes) - 32);
	q.bank[2].alg = 0x4444;
	assert_true(ev_tpm_quoted(&q, values, EV_TPM_ALG_SHA256, 0, &value));
	assert_int_equal(value.n, 0);
}

static void quote_is_read_with_and_without_its_size(void **state)
{
	struct ev_error err = { 0 };
	struct ev_tpm_quote q;
	struct ev_span in;
	uint8_t sized[300];

	(void)state;
	vectors_need();
	in = item_of("azure/tdx3-tpm-quote.msg");
	assert_true(in.n < 256);
	sized[0] = 0;
	sized[1] = (uint8_t)in.n;
	memcpy(sized + 2, in.p, in.n);
	assert_int_equal(
		ev_tpm_quote_parse(ev_span_of(sized, in.n + 2), &q, &err),
		EV_OK);
	assert_true(ev_span_eq(q.attest, in));
	parse_prefixes(parse, in, in.n);
	parse_prefixes(parse, ev_span_of(sized, in.n + 2), in.n + 2);
	parse_mutations(parse, in, 20000);
	sized[in.n + 2] = 0;
	parse(ev_span_of(sized, in.n + 3), &err);
	parse_expect(&err, EV_TRAILING, "tpm-quote", "end");
	err.code = EV_OK;
	parse(ev_span_of(sized + 2, in.n + 1), &err);
	parse_expect(&err, EV_TRAILING, "tpm-quote", "end");
}

static void quote_refuses_other_values(void **state)
{
	struct ev_span in;
	size_t clock;

	(void)state;
	vectors_need();
	in = item_of("azure/snp1-tpm-quote.msg");
	clock = 6 + 36 + 11;
	parse_refuses_byte(parse, in, 5, 0x17, EV_VALUE, "tpm-quote", "type");
	parse_refuses_byte(parse, in, clock + 16, 2, EV_VALUE, "tpm-quote",
			   "safe");
	parse_refuses_byte(parse, in, clock + 25, 1, EV_LIMIT, "tpm-quote",
			   "pcrSelect.count");
	parse_refuses_byte(parse, in, clock + 31, 5, EV_LIMIT, "tpm-quote",
			   "pcrSelect.sizeofSelect");
}

static void signatures_are_read_bare_and_wrapped(void **state)
{
	struct ev_error err = { 0 };
	struct ev_tpm_signature s;
	uint8_t rsa[6 + 256] = { 0x00, 0x14, 0x00, 0x0b, 0x01, 0x00 };
	uint8_t ecdsa[8 + 64] = { 0x00, 0x18, 0x00, 0x0c, 0x00, 0x20 };

	(void)state;
	assert_int_equal(ev_tpm_signature_parse(EV_SPAN(rsa), false, &s, &err),
			 EV_OK);
	assert_int_equal(s.scheme, EV_TPM_ALG_RSASSA);
	assert_int_equal(s.rsa.n, 256);
	/* Said to be bare, it is. */
	assert_int_equal(ev_tpm_signature_parse(EV_SPAN(rsa), true, &s, &err),
			 EV_OK);
	assert_int_equal(s.rsa.n, 262);
	assert_int_equal(
		ev_tpm_signature_parse(ev_span_of(rsa, 255), true, &s, &err),
		EV_VALUE);
	err.code = EV_OK;
	ecdsa[6 + 33] = 0x20;
	assert_int_equal(
		ev_tpm_signature_parse(EV_SPAN(ecdsa), false, &s, &err), EV_OK);
	assert_int_equal(s.hash, EV_TPM_ALG_SHA384);
	assert_int_equal(s.s.n, 32);
	parse_prefixes(parse_signature, EV_SPAN(ecdsa), sizeof(ecdsa));
	parse_refuses_byte(parse_signature, EV_SPAN(ecdsa), 1, 0x15, EV_VALUE,
			   "tpm-signature", "sigAlg");
	parse_refuses_byte(parse_signature, EV_SPAN(ecdsa), 3, 0x12, EV_VALUE,
			   "tpm-signature", "hash");
	parse_mutations(parse_signature, EV_SPAN(rsa), 5000);
}

/* A scheme of another kind is read, so that it can be named. */
static void schemes_that_are_not_ours_are_read(void **state)
{
	static const uint8_t schemes[] = { 0x1a, 0x1b, 0x1c };
	uint8_t ecc[12] = { 0x00, 0x1a, 0x00, 0x12, 0x00, 0x02,
			    0x01, 0x02, 0x00, 0x02, 0x03, 0x04 };
	uint8_t hmac[4 + 32] = { 0x00, 0x05, 0x00, 0x0b };
	struct ev_error err = { 0 };
	struct ev_tpm_signature s;

	(void)state;
	for (size_t i = 0; i < sizeof(schemes); i++) {
		ecc[1] = schemes[i];
		assert_int_equal(
			ev_tpm_signature_parse(EV_SPAN(ecc), false, &s, &err),
			EV_OK);
		assert_int_equal(s.s.n, 2);
		assert_false(ev_tpm_signature_is_ours(&s));
	}
	assert_int_equal(ev_tpm_signature_parse(EV_SPAN(hmac), false, &s, &err),
			 EV_OK);
	assert_int_equal(s.hmac.n, 32);
	assert_false(ev_tpm_signature_is_ours(&s));
	parse_prefixes(parse_signature, EV_SPAN(hmac), sizeof(hmac));
	parse_refuses_byte(parse_signature, EV_SPAN(hmac), 3, 0x12, EV_VALUE,
			   "tpm-signature", "hash");
	ecc[1] = 0x18; /* ECDSA, and over a digest of ours alone */
	parse_refuses_byte(parse_signature, EV_SPAN(ecc), 3, 0x12, EV_VALUE,
			   "tpm-signature", "hash");
}

static void a_bank_stands_once(void **state)
{
	/* An attest without name and nonce: two banks of two registers. */
	uint8_t attest[6 + 4 + 25 + 4 + 12 + 2] = {
		0xff, 0x54, 0x43, 0x47, 0x80, 0x18,
	};
	struct ev_error err = { 0 };
	struct ev_tpm_quote q;
	uint8_t *bank = attest + 39;

	(void)state;
	bank[-1] = 2;
	bank[1] = 0x0b;
	bank[2] = 3;
	bank[3] = 0x11;
	bank[7] = 0x04;
	bank[8] = 3;
	bank[9] = 0x11;
	assert_int_equal(ev_tpm_quote_parse(EV_SPAN(attest), &q, &err), EV_OK);
	assert_int_equal(q.n_banks, 2);
	parse_refuses_byte(parse, EV_SPAN(attest), 39 + 7, 0x0b, EV_DUPLICATE,
			   "tpm-quote", "pcrSelect.hash");
	parse_refuses_byte(parse, EV_SPAN(attest), 39 + 8, 0, EV_LIMIT,
			   "tpm-quote", "pcrSelect.sizeofSelect");
}

static void ec_areas_hold_points(void **state)
{
	/* P-256, ECDSA over SHA-256, coordinates of 31 and 33 bytes. */
	uint8_t area[20 + 33 + 35] = {
		0x00, 0x23, 0x00, 0x0b, 0x00, 0x05, 0x00, 0x72,
		0x00, 0x00, 0x00, 0x10, 0x00, 0x18, 0x00, 0x0b,
		0x00, 0x03, 0x00, 0x10, 0x00, 31,
	};
	struct ev_public_key key;
	struct ev_error err = { 0 };
	struct ev_tpm_public p;

	(void)state;
	area[22] = 0xaa;
	area[22 + 31 + 1] = 33;
	area[22 + 31 + 3] = 0xbb;
	assert_int_equal(ev_tpm_public_parse(EV_SPAN(area), &p, &err), EV_OK);
	assert_int_equal(p.scheme, EV_TPM_ALG_ECDSA);
	assert_int_equal(p.scheme_hash, EV_TPM_ALG_SHA256);
	key = ev_tpm_public_key(&p);
	assert_ptr_equal(key.curve, ev_curve_of_tpm(3));
	assert_int_equal(key.point[0], 0);
	assert_int_equal(key.point[1], 0xaa);
	assert_int_equal(key.point[32], 0xbb);
	p.curve = 0x0020;
	key = ev_tpm_public_key(&p);
	assert_false(ev_public_key_is_there(&key));
	parse_prefixes(parse_public, EV_SPAN(area), sizeof(area));
}

static void public_areas_are_read(void **state)
{
	struct ev_error err = { 0 };
	struct ev_tpm_public p;
	uint8_t modulus[256], sized[2 + EV_TPM_AK_AREA];

	(void)state;
	memset(modulus, 0xa5, sizeof(modulus));
	ev_tpm_ak_area(modulus, sized + 2);
	sized[0] = EV_TPM_AK_AREA >> 8;
	sized[1] = EV_TPM_AK_AREA & 0xff;
	assert_int_equal(ev_tpm_public_parse(EV_SPAN(sized), &p, &err), EV_OK);
	assert_int_equal(p.attributes, EV_TPM_AK_ATTRIBUTES);
	assert_int_equal(p.exponent, 65537);
	assert_memory_equal(p.modulus.p, modulus, 256);
	assert_int_equal(p.area.n, EV_TPM_AK_AREA);
	parse_prefixes(parse_public, EV_SPAN(sized), sizeof(sized));
	parse_prefixes(parse_public, ev_span_of(sized + 2, EV_TPM_AK_AREA),
		       EV_TPM_AK_AREA);
	parse_refuses_byte(parse_public, EV_SPAN(sized), 2 + 16, 0x11, EV_VALUE,
			   "tpm-public", "keyBits");
	parse_refuses_byte(parse_public, EV_SPAN(sized), 2 + 16, 0x0c, EV_VALUE,
			   "tpm-public", "unique");
	parse_refuses_byte(parse_public, EV_SPAN(sized), 3, 0x08, EV_VALUE,
			   "tpm-public", "type");
	parse_refuses_byte(parse_public, EV_SPAN(sized), 2 + 11, 0x11, EV_VALUE,
			   "tpm-public", "symmetric");
	parse_mutations(parse_public, EV_SPAN(sized), 20000);
}

static void serialized_pcrs_hash_to_the_quote(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;
	struct ev_pcr_selection bank[EV_TPM_BANKS_MAX];
	ev_auto_free uint8_t *values = NULL;
	struct ev_error err = { 0 };
	struct ev_tpm_quote q;
	struct ev_span in;
	size_t n_banks, n;
	uint8_t digest[32];

	(void)state;
	vectors_need();
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	in = item_of("azure/tl-pcrs.bin");
	assert_int_equal(ev_tpm_pcrs_serialized_parse(in, bank, &n_banks,
						      &values, &n, &err),
			 EV_OK);
	assert_int_equal(n_banks, 1);
	assert_int_equal(bank[0].pcrs, 0xff);
	assert_int_equal(n, 8 * 32);
	assert_int_equal(
		ev_tpm_quote_parse(item_of("azure/tl-tpm-quote.msg"), &q, &err),
		EV_OK);
	assert_true(
		ev_digest(crypto, EV_SHA256, ev_span_of(values, n), digest));
	assert_true(ev_span_eq(q.pcr_digest, EV_SPAN(digest)));
	parse_prefixes(parse_pcrs, in, in.n);
	parse_mutations(parse_pcrs, in, 10000);
	parse_refuses_byte(parse_pcrs, in, 0, 17, EV_VALUE,
			   "tpm-pcrs-serialized", "selection.count");
	parse_refuses_byte(parse_pcrs, in, 6, 5, EV_VALUE,
			   "tpm-pcrs-serialized", "selection.sizeofSelect");
	parse_refuses_byte(parse_pcrs, in, 7, 0x7f, EV_VALUE,
			   "tpm-pcrs-serialized", "digest.size");
	parse_refuses_byte(parse_pcrs, in, 8, 0x01, EV_MISSING,
			   "tpm-pcrs-serialized", "digests");
	parse_refuses_byte(parse_pcrs, in, 132, 33, EV_VALUE,
			   "tpm-pcrs-serialized", "digest-lists");
	parse_refuses_byte(parse_pcrs, in, 136, 9, EV_VALUE,
			   "tpm-pcrs-serialized", "digests.count");
	parse_refuses_byte(parse_pcrs, in, 140, 48, EV_VALUE,
			   "tpm-pcrs-serialized", "digest.size");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qualified_signer_is_the_platform_template),
		cmocka_unit_test(quote_fields_are_read),
		cmocka_unit_test(a_register_is_quoted_where_its_bit_is_set),
		cmocka_unit_test(quote_is_read_with_and_without_its_size),
		cmocka_unit_test(quote_refuses_other_values),
		cmocka_unit_test(signatures_are_read_bare_and_wrapped),
		cmocka_unit_test(schemes_that_are_not_ours_are_read),
		cmocka_unit_test(a_bank_stands_once),
		cmocka_unit_test(ec_areas_hold_points),
		cmocka_unit_test(public_areas_are_read),
		cmocka_unit_test(serialized_pcrs_hash_to_the_quote),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
