/* SPDX-License-Identifier: Apache-2.0 */
/* How children begin, and that they do not outlive us. */
#include "collect/child.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/ecart-test-child-XXXXXX";

static char out_path[sizeof(dir) + 4];
static const char *const environment[] = { "NAME=value", NULL };

static const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 32];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* Its output goes into a file of ours. */
static int start(const char *program, const char *const *argv,
		 const char *directory, pid_t *pid)
{
	int out = open(out_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int above = fcntl(out, F_DUPFD, 10);
	struct co_child_request q = { .program = program,
				      .argv = argv,
				      .env = environment,
				      .directory = directory,
				      .out = above,
				      .err = above };
	int e;

	assert_true(out >= 0 && above >= 0);
	e = co_child_start(&q, pid);
	close(out);
	close(above);
	return e;
}

static int start_line(const char *line, pid_t *pid)
{
	const char *const argv[] = { "name", "-c", line, "zero", NULL };

	return start("/bin/sh", argv, dir, pid);
}

static void read_out(char *text, size_t size)
{
	int fd = open(out_path, O_RDONLY);
	ssize_t n = read(fd, text, size - 1);

	assert_true(n >= 0);
	text[n] = 0;
	close(fd);
}

static void it_gets_what_was_asked_for(void **state)
{
	char text[256];
	pid_t pid = 0;
	int status = 0;

	(void)state;
	assert_int_equal(start_line("cat; echo $NAME $0; echo error >&2; "
				    "ls /proc/$$/fd; exit 3",
				    &pid),
			 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	read_out(text, sizeof(text));
	assert_string_equal(text, "value zero\nerror\n0\n1\n2\n");
}

static void assert_none(const char *program, const char *directory, int why)
{
	const char *const argv[] = { "x", NULL };
	pid_t pid = 0;

	assert_int_equal(start(program, argv, directory, &pid), why);
	/* Nobody is left to be waited for. */
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void what_cannot_be_begun_leaves_no_child(void **state)
{
	FILE *f = fopen(in_dir("text"), "w");

	(void)state;
	assert_non_null(f);
	fputs("exit 0\n", f);
	assert_int_equal(fchmod(fileno(f), 0700), 0);
	fclose(f);
	/* What a shell would run is no program to the kernel. */
	assert_none(in_dir("text"), dir, ENOEXEC);
	assert_int_equal(unlink(in_dir("text")), 0);
	assert_none(in_dir("absent"), dir, ENOENT);
	assert_none(dir, dir, EACCES);
	assert_none("/bin/true", "/nonexistent", ENOENT);
}

static volatile sig_atomic_t handled;

static void on_signal(int number)
{
	handled = number;
}

/* Blocked over fork, delivered after it. */
static void our_signals_are_as_before(void **state)
{
	struct sigaction action = { .sa_handler = on_signal }, before, after;
	sigset_t blocked, now;
	pid_t pid = 0;

	(void)state;
	sigaction(SIGUSR1, &action, &before);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR2);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	assert_int_equal(start_line("exit 0", &pid), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	sigprocmask(SIG_SETMASK, NULL, &now);
	assert_true(sigismember(&now, SIGUSR2) == 1);
	assert_true(sigismember(&now, SIGUSR1) == 0);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	raise(SIGUSR1);
	assert_int_equal(handled, SIGUSR1);
	sigaction(SIGUSR1, &before, &after);
	assert_ptr_equal(after.sa_handler, on_signal);
}

/* Whether the process is gone before the time is over; reaps it. */
static bool goes_within(pid_t pid, unsigned int ms)
{
	for (unsigned int i = 0; i <= ms / 10; i++) {
		waitpid(pid, NULL, WNOHANG);
		if (kill(pid, 0) != 0 && errno == ESRCH)
			return true;
		usleep(10000);
	}
	return false;
}

static void it_dies_with_us(void **state)
{
	pid_t parent, child = 0;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	parent = fork();
	assert_true(parent >= 0);
	if (parent == 0) {
		start_line("exec sleep 60", &child);
		(void)!write(ends[1], &child, sizeof(child));
		pause();
		_exit(0);
	}
	assert_int_equal(read(ends[0], &child, sizeof(child)), sizeof(child));
	assert_true(child > 1);
	assert_int_equal(kill(child, 0), 0);
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, NULL, 0), parent);
	assert_true(goes_within(child, 1000));
	close(ends[0]);
	close(ends[1]);
}

static int set_up(void **state)
{
	(void)state;
	/* Orphans come to us, so that we see them end. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		return -1;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(out_path, sizeof(out_path), "%s/out", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(out_path);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_gets_what_was_asked_for),
		cmocka_unit_test(what_cannot_be_begun_leaves_no_child),
		cmocka_unit_test(our_signals_are_as_before),
		cmocka_unit_test(it_dies_with_us),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
