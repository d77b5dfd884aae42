/* SPDX-License-Identifier: Apache-2.0 */
/* Two versions of one component: first screen and findings. */
#include "audit/contents/contents_diff.h"

#include "tests/contents_sample.h"

#define VIDEO "module VideoDxe (11111111-0000-4000-8000-000000000001)"

struct two {
	struct ev_span a, b;
	struct au_contents_diff diff;
};

static void compare(struct two *t, enum au_part_kind kind)
{
	struct au_part a = contents_part(kind, t->a);
	struct au_part b = contents_part(kind, t->b);
	struct ev_error err = { 0 };

	assert_int_equal(au_contents_diff_parts(&a, &b, &t->diff, &err), EV_OK);
	au_part_free(&a);
	au_part_free(&b);
}

static void compare_files(struct two *t, const char *a, const char *b,
			  enum au_part_kind kind)
{
	t->a = contents_file(a);
	t->b = contents_file(b);
	compare(t, kind);
}

static void end(struct two *t)
{
	au_contents_diff_free(&t->diff);
	assert_null(t->diff.item);
	contents_free(t->a);
	contents_free(t->b);
}

/* Bytes of a volume that no file of it stands for: before its extended header,
 * and in its own header (the checksum put right with the last of it). */
static void what_stands_between_the_parts_is_not_placed_otherwise(void **state)
{
	static const struct {
		size_t at[2];
		uint8_t by[2];
		const char *sentence;
	} cases[] = {
		{ { 80, 80 }, { 1, 0 }, "padding differs: first at 0x8" },
		{ { 54, 50 },
		  { 1, 0xff },
		  "volume FVMAIN_COMPACT (48db5e17-707c-472d-91cd-1613e7ef51b0) "
		  "differs outside of all that it holds: first at 0x32" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct two t = { .a = contents_file("built.fd"),
				 .b = contents_file("built.fd") };
		uint8_t *p = (uint8_t *)(uintptr_t)t.b.p;

		for (size_t k = 0; k < 2; k++)
			p[cases[i].at[k]] =
				(uint8_t)(p[cases[i].at[k]] + cases[i].by[k]);
		compare(&t, AU_PART_FIRMWARE);
		assert_int_equal(t.diff.n, 1);
		assert_string_equal(t.diff.item[0].sentence, cases[i].sentence);
		assert_int_equal(t.diff.count[AU_FOUND_CHANGED], 1);
		assert_int_equal(t.diff.count[AU_FOUND_PACKED], 0);
		end(&t);
	}
}

static void another_build_folder_is_section_size_and_nothing_else(void **state)
{
	struct two t;
	const struct au_finding *f;

	(void)state;
	compare_files(&t, "built.fd", "built-elsewhere.fd", AU_PART_FIRMWARE);
	assert_false(t.diff.equal);
	assert_string_equal(t.diff.sentence,
			    "4 modules differ only in section size, 1 more "
			    "only in the address which that moves; build path "
			    "length");
	assert_int_equal(t.diff.count[AU_FOUND_SIZE], 4);
	assert_int_equal(t.diff.count[AU_FOUND_MOVED], 1);
	assert_int_equal(t.diff.n, 10);
	for (unsigned int i = 0; i < AU_FOUND_N; i++)
		assert_true(i == AU_FOUND_SIZE || i == AU_FOUND_MOVED ||
			    t.diff.count[i] == 0);
	f = &t.diff.item[2];
	assert_int_equal(f->depth, 0);
	assert_int_equal(f->kind, AU_PART_MODULE);
	assert_string_equal(f->name, "VideoDxe");
	assert_string_equal(f->guid, "11111111-0000-4000-8000-000000000001");
	assert_string_equal(f->where,
			    "firmware / FVMAIN_COMPACT / packed volumes / "
			    "GUID-defined / DXEFV");
	assert_string_equal(f->sentence, VIDEO " differs only in section size");
	assert_true(f->size_a > f->size_b);
	assert_int_equal(t.diff.item[3].depth, 1);
	assert_string_equal(t.diff.item[3].sentence,
			    "section sizes and what they move, room for the "
			    "build path, image base and relocated words");
	end(&t);
}

static void another_source_names_the_module(void **state)
{
	struct two t;

	(void)state;
	compare_files(&t, "built.fd", "patched.fd", AU_PART_FIRMWARE);
	assert_string_equal(t.diff.sentence,
			    VIDEO " differs: .text, first at 0x220");
	assert_int_equal(t.diff.n, 2);
	assert_int_equal(t.diff.item[1].found, AU_FOUND_CHANGED);
	assert_int_equal(t.diff.item[1].at, 0x220);
	assert_string_equal(t.diff.item[1].name, ".text");
	end(&t);
}

static void a_patch_does_not_hide_behind_another_folder(void **state)
{
	struct two t;

	(void)state;
	compare_files(&t, "built-elsewhere.fd", "patched.fd", AU_PART_FIRMWARE);
	assert_string_equal(t.diff.sentence,
			    VIDEO " differs: .text, first at 0x220; "
				  "3 modules differ only in section size, 1 "
				  "more only in the address which that moves; "
				  "build path length");
	end(&t);
}

/* A base that moved without the program moves what its words point to. */
static void a_base_moves_with_its_program(void **state)
{
	enum { BASE = 0x58 + 24, WORD = 0x220 + 8 };
	struct two t;
	uint8_t *b;

	(void)state;
	t.a = contents_file("program.efi");
	b = malloc(t.a.n);
	memcpy(b, t.a.p, t.a.n);
	b[BASE + 1] = (uint8_t)(b[BASE + 1] + 0x10);
	b[WORD + 1] = (uint8_t)(b[WORD + 1] + 0x10);
	t.b = ev_span_of(b, t.a.n);
	compare(&t, AU_PART_PE);
	assert_string_equal(t.diff.sentence,
			    "program differs: image base moves by 4096, the "
			    "program by 0");
	assert_int_equal(t.diff.count[AU_FOUND_CHANGED], 1);
	end(&t);
}

/* The name of one file becomes another of a second: who unpacks the archive
 * writes the second's data into both. */
static void a_link_is_a_difference(void **state)
{
	enum { INODE = 6, LINKS = 6 + 4 * 8, FILE_SYSTEM = 6 + 7 * 8 };
	static const size_t at[] = { INODE, LINKS, FILE_SYSTEM };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct two t;
		uint8_t *a, *b;

		t.a = contents_file("initrd.cpio");
		a = (uint8_t *)(uintptr_t)t.a.p;
		a[LINKS + 7] = '2';
		b = malloc(t.a.n);
		memcpy(b, a, t.a.n);
		b[at[i] + 7] = '7';
		t.b = ev_span_of(b, t.a.n);
		compare(&t, AU_PART_CPIO);
		assert_int_equal(t.diff.count[AU_FOUND_CHANGED], 1);
		assert_non_null(strstr(t.diff.sentence, "file init differs"));
		end(&t);
	}
}

/* 5473c07a-3dcb-4dca-bd6f-1e9689e7349a */
static const uint8_t FFS3[16] = { 0x7a, 0xc0, 0x73, 0x54, 0xcb, 0x3d,
				  0xca, 0x4d, 0xbd, 0x6f, 0x1e, 0x96,
				  0x89, 0xe7, 0x34, 0x9a };

static unsigned int sum16(const uint8_t *p, size_t n)
{
	unsigned int sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += p[i] | (unsigned int)p[i + 1] << 8;
	return sum & 0xffff;
}

/* Whether the firmware must decode a section, all else being the same. */
static void a_packing_is_a_difference(void **state)
{
	static const uint8_t lzma[] = { 0x98, 0x58, 0x4e, 0xee };
	struct two t;
	uint8_t *b, *section, *file;

	(void)state;
	t.a = contents_file("built.fd");
	b = malloc(t.a.n);
	memcpy(b, t.a.p, t.a.n);
	section = memmem(b, t.a.n, lzma, sizeof(lzma));
	assert_non_null(section);
	assert_int_equal(section[18], 1);
	section[18] = 0;
	/* The sum of the file around it: behind four bytes of the section's
	 * head and 24 of the file's. */
	file = section - 4 - 24;
	file[17] = (uint8_t)(file[17] + 1);
	t.b = ev_span_of(b, t.a.n);
	compare(&t, AU_PART_FIRMWARE);
	assert_string_equal(t.diff.sentence,
			    "packing attributes differs: first at 0x0");
	end(&t);
}

/* The file system of a volume, whose header sums up as before. */
static void a_file_system_is_a_difference(void **state)
{
	struct two t;
	uint8_t *b;

	(void)state;
	t.a = contents_file("built.fd");
	b = malloc(t.a.n);
	memcpy(b, t.a.p, t.a.n);
	memcpy(b + 16, FFS3, sizeof(FFS3));
	b[50] = b[51] = 0;
	put_u16le(b + 50, 0x10000 - sum16(b, 72));
	t.b = ev_span_of(b, t.a.n);
	compare(&t, AU_PART_FIRMWARE);
	assert_string_equal(t.diff.sentence,
			    "file system differs: first at 0x0");
	end(&t);
}

static void equal_bytes_are_no_difference(void **state)
{
	struct two t;

	(void)state;
	compare_files(&t, "built.fd", "built.fd", AU_PART_FIRMWARE);
	assert_true(t.diff.equal);
	assert_int_equal(t.diff.n, 0);
	assert_string_equal(t.diff.sentence, "no difference");
	end(&t);
}

/* The dictionary in the header of LZMA, and the file's sum with it. */
static void the_same_packed_otherwise_is_said_so(void **state)
{
	static const uint8_t lzma[] = { 0x5d, 0, 0, 1, 0 };
	struct two t;
	uint8_t *b;

	(void)state;
	t.a = contents_file("built.fd");
	t.b = contents_file("built.fd");
	b = memmem(t.b.p, t.b.n, lzma, sizeof(lzma));
	assert_non_null(b);
	b[3]++;
	b = (uint8_t *)(uintptr_t)t.b.p;
	b[120 + 17]--;
	compare(&t, AU_PART_FIRMWARE);
	assert_string_equal(t.diff.sentence,
			    "packed section GUID-defined "
			    "(ee4e5898-3914-4259-9d6e-dc7bd79403cf): the same "
			    "contents, placed otherwise");
	assert_int_equal(t.diff.count[AU_FOUND_PACKED], 1);
	end(&t);
}

static void what_cannot_be_read_is_said_so(void **state)
{
	struct two t;

	(void)state;
	t.a = contents_file("built.fd");
	t.b = contents_file("built.fd");
	((uint8_t *)(uintptr_t)t.b.p)[120 + 200] ^= 1; /* in the LZMA */
	compare(&t, AU_PART_FIRMWARE);
	assert_int_equal(t.diff.n, 1);
	assert_int_equal(t.diff.item[0].found, AU_FOUND_UNREAD);
	assert_non_null(strstr(t.diff.sentence,
			       "differs and cannot be read in B: ffs file: "
			       "data checksum at byte"));
	end(&t);
}

static void files_of_an_initrd_are_named(void **state)
{
	struct two t;
	uint8_t *b;

	(void)state;
	t.a = contents_file("initrd.cpio");
	t.b = contents_file("initrd.cpio");
	b = (uint8_t *)(uintptr_t)t.b.p;
	/* etc/version: another digit and mode; init: another name. */
	*(uint8_t *)memmem(b, t.b.n, "1\n", 2) = '2';
	*(uint8_t *)memmem(b, t.b.n, "init", 4) = 'I';
	b = memmem(b, t.b.n, "etc/version", 11);
	assert_non_null(b);
	memcpy(b - 110 + 14, "000081ed", 8);
	b[-110 + 29] = '7'; /* its user */
	compare(&t, AU_PART_CPIO);
	assert_int_equal(t.diff.count[AU_FOUND_CHANGED], 1);
	assert_int_equal(t.diff.count[AU_FOUND_ONLY_A], 1);
	assert_int_equal(t.diff.count[AU_FOUND_ONLY_B], 1);
	assert_string_equal(
		t.diff.sentence,
		"file etc/version differs: mode 100644 in A, "
		"100755 in B, and 1 more; file init, 10 bytes, only in A; "
		"file Init, 10 bytes, only in B");
	end(&t);
}

static void a_program_in_an_initrd_is_opened(void **state)
{
	struct two t;
	uint8_t *b;

	(void)state;
	t.a = contents_file("initrd.cpio");
	t.b = contents_file("initrd.cpio");
	b = memmem(t.b.p, t.b.n, ".reloc", 6);
	assert_non_null(b);
	b = memmem(t.b.p, t.b.n, "MZ", 2);
	assert_non_null(b);
	b[0x221] ^= 1;
	compare(&t, AU_PART_CPIO);
	assert_string_equal(t.diff.sentence,
			    "file bin/program differs: .text, first at 0x221");
	end(&t);
}

static void another_order_is_told(void **state)
{
	struct two t;
	uint8_t *b;
	/* init and etc/version have 128 bytes each, in this order. */
	uint8_t first[128];

	(void)state;
	t.a = contents_file("initrd.cpio");
	t.b = contents_file("initrd.cpio");
	b = (uint8_t *)(uintptr_t)t.b.p;
	memcpy(first, b, sizeof(first));
	memmove(b, b + 128, 128);
	memcpy(b + 128, first, sizeof(first));
	compare(&t, AU_PART_CPIO);
	assert_string_equal(t.diff.sentence,
			    "cpio archive: what it holds stands in another "
			    "order");
	end(&t);
}

/* A volume of one file, which has in in a volume section; in is freed. */
static struct ev_span inside_volume(struct ev_span in)
{
	size_t n = 72 + 24 + 4 + 4 + in.n;
	uint8_t *p = calloc(1, n), *file = p + 72;
	unsigned int sum = 0;

	assert_non_null(p);
	memcpy(p + 16,
	       "\x78\xe5\x8c\x8c\x3d\x8a\x1c\x4f\x99\x35\x89\x61"
	       "\x85\xc3\x2d\xd3",
	       16);
	put_u64le(p + 32, n);
	memcpy(p + 40, "_FVH", 4);
	put_u32le(p + 44, 0x800);
	put_u16le(p + 48, 72);
	p[55] = 2;
	put_u32le(p + 56, 1);
	put_u32le(p + 60, (uint32_t)n);
	for (size_t i = 0; i < 72; i += 2)
		sum += p[i] | (unsigned int)p[i + 1] << 8;
	put_u16le(p + 50, 0x10000 - (sum & 0xffff));
	file[18] = 0x0b;
	put_u32le(file + 20, (uint32_t)(n - 72));
	sum = 0;
	for (size_t i = 0; i < 24; i++)
		sum += file[i];
	file[16] = (uint8_t)-sum;
	file[17] = 0xaa;
	file[23] = 0xf8;
	put_u32le(file + 24, 0x00ffffff | 0x17u << 24);
	put_u32le(file + 28, (uint32_t)(n - 72 - 24));
	memcpy(file + 32, in.p, in.n);
	contents_free(in);
	return ev_span_of(p, n);
}

/* What is too deep to be opened is not said to hold the same. */
static void what_is_too_deep_differs(void **state)
{
	struct ev_span a = contents_file("built.fd");
	struct ev_span b = contents_file("patched.fd");
	struct two t = { 0 };

	(void)state;
	for (unsigned int i = 0; i < AU_PARTS_DEPTH; i++) {
		a = inside_volume(a);
		b = inside_volume(b);
	}
	t.a = a;
	t.b = b;
	compare(&t, AU_PART_FIRMWARE);
	assert_int_equal(t.diff.count[AU_FOUND_CHANGED], 1);
	assert_int_equal(t.diff.count[AU_FOUND_PACKED], 0);
	assert_non_null(strstr(t.diff.sentence, " differs: first at 0x"));
	end(&t);
}

static void plain_bytes_differ_at_a_place(void **state)
{
	struct au_part a =
		contents_part(AU_PART_BYTES, EV_SPAN_LITERAL("same, then a"));
	struct au_part b =
		contents_part(AU_PART_BYTES, EV_SPAN_LITERAL("same, then bb"));
	struct au_contents_diff d;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_contents_diff_parts(&a, &b, &d, &err), EV_OK);
	assert_string_equal(d.sentence, "bytes differs: first at 0xb, 12 bytes "
					"in A and 13 in B");
	assert_int_equal(d.item[0].at, 11);
	au_contents_diff_free(&d);
	au_part_free(&a);
	au_part_free(&b);
}

static void the_list_ends_and_counts_on(void **state)
{
	enum { N = 5000, SIZE = 116 };
	char *p[2] = { malloc((N + 2) * SIZE), malloc((N + 2) * SIZE) };
	size_t n[2] = { 0, 0 };
	struct two t;

	(void)state;
	for (int side = 0; side < 2; side++) {
		for (int i = 0; i < N; i++)
			n[side] +=
				(size_t)snprintf(
					p[side] + n[side], SIZE + 1,
					"070701%08x%08x%08x%08x%08x%08x%08x%08x%08x"
					"%08x%08x%08x%08xf%04d",
					i, 0100644, 0, 0, 1, 0, 0, side, 0, 0,
					0, 6, 0, i) +
				1;
		n[side] +=
			(size_t)snprintf(
				p[side] + n[side], 2 * SIZE,
				"070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
				"%08x%08xTRAILER!!!",
				0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 11, 0) +
			4;
		memset(p[side] + n[side] - 4, 0, 4);
	}
	/* One side has other names: all are only in one. */
	for (int i = 0; i < N; i++)
		p[1][i * SIZE + 110] = 'g';
	t.a = ev_span_of(p[0], n[0]);
	t.b = ev_span_of(p[1], n[1]);
	compare(&t, AU_PART_CPIO);
	assert_int_equal(t.diff.n, AU_FINDINGS_MAX);
	assert_int_equal(t.diff.n + t.diff.n_more, 2 * N);
	assert_int_equal(t.diff.count[AU_FOUND_ONLY_A], N);
	assert_int_equal(t.diff.count[AU_FOUND_ONLY_B], N);
	end(&t);
}

static void classes_have_stable_words(void **state)
{
	(void)state;
	assert_string_equal(au_finding_class_name(AU_FOUND_SIZE),
			    "section-size");
	for (unsigned int i = 0; i < AU_FOUND_N; i++)
		assert_non_null(
			au_finding_class_name((enum au_finding_class)i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_stands_between_the_parts_is_not_placed_otherwise),
		cmocka_unit_test(
			another_build_folder_is_section_size_and_nothing_else),
		cmocka_unit_test(another_source_names_the_module),
		cmocka_unit_test(a_patch_does_not_hide_behind_another_folder),
		cmocka_unit_test(a_base_moves_with_its_program),
		cmocka_unit_test(a_link_is_a_difference),
		cmocka_unit_test(a_packing_is_a_difference),
		cmocka_unit_test(a_file_system_is_a_difference),
		cmocka_unit_test(equal_bytes_are_no_difference),
		cmocka_unit_test(the_same_packed_otherwise_is_said_so),
		cmocka_unit_test(what_cannot_be_read_is_said_so),
		cmocka_unit_test(files_of_an_initrd_are_named),
		cmocka_unit_test(a_program_in_an_initrd_is_opened),
		cmocka_unit_test(another_order_is_told),
		cmocka_unit_test(what_is_too_deep_differs),
		cmocka_unit_test(plain_bytes_differ_at_a_place),
		cmocka_unit_test(the_list_ends_and_counts_on),
		cmocka_unit_test(classes_have_stable_words),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
