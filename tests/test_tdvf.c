/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/tdvf, guid_table and tdvf_launch. */
#include "audit/image/tdvf.h"

#include "audit/image/guid_table.h"
#include "tests/image_case.h"

static struct au_tdvf parse(const char *name)
{
	struct ev_span bytes = image_sample(name);
	struct ev_error err = { 0 };
	struct au_tdvf t;

	assert_int_equal(au_tdvf_parse(bytes, &t, &err), EV_OK);
	image_sample_free(bytes);
	return t;
}

static void both_ways_lead_to_the_descriptor(void **state)
{
	struct au_tdvf ovmf = parse("ovmf.fd"), shim = parse("td-shim.fd");

	(void)state;
	assert_true(ovmf.guided);
	assert_int_equal(ovmf.n, 5);
	assert_int_equal(ovmf.offset, 0x3000 - 0x800);
	assert_false(shim.guided);
	assert_int_equal(shim.n, 7);
	assert_int_equal(shim.section[5].type, AU_TDVF_TD_INFO);
}

static void sections_are_read_as_they_stand(void **state)
{
	struct au_tdvf t = parse("ovmf.fd");
	const struct au_tdvf_section *bfv = &t.section[0];

	(void)state;
	assert_int_equal(bfv->type, AU_TDVF_BFV);
	assert_string_equal(au_tdvf_type_name(bfv->type), "BFV");
	assert_int_equal(bfv->data_offset, 0x1000);
	assert_int_equal(bfv->raw_size, 0x2000);
	assert_int_equal(bfv->size, 0x2000);
	assert_int_equal(bfv->gpa, UINT64_C(0xffffe000));
	assert_true(bfv->extend);
	assert_false(bfv->aug);
	assert_true(t.section[4].aug);
	assert_int_equal(bfv->offset, t.offset + 16);
}

static void every_prefix_is_refused(void **state)
{
	struct ev_span bytes = image_sample("td-shim.fd");

	(void)state;
	for (size_t n = bytes.n; n-- > bytes.n - 300;) {
		struct ev_error err = { 0 };
		uint8_t *p = parse_copy(bytes, n);

		assert_int_not_equal(image_parse(ev_span_of(p, n), &err),
				     EV_OK);
		free(p);
	}
	image_sample_free(bytes);
}

static void an_entry_of_the_table_is_found_by_its_guid(void **state)
{
	struct ev_span bytes = image_sample("ovmf.fd"), data;
	struct ev_error err = { 0 };

	(void)state;
	assert_true(au_guid_table_is_there(bytes));
	assert_int_equal(au_guid_table_find(
				 bytes, "00f771de-1a7e-4fcb-890e-68c77e2fb44e",
				 &data, &err),
			 EV_OK);
	assert_true(ev_span_eq(data, EV_SPAN_LITERAL("\1\2\3\4")));
	assert_int_equal(au_guid_table_find(
				 bytes, "7255371f-3a3b-4b04-927b-1da6efa8d454",
				 &data, &err),
			 EV_OK);
	assert_null(data.p);
	assert_false(au_guid_table_is_there(ev_span_sub(bytes, 0, 49)));
	image_sample_free(bytes);
}

static void what_is_beyond_short_data_comes_from_the_file(void **state)
{
	struct ev_span bytes = image_sample("td-shim.fd");
	const struct au_operation *op;
	struct au_image image;

	(void)state;
	image_read(bytes, &image);
	assert_int_equal(image.n, 1);
	assert_int_equal(image.launch[0].n, 6); /* TD_INFO is not loaded */
	op = &image.launch[0].op[5];
	assert_string_equal(op->name, "Payload");
	assert_int_equal(op->data.n, 100);
	assert_int_equal(op->beyond.n, 4096 - 100);
	assert_ptr_equal(op->beyond.p, op->data.p + 100);
	au_image_free(&image);
	image_sample_free(bytes);
}

static void changed_bytes_never_crash_and_never_leak(void **state)
{
	static const char *const names[] = { "ovmf.fd", "td-shim.fd" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ev_span bytes = image_sample(names[i]);
		uint64_t seed = 3;

		for (int k = 0; k < 300; k++) {
			uint8_t *p = parse_copy(bytes, bytes.n);
			struct ev_error err = { 0 };
			size_t at = bytes.n - 0x900 +
				    lcg_below(&seed, i == 0 ? 0x900 : 0x200);

			p[at] = (uint8_t)lcg_below(&seed, 256);
			image_parse(ev_span_of(p, bytes.n), &err);
			free(p);
		}
		image_sample_free(bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_ways_lead_to_the_descriptor),
		cmocka_unit_test(sections_are_read_as_they_stand),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(an_entry_of_the_table_is_found_by_its_guid),
		cmocka_unit_test(what_is_beyond_short_data_comes_from_the_file),
		cmocka_unit_test(changed_bytes_never_crash_and_never_leak),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
