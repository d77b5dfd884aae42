/* SPDX-License-Identifier: Apache-2.0 */
/* Whole files or none, whatever comes between. */
#include "cli_outfile.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/ecart-outfile-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 100];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* How many names the directory holds; the last one is put into name. */
static size_t count_names(char name[256])
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		snprintf(name, 256, "%s", e->d_name);
		n++;
	}
	closedir(d);
	return n;
}

static void expect_content(const char *name, const char *want)
{
	FILE *f = fopen(in_dir(name), "rb");
	char got[100];
	size_t n;

	assert_non_null(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	fclose(f);
	got[n] = 0;
	assert_string_equal(got, want);
}

static void file_is_written_once_and_never_over(void **state)
{
	char why[CLI_WHY_MAX], name[256];

	(void)state;
	assert_int_equal(cli_outfile_write(in_dir("a"), EV_SPAN_LITERAL("one"),
					   0666, CLI_OUTFILE_NEW, why),
			 CLI_OUTFILE_OK);
	assert_int_equal(cli_outfile_write(in_dir("a"), EV_SPAN_LITERAL("two"),
					   0666, CLI_OUTFILE_NEW, why),
			 CLI_OUTFILE_EXISTS);
	assert_non_null(strstr(why, "exists"));
	expect_content("a", "one");
	assert_int_equal(count_names(name), 1);
	assert_int_equal(unlink(in_dir("a")), 0);
}

/* Three pieces, or a refusal behind the first. */
static enum ev_code put_pieces(void *context, struct ev_sink out,
			       struct ev_error *err)
{
	const bool *refuse = context;

	for (int i = 0; i < 3; i++) {
		if (ev_sink_put(out, EV_SPAN_LITERAL("piece "), err) != EV_OK)
			return err->code;
		if (*refuse)
			return ev_fail(err, EV_VALUE, "test", "piece", 6,
				       "another", "this");
	}
	return EV_OK;
}

static void pieces_make_one_file_or_none(void **state)
{
	char why[CLI_WHY_MAX], name[256];
	bool refuse = false;
	uint64_t size = 0;

	(void)state;
	assert_int_equal(cli_outfile_make(in_dir("p"), 0666, CLI_OUTFILE_NEW,
					  put_pieces, &refuse, &size, why),
			 CLI_OUTFILE_OK);
	assert_int_equal(size, 18);
	expect_content("p", "piece piece piece ");
	refuse = true;
	assert_int_equal(cli_outfile_make(in_dir("p"), 0666,
					  CLI_OUTFILE_REPLACE, put_pieces,
					  &refuse, &size, why),
			 CLI_OUTFILE_REFUSED);
	assert_string_equal(why,
			    "test: piece at byte 6: want another, found this");
	expect_content("p", "piece piece piece ");
	assert_int_equal(count_names(name), 1);
	assert_int_equal(unlink(in_dir("p")), 0);
}

static void replacing_goes_through_a_link(void **state)
{
	char why[CLI_WHY_MAX];
	struct stat st;

	(void)state;
	assert_int_equal(cli_outfile_write(in_dir("t"), EV_SPAN_LITERAL("old"),
					   0640, CLI_OUTFILE_NEW, why),
			 CLI_OUTFILE_OK);
	assert_int_equal(symlink("t", in_dir("l")), 0);
	assert_int_equal(cli_outfile_write(in_dir("l"), EV_SPAN_LITERAL("new"),
					   0666, CLI_OUTFILE_REPLACE, why),
			 CLI_OUTFILE_OK);
	expect_content("t", "new");
	assert_int_equal(lstat(in_dir("l"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(stat(in_dir("t"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(unlink(in_dir("t")), 0);
	assert_int_equal(cli_outfile_write(in_dir("l"), EV_SPAN_LITERAL("new"),
					   0666, CLI_OUTFILE_REPLACE, why),
			 CLI_OUTFILE_TROUBLE);
	assert_non_null(strstr(why, "leads nowhere"));
	assert_int_equal(unlink(in_dir("l")), 0);
}

static void write_over(const char *name)
{
	char why[CLI_WHY_MAX];

	assert_int_equal(cli_outfile_write(in_dir(name), EV_SPAN_LITERAL("x"),
					   0666, CLI_OUTFILE_REPLACE, why),
			 CLI_OUTFILE_OK);
}

static int make_part(const char *name)
{
	int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		      0600);

	assert_true(fd >= 0);
	return fd;
}

static void what_a_killed_process_left_goes_with_the_next(void **state)
{
	char name[256];

	(void)state;
	close(make_part(".s.ecart-part-0"));
	close(make_part(".s.ecart-part-7"));
	write_over("s");
	assert_int_equal(count_names(name), 1);
	assert_string_equal(name, "s");
	assert_int_equal(unlink(in_dir("s")), 0);
}

static void what_is_not_left_by_us_stays(void **state)
{
	char name[256];
	int held = make_part(".s.ecart-part-0");

	(void)state;
	/* Somebody writes it, it is of another name, it is no file. */
	assert_int_equal(flock(held, LOCK_EX), 0);
	close(make_part(".other.ecart-part-0"));
	assert_int_equal(symlink("x", in_dir(".s.ecart-part-1")), 0);
	assert_int_equal(mkdir(in_dir(".s.ecart-part-2"), 0700), 0);
	write_over("s");
	assert_int_equal(count_names(name), 5);
	close(held);
	write_over("s");
	assert_int_equal(count_names(name), 4);
	assert_int_equal(unlink(in_dir("s")), 0);
	assert_int_equal(unlink(in_dir(".other.ecart-part-0")), 0);
	assert_int_equal(unlink(in_dir(".s.ecart-part-1")), 0);
	assert_int_equal(rmdir(in_dir(".s.ecart-part-2")), 0);
}

static void longest_name_has_room_too(void **state)
{
	char why[CLI_WHY_MAX], path[sizeof(dir) + NAME_MAX + 2], name[256];
	size_t n = strlen(dir) + 1;

	(void)state;
	snprintf(path, sizeof(path), "%s/", dir);
	memset(path + n, 'n', NAME_MAX);
	path[n + NAME_MAX] = 0;
	for (int i = 0; i < 2; i++)
		assert_int_equal(cli_outfile_write(path, EV_SPAN_LITERAL("x"),
						   0666,
						   i == 0 ? CLI_OUTFILE_NEW
							  : CLI_OUTFILE_REPLACE,
						   why),
				 CLI_OUTFILE_OK);
	assert_int_equal(count_names(name), 1);
	assert_int_equal(unlink(path), 0);
}

/* Whoever may read a part may hold it: nobody is waited for. */
static void names_that_others_hold_are_passed_over(void **state)
{
	char name[256], path[64];
	int held[16];

	(void)state;
	for (int i = 0; i < 16; i++) {
		snprintf(path, sizeof(path), ".s.ecart-part-%d", i);
		held[i] = make_part(path);
		assert_int_equal(flock(held[i], LOCK_EX), 0);
	}
	write_over("s");
	assert_int_equal(count_names(name), 17);
	for (int i = 0; i < 16; i++)
		close(held[i]);
	write_over("s");
	assert_int_equal(count_names(name), 1);
	assert_int_equal(unlink(in_dir("s")), 0);
}

/* Each signal comes while the file is being filled. */
static enum ev_code put_and_raise(void *context, struct ev_sink out,
				  struct ev_error *err)
{
	const int *signal = context;

	if (ev_sink_put(out, EV_SPAN_LITERAL("half"), err) != EV_OK)
		return err->code;
	raise(*signal);
	return ev_sink_put(out, EV_SPAN_LITERAL("half"), err);
}

static void a_signal_ends_the_process_and_leaves_nothing(void **state)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	char name[256];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		pid_t child = fork();
		int status = 0, number = signals[i];
		char why[CLI_WHY_MAX];

		assert_true(child >= 0);
		if (child == 0) {
			const struct rlimit none = { 0, 0 };

			setrlimit(RLIMIT_CORE, &none);
			cli_outfile_make(in_dir("g"), 0666, CLI_OUTFILE_NEW,
					 put_and_raise, &number, NULL, why);
			_exit(99);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), number);
		assert_int_equal(count_names(name), 0);
	}
}

static void an_ignored_signal_ends_nothing(void **state)
{
	char why[CLI_WHY_MAX];
	int number = SIGHUP;

	(void)state;
	signal(SIGHUP, SIG_IGN);
	assert_int_equal(cli_outfile_make(in_dir("h"), 0666, CLI_OUTFILE_NEW,
					  put_and_raise, &number, NULL, why),
			 CLI_OUTFILE_OK);
	signal(SIGHUP, SIG_DFL);
	expect_content("h", "halfhalf");
	assert_int_equal(unlink(in_dir("h")), 0);
}

static void replacing_keeps_the_permissions(void **state)
{
	char why[CLI_WHY_MAX], name[256];
	struct stat st;

	(void)state;
	assert_int_equal(cli_outfile_write(in_dir("p"), EV_SPAN_LITERAL("old"),
					   0640, CLI_OUTFILE_NEW, why),
			 CLI_OUTFILE_OK);
	assert_int_equal(chmod(in_dir("p"), 0604), 0);
	assert_int_equal(cli_outfile_write(in_dir("p"), EV_SPAN_LITERAL("new!"),
					   0666, CLI_OUTFILE_REPLACE, why),
			 CLI_OUTFILE_OK);
	assert_int_equal(stat(in_dir("p"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0604);
	assert_int_equal(st.st_size, 4);
	assert_int_equal(count_names(name), 1);
	assert_int_equal(unlink(in_dir("p")), 0);
}

static void absent_directory_and_a_directory_are_trouble(void **state)
{
	char why[CLI_WHY_MAX];

	(void)state;
	assert_int_equal(cli_outfile_write(in_dir("no/such"),
					   EV_SPAN_LITERAL("x"), 0666,
					   CLI_OUTFILE_NEW, why),
			 CLI_OUTFILE_TROUBLE);
	assert_int_equal(cli_outfile_write(in_dir(""), EV_SPAN_LITERAL("x"),
					   0666, CLI_OUTFILE_REPLACE, why),
			 CLI_OUTFILE_TROUBLE);
	assert_int_equal(cli_outfile_write(in_dir("."), EV_SPAN_LITERAL("x"),
					   0666, CLI_OUTFILE_REPLACE, why),
			 CLI_OUTFILE_TROUBLE);
}

/* What a child makes of a file that it may write up to n bytes of. */
static int write_limited(rlim_t n, size_t size, enum cli_outfile_mode mode)
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = { n, n };
		char why[CLI_WHY_MAX] = "";
		uint8_t *bytes = calloc(size, 1);

		if (bytes == NULL || setrlimit(RLIMIT_FSIZE, &limit) != 0)
			_exit(99);
		_exit((int)cli_outfile_write(
			in_dir("f"), ev_span_of(bytes, size), 0666, mode, why));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void full_disk_leaves_nothing_or_what_was_there(void **state)
{
	char why[CLI_WHY_MAX], name[256];
	struct stat st;

	(void)state;
	assert_int_equal(write_limited(1000, 100000, CLI_OUTFILE_NEW),
			 CLI_OUTFILE_TROUBLE);
	assert_int_equal(count_names(name), 0);
	assert_int_equal(cli_outfile_write(in_dir("f"), EV_SPAN_LITERAL("old"),
					   0666, CLI_OUTFILE_NEW, why),
			 CLI_OUTFILE_OK);
	assert_int_equal(write_limited(1000, 100000, CLI_OUTFILE_REPLACE),
			 CLI_OUTFILE_TROUBLE);
	assert_int_equal(count_names(name), 1);
	assert_int_equal(stat(in_dir("f"), &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(unlink(in_dir("f")), 0);
}

static const size_t large = (size_t)8 << 20;

/* Writes the file again and again until it is killed. */
static _Noreturn void write_for_ever(void)
{
	uint8_t *bytes = calloc(large, 1);
	char why[CLI_WHY_MAX];

	while (bytes != NULL) {
		unlink(in_dir("k"));
		cli_outfile_write(in_dir("k"), ev_span_of(bytes, large), 0666,
				  CLI_OUTFILE_NEW, why);
	}
	_exit(99);
}

static void killed_writer_leaves_nothing_or_the_whole_file(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 40; i++) {
		char name[256] = "";
		struct stat st;
		pid_t child = fork();
		size_t n;

		assert_true(child >= 0);
		if (child == 0)
			write_for_ever();
		usleep(1000 + i * 777);
		assert_int_equal(kill(child, SIGKILL), 0);
		assert_int_equal(waitpid(child, NULL, 0), child);
		n = count_names(name);
		if (n == 0)
			continue;
		assert_int_equal(n, 1);
		assert_string_equal(name, "k");
		assert_int_equal(stat(in_dir("k"), &st), 0);
		assert_int_equal(st.st_size, large);
		assert_int_equal(unlink(in_dir("k")), 0);
	}
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(file_is_written_once_and_never_over),
		cmocka_unit_test(pieces_make_one_file_or_none),
		cmocka_unit_test(replacing_goes_through_a_link),
		cmocka_unit_test(what_a_killed_process_left_goes_with_the_next),
		cmocka_unit_test(what_is_not_left_by_us_stays),
		cmocka_unit_test(longest_name_has_room_too),
		cmocka_unit_test(names_that_others_hold_are_passed_over),
		cmocka_unit_test(a_signal_ends_the_process_and_leaves_nothing),
		cmocka_unit_test(an_ignored_signal_ends_nothing),
		cmocka_unit_test(replacing_keeps_the_permissions),
		cmocka_unit_test(absent_directory_and_a_directory_are_trouble),
		cmocka_unit_test(full_disk_leaves_nothing_or_what_was_there),
		cmocka_unit_test(
			killed_writer_leaves_nothing_or_the_whole_file),
	};

	/* nohup and shells have some ignored for what runs beside them. */
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
