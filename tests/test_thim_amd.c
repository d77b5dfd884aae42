/* SPDX-License-Identifier: Apache-2.0 */
/* The answer of Azure's host that holds a VCEK certificate. */
#include "evidence/thim_amd.h"

#include "tests/show_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_thim_amd t;

	if (ev_thim_amd_parse(item, &t, err) == EV_OK)
		ev_thim_amd_free(&t);
	return err->code;
}

/* The first blocks of a PEM file as a JSON string. */
static void add_pem(struct ev_buffer *out, const char *name, const char *path,
		    size_t n_blocks)
{
	struct ev_error err = { 0 };
	struct ev_pem_list list;
	struct ev_span text;

	assert_true(vectors_read(path, &text));
	assert_int_equal(ev_pem_list_parse(text, 0, "CERTIFICATE", &list, &err),
			 EV_OK);
	assert_true(n_blocks <= list.n_blocks);
	if (n_blocks < list.n_blocks)
		text.n = (size_t)list.block[n_blocks].offset;
	ev_pem_list_free(&list);
	ev_buffer_add_str(out, "\"");
	ev_buffer_add_str(out, name);
	ev_buffer_add_str(out, "\":\"");
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n')
			ev_buffer_add_str(out, "\\n");
		else
			ev_buffer_add(out, ev_span_of(&text.p[i], 1));
	ev_buffer_add_str(out, "\"");
}

static void make_answer(struct ev_buffer *out, const char *vcek,
			const char *chain)
{
	ev_buffer_add_str(out, "{");
	add_pem(out, vcek, "azure/snp1-vcek.pem", 1);
	ev_buffer_add_str(out, ",\"tcbm\":\"DB18000000000004\","
			       "\"cacheControl\":\"86400\",");
	add_pem(out, chain, "azure/amd-milan-chain.pem", 3);
	ev_buffer_add_str(out, "}");
}

static void answer_is_read_in_either_case(void **state)
{
	static const char *const names[][2] = {
		{ "vcekCert", "certificateChain" },
		{ "VcekCert", "CertificateChain" },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < 2; i++) {
		ev_auto_buffer struct ev_buffer text = { 0 };
		struct ev_error err = { 0 };
		const struct ev_kind *kind;
		struct ev_thim_amd t;
		json_t *shown;
		uint64_t tcb = 0;

		make_answer(&text, names[i][0], names[i][1]);
		assert_int_equal(
			ev_thim_amd_parse(ev_buffer_span(&text), &t, &err),
			EV_OK);
		assert_int_equal(t.vcek.n_blocks, 1);
		assert_int_equal(t.chain.n_blocks, 3);
		assert_true(ev_span_eq(t.tcbm,
				       EV_SPAN_LITERAL("DB18000000000004")));
		assert_true(ev_thim_amd_tcb(&t, &tcb));
		assert_int_equal(tcb, UINT64_C(0xdb18000000000004));
		ev_thim_amd_free(&t);
		kind = ev_kind_recognise(ev_buffer_span(&text));
		assert_non_null(kind);
		assert_string_equal(kind->kind, "azure-thim-amd");
		shown = show_json("azure-thim-amd", ev_buffer_span(&text));
		assert_int_equal(
			json_array_size(json_object_get(shown, "certificates")),
			4);
		json_decref(shown);
	}
}

static void answer_is_refused_by_member(void **state)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_span good;

	(void)state;
	vectors_need();
	make_answer(&text, "vcekCert", "certificateChain");
	good = ev_buffer_span(&text);
	parse_refuses_text(parse, good, "vcekCert", "vcekCerts", EV_MISSING,
			   "thim-amd", "vcekCert");
	parse_refuses_text(parse, good, "certificateChain", "chain", EV_MISSING,
			   "thim-amd", "certificateChain");
	parse_refuses_text(parse, good, "cacheControl", "VCEKCERT",
			   EV_DUPLICATE, "thim-amd", "vcekCert");
	parse_refuses_text(parse, good, "\"DB18000000000004\"", "4", EV_SYNTAX,
			   "thim-amd", "tcbm");
	parse_prefixes(parse, good, good.n);
}

static void tcbm_is_16_hex_digits(void **state)
{
	static const struct {
		const char *text;
		bool is;
		uint64_t tcb;
	} rows[] = {
		{ "db18000000000004", true, UINT64_C(0xdb18000000000004) },
		{ "0000000000000000", true, 0 },
		{ "FFFFFFFFFFFFFFFf", true, UINT64_MAX },
		{ "", false, 0 },
		{ "DB1800000000000", false, 0 },
		{ "DB180000000000040", false, 0 },
		{ "0xDB180000000004", false, 0 },
		{ "DB1800000000000 ", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_thim_amd t = { .tcbm = ev_span_str(rows[i].text) };
		uint64_t tcb = 0;

		assert_int_equal(ev_thim_amd_tcb(&t, &tcb), rows[i].is);
		assert_int_equal(tcb, rows[i].tcb);
	}
	assert_false(ev_thim_amd_tcb(&(struct ev_thim_amd){ .json = NULL },
				     &(uint64_t){ 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answer_is_read_in_either_case),
		cmocka_unit_test(answer_is_refused_by_member),
		cmocka_unit_test(tcbm_is_16_hex_digits),
	};

	json_object_seed(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
