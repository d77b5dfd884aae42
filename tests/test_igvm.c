/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/igvm and what becomes of its headers. */
#include "audit/image/igvm.h"

#include "tests/image_case.h"

static void every_prefix_is_refused(void **state)
{
	struct ev_span bytes = image_sample("small-2.igvm");

	(void)state;
	parse_prefixes(image_parse, bytes, bytes.n);
	image_sample_free(bytes);
}

static void the_fixed_header_says_where_the_others_are(void **state)
{
	struct ev_span bytes = image_sample("small-2.igvm");
	struct ev_error err = { 0 };
	struct au_igvm file;

	(void)state;
	assert_int_equal(au_igvm_parse(bytes, 100, &file, &err), EV_OK);
	assert_int_equal(file.version, 2);
	assert_int_equal(file.headers_at, 32);
	assert_int_equal(file.headers.n, bytes.n - 32);
	assert_false(file.aarch64);
	image_sample_free(bytes);
}

static void offsets_of_refusals_are_those_of_the_carrier(void **state)
{
	struct ev_span bytes = image_sample("small-1.igvm");
	struct ev_error err = { 0 };
	struct au_igvm file;

	(void)state;
	au_igvm_parse(ev_span_sub(bytes, 0, bytes.n - 1), 1000, &file, &err);
	parse_expect(&err, EV_TRUNCATED, "igvm header", "total_file_size");
	assert_int_equal(err.offset, 1016);
	image_sample_free(bytes);
}

static void the_walk_ends_at_the_last_header(void **state)
{
	struct ev_span bytes = image_sample("every-header.igvm");
	struct ev_error err = { 0 };
	struct au_igvm file;
	struct au_igvm_walk walk = { .file = &file };
	struct au_igvm_header h;
	size_t n = 0;
	uint64_t last = 0;

	(void)state;
	assert_int_equal(au_igvm_parse(bytes, 0, &file, &err), EV_OK);
	while (au_igvm_next(&walk, &h, &err)) {
		assert_true(n == 0 || h.offset > last);
		last = h.offset;
		n++;
	}
	assert_int_equal(err.code, EV_OK);
	assert_int_equal(walk.at, file.headers.n);
	assert_int_equal(n, 36);
	assert_true(h.optional);
	assert_int_equal(h.type, 0x350);
	image_sample_free(bytes);
}

static void data_lie_behind_the_headers_and_in_the_file(void **state)
{
	struct ev_span bytes = image_sample("every-header.igvm"), out;
	struct ev_error err = { 0 };
	struct au_igvm f;
	uint64_t begin;

	(void)state;
	assert_int_equal(au_igvm_parse(bytes, 0, &f, &err), EV_OK);
	begin = f.headers_at + f.headers.n;
	assert_int_equal(au_igvm_data(&f, begin, 1, "x", 0, &out, &err), EV_OK);
	assert_int_equal(au_igvm_data(&f, bytes.n - 1, 1, "x", 0, &out, &err),
			 EV_OK);
	assert_int_equal(au_igvm_data(&f, begin - 1, 1, "x", 0, &out, &err),
			 EV_VALUE);
	err = (struct ev_error){ 0 };
	assert_int_equal(au_igvm_data(&f, bytes.n, 1, "x", 0, &out, &err),
			 EV_VALUE);
	err = (struct ev_error){ 0 };
	assert_int_equal(
		au_igvm_data(&f, begin, UINT64_MAX, "x", 0, &out, &err),
		EV_VALUE);
	image_sample_free(bytes);
}

static const struct au_operation *find(const struct au_launch *launch,
				       enum au_operation_kind kind, size_t skip)
{
	for (size_t i = 0; i < launch->n; i++) {
		if (launch->op[i].kind == kind && skip-- == 0)
			return &launch->op[i];
	}
	fail_msg("%s has no %s", launch->platform,
		 au_operation_kind_name(kind));
	return NULL;
}

static void pages_say_whether_they_are_measured(void **state)
{
	struct ev_span bytes = image_sample("every-header.igvm");
	const struct au_launch *tdx, *snp;
	struct au_image image;

	(void)state;
	image_read(bytes, &image);
	tdx = au_image_launch(&image, AU_TDX);
	snp = au_image_launch(&image, AU_SNP);
	assert_true(find(tdx, AU_PAGES, 0)->measured);
	assert_false(find(tdx, AU_PAGES, 1)->measured);
	assert_true(find(tdx, AU_PAGES, 2)->shared);
	assert_false(find(tdx, AU_PAGES, 2)->measured);
	assert_int_equal(find(tdx, AU_PAGES, 3)->data.n, 0);
	assert_int_equal(find(snp, AU_PAGES, 3)->type, AU_SECRETS);
	assert_false(find(snp, AU_PAGES, 3)->measured);
	au_image_free(&image);
	image_sample_free(bytes);
}

static void areas_and_start_states_borrow_their_data(void **state)
{
	struct ev_span bytes = image_sample("every-header.igvm");
	const struct au_launch *snp, *vbs;
	const struct au_operation *op;
	struct au_image image;

	(void)state;
	image_read(bytes, &image);
	snp = au_image_launch(&image, AU_SNP);
	vbs = au_image_launch(&image, AU_VBS);
	op = find(snp, AU_INSERT, 0);
	assert_int_equal(op->size, 8192);
	assert_int_equal(op->data.n, 0);
	op = find(snp, AU_INSERT, 1);
	assert_int_equal(op->index, 2);
	assert_ptr_equal(op->data.p, bytes.p + op->data_offset);
	op = find(snp, AU_VMSA, 0);
	assert_int_equal(op->gpa, UINT64_C(0xfffffffff000));
	op = find(vbs, AU_REGISTERS, 0);
	assert_int_equal(op->data.n, 32);
	assert_int_equal(op->size, 0);
	assert_ptr_equal(op->data.p, bytes.p + op->data_offset);
	assert_int_equal(find(vbs, AU_ERROR_RANGE, 0)->size, 4096);
	au_image_free(&image);
	image_sample_free(bytes);
}

static void documents_and_policies_stay_with_their_platform(void **state)
{
	struct ev_span bytes = image_sample("every-header.igvm");
	const struct au_launch *tdx, *snp, *vbs;
	struct au_image image;

	(void)state;
	image_read(bytes, &image);
	tdx = au_image_launch(&image, AU_TDX);
	snp = au_image_launch(&image, AU_SNP);
	vbs = au_image_launch(&image, AU_VBS);
	assert_int_equal(tdx->policy.value, 2);
	assert_int_equal(snp->policy.value, 0x3001f);
	assert_false(vbs->policy.present);
	assert_true(ev_span_eq(tdx->corim, EV_SPAN_LITERAL("corim")));
	assert_ptr_equal(tdx->corim.p, bytes.p + tdx->corim_offset);
	assert_int_equal(snp->corim.n, 0);
	assert_int_equal(snp->id_block.n, 696);
	assert_ptr_equal(snp->id_block.p, bytes.p + snp->id_block_offset);
	assert_int_equal(vbs->vbs_measurement.n, 864);
	assert_int_equal(image.n, 4);
	assert_null(image.launch[3].reg);
	au_image_free(&image);
	image_sample_free(bytes);
}

static void changed_bytes_never_crash_and_never_leak(void **state)
{
	struct ev_span bytes = image_sample("small-1.igvm");

	(void)state;
	parse_mutations(image_parse, bytes, 300);
	image_sample_free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(the_fixed_header_says_where_the_others_are),
		cmocka_unit_test(offsets_of_refusals_are_those_of_the_carrier),
		cmocka_unit_test(the_walk_ends_at_the_last_header),
		cmocka_unit_test(data_lie_behind_the_headers_and_in_the_file),
		cmocka_unit_test(pages_say_whether_they_are_measured),
		cmocka_unit_test(areas_and_start_states_borrow_their_data),
		cmocka_unit_test(
			documents_and_policies_stay_with_their_platform),
		cmocka_unit_test(changed_bytes_never_crash_and_never_leak),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
