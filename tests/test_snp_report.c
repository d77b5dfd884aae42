/* SPDX-License-Identifier: Apache-2.0 */
/* Attestation reports of AMD's secure processor: real ones, versions, the
 * bytes that must be zero, the two layouts of a TCB. */
#include "evidence/snp_report.h"

#include "evidence/hcl.h"
#include "tests/show_case.h"
#include "tests/vectors.h"

static const char object[] = "snp-report";

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_snp_report s;

	return ev_snp_report_parse(item, 0, &s, err);
}

static struct ev_snp_report parsed(struct ev_span item)
{
	struct ev_error err = { 0 };
	struct ev_snp_report s = { 0 };

	assert_int_equal(ev_snp_report_parse(item, 0, &s, &err), EV_OK);
	return s;
}

/* The least that is a report: version, algorithm, zeros. */
static void make(uint8_t p[EV_SNP_REPORT_SIZE], uint8_t version)
{
	memset(p, 0, EV_SNP_REPORT_SIZE);
	p[0] = version;
	p[0x34] = 1;
}

static void real_report_is_read(void **state)
{
	struct ev_snp_report s;
	struct ev_snp_tcb tcb;
	struct ev_span item;

	(void)state;
	vectors_need();
	assert_true(
		vectors_read("tokens/maa-snp1-request-snp-report.bin", &item));
	s = parsed(item);
	assert_int_equal(s.signing_key, EV_SNP_VCEK);
	assert_int_equal(s.signature_algo, 1);
	assert_int_equal(s.signed_bytes.n, 672);
	assert_ptr_equal(s.r.p, item.p + 672);
	assert_ptr_equal(s.s.p, item.p + 744);
	assert_ptr_equal(s.measurement.p, item.p + 0x90);
	assert_ptr_equal(s.report_data.p, item.p + 0x50);
	assert_ptr_equal(s.chip_id.p, item.p + 0x1a0);
	assert_int_equal(s.tcb_layout, EV_SNP_TCB_MILAN);
	tcb = ev_snp_tcb(s.reported_tcb, s.tcb_layout);
	assert_int_equal(tcb.svn[EV_SNP_FMC], 0);
	assert_int_equal(tcb.svn[EV_SNP_BOOTLOADER], item.p[0x180]);
	assert_int_equal(tcb.svn[EV_SNP_TEE], item.p[0x181]);
	assert_int_equal(tcb.svn[EV_SNP_SNP], item.p[0x186]);
	assert_int_equal(tcb.svn[EV_SNP_MICROCODE], item.p[0x187]);
	parse_prefixes(parse, item, EV_SNP_REPORT_SIZE);
	parse_mutations(parse, item, 2000);
}

static void reports_inside_a_paravisor_report_are_read(void **state)
{
	static const char *const paths[] = { "azure/snp1-hcl-report.bin",
					     "azure/snp4-hcl-report-2023.bin" };

	(void)state;
	vectors_need();
	for (size_t i = 0; i < 2; i++) {
		struct ev_error err = { 0 };
		struct ev_span item;
		struct ev_hcl h;

		assert_true(vectors_read(paths[i], &item));
		assert_int_equal(ev_hcl_parse(item, &h, &err), EV_OK);
		assert_int_equal(h.snp.version, 2);
		assert_int_equal(h.snp.offset, 32);
		assert_int_equal(h.snp.vmpl, 0);
		assert_int_equal(h.snp.policy, 0x3001f);
		assert_false(ev_snp_policy(&h.snp, EV_SNP_POLICY_DEBUG));
		assert_true(ev_snp_policy(&h.snp, EV_SNP_POLICY_SMT));
		assert_false(h.snp.has_cpuid);
		assert_null(h.snp.product);
		assert_int_equal(h.snp.current.major, 1);
		assert_int_equal(h.snp.current.minor, 52);
		assert_int_equal(h.snp.current.build, 4);
	}
}

static void versions_are_2_3_and_5(void **state)
{
	uint8_t p[EV_SNP_REPORT_SIZE];

	(void)state;
	for (unsigned int version = 0; version < 256; version++) {
		struct ev_error err = { 0 };

		make(p, (uint8_t)version);
		if (version == 2 || version == 3 || version == 5) {
			assert_int_equal(parse(EV_SPAN(p), &err), EV_OK);
			continue;
		}
		parse(EV_SPAN(p), &err);
		parse_expect(&err, EV_VALUE, object, "version");
		assert_string_equal(err.want, "2, 3 or 5");
	}
	make(p, 2);
	parse_refuses_byte(parse, EV_SPAN(p), 3, 1, EV_VALUE, object,
			   "version");
}

static void what_a_version_adds_is_reserved_before(void **state)
{
	static const size_t cpuid[] = { 0x188, 0x189, 0x18a };
	uint8_t p[EV_SNP_REPORT_SIZE];
	struct ev_snp_report s;

	(void)state;
	make(p, 2);
	for (size_t i = 0; i < 3; i++)
		parse_refuses_byte(parse, EV_SPAN(p), cpuid[i], 1, EV_VALUE,
				   object, "reserved");
	make(p, 3);
	for (size_t i = 0x1f8; i < 0x2a0; i++)
		parse_refuses_byte(parse, EV_SPAN(p), i, 1, EV_VALUE, object,
				   "reserved");
	make(p, 5);
	memset(p + 0x188, 7, 3);
	memset(p + 0x1f8, 1, 8);
	memset(p + 0x200, 2, 8);
	s = parsed(EV_SPAN(p));
	assert_int_equal(s.cpuid_stepping, 7);
	assert_true(s.launch_mit_vector == UINT64_C(0x0101010101010101));
	assert_true(s.current_mit_vector == UINT64_C(0x0202020202020202));
	for (size_t i = 0x208; i < 0x2a0; i++)
		parse_refuses_byte(parse, EV_SPAN(p), i, 1, EV_VALUE, object,
				   "reserved");
}

static void reserved_bytes_are_zero(void **state)
{
	static const struct {
		size_t from, to;
	} ranges[] = {
		{ 0x49, 0x50 },	  { 0x18b, 0x1a0 }, { 0x1eb, 0x1ec },
		{ 0x1ef, 0x1f0 }, { 0x2d0, 0x2e8 }, { 0x318, 0x330 },
		{ 0x330, 0x4a0 },
	};
	uint8_t p[EV_SNP_REPORT_SIZE];

	(void)state;
	make(p, 5);
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		for (size_t at = ranges[i].from; at < ranges[i].to; at++)
			parse_refuses_byte(parse, EV_SPAN(p), at, 0x80,
					   EV_VALUE, object, "reserved");
}

static void keys_and_algorithm_are_known(void **state)
{
	uint8_t p[EV_SNP_REPORT_SIZE];
	struct ev_snp_report s;

	(void)state;
	make(p, 3);
	for (unsigned int key = 0; key < 8; key++) {
		p[0x48] = (uint8_t)(key << 2 | 1);
		if (key != 0 && key != 1 && key != 7) {
			parse_refuses_byte(parse, EV_SPAN(p), 0x48, p[0x48],
					   EV_VALUE, object, "signing_key");
			continue;
		}
		s = parsed(EV_SPAN(p));
		assert_int_equal(s.signing_key, key);
		assert_true(s.author_key_en);
		assert_false(s.mask_chip_key);
	}
	p[0x48] = 2;
	assert_true(parsed(EV_SPAN(p)).mask_chip_key);
	parse_refuses_byte(parse, EV_SPAN(p), 0x48, 1 << 5, EV_VALUE, object,
			   "reserved");
	parse_refuses_byte(parse, EV_SPAN(p), 0x34, 0, EV_VALUE, object,
			   "signature_algo");
	parse_refuses_byte(parse, EV_SPAN(p), 0x34, 2, EV_VALUE, object,
			   "signature_algo");
}

/* --- products and TCBs --- */

static void products_follow_family_and_model(void **state)
{
	static const struct {
		uint8_t family, model;
		const char *product;
		enum ev_snp_tcb_layout layout;
	} cpus[] = {
		{ 0x19, 0x01, "Milan", EV_SNP_TCB_MILAN },
		{ 0x19, 0x11, "Genoa", EV_SNP_TCB_MILAN },
		{ 0x19, 0xa0, "Genoa", EV_SNP_TCB_MILAN },
		{ 0x19, 0x20, NULL, EV_SNP_TCB_MILAN },
		{ 0x1a, 0x02, "Turin", EV_SNP_TCB_TURIN },
		{ 0x1a, 0x11, "Turin", EV_SNP_TCB_TURIN },
		{ 0x1a, 0x50, NULL, EV_SNP_TCB_TURIN },
	};
	uint8_t p[EV_SNP_REPORT_SIZE];

	(void)state;
	make(p, 3);
	for (size_t i = 0; i < sizeof(cpus) / sizeof(cpus[0]); i++) {
		struct ev_snp_report s;

		p[0x188] = cpus[i].family;
		p[0x189] = cpus[i].model;
		s = parsed(EV_SPAN(p));
		assert_int_equal(s.tcb_layout, cpus[i].layout);
		if (cpus[i].product == NULL)
			assert_null(s.product);
		else
			assert_string_equal(s.product->name, cpus[i].product);
	}
}

static void short_chip_id_of_version_2_is_turins(void **state)
{
	uint8_t p[EV_SNP_REPORT_SIZE];

	(void)state;
	make(p, 2);
	assert_int_equal(parsed(EV_SPAN(p)).tcb_layout, EV_SNP_TCB_MILAN);
	p[0x1a7] = 1;
	assert_int_equal(parsed(EV_SPAN(p)).tcb_layout, EV_SNP_TCB_TURIN);
	p[0x1a8] = 1;
	assert_int_equal(parsed(EV_SPAN(p)).tcb_layout, EV_SNP_TCB_MILAN);
}

static void tcb_bytes_have_two_layouts(void **state)
{
	static const uint8_t milan[] = { UINT8_MAX, 1, 2, 7, 8 };
	static const uint8_t turin[] = { 1, 2, 3, 4, 8 };
	uint64_t value = UINT64_C(0x0807060504030201);
	struct ev_snp_tcb tcb = ev_snp_tcb(value, EV_SNP_TCB_TURIN);

	(void)state;
	assert_memory_equal(tcb.svn, turin, sizeof(turin));
	tcb = ev_snp_tcb(value, EV_SNP_TCB_MILAN);
	assert_int_equal(tcb.svn[EV_SNP_FMC], 0);
	assert_memory_equal(tcb.svn + 1, milan + 1, sizeof(milan) - 1);
	assert_string_equal(ev_snp_tcb_word(EV_SNP_MICROCODE), "microcode");
}

static void other_bytes_of_a_tcb_are_zero(void **state)
{
	static const struct {
		size_t offset;
		const char *field;
	} tcbs[] = {
		{ 0x38, "current_tcb" },
		{ 0x180, "reported_tcb" },
		{ 0x1e0, "committed_tcb" },
		{ 0x1f0, "launch_tcb" },
	};
	uint8_t p[EV_SNP_REPORT_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof(tcbs) / sizeof(tcbs[0]); i++) {
		make(p, 3);
		memset(p + tcbs[i].offset, 1, 2);
		memset(p + tcbs[i].offset + 6, 1, 2);
		parsed(EV_SPAN(p));
		for (size_t at = 2; at < 6; at++)
			parse_refuses_byte(parse, EV_SPAN(p),
					   tcbs[i].offset + at, 1, EV_VALUE,
					   object, tcbs[i].field);
		p[0x188] = 0x1a;
		parse_refuses_byte(parse, EV_SPAN(p), tcbs[i].offset, 1,
				   EV_VALUE, object, tcbs[i].field);
		p[tcbs[i].offset + 6] = 0;
		memset(p + tcbs[i].offset, 1, 4);
		parsed(EV_SPAN(p));
	}
}

/* --- how it is shown --- */

static void fields_are_shown(void **state)
{
	uint8_t p[EV_SNP_REPORT_SIZE];
	json_t *shown;

	(void)state;
	make(p, 5);
	p[0x188] = 0x1a;
	p[0x180] = 9;
	p[0x187] = 77;
	p[0x1f8] = 3;
	shown = show_json("snp-report", EV_SPAN(p));
	show_counts(shown, "version", 5);
	show_says(shown, "launch_mit_vector", "3");
	show_says(shown, "reported_tcb", "090000000000004d");
	show_says(shown, "product", "Turin");
	show_counts(json_object_get(shown, "reported_tcb_parts"), "fmc", 9);
	show_counts(json_object_get(shown, "reported_tcb_parts"), "microcode",
		    77);
	json_decref(shown);
	make(p, 2);
	shown = show_json("snp-report", EV_SPAN(p));
	assert_null(json_object_get(shown, "cpuid_fam_id"));
	assert_null(json_object_get(shown, "launch_mit_vector"));
	assert_null(json_object_get(
		json_object_get(shown, "reported_tcb_parts"), "fmc"));
	json_decref(shown);
	show_refuses("snp-report", ev_span_of(p, 1183), EV_TRUNCATED, object,
		     "reserved");
}

static void size_version_and_algorithm_are_recognised(void **state)
{
	uint8_t p[EV_SNP_REPORT_SIZE + 1];
	const struct ev_kind *k;

	(void)state;
	memset(p, 0, sizeof(p));
	make(p, 4);
	k = ev_kind_recognise(ev_span_of(p, EV_SNP_REPORT_SIZE));
	assert_non_null(k);
	assert_string_equal(k->kind, "snp-report");
	assert_null(ev_kind_recognise(EV_SPAN(p)));
	p[0x34] = 0;
	assert_null(ev_kind_recognise(ev_span_of(p, EV_SNP_REPORT_SIZE)));
}

static void vmpl_is_a_level_or_the_hosts(void **state)
{
	uint8_t p[EV_SNP_REPORT_SIZE];

	(void)state;
	make(p, 2);
	for (uint8_t i = 0; i <= EV_SNP_VMPL_MAX; i++) {
		p[0x30] = i;
		assert_int_equal(parsed(EV_SPAN(p)).vmpl, i);
	}
	parse_refuses_byte(parse, EV_SPAN(p), 0x30, 4, EV_VALUE, object,
			   "vmpl");
	parse_refuses_byte(parse, EV_SPAN(p), 0x33, 1, EV_VALUE, object,
			   "vmpl");
	memset(p + 0x30, 0xff, 4);
	assert_int_equal(parsed(EV_SPAN(p)).vmpl, EV_SNP_VMPL_HOST);
	parse_refuses_byte(parse, EV_SPAN(p), 0x33, 0x7f, EV_VALUE, object,
			   "vmpl");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_report_is_read),
		cmocka_unit_test(reports_inside_a_paravisor_report_are_read),
		cmocka_unit_test(versions_are_2_3_and_5),
		cmocka_unit_test(what_a_version_adds_is_reserved_before),
		cmocka_unit_test(vmpl_is_a_level_or_the_hosts),
		cmocka_unit_test(reserved_bytes_are_zero),
		cmocka_unit_test(keys_and_algorithm_are_known),
		cmocka_unit_test(products_follow_family_and_model),
		cmocka_unit_test(short_chip_id_of_version_2_is_turins),
		cmocka_unit_test(tcb_bytes_have_two_layouts),
		cmocka_unit_test(other_bytes_of_a_tcb_are_zero),
		cmocka_unit_test(fields_are_shown),
		cmocka_unit_test(size_version_and_algorithm_are_recognised),
	};

	json_object_seed(1);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
