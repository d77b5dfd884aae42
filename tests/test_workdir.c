/* SPDX-License-Identifier: Apache-2.0 */
/* The directory of the children, and what killed runs left. */
#include "collect/workdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/ecart-test-workdir-XXXXXX"; /* TMPDIR of a case */

static const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 100];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static size_t count_names(const char *where)
{
	DIR *d = opendir(where);
	const struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += strcmp(e->d_name, ".") != 0 &&
		     strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}

static bool is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void make(struct co_workdir *w)
{
	char why[256] = "";

	assert_true(co_workdir_make(w, why, sizeof(why)));
	assert_string_equal(why, "");
}

static void put(const struct co_workdir *w, const char *name, const char *text)
{
	assert_true(co_workdir_put(w, name, ev_span_str(text)));
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* --- the directory --- */

static void directory_is_empty_and_ours_alone(void **state)
{
	struct co_workdir a, b;
	struct stat st;

	(void)state;
	make(&a);
	make(&b);
	assert_int_equal(strncmp(a.path, dir, strlen(dir)), 0);
	assert_string_not_equal(a.path, b.path);
	assert_int_equal(stat(a.path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(count_names(a.path), 0);
	assert_int_equal(fcntl(a.dir, F_GETFD), FD_CLOEXEC);
	put(&a, "x", "1");
	co_workdir_remove(&a);
	co_workdir_remove(&a); /* twice is once */
	co_workdir_remove(&b);
	assert_int_equal(count_names(dir), 0);
}

static void directory_that_was_never_made_is_let_alone(void **state)
{
	struct co_workdir zero = { 0 };
	int before = fcntl(0, F_GETFD);

	(void)state;
	co_workdir_clear(&zero);
	co_workdir_remove(&zero);
	assert_int_equal(fcntl(0, F_GETFD), before);
}

static void tmpdir_that_is_none_is_refused_with_a_way_out(void **state)
{
	struct co_workdir w;
	char why[256] = "";

	(void)state;
	assert_int_equal(setenv("TMPDIR", in_dir("absent"), 1), 0);
	assert_false(co_workdir_make(&w, why, sizeof(why)));
	assert_non_null(strstr(why, "absent: No such file or directory"));
	assert_non_null(strstr(why, "(set TMPDIR to one)"));
	assert_int_equal(w.dir, -1);
	write_file(in_dir("file"), "");
	assert_int_equal(setenv("TMPDIR", in_dir("file"), 1), 0);
	assert_false(co_workdir_make(&w, why, sizeof(why)));
	assert_non_null(strstr(why, "Not a directory (set TMPDIR"));
	assert_int_equal(unlink(in_dir("file")), 0);
	assert_int_equal(setenv("TMPDIR", dir, 1), 0);
}

/* --- what killed runs left --- */

static void what_a_killed_run_left_goes(void **state)
{
	struct co_workdir held, next;
	int ready[2];
	char byte;
	pid_t child;

	(void)state;
	make(&held);
	put(&held, "kept", "1");
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct co_workdir w;
		char why[256];

		alarm(20);
		if (!co_workdir_make(&w, why, sizeof(why)) ||
		    !co_workdir_put(&w, "nonce", EV_SPAN_LITERAL("x")) ||
		    symlinkat(dir, w.dir, "link") != 0 ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(count_names(dir), 2);
	make(&next); /* the child still holds its own */
	assert_int_equal(count_names(dir), 3);
	co_workdir_remove(&next);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	make(&next);
	assert_int_equal(count_names(dir), 2);
	assert_int_equal(count_names(held.path), 1);
	co_workdir_remove(&held);
	co_workdir_remove(&next);
	close(ready[0]);
	close(ready[1]);
}

/* A name like ours; the mode of its kind. */
static void make_other(const char *name, mode_t mode)
{
	assert_int_equal(mkdir(in_dir(name), 0700), 0);
	assert_int_equal(chmod(in_dir(name), mode), 0);
}

static void what_is_not_ours_stays(void **state)
{
	struct co_workdir w;

	(void)state;
	make_other("ecart-report", 0700); /* somebody's own, with a file */
	write_file(in_dir("ecart-report/paper"), "x");
	make_other("ecart-shared", 01777);
	make_other("ecart-seven77", 01700);
	make_other("other-abcdef", 01700);
	make_other("ecart-ab.def", 01700);
	make_other("target", 01700);
	write_file(in_dir("target/x"), "x");
	assert_int_equal(symlink("target", in_dir("ecart-linked")), 0);
	write_file(in_dir("ecart-abcdef"), "x");
	assert_int_equal(chmod(in_dir("ecart-abcdef"), 01700), 0);
	assert_int_equal(count_names(dir), 8);
	make(&w);
	assert_int_equal(count_names(dir), 9);
	assert_true(is_there(in_dir("ecart-report/paper")));
	assert_true(is_there(in_dir("target/x")));
	co_workdir_remove(&w);
	unlink(in_dir("ecart-report/paper"));
	unlink(in_dir("target/x"));
	unlink(in_dir("ecart-linked"));
	unlink(in_dir("ecart-abcdef"));
	rmdir(in_dir("ecart-report"));
	rmdir(in_dir("ecart-shared"));
	rmdir(in_dir("ecart-seven77"));
	rmdir(in_dir("other-abcdef"));
	rmdir(in_dir("ecart-ab.def"));
	rmdir(in_dir("target"));
	assert_int_equal(count_names(dir), 0);
}

static void another_users_directory_stays(void **state)
{
	struct co_workdir w;

	(void)state;
	if (geteuid() != 0)
		skip();
	make_other("ecart-abcdef", 01700);
	assert_int_equal(chown(in_dir("ecart-abcdef"), 65534, 65534), 0);
	make(&w);
	assert_int_equal(count_names(dir), 2);
	co_workdir_remove(&w);
	assert_int_equal(rmdir(in_dir("ecart-abcdef")), 0);
}

static void what_lies_deeper_stays(void **state)
{
	struct co_workdir w;

	(void)state;
	make_other("ecart-abcdef", 01700);
	make_other("ecart-abcdef/deep", 0700);
	make_other("ecart-abcdef/empty", 0700);
	write_file(in_dir("ecart-abcdef/deep/x"), "x");
	write_file(in_dir("ecart-abcdef/file"), "x");
	make(&w);
	assert_true(is_there(in_dir("ecart-abcdef/deep/x")));
	assert_int_equal(count_names(in_dir("ecart-abcdef")), 1);
	co_workdir_remove(&w);
	assert_int_equal(unlink(in_dir("ecart-abcdef/deep/x")), 0);
	make(&w); /* now all of it can go */
	assert_false(is_there(in_dir("ecart-abcdef")));
	co_workdir_remove(&w);
}

/* --- files in it --- */

static void file_is_put_and_taken(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct co_workdir w;
	struct stat st;

	(void)state;
	make(&w);
	put(&w, "q.msg", "hello");
	assert_int_equal(fstatat(w.dir, "q.msg", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	ev_buffer_add_str(&b, "> ");
	assert_true(co_workdir_take(&w, "q.msg", 5, &b));
	assert_true(ev_span_eq(ev_buffer_span(&b), EV_SPAN_LITERAL("> hello")));
	assert_int_equal(count_names(w.path), 0);
	put(&w, "empty", "");
	assert_true(co_workdir_take(&w, "empty", 0, &b));
	assert_int_equal(b.n, 7);
	co_workdir_remove(&w);
}

static void names_that_lead_elsewhere_are_refused(void **state)
{
	static const char *const names[] = {
		"",
		".",
		"..",
		".x",
		"a/b",
		"/tmp/x",
		"../x",
		"a b",
		"-rf",
		"a\n",
		"a\xc3\xa9",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct co_workdir w;

	(void)state;
	make(&w);
	write_file(in_dir("x"), "outside");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_false(
			co_workdir_put(&w, names[i], EV_SPAN_LITERAL("x")));
		assert_int_equal(errno, EINVAL);
		assert_false(co_workdir_take(&w, names[i], 100, &b));
	}
	assert_true(is_there(in_dir("x")));
	assert_int_equal(count_names(w.path), 0);
	assert_int_equal(unlink(in_dir("x")), 0);
	co_workdir_remove(&w);
}

static void links_are_not_followed(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct co_workdir w;
	struct stat st;

	(void)state;
	make(&w);
	write_file(in_dir("x"), "outside");
	assert_int_equal(symlinkat(in_dir("x"), w.dir, "out"), 0);
	assert_int_equal(symlinkat(in_dir("y"), w.dir, "in"), 0);
	assert_false(co_workdir_put(&w, "out", EV_SPAN_LITERAL("x")));
	assert_false(co_workdir_put(&w, "in", EV_SPAN_LITERAL("x")));
	assert_false(is_there(in_dir("y")));
	assert_false(co_workdir_take(&w, "out", 100, &b));
	assert_int_equal(b.n, 0);
	assert_int_equal(stat(in_dir("x"), &st), 0);
	assert_int_equal(st.st_size, 7);
	co_workdir_clear(&w);
	assert_int_equal(count_names(w.path), 0);
	assert_true(is_there(in_dir("x")));
	assert_int_equal(unlink(in_dir("x")), 0);
	co_workdir_remove(&w);
}

static void only_plain_files_within_the_limit_are_taken(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	char large[10000];
	struct co_workdir w;

	(void)state;
	make(&w);
	memset(large, 'x', sizeof(large));
	assert_false(co_workdir_take(&w, "absent", 100, &b));
	assert_int_equal(mkfifoat(w.dir, "pipe", 0600), 0);
	assert_false(co_workdir_take(&w, "pipe", 100, &b));
	assert_int_equal(mkdirat(w.dir, "folder", 0700), 0);
	assert_false(co_workdir_take(&w, "folder", 100, &b));
	assert_true(co_workdir_put(&w, "large", EV_SPAN(large)));
	assert_false(co_workdir_take(&w, "large", sizeof(large) - 1, &b));
	assert_int_equal(b.n, 0);
	assert_true(co_workdir_put(&w, "large", EV_SPAN(large)));
	assert_true(co_workdir_take(&w, "large", sizeof(large), &b));
	assert_int_equal(b.n, sizeof(large));
	co_workdir_remove(&w);
	assert_int_equal(count_names(dir), 0);
}

static void a_name_is_put_once(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct co_workdir w;

	(void)state;
	make(&w);
	put(&w, "in", "first");
	assert_false(co_workdir_put(&w, "in", EV_SPAN_LITERAL("second")));
	assert_int_equal(errno, EEXIST);
	assert_true(co_workdir_take(&w, "in", 100, &b));
	assert_true(ev_span_eq(ev_buffer_span(&b), EV_SPAN_LITERAL("first")));
	co_workdir_remove(&w);
}

/* A run that is killed before it has done anything must leave what the next
 * one takes for its own. */
static void mark_is_there_whatever_the_umask(void **state)
{
	mode_t before = umask(0);
	struct co_workdir w;
	struct stat st;

	(void)state;
	make(&w);
	umask(before);
	assert_int_equal(stat(w.path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 01700);
	co_workdir_remove(&w);
}

static void many_are_made_at_once(void **state)
{
	int status;

	(void)state;
	for (int i = 0; i < 4; i++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child > 0)
			continue;
		alarm(60);
		for (int j = 0; j < 200; j++) {
			struct co_workdir w;
			char why[256];

			/* Each looks for what others left, and may not take
			 * what they have just made. */
			if (!co_workdir_make(&w, why, sizeof(why)) ||
			    !co_workdir_put(&w, "in", EV_SPAN_LITERAL("x")))
				_exit(1);
			co_workdir_remove(&w);
		}
		_exit(0);
	}
	for (int i = 0; i < 4; i++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	assert_int_equal(count_names(dir), 0);
}

static void room_is_told_and_takes_none(void **state)
{
	struct rlimit before, few = { 0 };
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct co_workdir w;

	(void)state;
	make(&w);
	put(&w, "q.msg", "x");
	assert_true(co_workdir_has_room(&w));
	assert_int_equal(count_names(w.path), 1);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(sigaction(SIGXFSZ, &ignore, NULL), 0);
	few = before;
	few.rlim_cur = 1000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
	errno = 0;
	assert_false(co_workdir_has_room(&w));
	assert_int_equal(errno, EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(count_names(w.path), 1);
	co_workdir_remove(&w);
}

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	return setenv("TMPDIR", dir, 1);
}

static int tear_down(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(directory_is_empty_and_ours_alone),
		cmocka_unit_test(directory_that_was_never_made_is_let_alone),
		cmocka_unit_test(tmpdir_that_is_none_is_refused_with_a_way_out),
		cmocka_unit_test(what_a_killed_run_left_goes),
		cmocka_unit_test(what_is_not_ours_stays),
		cmocka_unit_test(another_users_directory_stays),
		cmocka_unit_test(what_lies_deeper_stays),
		cmocka_unit_test(file_is_put_and_taken),
		cmocka_unit_test(names_that_lead_elsewhere_are_refused),
		cmocka_unit_test(links_are_not_followed),
		cmocka_unit_test(only_plain_files_within_the_limit_are_taken),
		cmocka_unit_test(a_name_is_put_once),
		cmocka_unit_test(mark_is_there_whatever_the_umask),
		cmocka_unit_test(many_are_made_at_once),
		cmocka_unit_test(room_is_told_and_takes_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
