/* SPDX-License-Identifier: Apache-2.0 */
/* Children that do what they should, and children that do not. */
#include "collect/exec.h"

#include "collect/stop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/ecart-test-exec-XXXXXX";

static const char *const environment[] = { "PATH=/usr/bin:/bin", "LC_ALL=C",
					   NULL };

static void run(const char *program, const char *const *argv, unsigned int ms,
		struct co_exec_result *r)
{
	const struct co_exec_request q = {
		.program = program,
		.argv = argv,
		.env = environment,
		.directory = dir,
		.limit_ms = ms,
	};

	co_exec(&q, r);
}

/* The tests' children are shell lines, the program's never are. */
static void run_line(const char *line, unsigned int ms,
		     struct co_exec_result *r)
{
	const char *const argv[] = { "sh", "-c", line, NULL };

	run("/bin/sh", argv, ms, r);
}

static void assert_text(const struct ev_buffer *b, const char *want)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_add(&text, ev_buffer_span(b));
	ev_buffer_add_byte(&text, 0);
	assert_true(ev_buffer_ok(&text));
	assert_string_equal((const char *)text.p, want);
}

static void assert_exited(const struct co_exec_result *r, int status)
{
	assert_int_equal(r->end, CO_EXEC_EXITED);
	assert_int_equal(r->status, status);
}

static void assert_described(const struct co_exec_result *r, const char *want)
{
	char text[100];

	co_exec_describe(r, text, sizeof(text));
	assert_string_equal(text, want);
}

static const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 32];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

/* A number that a child wrote to a file of ours; 0: not there yet. */
static pid_t number_in(const char *name)
{
	FILE *f = fopen(in_dir(name), "r");
	char line[32] = "";

	if (f == NULL)
		return 0;
	if (fgets(line, sizeof(line), f) == NULL || strchr(line, '\n') == NULL)
		line[0] = 0;
	fclose(f);
	return (pid_t)strtol(line, NULL, 10);
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

/* --- what a child gets --- */

static void output_and_status_come_back(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("echo out; echo err >&2; exit 7", 10000, &r);
	assert_exited(&r, 7);
	assert_text(&r.out, "out\n");
	assert_text(&r.err, "err\n");
	assert_false(r.out_cut || r.err_cut);
	assert_described(&r, "exit status 7");
	co_exec_free(&r);
	assert_null(r.out.p);
}

static void environment_is_what_was_given(void **state)
{
	static const char *const argv[] = { "env", NULL };
	struct co_exec_result r;

	(void)state;
	assert_int_equal(setenv("TPM2TOOLS_TCTI", "swtpm:port=1", 1), 0);
	run("/usr/bin/env", argv, 10000, &r);
	assert_exited(&r, 0);
	assert_text(&r.out, "PATH=/usr/bin:/bin\nLC_ALL=C\n");
	co_exec_free(&r);
}

static void arguments_go_through_as_they_are(void **state)
{
	static const char *const argv[] = { "printf", "%s|", "--",	"-x",
					    "a b",    "",    "$HOME;*", NULL };
	struct co_exec_result r;

	(void)state;
	run("/usr/bin/printf", argv, 10000, &r);
	assert_exited(&r, 0);
	assert_text(&r.out, "--|-x|a b||$HOME;*|");
	co_exec_free(&r);
}

static void directory_is_the_given_one_and_input_is_empty(void **state)
{
	ev_auto_buffer struct ev_buffer want = { 0 };
	struct co_exec_result r;

	(void)state;
	run_line("pwd -P; cat", 10000, &r);
	assert_exited(&r, 0);
	ev_buffer_printf(&want, "%s\n", dir);
	assert_true(ev_span_eq(ev_buffer_span(&r.out), ev_buffer_span(&want)));
	co_exec_free(&r);
}

static void no_descriptor_of_ours_is_there(void **state)
{
	int a = open("/dev/null", O_RDONLY); /* without O_CLOEXEC */
	int b = fcntl(a, F_DUPFD, 200);
	struct co_exec_result r;

	(void)state;
	assert_true(a >= 0 && b >= 200);
	run_line("ls /proc/$$/fd; :", 10000, &r);
	assert_exited(&r, 0);
	assert_text(&r.out, "0\n1\n2\n");
	co_exec_free(&r);
	close(a);
	close(b);
}

/* A mask of /proc/self/status, without the two signals that the C library
 * keeps for itself. */
static unsigned long long mask_in(const struct ev_buffer *b, const char *name)
{
	const char *at = memmem(b->p, b->n, name, strlen(name));

	assert_non_null(at);
	return strtoull(at + strlen(name), NULL, 16) & ~(3ULL << 31);
}

static void signals_are_as_for_a_fresh_process(void **state)
{
	static const char *const argv[] = { "cat", "/proc/self/status", NULL };
	struct co_exec_result r;
	sigset_t some, before;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGUSR1, SIG_IGN);
	sigemptyset(&some);
	sigaddset(&some, SIGTERM);
	sigprocmask(SIG_BLOCK, &some, &before);
	run("/bin/cat", argv, 10000, &r);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGUSR1, SIG_DFL);
	assert_exited(&r, 0);
	assert_true(mask_in(&r.out, "SigBlk:") == 0);
	assert_true(mask_in(&r.out, "SigIgn:") == 0);
	co_exec_free(&r);
}

static void child_leads_a_group_of_its_own(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("read a b c d group rest < /proc/$$/stat; "
		 "test $group = $$ && echo own",
		 10000, &r);
	assert_text(&r.out, "own\n");
	co_exec_free(&r);
}

/* --- what a child does --- */

static void output_over_the_limit_is_dropped_and_said(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("head -c 1000000 /dev/zero; head -c 262144 /dev/zero >&2",
		 20000, &r);
	assert_exited(&r, 0); /* it was not kept from writing */
	assert_int_equal(r.out.n, CO_EXEC_OUTPUT_MAX);
	assert_true(r.out_cut);
	assert_int_equal(r.err.n, CO_EXEC_OUTPUT_MAX);
	assert_false(r.err_cut);
	co_exec_free(&r);
}

static void death_by_a_signal_is_told(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("ulimit -c 0; kill -SEGV $$", 10000, &r);
	assert_int_equal(r.end, CO_EXEC_SIGNALLED);
	assert_int_equal(r.status, SIGSEGV);
	assert_described(&r, "signal 11 (SIGSEGV)");
	co_exec_free(&r);
}

static void child_past_its_limit_is_ended(void **state)
{
	static const char *const argv[] = { "sleep", "60", NULL };
	struct co_exec_result r;

	(void)state;
	run("/bin/sleep", argv, 300, &r);
	assert_int_equal(r.end, CO_EXEC_TOO_LONG);
	assert_true(r.ms >= 300 && r.ms < 300 + CO_EXEC_GRACE_MS);
	assert_described(&r, "no end after 0.3 s");
	co_exec_free(&r);
}

static void child_that_ignores_sigterm_is_killed(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("trap '' TERM; echo $$; while :; do sleep 1; done", 300, &r);
	assert_int_equal(r.end, CO_EXEC_TOO_LONG);
	assert_true(r.ms >= 300 + CO_EXEC_GRACE_MS && r.ms < 8000);
	co_exec_free(&r);
}

static void stopped_child_is_ended_by_sigterm(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("kill -STOP $$", 300, &r);
	assert_int_equal(r.end, CO_EXEC_TOO_LONG);
	assert_true(r.ms < 300 + CO_EXEC_GRACE_MS);
	co_exec_free(&r);
}

static void child_that_closes_its_output_is_waited_for(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("echo x; exec >&- 2>&-; sleep 0.3; exit 4", 10000, &r);
	assert_exited(&r, 4);
	assert_true(r.ms >= 300);
	assert_text(&r.out, "x\n");
	co_exec_free(&r);
}

static void rest_of_the_group_ends_with_the_child(void **state)
{
	struct co_exec_result r;

	(void)state;
	run_line("sleep 60 & echo $! >sleeper; echo done; exit 3", 30000, &r);
	assert_exited(&r, 3);
	assert_true(r.ms < 5000);
	assert_text(&r.out, "done\n");
	assert_true(goes_within(number_in("sleeper"), 1000));
	assert_int_equal(unlink(in_dir("sleeper")), 0);
	co_exec_free(&r);
}

/* A process that left the group keeps the pipes and does something else. */
static void assert_let_go(const char *what_it_does)
{
	struct co_exec_result r;
	char line[200];
	pid_t pid;

	snprintf(line, sizeof(line),
		 "setsid sh -c 'echo $$ >left; exec %s' & "
		 "until test -s left; do sleep 0.01; done; exit 0",
		 what_it_does);
	run_line(line, 20000, &r);
	assert_exited(&r, 0);
	assert_true(r.ms < 10000);
	co_exec_free(&r);
	pid = number_in("left");
	assert_true(pid > 1);
	kill(pid, SIGKILL); /* or a broken pipe has ended it by now */
	assert_true(goes_within(pid, 1000));
	assert_int_equal(unlink(in_dir("left")), 0);
}

static void who_left_the_group_keeps_nobody(void **state)
{
	(void)state;
	assert_let_go("sleep 30");
	assert_let_go("yes");
}

/* --- what is no child at all --- */

static void assert_not_begun(const char *program, const char *directory,
			     int why)
{
	const char *const argv[] = { "x", NULL };
	const struct co_exec_request q = {
		.program = program,
		.argv = argv,
		.env = environment,
		.directory = directory,
		.limit_ms = 1000,
	};
	struct co_exec_result r;

	co_exec(&q, &r);
	assert_int_equal(r.end, CO_EXEC_NOT_BEGUN);
	assert_int_equal(r.status, why);
	co_exec_free(&r);
}

static void what_cannot_be_run_is_told(void **state)
{
	const struct co_exec_result r = { .end = CO_EXEC_NOT_BEGUN,
					  .status = ENOENT };

	(void)state;
	assert_not_begun(in_dir("absent"), dir, ENOENT);
	assert_not_begun(dir, dir, EACCES);
	assert_not_begun("/etc/passwd", dir, EACCES);
	assert_not_begun("/bin/true", "/nonexistent", ENOENT);
	assert_described(&r, "cannot be run: No such file or directory");
}

static size_t count_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void many_runs_leave_neither_descriptors_nor_zombies(void **state)
{
	size_t before = count_descriptors();

	(void)state;
	while (waitpid(-1, NULL, 0) > 0)
		continue; /* orphans of the cases before */
	for (unsigned int i = 0; i < 30; i++) {
		struct co_exec_result r;

		run_line("exit 0", 10000, &r);
		assert_exited(&r, 0);
		co_exec_free(&r);
		assert_not_begun(in_dir("absent"), dir, ENOENT);
	}
	assert_int_equal(count_descriptors(), before);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* --- where the surroundings are unusual; each in a process of its own --- */

static void assert_holds(bool (*body)(void))
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		alarm(60);
		_exit(body() ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool ordinary_run(void)
{
	struct co_exec_result r;
	bool good;

	run_line("sleep 0.1; echo x; exit 5", 10000, &r);
	good = r.end == CO_EXEC_EXITED && r.status == 5 && r.out.n == 2;
	co_exec_free(&r);
	if (!good)
		return false;
	run_line("sleep 60", 300, &r);
	good = r.end == CO_EXEC_TOO_LONG && r.ms < 5000;
	co_exec_free(&r);
	return good;
}

static bool children_are_not_waited_for(void)
{
	signal(SIGCHLD, SIG_IGN);
	return ordinary_run() && signal(SIGCHLD, SIG_DFL) == SIG_IGN;
}

static bool standard_descriptors_are_closed(void)
{
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	return ordinary_run();
}

static bool kernel_is_old(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return false;
	if (syscall(SYS_pidfd_open, getpid(), 0) != -1)
		return false;
	no_descriptor_of_ours_is_there(NULL);
	return ordinary_run();
}

static void works_where_the_surroundings_are_unusual(void **state)
{
	(void)state;
	assert_holds(children_are_not_waited_for);
	assert_holds(standard_descriptors_are_closed);
	assert_holds(kernel_is_old);
}

static bool asked_to_stop(void)
{
	pid_t self = getpid();
	struct co_exec_result r;
	bool good;

	if (!co_stop_install())
		return false;
	if (fork() == 0) {
		usleep(200000);
		kill(self, SIGINT);
		_exit(0);
	}
	run_line("sleep 60", 50000, &r);
	good = r.end == CO_EXEC_STOPPED && r.status == SIGINT && r.ms < 5000;
	co_exec_free(&r);
	/* The request holds for what would be begun later. */
	run_line("sleep 60", 50000, &r);
	good = good && r.end == CO_EXEC_STOPPED && r.ms < 5000;
	co_exec_free(&r);
	return good;
}

static void request_to_stop_ends_the_child(void **state)
{
	const struct co_exec_result r = { .end = CO_EXEC_STOPPED,
					  .status = SIGINT };

	(void)state;
	assert_holds(asked_to_stop);
	assert_described(&r, "stopped by SIGINT");
}

static int set_up(void **state)
{
	(void)state;
	/* Orphans come to us, so that we see them end. */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		return -1;
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
		cmocka_unit_test(output_and_status_come_back),
		cmocka_unit_test(environment_is_what_was_given),
		cmocka_unit_test(arguments_go_through_as_they_are),
		cmocka_unit_test(directory_is_the_given_one_and_input_is_empty),
		cmocka_unit_test(no_descriptor_of_ours_is_there),
		cmocka_unit_test(signals_are_as_for_a_fresh_process),
		cmocka_unit_test(child_leads_a_group_of_its_own),
		cmocka_unit_test(output_over_the_limit_is_dropped_and_said),
		cmocka_unit_test(death_by_a_signal_is_told),
		cmocka_unit_test(child_past_its_limit_is_ended),
		cmocka_unit_test(child_that_ignores_sigterm_is_killed),
		cmocka_unit_test(stopped_child_is_ended_by_sigterm),
		cmocka_unit_test(child_that_closes_its_output_is_waited_for),
		cmocka_unit_test(rest_of_the_group_ends_with_the_child),
		cmocka_unit_test(who_left_the_group_keeps_nobody),
		cmocka_unit_test(what_cannot_be_run_is_told),
		cmocka_unit_test(
			many_runs_leave_neither_descriptors_nor_zombies),
		cmocka_unit_test(works_where_the_surroundings_are_unusual),
		cmocka_unit_test(request_to_stop_ends_the_child),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
