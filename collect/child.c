/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By fork and execve: posix_spawn has no PR_SET_PDEATHSIG.  Between the two
 * the child calls what signal-safety(7) lists, and system calls.
 */
#include "collect/child.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Descriptors of which a kernel before 5.11 is told one by one. */
static const int DESCRIPTORS_MAX = 4096;

/* execve takes char *const[] and writes to none of it. */
static char *const *as_vector(const char *const *list)
{
	union {
		const char *const *given;
		char *const *taken;
	} u = { .given = list };

	return u.taken;
}

/* --- in the child --- */

/* Our own are so already; those that we were given are not. */
static void close_on_exec(void)
{
	if (syscall(SYS_close_range, 3, UINT32_MAX, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = 3; fd < DESCRIPTORS_MAX; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* False where the parent died before it was asked for.  A parent outside of
 * the child's PID namespace has the number 0 in it. */
static bool die_with(pid_t parent)
{
	pid_t now;

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
		return false;
	now = getppid();
	return now == parent || now == 0;
}

static bool take_descriptors(const struct co_child_request *q)
{
	int null = open("/dev/null", O_RDONLY);

	if (null < 0)
		return false;
	if (null != 0 && (dup2(null, 0) < 0 || close(null) != 0))
		return false;
	return dup2(q->out, 1) >= 0 && dup2(q->err, 2) >= 0;
}

/* All signals are blocked on entry, so that no handler of the parent runs
 * here and writes where the parent reads. */
static void fresh_signals(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		sigaction(number, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(const struct co_child_request *q, pid_t parent,
			     int failure)
{
	int e = ESRCH;

	if (die_with(parent)) {
		close_on_exec();
		if (setpgid(0, 0) == 0 && take_descriptors(q) &&
		    chdir(q->directory) == 0) {
			fresh_signals();
			execve(q->program, as_vector(q->argv),
			       as_vector(q->env));
		}
		e = errno;
	}
	(void)!write(failure, &e, sizeof(e));
	_exit(127);
}

/* --- in the parent --- */

/* What the child says of itself before it is another program; 0: nothing,
 * since the pipe was closed by execve. */
static int read_failure(int fd)
{
	int e = 0;
	ssize_t n;

	do
		n = read(fd, &e, sizeof(e));
	while (n < 0 && errno == EINTR);
	return n == sizeof(e) ? e : 0;
}

/* A descriptor above 2 that goes with execve, in place of this one. */
static int lifted(int fd)
{
	int above = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	close(fd);
	return above;
}

int co_child_start(const struct co_child_request *request, pid_t *pid)
{
	pid_t parent = getpid();
	sigset_t all, before;
	int failure[2], e;

	if (pipe2(failure, O_CLOEXEC) != 0)
		return errno;
	failure[1] = lifted(failure[1]);
	if (failure[1] < 0) {
		e = errno;
		close(failure[0]);
		return e;
	}
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	*pid = fork();
	e = errno;
	if (*pid == 0)
		become(request, parent, failure[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(failure[1]);
	if (*pid > 0) {
		e = read_failure(failure[0]);
		if (e != 0)
			waitpid(*pid, NULL, 0);
	}
	close(failure[0]);
	return e;
}
