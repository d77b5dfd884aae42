/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/references/git_folder.h"

#include "tests/git_sample.h"

/* An empty index, version 2: magic, fanout, both trailers. */
#define EMPTY (8 + 4 * 256 + 40)
#define PACK  100 /* bytes */

static void put(const char *name, const void *bytes, size_t n)
{
	FILE *f = fopen(in_dir(name), "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, n, f), n);
	assert_int_equal(fclose(f), 0);
}

static enum ev_code check(const char *field)
{
	struct ev_error err = { 0 };
	enum ev_code code = au_git_folder_check(in_dir("x"), &err);

	assert_string_equal(code == EV_OK ? "" : err.field, field);
	return code;
}

static void make_folder(void)
{
	static const char *const folders[] = { "x", "x/refs", "x/objects",
					       "x/objects/info",
					       "x/objects/pack" };
	char command[128];

	snprintf(command, sizeof(command), "rm -rf -- '%s/x'", dir);
	assert_int_equal(system(command), 0);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		assert_int_equal(mkdir(in_dir(folders[i]), 0700), 0);
	put("x/objects/pack/a.pack", (char[PACK]){ 0 }, PACK);
}

static void what_is_no_file_is_refused_wherever_it_is(void **state)
{
	static const char *const names[] = { "x/config", "x/refs/main",
					     "x/objects/info/alternates" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		make_folder();
		assert_int_equal(check(""), EV_OK);
		assert_int_equal(mkfifo(in_dir(names[i]), 0600), 0);
		assert_int_equal(check("file"), EV_VALUE);
	}
	make_folder();
	assert_int_equal(symlink("/dev/null", in_dir("x/refs/main")), 0);
	assert_int_equal(check("file"), EV_VALUE);
	/* What is in other folders is nobody's; nor one that is not there. */
	make_folder();
	assert_int_equal(mkdir(in_dir("x/hooks"), 0700), 0);
	assert_int_equal(mkfifo(in_dir("x/hooks/y"), 0600), 0);
	assert_int_equal(symlink("nowhere", in_dir("x/refs/main")), 0);
	assert_int_equal(check(""), EV_OK);
}

/* An index of one object at that offset, with large 64-bit offsets. */
static size_t make_index(uint8_t *out, uint32_t at, size_t large,
			 uint8_t beyond)
{
	size_t n = EMPTY - 40 + 24;

	memset(out, 0, EMPTY + 128);
	memcpy(out, "\377tOc\0\0\0\2", 8);
	for (size_t i = 0; i < 256; i++)
		out[8 + 4 * i + 3] = 1;
	for (size_t i = 0; i < 4; i++)
		out[n++] = (uint8_t)(at >> (24 - 8 * i));
	if (large > 0)
		out[n + 7] = beyond;
	return n + 8 * large + 40;
}

static void an_index_is_of_its_size_and_inside_of_its_pack(void **state)
{
	static const struct {
		uint32_t at;
		size_t large;
		uint8_t beyond;
		int more; /* bytes than that has */
		bool good;
	} rows[] = {
		{ 12, 0, 0, 0, true },
		{ PACK - 21, 0, 0, 0, true },
		{ PACK - 20, 0, 0, 0, false },
		{ 11, 0, 0, 0, false },
		{ 0x7fffffff, 0, 0, 0, false },
		{ 12, 0, 0, -1, false },
		{ 12, 0, 0, 9, false },
		{ 0x80000000, 1, 12, 0, true },
		{ 0x80000000, 1, PACK, 0, false },
		{ 0x80000001, 1, 12, 0, false },
		{ 0x80000000, 0, 12, 0, false },
		{ 0xffffffff, 1, 12, 0, false },
	};
	uint8_t bytes[EMPTY + 128];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = make_index(bytes, rows[i].at, rows[i].large,
				      rows[i].beyond);

		make_folder();
		put("x/objects/pack/a.idx", bytes,
		    n + (size_t)(ssize_t)rows[i].more);
		if (rows[i].good)
			assert_int_equal(check(""), EV_OK);
		else
			assert_int_equal(check("pack index"), EV_SYNTAX);
	}
	/* Of another version, with a table that falls, with more objects. */
	for (size_t at = 7; at < 12; at++) {
		make_folder();
		put("x/objects/pack/a.idx", bytes, make_index(bytes, 12, 0, 0));
		assert_int_equal(check(""), EV_OK);
		bytes[at] = 0xff;
		put("x/objects/pack/a.idx", bytes, EMPTY + 28);
		assert_int_equal(check("pack index"), EV_SYNTAX);
	}
	put("x/objects/pack/a.idx", bytes, 0);
	assert_int_equal(check("pack index"), EV_SYNTAX);
}

static void version_1_of_an_index_is_looked_at_too(void **state)
{
	uint8_t bytes[4 * 256 + 24 + 40] = { 0 };

	(void)state;
	for (size_t i = 0; i < 256; i++)
		bytes[4 * i + 3] = 1;
	bytes[4 * 256 + 3] = 12;
	make_folder();
	put("x/objects/pack/a.idx", bytes, sizeof(bytes));
	assert_int_equal(check(""), EV_OK);
	put("x/objects/pack/a.idx", bytes, sizeof(bytes) - 1);
	assert_int_equal(check("pack index"), EV_SYNTAX);
	bytes[4 * 256 + 3] = PACK;
	put("x/objects/pack/a.idx", bytes, sizeof(bytes));
	assert_int_equal(check("pack index"), EV_SYNTAX);
}

static void a_multi_pack_index_is_looked_at_too(void **state)
{
	uint8_t bytes[12 + 3 * 12 + 6 + 8 + 20] = "MIDX\1\1\2";
	uint8_t *row = bytes + 12, *object = bytes + 54;

	(void)state;
	memcpy(row, "PNAM", 4);
	row[11] = 48;
	memcpy(row + 12, "OOFF", 4);
	row[23] = 54;
	row[35] = 62;
	memcpy(bytes + 48, "a.idx", 6);
	object[7] = 12;
	make_folder();
	put("x/objects/pack/multi-pack-index", bytes, sizeof(bytes));
	assert_int_equal(check(""), EV_OK);
	object[7] = PACK;
	put("x/objects/pack/multi-pack-index", bytes, sizeof(bytes));
	assert_int_equal(check("pack index"), EV_SYNTAX);
	/* Of a pack that it does not name. */
	object[7] = 12;
	object[3] = 1;
	put("x/objects/pack/multi-pack-index", bytes, sizeof(bytes));
	assert_int_equal(check("pack index"), EV_SYNTAX);
	object[3] = 0;
	row[32] = 1; /* The last chunk ends behind the file. */
	put("x/objects/pack/multi-pack-index", bytes, sizeof(bytes));
	assert_int_equal(check("pack index"), EV_SYNTAX);
	put("x/objects/pack/multi-pack-index", bytes, 20);
	assert_int_equal(check("pack index"), EV_SYNTAX);
}

static void alternates_are_followed(void **state)
{
	static const char both[] = "# none\n../../y\n";
	char *many = calloc(1, 20000);

	(void)state;
	assert_non_null(many);
	make_folder();
	assert_int_equal(mkdir(in_dir("y"), 0700), 0);
	put("x/objects/info/alternates", both, sizeof(both) - 1);
	assert_int_equal(check(""), EV_OK);
	assert_int_equal(mkfifo(in_dir("y/z"), 0600), 0);
	assert_int_equal(check("file"), EV_VALUE);
	/* One that leads to itself ends. */
	put("x/objects/info/alternates", "./\n./\n", 6);
	assert_int_equal(check(""), EV_OK);
	memset(many, '\n', 20000);
	put("x/objects/info/alternates", many, 20000);
	assert_int_equal(check("alternates"), EV_LIMIT);
	free(many);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_file_is_refused_wherever_it_is),
		cmocka_unit_test(
			an_index_is_of_its_size_and_inside_of_its_pack),
		cmocka_unit_test(version_1_of_an_index_is_looked_at_too),
		cmocka_unit_test(a_multi_pack_index_is_looked_at_too),
		cmocka_unit_test(alternates_are_followed),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
