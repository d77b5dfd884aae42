/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files: sections, segments, what must be refused. */
#include "audit/contents/elf.h"

#include "tests/contents_sample.h"

/* Header, one program header at 64, ".text" at 0x100, names at 0x110, three
 * section headers at 0x140. */
enum { SIZE = 0x140 + 3 * 64, SECTIONS_AT = 0x140 };

static void put_section(uint8_t *p, size_t i, uint32_t name, uint32_t type,
			uint64_t offset, uint64_t size)
{
	uint8_t *s = p + SECTIONS_AT + i * 64;

	put_u32le(s, name);
	put_u32le(s + 4, type);
	put_u64le(s + 24, offset);
	put_u64le(s + 32, size);
}

static void put_elf(uint8_t p[SIZE])
{
	memset(p, 0, SIZE);
	memcpy(p,
	       "\x7f"
	       "ELF\x02\x01\x01",
	       7);
	put_u64le(p + 32, 64);
	put_u64le(p + 40, SECTIONS_AT);
	put_u16le(p + 54, 56);
	put_u16le(p + 56, 1);
	put_u16le(p + 58, 64);
	put_u16le(p + 60, 3);
	put_u16le(p + 62, 2);
	put_u32le(p + 64, 1); /* PT_LOAD */
	put_u64le(p + 64 + 8, 0x100);
	put_u64le(p + 64 + 32, 16);
	memcpy(p + 0x110, "\0.text\0.names\0", 14);
	put_section(p, 1, 1, 1, 0x100, 16);
	put_section(p, 2, 7, 3, 0x110, 14);
}

static enum ev_code open_elf(const uint8_t *p, size_t n, struct au_part *part,
			     struct ev_error *err)
{
	struct au_part_budget budget = au_part_budget();

	*part = contents_part(AU_PART_ELF, ev_span_of(p, n));
	return au_elf_open(part, &budget, err);
}

static void sections_are_parts(void **state)
{
	struct ev_error err = { 0 };
	struct au_part part;
	uint8_t p[SIZE];

	(void)state;
	put_elf(p);
	assert_int_equal(open_elf(p, SIZE, &part, &err), EV_OK);
	assert_int_equal(part.n, 5);
	assert_string_equal(part.inside[3].name, ".text");
	assert_int_equal(part.inside[3].offset, 0x100);
	assert_string_equal(part.inside[4].name, ".names");
	au_part_free(&part);
}

static void without_sections_segments_are(void **state)
{
	struct ev_error err = { 0 };
	struct au_part part;
	uint8_t p[SIZE];

	(void)state;
	put_elf(p);
	put_u16le(p + 60, 0);
	assert_int_equal(open_elf(p, SIZE, &part, &err), EV_OK);
	assert_int_equal(part.n, 3);
	assert_string_equal(part.inside[2].name, "segment 0");
	assert_int_equal(part.inside[2].bytes.n, 16);
	au_part_free(&part);
}

static const struct {
	size_t at;
	uint8_t to;
	const char *field;
	enum ev_code code;
} spoiled[] = {
	{ 4, 1, "class and byte order", EV_VALUE },
	{ 5, 2, "class and byte order", EV_VALUE },
	{ 54, 55, "program header size", EV_VALUE },
	{ 58, 65, "section header size", EV_VALUE },
	{ 39, 1, "program headers", EV_TRUNCATED },
	{ 47, 0xff, "section headers", EV_TRUNCATED },
	{ 61, 0xff, "section headers", EV_TRUNCATED },
	{ SECTIONS_AT + 2 * 64 + 31, 0xff, "section names", EV_TRUNCATED },
	{ SECTIONS_AT + 64 + 31, 0xff, "section", EV_TRUNCATED },
	{ SECTIONS_AT + 64 + 39, 0xff, "section", EV_TRUNCATED },
};

static void each_spoiled_field_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(*spoiled); i++) {
		struct ev_error err = { 0 };
		struct au_part part;
		uint8_t p[SIZE];

		put_elf(p);
		p[spoiled[i].at] = spoiled[i].to;
		assert_int_equal(open_elf(p, SIZE, &part, &err),
				 spoiled[i].code);
		assert_string_equal(err.object, "ELF file");
		assert_string_equal(err.field, spoiled[i].field);
		au_part_free(&part);
	}
}

/* Else two files of 65535 sections cost 65535 times their size. */
static void sections_that_overlap_are_refused(void **state)
{
	struct ev_error err = { 0 };
	struct au_part part;
	uint8_t p[SIZE];

	(void)state;
	put_elf(p);
	put_section(p, 1, 1, 1, 0, SIZE);
	assert_int_equal(open_elf(p, SIZE, &part, &err), EV_LIMIT);
	assert_string_equal(err.field, "sections");
	au_part_free(&part);
}

/* Else each of 65535 sections has a copy of a table of names. */
static void a_name_without_an_end_in_reach_is_refused(void **state)
{
	struct ev_error err = { 0 };
	struct au_part part;
	uint8_t p[SIZE + 257];

	(void)state;
	put_elf(p);
	memset(p + SIZE, 'a', 256);
	p[SIZE + 256] = 0;
	put_section(p, 2, 1, 3, SIZE, 257);
	assert_int_equal(open_elf(p, sizeof(p), &part, &err), EV_OK);
	assert_int_equal(strlen(part.inside[3].name), 255);
	au_part_free(&part);
	put_section(p, 1, 0, 1, 0x100, 16);
	assert_int_equal(open_elf(p, sizeof(p), &part, &err), EV_LIMIT);
	assert_string_equal(err.field, "section name");
	assert_int_equal(err.offset, SIZE);
	au_part_free(&part);
}

static void the_build_id_is_found_in_memory(void **state)
{
	static const uint8_t note[] = { 9,   9,	  9,   9, 4, 0, 0, 0,
					3,   0,	  0,   0, 3, 0, 0, 0,
					'G', 'N', 'U', 0, 1, 2, 3 };
	struct ev_span id = au_elf_build_id(EV_SPAN(note));

	(void)state;
	assert_int_equal(id.n, 3);
	assert_ptr_equal(id.p, note + 20);
	assert_int_equal(au_elf_build_id(ev_span_of(note, 22)).n, 0);
	assert_int_equal(au_elf_build_id(ev_span_of(note + 1, 22)).n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sections_are_parts),
		cmocka_unit_test(without_sections_segments_are),
		cmocka_unit_test(each_spoiled_field_is_named),
		cmocka_unit_test(sections_that_overlap_are_refused),
		cmocka_unit_test(a_name_without_an_end_in_reach_is_refused),
		cmocka_unit_test(the_build_id_is_found_in_memory),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
