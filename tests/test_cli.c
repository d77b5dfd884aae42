/* SPDX-License-Identifier: Apache-2.0 */
/* The outside of every command: files written whole, files read, arguments. */
#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/ecart-cli-XXXXXX";

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		return -1;
	/* What commands say is not what this test prints. */
	return freopen("messages", "w", stderr) == NULL ? -1 : 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink("messages");
	return chdir("/") == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static void expect_content(const char *path, const char *want)
{
	struct cli_file file;

	assert_int_equal(cli_file_read(path, 1000, &file), CLI_PASS);
	assert_true(ev_span_eq(file.bytes, ev_span_str(want)));
	cli_file_free(&file);
	assert_null(file.map);
}

static void a_file_is_written_and_read_back(void **state)
{
	struct stat st;

	(void)state;
	assert_true(cli_write_file("a", ev_span_str("first"), 0600));
	expect_content("a", "first");
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(cli_write_file("a", ev_span_str("second"), 0600));
	expect_content("a", "second");
	assert_true(cli_write_file("a", ev_span_str(""), 0600));
	expect_content("a", "");
	unlink("a");
}

static void a_failed_write_leaves_what_was_there(void **state)
{
	(void)state;
	assert_int_equal(mkdir("d", 0755), 0);
	assert_true(cli_write_file("d/a", ev_span_str("before"), 0644));
	/* A folder of that name stands where the new file would go. */
	assert_int_equal(mkdir("d/b", 0755), 0);
	assert_false(cli_write_file("d/b", ev_span_str("after"), 0644));
	assert_false(cli_write_file("absent/a", ev_span_str("x"), 0644));
	expect_content("d/a", "before");
	unlink("d/a");
	/* Nothing else was left behind. */
	assert_int_equal(rmdir("d/b"), 0);
	assert_int_equal(rmdir("d"), 0);
}

static void a_link_stays_and_its_target_changes(void **state)
{
	struct stat st;

	(void)state;
	assert_true(cli_write_file("target", ev_span_str("old"), 0644));
	assert_int_equal(symlink("target", "link"), 0);
	assert_true(cli_write_file("link", ev_span_str("new"), 0644));
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	expect_content("target", "new");
	unlink("link");
	unlink("target");
}

/* A pipe, not a device: where this fails, the file is gone. */
static void what_is_no_regular_file_is_not_replaced(void **state)
{
	char got[8] = "";
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_true(cli_write_file("pipe", ev_span_str("x"), 0644));
	assert_int_equal(read(fd, got, sizeof(got)), 1);
	assert_string_equal(got, "x");
	close(fd);
	assert_int_equal(lstat("pipe", &st), 0);
	assert_true(S_ISFIFO(st.st_mode));
	unlink("pipe");
}

static void what_cannot_be_read_is_refused(void **state)
{
	struct cli_file file;

	(void)state;
	assert_int_equal(cli_file_read("absent", 1, &file), CLI_UNREADABLE);
	assert_int_equal(cli_file_read(".", 1, &file), CLI_UNREADABLE);
	assert_true(cli_write_file("a", ev_span_str("12345"), 0644));
	assert_int_equal(cli_file_read("a", 4, &file), CLI_UNREADABLE);
	assert_int_equal(cli_file_read("a", 5, &file), CLI_PASS);
	cli_file_free(&file);
	/* Without an end. */
	assert_int_equal(cli_file_read("/dev/zero", 100000, &file),
			 CLI_UNREADABLE);
	unlink("a");
}

static void files_that_say_no_size_are_read(void **state)
{
	struct cli_file file;

	(void)state;
	assert_int_equal(cli_file_read("/proc/self/status", 1 << 20, &file),
			 CLI_PASS);
	assert_true(file.bytes.n > 0);
	cli_file_free(&file);
}

static void make_file(const char *path, off_t size)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close(fd);
}

static void a_small_file_stays_what_it_was_when_read(void **state)
{
	struct cli_file file;

	(void)state;
	make_file("a", 16 << 20);
	assert_int_equal(cli_file_read("a", 1 << 30, &file), CLI_PASS);
	assert_int_equal(truncate("a", 0), 0);
	assert_int_equal(file.bytes.n, 16 << 20);
	assert_true(ev_span_is_zero(file.bytes));
	cli_file_free(&file);
	unlink("a");
}

static void a_large_file_that_is_cut_meanwhile_is_trouble(void **state)
{
	pid_t child = fork();
	struct cli_file file;
	int status = 0;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		make_file("a", 17 << 20);
		if (cli_file_read("a", 1 << 30, &file) != CLI_PASS ||
		    truncate("a", 0) != 0)
			_exit(99);
		_exit(ev_span_is_zero(file.bytes) ? 98 : 97);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CLI_TROUBLE);
	unlink("a");
}

static void sizes_are_parsed(void **state)
{
	static const char *const bad[] = { "",
					   "-1",
					   " 1",
					   "+1",
					   "1 ",
					   "0x1",
					   "1kb",
					   "1K",
					   "1 MiB",
					   "1.5GiB",
					   "KiB",
					   "18446744073709551616",
					   "18014398509481984KiB" };
	uint64_t n = 7;

	(void)state;
	assert_true(cli_parse_size("0", &n));
	assert_int_equal(n, 0);
	assert_true(cli_parse_size("65536", &n));
	assert_int_equal(n, 65536);
	assert_true(cli_parse_size("64KiB", &n));
	assert_int_equal(n, 65536);
	assert_true(cli_parse_size("2MiB", &n));
	assert_int_equal(n, 2 << 20);
	assert_true(cli_parse_size("64GiB", &n));
	assert_true(n == UINT64_C(64) << 30);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(cli_parse_size(bad[i], &n));
}

static void times_are_parsed(void **state)
{
	int64_t t = 0;

	(void)state;
	assert_true(cli_parse_time("@1780922561", &t));
	assert_true(t == 1780922561);
	assert_true(cli_parse_time("2026-06-08T12:42:41Z", &t));
	assert_true(t == 1780922561);
	assert_false(cli_parse_time("2026-06-08", &t));
	assert_false(cli_parse_time("now", &t));
	assert_false(cli_parse_time("", &t));
}

static void colour_is_for_terminals(void **state)
{
	int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_false(cli_colour(fd));
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_written_and_read_back),
		cmocka_unit_test(a_failed_write_leaves_what_was_there),
		cmocka_unit_test(a_link_stays_and_its_target_changes),
		cmocka_unit_test(what_is_no_regular_file_is_not_replaced),
		cmocka_unit_test(what_cannot_be_read_is_refused),
		cmocka_unit_test(files_that_say_no_size_are_read),
		cmocka_unit_test(a_small_file_stays_what_it_was_when_read),
		cmocka_unit_test(a_large_file_that_is_cut_meanwhile_is_trouble),
		cmocka_unit_test(sizes_are_parsed),
		cmocka_unit_test(times_are_parsed),
		cmocka_unit_test(colour_is_for_terminals),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
