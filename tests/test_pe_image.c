/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of firmware: read, refused, and two builds compared. */
#include "audit/contents/pe_image.h"

#include "audit/contents/pe_difference.h"
#include "tests/contents_sample.h"

enum { COFF = 0x44, OPTIONAL = 0x58, SECTIONS = 0x148 };

static void a_program_is_read(void **state)
{
	struct ev_span file = contents_file("program.efi");
	struct au_pe_image image;
	struct ev_error err = { 0 };
	struct ev_span at;
	size_t section;

	(void)state;
	assert_true(au_pe_image_recognise(file));
	assert_int_equal(au_pe_image_parse(file, &image, &err), EV_OK);
	assert_false(image.te);
	assert_true(image.plus);
	assert_int_equal(image.machine, 0x8664);
	assert_int_equal(image.n, 4);
	assert_string_equal(image.section[0].name, ".text");
	assert_string_equal(image.section[2].name, ".rsrc");
	assert_int_equal(image.entry, 0x220);
	assert_int_equal(image.debug.size, 28);
	assert_true(au_pe_image_at(&image, 0x220, 96, &at, &section));
	assert_int_equal(section, 0);
	assert_false(au_pe_image_at(&image, 0x220, 97, &at, &section));
	assert_false(au_pe_image_at(&image, 0, 1, &at, &section));
	contents_free(file);
}

static void a_te_image_counts_what_was_cut(void **state)
{
	struct ev_span file = contents_file("program.te");
	struct au_pe_image image;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_pe_image_parse(file, &image, &err), EV_OK);
	assert_true(image.te);
	assert_int_equal(image.n, 3);
	assert_int_equal(image.section[0].address, 0x220);
	assert_int_equal(image.section[0].offset, 0x220 - SECTIONS + 40);
	assert_int_equal(image.section[2].offset + image.section[2].bytes.n,
			 file.n);
	contents_free(file);
}

static const struct {
	const char *file;
	size_t at;
	uint32_t to; /* u16 */
	const char *field;
	enum ev_code code;
} spoiled[] = {
	{ "program.efi", 0, 0, "signature", EV_VALUE },
	{ "program.efi", 0x3c, 0xffff, "offset of PE header", EV_TRUNCATED },
	{ "program.efi", 0x40, 0, "signature", EV_VALUE },
	{ "program.efi", COFF + 2, 97, "sections", EV_LIMIT },
	{ "program.efi", COFF + 16, 100, "stack and heap", EV_TRUNCATED },
	{ "program.efi", OPTIONAL, 0x107, "optional header magic", EV_VALUE },
	{ "program.efi", SECTIONS + 16, 0xffff, "raw size", EV_TRUNCATED },
	{ "program.efi", SECTIONS + 20, 0xffff, "raw size", EV_TRUNCATED },
	{ "program.te", 6, 39, "stripped size", EV_VALUE },
	{ "program.te", 40 + 20, 0, "raw size", EV_TRUNCATED },
	{ "program.te", 4, 255 | 10 << 8, "sections", EV_LIMIT },
};

static void each_spoiled_field_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(*spoiled); i++) {
		struct ev_span file = contents_file(spoiled[i].file);
		uint8_t *p = malloc(file.n);
		struct au_pe_image image;
		struct ev_error err = { 0 };

		memcpy(p, file.p, file.n);
		put_u16le(p + spoiled[i].at, spoiled[i].to);
		assert_int_equal(
			au_pe_image_parse(ev_span_of(p, file.n), &image, &err),
			spoiled[i].code);
		assert_string_equal(err.object, "program");
		assert_string_equal(err.field, spoiled[i].field);
		free(p);
		contents_free(file);
	}
}

static void every_prefix_is_refused(void **state)
{
	static const char *const names[] = { "program.efi", "program.te" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct ev_span file = contents_file(names[i]);

		for (size_t n = 0; n < file.n; n++) {
			uint8_t *p = malloc(n + 1);
			struct au_pe_image image;
			struct ev_error err = { 0 };

			memcpy(p, file.p, n);
			assert_int_not_equal(au_pe_image_parse(ev_span_of(p, n),
							       &image, &err),
					     EV_OK);
			free(p);
		}
		contents_free(file);
	}
}

/* Program of a module of a forged volume, copied. */
static struct ev_span program_of(const char *file, const char *module)
{
	struct ev_span in = contents_file(file);
	struct au_part root = contents_part(AU_PART_FIRMWARE, in);
	struct ev_span out;
	uint8_t *p;

	contents_opens(&root);
	out = contents_find(&root, module)->inside[0].bytes;
	p = malloc(out.n);
	memcpy(p, out.p, out.n);
	out.p = p;
	au_part_free(&root);
	contents_free(in);
	return out;
}

static struct au_pe_difference difference(struct ev_span a, struct ev_span b)
{
	struct au_pe_difference d;
	struct ev_error err = { 0 };

	assert_int_equal(au_pe_difference_of(a, b, &d, &err), EV_OK);
	return d;
}

static void a_longer_path_is_section_size_alone(void **state)
{
	static const char *const modules[] = { "CoreDxe", "VideoDxe",
					       "SetupApp" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct ev_span a = program_of("built.fd", modules[i]);
		struct ev_span b = program_of("built-elsewhere.fd", modules[i]);
		struct au_pe_difference d = difference(a, b);

		assert_int_not_equal(a.n, b.n);
		assert_int_equal(d.verdict, AU_PE_SIZES);
		assert_true(d.path_room);
		assert_true(d.resized);
		assert_int_equal(d.rebased, i == 1);
		assert_int_equal(d.n, 0);
		contents_free(a);
		contents_free(b);
	}
}

static void an_address_alone_is_no_size(void **state)
{
	struct ev_span a = program_of("built.fd", "BusDxe");
	struct ev_span b = program_of("built-elsewhere.fd", "BusDxe");
	struct au_pe_difference d = difference(a, b);

	(void)state;
	assert_int_equal(d.verdict, AU_PE_SIZES);
	assert_true(d.rebased);
	assert_false(d.resized);
	assert_false(d.path_room);
	contents_free(a);
	contents_free(b);
}

/* Zeros that are too few for a debug entry and its header prove no path. */
static void a_short_room_is_none_for_a_path(void **state)
{
	struct ev_span a = program_of("built.fd", "DiskDxe");
	struct ev_span b = program_of("built-elsewhere.fd", "DiskDxe");
	struct au_pe_difference d;
	uint8_t *p = (uint8_t *)(uintptr_t)a.p, *q;

	(void)state;
	assert_true(difference(a, b).path_room);
	q = memmem(b.p, b.n, "table of", 8);
	p = memmem(a.p, a.n, "table of", 8);
	assert_true(p != NULL && q != NULL);
	/* .data of B has 64 bytes: 43 zeros are left. */
	p[20] = q[20] = 'x';
	d = difference(a, b);
	assert_int_equal(d.verdict, AU_PE_SIZES);
	assert_false(d.path_room);
	contents_free(a);
	contents_free(b);
}

static void another_code_is_found_where_it_is(void **state)
{
	struct ev_span a = program_of("built.fd", "VideoDxe");
	struct ev_span b = program_of("patched.fd", "VideoDxe");
	struct au_pe_difference d = difference(a, b);

	(void)state;
	assert_int_equal(d.verdict, AU_PE_OTHER);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.change[0].name, ".text");
	assert_int_equal(d.change[0].at, 0x220);
	assert_int_equal(difference(a, a).verdict, AU_PE_SAME);
	contents_free(a);
	contents_free(b);
}

static size_t first_of(const struct ev_span in, const char *text)
{
	const uint8_t *p = memmem(in.p, in.n, text, strlen(text));

	assert_non_null(p);
	return (size_t)(p - in.p);
}

/* Whatever is changed in one of two builds in different folders shows, be it
 * one bit of code, data, a header, the blank room or the padding. */
static void nothing_hides(const char *module)
{
	struct ev_span a = program_of("built.fd", module);
	struct ev_span b = program_of("built-elsewhere.fd", module);
	uint8_t *p = malloc(b.n);
	size_t data = first_of(b, "table of");
	/* From .data on: 19 bytes to the debug entry at a multiple of four. */
	size_t entry = data + 20;
	const struct {
		size_t at;
		const char *name;
	} at[] = {
		{ 0x220, ".text" },
		{ 0x220 + 95, ".text" },
		{ data, ".data" },
		{ entry + 4, ".data" },	     /* its time stamp */
		{ entry + 28 + 3, ".data" }, /* the room for the path */
		{ b.n - 1, ".reloc" },	     /* padding behind the last */
		{ COFF + 4, "header" },	     /* time stamp */
		{ OPTIONAL + 16, "header" }, /* entry point */
		{ 0x10, "header" },	     /* the DOS header */
		{ 0x21f, "header" },	     /* behind the sections' table */
		{ SECTIONS + 36, "header" }, /* attributes of .text */
		{ SECTIONS + 40 + 12, "header" },  /* address of .data */
		{ SECTIONS + 80 + 12, "header" },  /* of what follows it */
		{ OPTIONAL + 112 + 40, "header" }, /* of relocations */
		{ OPTIONAL + 112 + 44, "header" }, /* their size */
		{ OPTIONAL + 112 + 16, "header" }, /* of resources */
		{ OPTIONAL + 112 + 48, "header" }, /* of the debug entry */
	};

	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		struct au_pe_difference d;

		memcpy(p, b.p, b.n);
		p[at[i].at] ^= 0x40;
		d = difference(a, ev_span_of(p, b.n));
		assert_int_equal(d.verdict, AU_PE_OTHER);
		assert_true(d.n >= 1);
		assert_string_equal(d.change[0].name, at[i].name);
	}
	free(p);
	contents_free(a);
	contents_free(b);
}

static void nothing_hides_behind_a_longer_path(void **state)
{
	(void)state;
	nothing_hides("CoreDxe");
	nothing_hides("DiskDxe");
	nothing_hides("SetupApp");
}

/* Sizes of code and image and the sum go with what moves, and only with it. */
static void a_field_that_nothing_moved_is_a_difference(void **state)
{
	static const size_t at[] = { OPTIONAL + 4, OPTIONAL + 58,
				     OPTIONAL + 67 };
	struct ev_span a = program_of("built.fd", "CoreDxe");
	uint8_t *p = malloc(a.n + 2);

	(void)state;
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		struct au_pe_difference d;

		memcpy(p, a.p, a.n);
		p[at[i]] ^= 0x40;
		d = difference(a, ev_span_of(p, a.n));
		assert_int_equal(d.verdict, AU_PE_OTHER);
		assert_int_equal(d.n, 1);
		assert_string_equal(d.change[0].name, "header");
		assert_int_equal(d.change[0].at, at[i]);
		assert_int_equal(d.change[0].n, 1);
	}
	memcpy(p, a.p, a.n);
	memset(p + a.n, 0, 2);
	assert_string_equal(
		difference(a, ev_span_of(p, a.n + 2)).change[0].name, "file");
	free(p);
	contents_free(a);
}

/* A loader takes no more than either size of a section says: what is cut off
 * still stands in the file, and is not loaded. */
static void what_is_not_loaded_is_no_size(void **state)
{
	static const size_t sizes[] = { 8, 16 }; /* in memory, in the file */
	struct ev_span a = program_of("built.fd", "CoreDxe");
	uint8_t *p = malloc(a.n);

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		size_t at = SECTIONS + i / 2 * 40 + sizes[i % 2];
		struct au_pe_difference d;

		memcpy(p, a.p, a.n);
		put_u32le(p + at, 4);
		d = difference(a, ev_span_of(p, a.n));
		assert_int_equal(d.verdict, AU_PE_OTHER);
		assert_string_equal(d.change[d.n - 1].name,
				    i < 2 ? ".text" : ".data");
		/* In front of it all is loaded as before. */
		if (i < 2)
			assert_int_equal(d.change[d.n - 1].at, 0x220 + 4);
	}
	free(p);
	contents_free(a);
}

/* The table of relocations of one, which relocates itself, looks like that of
 * the other: the word that it no more relocates is left as it is. */
static void a_table_does_not_move_itself(void **state)
{
	struct ev_span a = contents_file("program.efi");
	uint8_t *p = malloc(a.n);
	struct au_pe_image image;
	struct au_pe_difference d;
	struct ev_error err = { 0 };
	const struct au_pe_section *table;
	uint32_t base;

	(void)state;
	memcpy(p, a.p, a.n);
	assert_int_equal(au_pe_image_parse(a, &image, &err), EV_OK);
	table = &image.section[3];
	assert_int_equal(table->address, image.relocations.address);
	/* Its one entry is of the word at 0x228. */
	base = (uint32_t)table->address - 0x228;
	put_u32le(p + table->offset, base);
	put_u32le(p + OPTIONAL + 24, base);
	d = difference(a, ev_span_of(p, a.n));
	assert_int_equal(d.verdict, AU_PE_OTHER);
	assert_string_equal(d.change[d.n - 1].name, ".reloc");
	free(p);
	contents_free(a);
}

static void another_number_of_sections_is_a_difference(void **state)
{
	struct ev_span a = program_of("built.fd", "CoreDxe");
	uint8_t *p = malloc(a.n);

	(void)state;
	memcpy(p, a.p, a.n);
	p[COFF + 2] = 2;
	assert_int_equal(difference(a, ev_span_of(p, a.n)).verdict,
			 AU_PE_OTHER);
	free(p);
	contents_free(a);
}

static void what_is_no_program_is_refused(void **state)
{
	struct ev_span a = program_of("built.fd", "CoreDxe");
	struct au_pe_difference d;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(
		au_pe_difference_of(a, EV_SPAN_LITERAL("MZ"), &d, &err),
		EV_TRUNCATED);
	contents_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_is_read),
		cmocka_unit_test(a_te_image_counts_what_was_cut),
		cmocka_unit_test(each_spoiled_field_is_named),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(a_longer_path_is_section_size_alone),
		cmocka_unit_test(an_address_alone_is_no_size),
		cmocka_unit_test(a_short_room_is_none_for_a_path),
		cmocka_unit_test(another_code_is_found_where_it_is),
		cmocka_unit_test(nothing_hides_behind_a_longer_path),
		cmocka_unit_test(a_field_that_nothing_moved_is_a_difference),
		cmocka_unit_test(what_is_not_loaded_is_no_size),
		cmocka_unit_test(a_table_does_not_move_itself),
		cmocka_unit_test(another_number_of_sections_is_a_difference),
		cmocka_unit_test(what_is_no_program_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
