/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates of AMD's chips: real ones, what must be there, whose they
 * are. */
#include "evidence/vcek.h"

#include "evidence/base/pem.h"
#include "evidence/hcl.h"
#include "tests/parse_case.h"
#include "tests/vectors.h"

static enum ev_code parse(struct ev_span der, struct ev_error *err)
{
	struct ev_vcek v;

	return ev_vcek_parse(der, 0, &v, err);
}

static struct ev_vcek parsed(struct ev_span der)
{
	struct ev_error err = { 0 };
	struct ev_vcek v = { 0 };

	assert_int_equal(ev_vcek_parse(der, 0, &v, &err), EV_OK);
	return v;
}

static void real_certificate_is_the_reports(void **state)
{
	struct ev_error err = { 0 };
	struct ev_pem_list list;
	struct ev_span item;
	struct ev_snp_tcb tcb;
	struct ev_vcek v;
	struct ev_hcl h;

	(void)state;
	vectors_need();
	assert_true(vectors_read("azure/snp1-vcek.pem", &item));
	assert_int_equal(ev_pem_list_parse(item, 0, "CERTIFICATE", &list, &err),
			 EV_OK);
	v = parsed(list.block[0].der);
	assert_int_equal(v.struct_version, 0);
	assert_true(ev_span_eq(v.product_name, EV_SPAN_LITERAL("Milan-B0")));
	assert_false(v.has_fmc);
	assert_true(vectors_read("azure/snp1-hcl-report.bin", &item));
	assert_int_equal(ev_hcl_parse(item, &h, &err), EV_OK);
	tcb = ev_snp_tcb(h.snp.reported_tcb, h.snp.tcb_layout);
	assert_memory_equal(v.tcb.svn, tcb.svn, sizeof(tcb.svn));
	assert_true(ev_vcek_is_of(&v, h.snp.chip_id));
	assert_true(vectors_read("azure/snp4-hcl-report-2023.bin", &item));
	assert_int_equal(ev_hcl_parse(item, &h, &err), EV_OK);
	assert_false(ev_vcek_is_of(&v, h.snp.chip_id));
	ev_pem_list_free(&list);
}

static void every_extension_must_be_there(void **state)
{
	static const struct {
		uint8_t last[2], n;
		const char *name;
	} parts[] = {
		{ { 1, 0 }, 1, "structVersion" },
		{ { 2, 0 }, 1, "productName1" },
		{ { 3, 1 }, 2, "blSPL" },
		{ { 3, 2 }, 2, "teeSPL" },
		{ { 3, 3 }, 2, "snpSPL" },
		{ { 3, 8 }, 2, "ucodeSPL" },
		{ { 4, 0 }, 1, "hwID" },
	};
	static const uint8_t amd[] = { 0x2b, 6, 1, 4, 1, 0x9c, 0x78, 1 };
	struct ev_span der;

	(void)state;
	vectors_need();
	assert_true(vectors_read("azure/thim-vcek.der", &der));
	assert_int_equal(parsed(der).tcb.svn[EV_SNP_MICROCODE], 0xdb);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		uint8_t oid[10];
		const uint8_t *at;

		memcpy(oid, amd, sizeof(amd));
		memcpy(oid + sizeof(amd), parts[i].last, parts[i].n);
		at = memmem(der.p, der.n, oid, sizeof(amd) + parts[i].n);
		assert_non_null(at);
		/* An OID of nobody in its place. */
		parse_refuses_byte(parse, der,
				   (size_t)(at - der.p) + sizeof(amd) +
					   parts[i].n - 1,
				   0x7f, EV_MISSING, "vcek", parts[i].name);
	}
	parse_prefixes(parse, der, der.n);
	parse_mutations(parse, der, 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_certificate_is_the_reports),
		cmocka_unit_test(every_extension_must_be_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
