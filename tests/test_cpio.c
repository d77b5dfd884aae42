/* SPDX-License-Identifier: Apache-2.0 */
/* The archives of an initrd. */
#include "audit/contents/cpio.h"

#include "tests/contents_sample.h"

#include <archive.h>
#include <archive_entry.h>

static void two_archives_are_one_initrd(void **state)
{
	struct ev_span file = contents_file("initrd.cpio");
	struct au_part root = contents_part(AU_PART_CPIO, file);

	(void)state;
	assert_true(au_cpio_recognise(file));
	contents_opens(&root);
	assert_int_equal(root.refused.code, EV_OK);
	assert_int_equal(root.n, 3);
	assert_string_equal(root.inside[1].name, "etc/version");
	assert_int_equal(root.inside[1].attributes, 0100644);
	assert_true(ev_span_eq(root.inside[1].bytes, EV_SPAN_LITERAL("1\n")));
	assert_int_equal(root.inside[2].n, 1); /* a program is opened */
	assert_int_equal(root.inside[2].inside[0].kind, AU_PART_PE);
	au_part_free(&root);
	contents_free(file);
}

/* As an outside program writes it. */
static size_t put_cpio(uint8_t *out, size_t room, int filter)
{
	struct archive *a = archive_write_new();
	struct archive_entry *e = archive_entry_new();
	size_t used = 0;

	assert_int_equal(archive_write_set_format_cpio_newc(a), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(a, filter), ARCHIVE_OK);
	assert_int_equal(archive_write_set_bytes_in_last_block(a, 1),
			 ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(a, out, room, &used),
			 ARCHIVE_OK);
	archive_entry_set_pathname(e, "lib/libc.so");
	archive_entry_set_mode(e, 0100755);
	archive_entry_set_size(e, 7);
	assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
	assert_int_equal(archive_write_data(a, "program", 7), 7);
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
	archive_entry_free(e);
	return used;
}

static void what_libarchive_writes_is_read(void **state)
{
	uint8_t out[8192];
	struct au_part root = contents_part(
		AU_PART_CPIO, ev_span_of(out, put_cpio(out, sizeof(out),
						       ARCHIVE_FILTER_NONE)));

	(void)state;
	contents_opens(&root);
	assert_int_equal(root.refused.code, EV_OK);
	assert_int_equal(root.n, 1);
	assert_string_equal(root.inside[0].name, "lib/libc.so");
	assert_int_equal(root.inside[0].attributes, 0100755);
	assert_int_equal(root.inside[0].bytes.n, 7);
	au_part_free(&root);
}

static void a_packed_rest_is_opened_too(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_XZ,
				       ARCHIVE_FILTER_ZSTD };
	struct ev_span file = contents_file("initrd.cpio");
	size_t room = file.n + 8192;

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		uint8_t *p = calloc(1, room);
		struct au_part root =
			contents_part(AU_PART_CPIO, ev_span_of(p, file.n));

		memcpy(p, file.p, file.n);
		root.bytes.n += put_cpio(p + file.n, room - file.n, filters[i]);
		contents_opens(&root);
		assert_int_equal(root.refused.code, EV_OK);
		assert_int_equal(root.n, 4);
		assert_int_equal(root.inside[3].kind, AU_PART_STREAM);
		assert_int_equal(contents_find(&root, "lib/libc.so")->bytes.n,
				 7);
		au_part_free(&root);
		free(p);
	}
	contents_free(file);
}

static const struct {
	size_t at;
	char to;
	const char *field;
	enum ev_code code;
} spoiled[] = {
	{ 5, '7', "magic", EV_VALUE },
	{ 6 + 3, 'g', "inode", EV_SYNTAX },
	{ 6 + 8, '/', "mode", EV_SYNTAX },
	{ 6 + 6 * 8, '1', "data", EV_TRUNCATED },	/* file size */
	{ 6 + 11 * 8 + 3, '2', "name size", EV_LIMIT }, /* 0x10005 */
	{ 6 + 11 * 8 + 7, '4', "name", EV_SYNTAX },	/* no NUL in it */
	{ 6 + 11 * 8 + 7, '0', "name size", EV_LIMIT },
	{ 6 + 11 * 8 + 7, '6', "name", EV_SYNTAX }, /* one NUL too many */
};

static void each_spoiled_field_is_named(void **state)
{
	struct ev_span file = contents_file("initrd.cpio");

	(void)state;
	for (size_t i = 0; i < sizeof(spoiled) / sizeof(*spoiled); i++) {
		uint8_t *p = malloc(file.n);
		struct au_cpio_member m;
		struct ev_error err = { 0 };
		uint64_t at = 0;

		memcpy(p, file.p, file.n);
		p[spoiled[i].at] = (uint8_t)spoiled[i].to;
		assert_int_equal(
			au_cpio_next(ev_span_of(p, file.n), &at, &m, &err),
			spoiled[i].code);
		assert_string_equal(err.object, "cpio");
		assert_string_equal(err.field, spoiled[i].field);
		free(p);
	}
	contents_free(file);
}

static void an_archive_without_a_trailer_is_refused(void **state)
{
	struct ev_span file = contents_file("initrd.cpio");

	(void)state;
	/* init has 116 + 12 bytes; every cut in it and right behind it. */
	for (size_t n = 0; n <= 128; n++) {
		struct au_part root =
			contents_part(AU_PART_CPIO, ev_span_sub(file, 0, n));

		contents_opens(&root);
		assert_int_equal(root.refused.code, EV_TRUNCATED);
		au_part_free(&root);
	}
	contents_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_archives_are_one_initrd),
		cmocka_unit_test(what_libarchive_writes_is_read),
		cmocka_unit_test(a_packed_rest_is_opened_too),
		cmocka_unit_test(each_spoiled_field_is_named),
		cmocka_unit_test(an_archive_without_a_trailer_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
