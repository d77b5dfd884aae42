/* SPDX-License-Identifier: Apache-2.0 */
/* The ACPI table CCEL: the real ones, bounds, checksum. */
#include "evidence/ccel_table.h"

#include "tests/parse_case.h"
#include "tests/vectors.h"

/* A table of our own whose bytes add up. */
static void make(uint8_t p[EV_CCEL_TABLE_MIN])
{
	unsigned int sum = 0;

	memset(p, 0, EV_CCEL_TABLE_MIN);
	memcpy(p, "CCEL\x38", 5);
	p[8] = 1;
	memcpy(p + 10, "ECART EVENTLOG", 14);
	p[36] = 2;
	p[42] = 1; /* 64 KiB */
	p[47 + 4] = 0x7f;
	for (size_t i = 0; i < EV_CCEL_TABLE_MIN; i++)
		sum += p[i];
	p[9] = (uint8_t)(256 - sum % 256);
}

static enum ev_code parse(struct ev_span item, struct ev_error *err)
{
	struct ev_ccel_table t;

	return ev_ccel_table_parse(item, &t, err);
}

static void the_tables_of_the_vectors_name_their_areas(void **state)
{
	static const struct {
		const char *path;
		uint64_t laml;
	} cases[] = {
		{ "eventlog/goev-ccel-CCEL.bin", 65536 },
		{ "eventlog/goev-ccel-cos-113-intel-tdx.table.bin", 262144 },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_ccel_table t;
		struct ev_error err = { 0 };
		struct ev_span item;

		assert_true(vectors_read(cases[i].path, &item));
		assert_int_equal(ev_ccel_table_parse(item, &t, &err), EV_OK);
		assert_true(t.checksum_ok);
		assert_int_equal(t.length, 56);
		assert_int_equal(t.revision, 1);
		assert_int_equal(t.cc_type, 2);
		assert_int_equal(t.cc_subtype, 0);
		assert_int_equal(t.laml, cases[i].laml);
		assert_true(ev_span_eq(t.oem_id, EV_SPAN_LITERAL("INTEL ")));
	}
}

static void every_field_is_read_where_it_stands(void **state)
{
	uint8_t p[EV_CCEL_TABLE_MIN];
	struct ev_error err = { 0 };
	struct ev_ccel_table t;

	(void)state;
	make(p);
	assert_int_equal(ev_ccel_table_parse(EV_SPAN(p), &t, &err), EV_OK);
	assert_true(t.checksum_ok);
	assert_int_equal(t.laml, 65536);
	assert_int_equal(t.lasa, UINT64_C(0x7f000000));
	assert_true(ev_span_eq(t.oem_id, EV_SPAN_LITERAL("ECART ")));
	assert_true(ev_span_eq(t.oem_table_id, EV_SPAN_LITERAL("EVENTLOG")));
	p[55] ^= 1;
	assert_int_equal(ev_ccel_table_parse(EV_SPAN(p), &t, &err), EV_OK);
	assert_false(t.checksum_ok);
}

static void refuses_every_other_size_and_signature(void **state)
{
	uint8_t p[EV_CCEL_TABLE_MIN + 1] = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	make(p);
	parse_prefixes(parse, ev_span_of(p, EV_CCEL_TABLE_MIN),
		       EV_CCEL_TABLE_MIN);
	parse(EV_SPAN(p), &err); /* a byte behind it */
	parse_expect(&err, EV_VALUE, "acpi-ccel-table", "length");
	parse_refuses_byte(parse, ev_span_of(p, EV_CCEL_TABLE_MIN), 0, 'X',
			   EV_VALUE, "acpi-ccel-table", "signature");
	parse_refuses_byte(parse, ev_span_of(p, EV_CCEL_TABLE_MIN), 4, 55,
			   EV_VALUE, "acpi-ccel-table", "length");
	parse_mutations(parse, ev_span_of(p, EV_CCEL_TABLE_MIN), 2000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tables_of_the_vectors_name_their_areas),
		cmocka_unit_test(every_field_is_read_where_it_stands),
		cmocka_unit_test(refuses_every_other_size_and_signature),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
