/* SPDX-License-Identifier: Apache-2.0 */
/* Reports of Azure's paravisor: real ones, bounds, versions, claims. */
#include "evidence/hcl.h"

#include "evidence/base/digest.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_hcl h;

	return ev_hcl_parse(item, &h, err);
}

static enum ev_code parse_claims(struct ev_span item, struct ev_error *err)
{
	struct ev_runtime_claims c;

	if (ev_runtime_claims_parse(item, 0, &c, err) == EV_OK)
		ev_runtime_claims_free(&c);
	return err->code;
}

static struct ev_hcl parsed(const char *path)
{
	struct ev_error err = { 0 };
	struct ev_hcl h = { 0 };
	struct ev_span item;

	assert_true(vectors_read(path, &item));
	assert_int_equal(ev_hcl_parse(item, &h, &err), EV_OK);
	return h;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

static void every_report_of_the_vectors_binds_its_claims(void **state)
{
	static const char *const paths[] = {
		"azure/tdx1-hcl-report.bin",	  "azure/tdx2-hcl-report.bin",
		"azure/tdx3-hcl-report.bin",	  "azure/snp1-hcl-report.bin",
		"azure/snp4-hcl-report-2023.bin",
	};
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;

	(void)state;
	vectors_need();
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct ev_hcl h = parsed(paths[i]);
		size_t at = h.report_type == EV_HCL_TDX ? 128 : 0x50;
		struct ev_error err = { 0 };
		struct ev_runtime_claims c;
		uint8_t digest[32];

		assert_true(
			ev_digest(crypto, EV_SHA256, h.runtime_data, digest));
		assert_memory_equal(h.hardware_report.p + at, digest, 32);
		assert_true(ev_span_is_zero(h.padding));
		assert_int_equal(ev_hcl_offset(&h, h.runtime_data), 1236);
		assert_int_equal(
			ev_runtime_claims_parse(h.runtime_data, 1236, &c, &err),
			EV_OK);
		assert_true(c.ak.present);
		assert_int_equal(c.ak.n_size, 256);
		assert_memory_equal(c.ak.e, "\1\0\1", 3);
		/* The report of 2023 has neither. */
		assert_int_equal(c.ek.present, i != 4);
		assert_int_equal(c.has_user_data, i != 4);
		assert_int_equal(c.vm_unique_id.n, 36);
		ev_runtime_claims_free(&c);
	}
}

static void td_report_hashes_recompute(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;
	uint8_t digest[48];
	struct ev_hcl h;

	(void)state;
	vectors_need();
	crypto = ev_crypto_new();
	assert_non_null(crypto);
	h = parsed("azure/tdx3-hcl-report.bin");
	assert_memory_equal(h.td.mrtd.p, "\x27\x38\x28\xc4\x62\x52\xfc\xbd", 8);
	assert_true(ev_digest(crypto, EV_SHA384, h.td.tee_tcb_info, digest));
	assert_memory_equal(digest, h.td.tee_tcb_info_hash.p, 48);
	assert_true(ev_digest(crypto, EV_SHA384, h.td.tdinfo, digest));
	assert_memory_equal(digest, h.td.tee_info_hash.p, 48);
}

static void only_padding_may_be_missing(void **state)
{
	struct ev_hcl h;

	(void)state;
	vectors_need();
	h = parsed("azure/tdx1-hcl-report.bin");
	parse_prefixes(parse, h.item, h.report_size);
	parse_mutations(parse, h.item, 5000);
}

static void fields_refuse_other_values(void **state)
{
	struct ev_span in;

	(void)state;
	vectors_need();
	in = parsed("azure/tdx1-hcl-report.bin").item;
	parse_refuses_byte(parse, in, 0, 'h', EV_VALUE, "hcl", "magic");
	parse_refuses_byte(parse, in, 1220, 0, EV_VALUE, "hcl",
			   "request_version");
	parse_refuses_byte(parse, in, 1220, 3, EV_VALUE, "hcl",
			   "request_version");
	parse_refuses_byte(parse, in, 1220, 2, EV_VALUE, "hcl", "data_size");
	parse_refuses_byte(parse, in, 1224, 0, EV_VALUE, "hcl", "report_type");
	parse_refuses_byte(parse, in, 1224, 6, EV_VALUE, "hcl", "report_type");
	parse_refuses_byte(parse, in, 1228, 0, EV_VALUE, "hcl", "hash_type");
	parse_refuses_byte(parse, in, 1228, 4, EV_VALUE, "hcl", "hash_type");
	parse_refuses_byte(parse, in, 1235, 0xff, EV_LIMIT, "hcl",
			   "variable_data_size");
	parse_refuses_byte(parse, in, 1216, 0, EV_VALUE, "hcl", "data_size");
	parse_refuses_byte(parse, in, 8, 0, EV_VALUE, "hcl", "report_size");
	parse_refuses_byte(parse, in, 32, 0, EV_VALUE, "tdreport", "type");
}

static void claims_may_not_pass_the_end(void **state)
{
	struct ev_error err = { 0 };
	struct ev_hcl h;
	uint8_t *p;

	(void)state;
	vectors_need();
	h = parsed("azure/tdx1-hcl-report.bin");
	p = parse_copy(h.item, h.item.n);
	put32(p + 8, 1236 + 4096);
	put32(p + 1216, 20 + 4096);
	put32(p + 1232, 4096);
	parse(ev_span_of(p, h.item.n), &err);
	parse_expect(&err, EV_TRUNCATED, "hcl", "runtime_data");
	free(p);
}

static void version_2_has_a_bitmap_before_the_claims(void **state)
{
	struct ev_error err = { 0 };
	struct ev_hcl h, v2;
	uint32_t n;
	uint8_t *p;

	(void)state;
	vectors_need();
	h = parsed("azure/tdx1-hcl-report.bin");
	n = (uint32_t)h.runtime_data.n;
	p = parse_copy(h.item, h.item.n);
	memmove(p + 1240, p + 1236, n);
	put32(p + 1236, 0);
	put32(p + 8, 1240 + n);
	put32(p + 1216, 24 + n);
	put32(p + 1220, 2);
	assert_int_equal(ev_hcl_parse(ev_span_of(p, h.item.n), &v2, &err),
			 EV_OK);
	assert_true(ev_span_eq(v2.runtime_data, h.runtime_data));
	assert_int_equal(ev_hcl_offset(&v2, v2.runtime_data), 1240);
	free(p);
}

static void user_data_is_read_in_either_case(void **state)
{
	struct ev_error err = { 0 };
	struct ev_runtime_claims c;

	(void)state;
	vectors_need();
	/* SHA-512 of nothing, upper case. */
	assert_int_equal(
		ev_runtime_claims_parse(
			parsed("azure/tdx2-hcl-report.bin").runtime_data, 0, &c,
			&err),
		EV_OK);
	assert_memory_equal(c.user_data, "\xcf\x83\xe1\x35\x7e", 5);
	ev_runtime_claims_free(&c);
	assert_int_equal(
		ev_runtime_claims_parse(
			parsed("azure/tdx3-hcl-report.bin").runtime_data, 0, &c,
			&err),
		EV_OK);
	assert_memory_equal(c.user_data, "attestation-test-fixture", 25);
	ev_runtime_claims_free(&c);
}

static void claims_refuse_what_is_ambiguous(void **state)
{
	static const char key[] = "runtime-claims.key";
	struct ev_span text;

	(void)state;
	vectors_need();
	text = parsed("azure/tdx3-hcl-report.bin").runtime_data;
	parse_refuses_text(parse_claims, text, "HCLEkPub", "HCLAkPub",
			   EV_DUPLICATE, key, "kid");
	parse_refuses_text(parse_claims, text, "\"user-data\":",
			   "\"user-data\":0,\"user-data\":", EV_DUPLICATE,
			   "runtime-claims", "member");
	parse_refuses_text(parse_claims, text, "\"user-data\":\"",
			   "\"user-data\":\"00", EV_SYNTAX, "runtime-claims",
			   "user-data");
	parse_refuses_text(parse_claims, text, "\"kty\":\"RSA\"",
			   "\"kty\":\"EC\"", EV_VALUE, key, "kty");
	parse_refuses_text(parse_claims, text, "\"n\":", "\"_n\":", EV_MISSING,
			   key, "n");
	parse_refuses_text(parse_claims, text, "AQAB", "AAQAB", EV_SYNTAX, key,
			   "e");
	parse_refuses_text(parse_claims, text, "AQAB", "AAEA", EV_VALUE, key,
			   "e");
	parse_refuses_text(parse_claims, text, "AQAB", "AQAB=", EV_SYNTAX, key,
			   "e");
	parse_refuses_text(parse_claims, text,
			   "\"keys\":", "\"_keys\":", EV_MISSING,
			   "runtime-claims", "keys");
	parse_prefixes(parse_claims, text, text.n);
	parse_mutations(parse_claims, text, 3000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_report_of_the_vectors_binds_its_claims),
		cmocka_unit_test(td_report_hashes_recompute),
		cmocka_unit_test(only_padding_may_be_missing),
		cmocka_unit_test(fields_refuse_other_values),
		cmocka_unit_test(claims_may_not_pass_the_end),
		cmocka_unit_test(version_2_has_a_bitmap_before_the_claims),
		cmocka_unit_test(user_data_is_read_in_either_case),
		cmocka_unit_test(claims_refuse_what_is_ambiguous),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
