/* SPDX-License-Identifier: Apache-2.0 */
/* The strict ustar profile: what is refused, what is noted. */
#include "evidence/tar.h"

#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* What a walk over a whole tar found. */
struct outcome {
	enum ev_code code;
	struct ev_error err;
	struct ev_error note;
	size_t members;
	char last[EV_TAR_NAME];
	struct ev_span data;
};

static struct outcome walk(struct ev_span in)
{
	struct outcome o = { 0 };
	struct ev_tar tar = { .in = in };
	struct ev_tar_member m;
	bool end = false;

	while (!end) {
		o.code = ev_tar_next(&tar, &m, &end, &o.note, &o.err);
		if (o.code != EV_OK || end)
			return o;
		o.members++;
		memcpy(o.last, m.name, sizeof(o.last));
		o.data = m.data;
	}
	return o;
}

/* --- tars made here, by hand --- */

#define TAR_MAX 20480

static void put_sum(uint8_t *h)
{
	unsigned int sum = 0;

	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < EV_TAR_BLOCK; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
	h[155] = ' ';
}

/* The table of archive.md 2, field by field. */
static void put_header(uint8_t *h, const char *name, unsigned int size)
{
	memset(h, 0, EV_TAR_BLOCK);
	memcpy(h, name, strlen(name));
	memcpy(h + 100, "000644 ", 7);
	memcpy(h + 108, "000000 ", 7);
	memcpy(h + 116, "000000 ", 7);
	snprintf((char *)h + 124, 12, "%011o", size);
	h[135] = ' ';
	memcpy(h + 136, "00000000000 ", 12);
	h[156] = '0';
	memcpy(h + 257,
	       "ustar\0"
	       "00",
	       8);
	memcpy(h + 329, "000000 ", 7);
	memcpy(h + 337, "000000 ", 7);
	put_sum(h);
}

/* One member of five bytes and the end: 2048 bytes. */
static size_t put_tar(uint8_t *p)
{
	memset(p, 0, TAR_MAX);
	put_header(p, "items/a", 5);
	memcpy(p + 512, "hello", 5);
	return 2048;
}

static void canonical_members_are_taken_without_a_note(void **state)
{
	static uint8_t tar[TAR_MAX];
	struct outcome o = walk(ev_span_of(tar, put_tar(tar)));

	(void)state;
	assert_int_equal(o.code, EV_OK);
	assert_int_equal(o.note.code, EV_OK);
	assert_int_equal(o.members, 1);
	assert_string_equal(o.last, "items/a");
	assert_true(ev_span_eq(o.data, EV_SPAN_LITERAL("hello")));
}

static void every_truncation_is_refused(void **state)
{
	static uint8_t tar[TAR_MAX];
	size_t n = put_tar(tar);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		uint8_t *copy = malloc(i + 1);
		struct outcome o;

		assert_non_null(copy);
		memcpy(copy, tar, i);
		o = walk(ev_span_of(copy, i));
		if (o.code == EV_OK)
			fail_msg("%zu bytes are taken", i);
		free(copy);
	}
}

/* Byte 154 from NUL to space and byte 155 from space to NUL are other legal
 * ways to end the checksum; every other flip breaks it. */
static void every_bit_of_the_header_counts(void **state)
{
	static uint8_t tar[TAR_MAX];
	size_t n = put_tar(tar);

	(void)state;
	for (size_t bit = 0; bit < 8 * (size_t)EV_TAR_BLOCK; bit++) {
		bool tail = bit == 154 * 8 + 5 || bit == 155 * 8 + 5;
		struct outcome o;

		tar[bit / 8] ^= (uint8_t)(1U << bit % 8);
		o = walk(ev_span_of(tar, n));
		if ((o.code == EV_OK) != tail || (o.note.code != EV_OK) != tail)
			fail_msg("bit %zu is not seen", bit);
		tar[bit / 8] ^= (uint8_t)(1U << bit % 8);
	}
}

enum verdict { TAKEN, NOTED, REFUSED };

struct spelling {
	const char *field;
	size_t offset, n;
	const char *bytes;
	enum verdict verdict;
};

/* Each with a right checksum, so that the field itself must be looked at. */
static const struct spelling spellings[] = {
	{ "name", 0, 7, "\0\0\0\0\0\0\0", REFUSED },
	{ "name", 50, 1, "x", REFUSED },
	{ "mode", 100, 8, "0000644\0", NOTED },
	{ "mode", 100, 8, "644 \0\0\0\0", NOTED },
	{ "mode", 100, 8, "000755 \0", NOTED },
	{ "mode", 100, 8, "00000644", REFUSED },
	{ "mode", 100, 8, " 00644 \0", REFUSED },
	{ "mode", 100, 8, "000648 \0", REFUSED },
	{ "mode", 100, 8, "\0\0\0\0\0\0\0\0", REFUSED },
	{ "mode", 100, 8, "-00644 \0", REFUSED },
	{ "mode", 100, 8, "000644 x", REFUSED },
	{ "uid", 108, 8, "0001750\0", NOTED },
	{ "uid", 108, 8, "\x80\0\0\0\0\0\0\0", REFUSED },
	{ "gid", 116, 8, "0001750\0", NOTED },
	{ "gid", 116, 8, "+00000 \0", REFUSED },
	{ "size", 124, 12, "00000000005\0", NOTED },
	{ "size", 124, 12, "5 \0 \0 \0 \0 \0 ", NOTED },
	{ "size", 124, 12, "000000000005", REFUSED },
	{ "size", 124, 12, "\x80\0\0\0\0\0\0\0\0\0\0\5", REFUSED },
	{ "size", 124, 12, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfb",
	  REFUSED },
	{ "size", 124, 12, "-0000000005 ", REFUSED },
	{ "size", 124, 12, "0x000000005 ", REFUSED },
	{ "size", 124, 12, "            ", REFUSED },
	{ "size", 124, 12, "77777777777 ", REFUSED },
	{ "mtime", 136, 12, "00000000000\0", NOTED },
	{ "mtime", 136, 12, "14700000000\0", NOTED },
	{ "mtime", 136, 12, "\x80\0\0\0\0\0\0\0\0\0\0\0", REFUSED },
	{ "typeflag", 156, 1, "\0", REFUSED },
	{ "typeflag", 156, 1, "1", REFUSED },
	{ "typeflag", 156, 1, "2", REFUSED },
	{ "typeflag", 156, 1, "3", REFUSED },
	{ "typeflag", 156, 1, "5", REFUSED },
	{ "typeflag", 156, 1, "7", REFUSED },
	{ "typeflag", 156, 1, "x", REFUSED },
	{ "typeflag", 156, 1, "g", REFUSED },
	{ "typeflag", 156, 1, "L", REFUSED },
	{ "typeflag", 156, 1, "K", REFUSED },
	{ "typeflag", 156, 1, "S", REFUSED },
	{ "linkname", 157, 1, "x", REFUSED },
	{ "linkname", 256, 1, "x", REFUSED },
	{ "magic", 257, 8, "ustar  \0", REFUSED },
	{ "magic", 257, 8, "\0\0\0\0\0\0\0\0", REFUSED },
	{ "magic", 257, 8, "ustar\0\0\0", REFUSED },
	{ "uname", 265, 4, "root", NOTED },
	{ "uname", 296, 1, "x", NOTED },
	{ "gname", 297, 4, "root", NOTED },
	{ "devmajor", 329, 8, "0000000\0", NOTED },
	{ "devmajor", 329, 8, "000001 \0", REFUSED },
	{ "devmajor", 329, 8, "\0\0\0\0\0\0\0\0", NOTED },
	{ "devmajor", 329, 8, "\0\0\0\0\0\0\0x", REFUSED },
	{ "devminor", 337, 8, "0000000\0", NOTED },
	{ "devminor", 337, 8, "000001 \0", REFUSED },
	{ "prefix", 345, 1, "p", REFUSED },
	{ "prefix", 499, 1, "p", REFUSED },
	{ "pad", 500, 1, "p", REFUSED },
	{ "pad", 511, 1, "p", REFUSED },
};

static void spellings_of_fields_are_judged_as_the_profile_says(void **state)
{
	static uint8_t tar[TAR_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		const struct spelling *s = &spellings[i];
		size_t n = put_tar(tar);
		struct outcome o;
		enum verdict v;

		memcpy(tar + s->offset, s->bytes, s->n);
		put_sum(tar);
		o = walk(ev_span_of(tar, n));
		v = o.note.code == EV_OK ? TAKEN : NOTED;
		if (o.code != EV_OK)
			v = REFUSED;
		if (v != s->verdict)
			fail_msg("row %zu (%s): verdict %d", i, s->field,
				 (int)v);
		if (v == REFUSED && strcmp(o.err.object, "tar.header") == 0)
			assert_string_equal(o.err.field, s->field);
		if (v == NOTED)
			assert_string_equal(o.note.field, s->field);
	}
}

static void checksum_spelled_otherwise_is_a_note(void **state)
{
	static uint8_t tar[TAR_MAX];
	size_t n = put_tar(tar);
	struct outcome o;

	(void)state;
	tar[154] = ' ';
	tar[155] = 0;
	o = walk(ev_span_of(tar, n));
	assert_int_equal(o.code, EV_OK);
	assert_string_equal(o.note.field, "chksum");
	tar[153] ^= 1;
	o = walk(ev_span_of(tar, n));
	assert_int_equal(o.code, EV_VALUE);
	assert_string_equal(o.err.field, "chksum");
	assert_int_equal(o.err.offset, 148);
}

static void names_of_a_hundred_bytes_need_no_nul(void **state)
{
	static uint8_t tar[TAR_MAX];
	size_t n = put_tar(tar);
	struct outcome o;

	(void)state;
	memset(tar, 'n', 100);
	put_sum(tar);
	o = walk(ev_span_of(tar, n));
	assert_int_equal(o.code, EV_OK);
	assert_int_equal(strlen(o.last), 100);
}

static void padding_behind_data_must_be_zero(void **state)
{
	static uint8_t tar[TAR_MAX];
	size_t n = put_tar(tar);

	(void)state;
	for (size_t i = 512 + 5; i < 1024; i++) {
		struct outcome o;

		tar[i] = 1;
		o = walk(ev_span_of(tar, n));
		assert_int_equal(o.code, EV_VALUE);
		assert_string_equal(o.err.field, "padding");
		tar[i] = 0;
	}
}

static void end_is_two_zero_blocks_and_record_padding_only(void **state)
{
	static uint8_t tar[TAR_MAX];
	size_t n = put_tar(tar);

	(void)state;
	for (size_t size = n - 512; size <= TAR_MAX; size++) {
		struct outcome o = walk(ev_span_of(tar, size));
		bool taken = size == n || size == 10240;

		if ((o.code == EV_OK) != taken)
			fail_msg("%zu bytes: %s", size, ev_code_word(o.code));
		assert_int_equal(o.note.code != EV_OK, size == 10240);
	}
	for (size_t i = n - 1024; i < 10240; i++) {
		tar[i] = 1;
		assert_int_not_equal(walk(ev_span_of(tar, 10240)).code, EV_OK);
		tar[i] = 0;
	}
}

static void size_beyond_the_file_is_refused_before_it_is_used(void **state)
{
	static uint8_t tar[TAR_MAX];
	size_t n = put_tar(tar);
	struct outcome o;

	(void)state;
	memcpy(tar + 124, "77777777777 ", 12);
	put_sum(tar);
	o = walk(ev_span_of(tar, n));
	assert_int_equal(o.code, EV_TRUNCATED);
	assert_string_equal(o.err.field, "data");
	assert_string_equal(o.err.want, "8589934591");
}

static void mutations_never_crash(void **state)
{
	static uint8_t tar[TAR_MAX];
	uint32_t seed = 1;

	(void)state;
	for (size_t round = 0; round < 20000; round++) {
		size_t n = put_tar(tar);

		for (size_t k = 0; k < 4; k++) {
			seed = seed * 1664525 + 1013904223;
			tar[(seed >> 8) % n] = (uint8_t)(seed >> 24);
		}
		if (round % 2 == 0)
			put_sum(tar);
		walk(ev_span_of(tar, n));
	}
}

/* --- vectors/archive/tar --- */

struct vector {
	const char *file;
	enum verdict verdict;
};

static const struct vector vectors[] = {
	{ "archive/tar/canonical-3.tar", TAKEN },
	{ "archive/tar/gnu-ustar-b1.tar", NOTED },
	{ "archive/tar/python-ustar.tar", NOTED },
	{ "archive/tar/gnu-pax-b1.tar", REFUSED },
	{ "archive/tar/long-name-pax.tar", REFUSED },
	{ "archive/tar/truncated-no-zero-block.tar", REFUSED },
	{ "archive/tar/one-zero-block.tar", REFUSED },
	{ "archive/tar/trailing-junk.tar", REFUSED },
	{ "archive/tar/concatenated.tar", REFUSED },
};

static void tars_of_other_programs_are_judged_as_recorded(void **state)
{
	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const struct vector *v = &vectors[i];
		enum verdict got = TAKEN;
		struct ev_span bytes;
		struct outcome o;

		assert_true(vectors_read(v->file, &bytes));
		o = walk(bytes);
		if (o.note.code != EV_OK)
			got = NOTED;
		if (o.code != EV_OK)
			got = REFUSED;
		if (got != v->verdict)
			fail_msg("%s: verdict %d", v->file, (int)got);
		if (got != REFUSED)
			assert_int_equal(o.members, 3);
	}
}

static void real_tar_refuses_every_truncation(void **state)
{
	struct ev_span bytes;

	(void)state;
	vectors_need();
	assert_true(vectors_read("archive/tar/canonical-3.tar", &bytes));
	for (size_t i = 0; i < bytes.n; i++)
		assert_int_not_equal(walk(ev_span_of(bytes.p, i)).code, EV_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_members_are_taken_without_a_note),
		cmocka_unit_test(every_truncation_is_refused),
		cmocka_unit_test(every_bit_of_the_header_counts),
		cmocka_unit_test(
			spellings_of_fields_are_judged_as_the_profile_says),
		cmocka_unit_test(checksum_spelled_otherwise_is_a_note),
		cmocka_unit_test(names_of_a_hundred_bytes_need_no_nul),
		cmocka_unit_test(padding_behind_data_must_be_zero),
		cmocka_unit_test(
			end_is_two_zero_blocks_and_record_padding_only),
		cmocka_unit_test(
			size_beyond_the_file_is_refused_before_it_is_used),
		cmocka_unit_test(mutations_never_crash),
		cmocka_unit_test(tars_of_other_programs_are_judged_as_recorded),
		cmocka_unit_test(real_tar_refuses_every_truncation),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
