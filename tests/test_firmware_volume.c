/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware volumes: forged ones, each field spoiled, and Debian's OVMF. */
#include "audit/contents/firmware_volume.h"

#include "audit/contents/firmware_guid.h"
#include "tests/contents_sample.h"

static const char ovmf[] = "/usr/share/ovmf/OVMF.fd";

/* A copy that a test may change; header checksum put right with mend. */
static uint8_t *copy_of(struct ev_span in)
{
	uint8_t *p = malloc(in.n);

	assert_non_null(p);
	memcpy(p, in.p, in.n);
	return p;
}

static void mend(uint8_t *p)
{
	unsigned int sum = 0, n = p[48] | (unsigned int)p[49] << 8;

	put_u16le(p + 50, 0);
	for (unsigned int i = 0; i < n; i += 2)
		sum += p[i] | (unsigned int)p[i + 1] << 8;
	put_u16le(p + 50, 0x10000 - (sum & 0xffff));
}

static void modules_are_found_below_lzma(void **state)
{
	struct ev_span file = contents_file("built.fd");
	struct au_part root = contents_part(AU_PART_FIRMWARE, file);
	struct au_part *part;

	(void)state;
	contents_opens(&root);
	part = contents_find(&root, "VideoDxe");
	assert_int_equal(part->kind, AU_PART_MODULE);
	assert_string_equal(part->guid, "11111111-0000-4000-8000-000000000001");
	assert_int_equal(part->attributes, 0x0740);
	assert_int_equal(part->n, 3);
	assert_int_equal(part->inside[0].kind, AU_PART_PE);
	part = contents_find(&root, "DXEFV");
	assert_int_equal(part->kind, AU_PART_VOLUME);
	/* File system, what stands before the extended header, that, five
	 * modules. */
	assert_int_equal(part->n, 8);
	assert_int_equal(part->inside[1].offset, 72);
	assert_int_equal(part->inside[1].bytes.n, 24);
	assert_int_equal(part->refused.code, EV_OK);
	au_part_free(&root);
	contents_free(file);
}

struct spoiled {
	size_t at;
	uint8_t to;
	bool mended;
	const char *field;
	enum ev_code code;
};

static const struct spoiled headers[] = {
	{ 40, 'x', true, "signature", EV_VALUE },
	{ 50, 0x13, false, "header checksum", EV_VALUE },
	{ 55, 3, true, "revision", EV_VALUE },
	{ 48, 64, true, "header size", EV_VALUE },
	{ 57, 1, true, "size", EV_VALUE },	/* more blocks */
	{ 33, 0x20, true, "size", EV_VALUE },	/* another size */
	{ 64, 1, true, "block map", EV_LIMIT }, /* without an end */
};

static void each_spoiled_header_is_named(void **state)
{
	struct ev_span file = contents_file("built.fd");

	(void)state;
	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		uint8_t *p = copy_of(file);
		struct au_volume_header h;
		struct ev_error err = { 0 };

		p[headers[i].at] = headers[i].to;
		if (headers[i].mended)
			mend(p);
		assert_int_equal(
			au_volume_header_parse(ev_span_of(p, file.n), &h, &err),
			headers[i].code);
		assert_string_equal(err.field, headers[i].field);
		free(p);
	}
	contents_free(file);
}

static void every_prefix_of_a_volume_is_refused(void **state)
{
	struct ev_span file = contents_file("built.fd");
	struct au_volume_header h;

	(void)state;
	for (size_t n = 0; n < file.n; n++) {
		struct ev_error err = { 0 };

		assert_int_not_equal(au_volume_header_parse(
					     ev_span_sub(file, 0, n), &h, &err),
				     EV_OK);
	}
	contents_free(file);
}

static void a_block_map_without_an_end_is_refused(void **state)
{
	uint8_t p[56 + 65 * 8] = { 0 };
	struct au_volume_header h;
	struct ev_error err = { 0 };

	(void)state;
	memcpy(p + 40, "_FVH", 4);
	for (size_t at = 56; at < sizeof(p); at += 8)
		put_u32le(p + at, 1);
	assert_int_equal(au_volume_header_parse(EV_SPAN(p), &h, &err),
			 EV_LIMIT);
	assert_string_equal(err.field, "block map");
}

/* Bytes of the first file behind the extended header: 72 + 24 + 20, to 8. */
enum { FILE_AT = 120 };

static const struct spoiled files[] = {
	{ FILE_AT + 0, 1, false, "header checksum", EV_VALUE },
	{ FILE_AT + 16, 1, false, "header checksum", EV_VALUE },
	{ FILE_AT + 17, 1, false, "data checksum", EV_VALUE },
	{ FILE_AT + 23, 0xf0, false, "state", EV_VALUE },
	{ FILE_AT + 22, 0xff, false, "size", EV_TRUNCATED },
	{ FILE_AT + 40, 0x55, false, "data checksum", EV_VALUE },
};

static void each_spoiled_file_is_named(void **state)
{
	struct ev_span file = contents_file("built.fd");

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		uint8_t *p = copy_of(file);
		struct au_part root =
			contents_part(AU_PART_VOLUME, ev_span_of(p, file.n));
		struct au_part_budget budget = au_part_budget();
		struct ev_error err = { 0 };

		p[files[i].at] = files[i].to;
		assert_int_equal(au_volume_open(&root, &budget, &err),
				 files[i].code);
		assert_string_equal(err.object, "ffs file");
		assert_string_equal(err.field, files[i].field);
		au_part_free(&root);
		free(p);
	}
	contents_free(file);
}

static void a_file_smaller_than_its_header_is_refused(void **state)
{
	struct ev_span file = contents_file("built.fd");
	uint8_t *p = copy_of(file);
	struct au_part root =
		contents_part(AU_PART_VOLUME, ev_span_of(p, file.n));
	struct au_part_budget budget = au_part_budget();
	struct ev_error err = { 0 };

	(void)state;
	memset(p + FILE_AT + 20, 0, 3);
	p[FILE_AT + 20] = 23;
	assert_int_equal(au_volume_open(&root, &budget, &err), EV_VALUE);
	assert_string_equal(err.field, "size");
	au_part_free(&root);
	free(p);
	contents_free(file);
}

static void what_is_hidden_in_free_space_is_a_part(void **state)
{
	struct ev_span file = contents_file("built.fd");
	uint8_t *p = copy_of(file);
	struct au_part root =
		contents_part(AU_PART_VOLUME, ev_span_of(p, file.n));
	struct au_part_budget budget = au_part_budget();
	struct ev_error err = { 0 };

	(void)state;
	p[file.n - 1] = 'x';
	p[3] = 'y'; /* the zero vector */
	mend(p);
	assert_int_equal(au_volume_open(&root, &budget, &err), EV_OK);
	assert_int_equal(root.inside[0].kind, AU_PART_PADDING);
	assert_int_equal(root.inside[root.n - 1].kind, AU_PART_PADDING);
	au_part_free(&root);
	free(p);
	contents_free(file);
}

static void volumes_follow_each_other_with_padding_between(void **state)
{
	struct ev_span file = contents_file("built.fd");
	size_t n = 2 * file.n + 64;
	uint8_t *p = malloc(n);
	struct au_part root = contents_part(AU_PART_FIRMWARE, ev_span_of(p, n));
	struct au_part_budget budget = au_part_budget();
	struct ev_error err = { 0 };

	(void)state;
	memset(p, 0, n);
	memcpy(p, file.p, file.n);
	p[file.n] = 1;
	memcpy(p + n - file.n, file.p, file.n);
	assert_int_equal(au_firmware_open(&root, &budget, &err), EV_OK);
	assert_int_equal(root.n, 3);
	assert_int_equal(root.inside[1].kind, AU_PART_PADDING);
	assert_int_equal(root.inside[2].offset, n - file.n);
	au_part_free(&root);
	free(p);
	contents_free(file);
}

static size_t count(const struct au_part *part, enum au_part_kind kind)
{
	size_t n = part->kind == kind;

	assert_int_equal(part->refused.code, EV_OK);
	for (size_t i = 0; i < part->n; i++)
		n += count(&part->inside[i], kind);
	return n;
}

/* The package is not everywhere; what it is made of does not change. */
static void debians_ovmf_opens_to_its_modules(void **state)
{
	static const char *const names[] = {
		"PeiCore",
		"PlatformPei",
		"DxeCore",
		"PlatformDxe",
		"QemuVideoDxe",
		"SecMain",
		"SecureBootConfigDxe",
		"Shell",
		"TdxDxe",
	};
	FILE *f = fopen(ovmf, "rb");
	uint8_t *p = malloc((size_t)2 << 20);
	struct au_part root =
		contents_part(AU_PART_FIRMWARE, ev_span_of(p, (size_t)2 << 20));

	(void)state;
	if (f == NULL) {
		au_part_free(&root);
		free(p);
		print_message("# skipped: the package ovmf is not here\n");
		skip();
	}
	assert_int_equal(fread(p, 1, (size_t)2 << 20, f), (size_t)2 << 20);
	fclose(f);
	contents_opens(&root);
	assert_int_equal(root.n, 3);
	assert_string_equal(root.inside[1].name, "FVMAIN_COMPACT");
	assert_in_range(count(&root, AU_PART_MODULE), 100, 250);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct au_part *part = contents_find(&root, names[i]);

		assert_int_equal(part->kind, AU_PART_MODULE);
	}
	au_part_free(&root);
	free(p);
}

static void known_guids_have_names(void **state)
{
	(void)state;
	assert_string_equal(
		au_firmware_guid_name("763bed0d-de9f-48f5-81f1-3e90e1b1a015"),
		"SECFV");
	assert_string_equal(au_firmware_guid_name("x"), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(modules_are_found_below_lzma),
		cmocka_unit_test(each_spoiled_header_is_named),
		cmocka_unit_test(every_prefix_of_a_volume_is_refused),
		cmocka_unit_test(a_block_map_without_an_end_is_refused),
		cmocka_unit_test(each_spoiled_file_is_named),
		cmocka_unit_test(a_file_smaller_than_its_header_is_refused),
		cmocka_unit_test(what_is_hidden_in_free_space_is_a_part),
		cmocka_unit_test(
			volumes_follow_each_other_with_padding_between),
		cmocka_unit_test(debians_ovmf_opens_to_its_modules),
		cmocka_unit_test(known_guids_have_names),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
