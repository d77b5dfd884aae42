/* SPDX-License-Identifier: Apache-2.0 */
/* Quotes v3, v4, v5: real ones, every prefix, every rule of the layout. */
#include "evidence/quote.h"

#include "evidence/base/hex.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static const char v3[] = "dcap/sgx-v3-platform-ood/quote.bin";
static const char v4[] = "dcap/tdx-v4-uptodate/quote.bin";
static const char v5[] = "dcap/tdx-v5-relaunch/quote.bin";

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_ppid_data data;
	struct ev_error ignored = { 0 };
	struct ev_quote q;

	if (ev_quote_parse(item, &q, err) != EV_OK)
		return err->code;
	ev_ppid_data_parse(&q, &data, &ignored);
	return EV_OK;
}

static struct ev_quote parsed(const char *path)
{
	struct ev_error err = { 0 };
	struct ev_quote q = { 0 };
	struct ev_span item;
	char text[300];

	assert_true(vectors_read(path, &item));
	if (ev_quote_parse(item, &q, &err) != EV_OK) {
		ev_error_format(&err, text, sizeof(text));
		fail_msg("%s: %s", path, text);
	}
	return q;
}

static void assert_hex(struct ev_span got, const char *want)
{
	char hex[2 * 64 + 1];

	assert_true(got.n <= 64);
	ev_hex_encode(got, hex);
	assert_string_equal(hex, want);
}

static void every_quote_of_the_vectors_parses(void **state)
{
	const char *const *names;
	size_t n, seen = 0;

	(void)state;
	vectors_need();
	assert_true(vectors_list("dcap", &names, &n));
	for (size_t i = 0; i < n; i++) {
		const char *folder = vectors_join("dcap", names[i]);
		const char *v = strstr(names[i], "-v");
		struct ev_quote q;

		if (strcmp(names[i], "README.md") == 0 ||
		    strcmp(names[i], "roots") == 0)
			continue;
		q = parsed(vectors_join(folder, "quote.bin"));
		seen++;
		if (v == NULL)
			continue;
		assert_int_equal(q.version, v[2] - '0');
		assert_int_equal(q.tee == EV_TEE_TDX,
				 strstr(names[i], "tdx") != NULL);
		/* One source wrote a line of text behind its quote. */
		assert_int_equal(ev_span_is_zero(q.padding),
				 strstr(names[i], "nosept") == NULL);
		assert_int_equal(q.qe_auth_data.n, 32);
	}
	assert_true(seen >= 24);
}

static void known_quotes_have_their_known_values(void **state)
{
	struct ev_quote q;

	(void)state;
	vectors_need();
	q = parsed("e2e-tdx/gcp-tdx-1782809233226668671");
	assert_int_equal(q.padding.n, 3065);
	assert_int_equal(q.quote.n, 48 + 584 + 4 + 4299);
	assert_hex(q.td.tee_tcb_svn, "0d010800000000000000000000000000");
	assert_hex(q.td.mrtd,
		   "9bf86e6280ec4282b8b5822d8166410a456cdb720109aa79"
		   "9f0011fa63df1de3ee5e35e293fc410c061433163acb03a6");
	assert_hex(q.td.xfam, "e700060000000000");
	q = parsed("azure/tdx3-td-quote.bin");
	assert_int_equal(q.padding.n, 70);
	assert_int_equal(q.quote.n, 4936);
	assert_int_equal(q.cert_type, EV_CERT_PCK_CHAIN);
	assert_int_equal(ev_td_attributes(&q.td), EV_TD_SEPT_VE_DISABLE);
	assert_memory_equal(q.td.mrtd.p, "\x27\x38\x28\xc4\x62\x52\xfc\xbd", 8);
	q = parsed("azure/tdx1-td-quote.bin");
	assert_int_equal(ev_td_attributes(&q.td), 0);
	assert_memory_equal(q.td.mrtd.p, "\x02\x4a\x32\xb0", 4);
}

static void version_5_has_both_tcb_svns(void **state)
{
	struct ev_quote q;

	(void)state;
	vectors_need();
	q = parsed(v5);
	assert_int_equal(q.body_type, EV_BODY_TD15);
	assert_int_equal(q.signed_bytes.n, 54 + 648);
	assert_int_equal(q.td.offset, 54);
	assert_hex(q.td.tee_tcb_svn, "04010300000000000000000000000000");
	assert_hex(q.td.tee_tcb_svn2, "07010300000000000000000000000000");
	assert_true(ev_span_is_zero(q.td.mrservicetd));
	q = parsed("dcap/tdx-v5-servicetd-ood/quote.bin");
	assert_false(ev_span_is_zero(q.td.mrservicetd));
}

static void sgx_debug_is_read(void **state)
{
	struct ev_quote q;

	(void)state;
	vectors_need();
	q = parsed("dcap/sgx-v3-processor-debug/quote.bin");
	assert_int_equal(q.signed_bytes.n, 432);
	assert_true(q.sgx.flags & EV_SGX_FLAG_DEBUG);
	q = parsed("dcap/sgx-v3-processor-confsw/quote.bin");
	assert_false(q.sgx.flags & EV_SGX_FLAG_DEBUG);
	assert_int_equal(ev_quote_offset(&q, q.sgx.report_data), 48 + 320);
}

static void only_padding_may_be_missing(void **state)
{
	const char *const paths[] = { v3, v4, v5,
				      "dcap/x-intel-sample-testroot/quote.bin",
				      "azure/tdx1-td-quote.bin" };
	struct ev_quote q;

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		q = parsed(paths[i]);
		parse_prefixes(parse, q.bytes, q.quote.n);
	}
}

static void changed_bytes_do_no_harm(void **state)
{
	(void)state;
	vectors_need();
	parse_mutations(parse, parsed(v3).bytes, 3000);
	parse_mutations(parse, parsed(v5).bytes, 3000);
}

static void header_refuses_other_values(void **state)
{
	static const char object[] = "quote.header";
	struct ev_span in;

	(void)state;
	vectors_need();
	in = parsed(v4).bytes;
	parse_refuses_byte(parse, in, 0, 2, EV_VALUE, object, "version");
	parse_refuses_byte(parse, in, 0, 6, EV_VALUE, object, "version");
	parse_refuses_byte(parse, in, 1, 1, EV_VALUE, object, "version");
	parse_refuses_byte(parse, in, 2, 3, EV_VALUE, object, "att_key_type");
	parse_refuses_byte(parse, in, 4, 1, EV_VALUE, object, "tee_type");
	parse_refuses_byte(parse, in, 7, 1, EV_VALUE, object, "tee_type");
	parse_refuses_byte(parse, in, 27, 8, EV_VALUE, object, "qe_vendor_id");
	parse_refuses_byte(parse, in, 0, 3, EV_VALUE, object, "tee_type");
}

static void body_descriptor_fits_the_tee(void **state)
{
	struct ev_span in;

	(void)state;
	vectors_need();
	in = parsed(v5).bytes;
	parse_refuses_byte(parse, in, 48, 1, EV_VALUE, "quote", "body_type");
	parse_refuses_byte(parse, in, 48, 5, EV_VALUE, "quote", "body_type");
	parse_refuses_byte(parse, in, 48, 0, EV_VALUE, "quote", "body_type");
	parse_refuses_byte(parse, in, 4, 0, EV_VALUE, "quote", "body_type");
	parse_refuses_byte(parse, in, 48, 2, EV_VALUE, "quote", "body_size");
	parse_refuses_byte(parse, in, 48, 4, EV_VALUE, "quote", "body_size");
	parse_refuses_byte(parse, in, 50, 0x87, EV_VALUE, "quote", "body_size");
	parse_refuses_byte(parse, in, 53, 1, EV_VALUE, "quote", "body_size");
}

/* Places in the signature data of v4: its size at 632. */
/* A refusal says every value that would have done. */
static void a_choice_is_told_whole(void **state)
{
	static const struct {
		size_t at;
		uint8_t value;
		const char *want, *found;
	} rows[] = {
		{ 0, 6, "3, 4 or 5", "6" },
		{ 4, 0x82, "0 or 129", "130" },
		{ 636 + 128 + 6 + 384 + 64 + 2 + 32, 7, "1 to 5", "7" },
	};
	struct ev_span in;

	(void)state;
	vectors_need();
	in = parsed(v4).bytes;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t *copy = parse_copy(in, in.n);
		struct ev_error err = { 0 };

		copy[rows[i].at] = rows[i].value;
		assert_int_equal(parse(ev_span_of(copy, in.n), &err), EV_VALUE);
		assert_string_equal(err.want, rows[i].want);
		assert_string_equal(err.found, rows[i].found);
		free(copy);
	}
}

static void nested_sizes_fill_exactly(void **state)
{
	const size_t outer = 636 + 128, inner = outer + 6;
	const size_t type = inner + 384 + 64 + 2 + 32;
	struct ev_span in;

	(void)state;
	vectors_need();
	in = parsed(v4).bytes;
	parse_refuses_byte(parse, in, 632, (uint8_t)(in.p[632] - 1),
			   EV_TRUNCATED, "quote.signature-data",
			   "outer_cert_data");
	parse_refuses_byte(parse, in, 632, (uint8_t)(in.p[632] + 1),
			   EV_TRAILING, "quote.signature-data", "end");
	parse_refuses_byte(parse, in, 635, 1, EV_TRUNCATED, "quote",
			   "signature_data");
	parse_refuses_byte(parse, in, outer, 5, EV_VALUE,
			   "quote.signature-data", "outer_cert_type");
	parse_refuses_byte(parse, in, type, 7, EV_VALUE,
			   "quote.qe-certification", "cert_type");
	parse_refuses_byte(parse, in, type, 6, EV_VALUE,
			   "quote.qe-certification", "cert_type");
	parse_refuses_byte(parse, in, type, 0, EV_VALUE,
			   "quote.qe-certification", "cert_type");
	parse_refuses_byte(parse, in, type + 2, (uint8_t)(in.p[type + 2] - 1),
			   EV_TRAILING, "quote.qe-certification", "end");
	parse_refuses_byte(parse, in, type + 2, (uint8_t)(in.p[type + 2] + 1),
			   EV_TRUNCATED, "quote.qe-certification", "cert_data");
	parse_refuses_byte(parse, in, type - 34, 31, EV_TRUNCATED,
			   "quote.qe-certification", "cert_data");
}

static void authentication_data_may_have_any_size(void **state)
{
	struct ev_span in;
	struct ev_quote q;

	(void)state;
	vectors_need();
	/* Intel's sample has none; 64 bytes: moved out of the cert data. */
	q = parsed("dcap/x-intel-sample-testroot/quote.bin");
	assert_int_equal(q.qe_auth_data.n, 0);
	assert_int_equal(ev_quote_offset(&q, q.qe_auth_data) + 6,
			 ev_quote_offset(&q, q.cert_data));
	in = parsed(v3).bytes;
	q = parsed(v3);
	{
		uint8_t *p = parse_copy(in, in.n);
		size_t at = (size_t)ev_quote_offset(&q, q.qe_auth_data);
		size_t n = q.cert_data.n - 32;
		struct ev_error err = { 0 };

		p[at - 2] = 64;
		p[at + 64] = 5;
		p[at + 65] = 0;
		p[at + 66] = (uint8_t)n;
		p[at + 67] = (uint8_t)(n >> 8);
		p[at + 68] = 0;
		p[at + 69] = 0;
		assert_int_equal(ev_quote_parse(ev_span_of(p, in.n), &q, &err),
				 EV_OK);
		assert_int_equal(q.qe_auth_data.n, 64);
		assert_int_equal(q.cert_data.n, n);
		free(p);
	}
}

static void ppid_data_is_read(void **state)
{
	struct ev_ppid_data d;
	struct ev_error err = { 0 };
	struct ev_quote q;

	(void)state;
	vectors_need();
	q = parsed("dcap/x-sgx-v3-certdata3-eppid/quote.bin");
	assert_int_equal(q.cert_type, EV_CERT_PPID_RSA3072);
	assert_int_equal(ev_ppid_data_parse(&q, &d, &err), EV_OK);
	assert_int_equal(d.ppid.n, 384);
	assert_int_equal(d.pceid.n, 2);
	q.cert_data.n--;
	ev_ppid_data_parse(&q, &d, &err);
	parse_expect(&err, EV_TRUNCATED, "quote.ppid-data", "pceid");
	q = parsed("dcap/x-intel-sample-testroot/quote.bin");
	err.code = EV_OK;
	assert_int_equal(ev_ppid_data_parse(&q, &d, &err), EV_OK);
	assert_hex(d.ppid, "8461863bb7ece31f64c8e9b77fd31cad");
	assert_int_equal(d.pcesvn, 3);
	assert_int_equal(d.pceid.n, 0);
	q = parsed(v3);
	ev_ppid_data_parse(&q, &d, &err);
	parse_expect(&err, EV_VALUE, "quote.ppid-data", "cert_type");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_quote_of_the_vectors_parses),
		cmocka_unit_test(known_quotes_have_their_known_values),
		cmocka_unit_test(version_5_has_both_tcb_svns),
		cmocka_unit_test(sgx_debug_is_read),
		cmocka_unit_test(only_padding_may_be_missing),
		cmocka_unit_test(changed_bytes_do_no_harm),
		cmocka_unit_test(header_refuses_other_values),
		cmocka_unit_test(body_descriptor_fits_the_tee),
		cmocka_unit_test(a_choice_is_told_whole),
		cmocka_unit_test(nested_sizes_fill_exactly),
		cmocka_unit_test(authentication_data_may_have_any_size),
		cmocka_unit_test(ppid_data_is_read),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
