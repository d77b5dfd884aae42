/* SPDX-License-Identifier: Apache-2.0 */
/* Running a child process to its end, whatever it does. */
#include "collect/exec.h"

#include "collect/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * posix_spawn cannot ask that the child be killed when its parent dies
 * (PR_SET_PDEATHSIG, prctl(2)); this program of util-linux, which is part of
 * every Debian, asks and becomes the child.  Where it is not there the child
 * runs without.  A parent that dies in the millisecond before setpriv asks
 * goes unnoticed.
 */
static const char setpriv[] = "/usr/bin/setpriv";
static const char *const setpriv_args[] = { setpriv, "--pdeathsig", "KILL",
					    "--" };
#define N_SETPRIV_ARGS (sizeof(setpriv_args) / sizeof(*setpriv_args))

/* How often the end of the child is looked for where there is no pidfd. */
static const int64_t TICK_MS = 10;
/* Reads of what a child that has ended left in the pipes: bounded, since a
 * process that left its group may go on writing. */
static const unsigned int LAST_READS = 256;

enum phase { RUNNING, ASKED_TO_END, KILLED, GIVEN_UP };

struct run {
	struct co_exec_result *result;
	pid_t pid;
	int pidfd;  /* -1: this kernel has none */
	int out[2]; /* pipes: read end, write end; -1: closed */
	int err[2];
	enum phase phase;
	int64_t deadline; /* of this phase */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* --- starting --- */

/* None of the ends may be 0, 1 or 2, which the child gets anew. */
static bool make_pipe(int ends[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC) != 0)
		return false;
	for (size_t i = 0; i < 2; i++)
		ends[i] = fcntl(low[i], F_DUPFD_CLOEXEC, 3);
	close(low[0]);
	close(low[1]);
	return ends[0] >= 0 && ends[1] >= 0;
}

static int set_actions(const struct run *r, const char *directory,
		       posix_spawn_file_actions_t *a)
{
	int e = posix_spawn_file_actions_addopen(a, 0, "/dev/null", O_RDONLY,
						 0);

	if (e == 0)
		e = posix_spawn_file_actions_adddup2(a, r->out[1], 1);
	if (e == 0)
		e = posix_spawn_file_actions_adddup2(a, r->err[1], 2);
	if (e == 0)
		e = posix_spawn_file_actions_addchdir_np(a, directory);
	if (e == 0)
		e = posix_spawn_file_actions_addclosefrom_np(a, 3);
	return e;
}

/* All signals as a fresh process has them, and a group of its own. */
static int set_attributes(posix_spawnattr_t *a)
{
	const short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
			    POSIX_SPAWN_SETPGROUP;
	sigset_t all, none;
	int e;

	sigfillset(&all);
	sigemptyset(&none);
	e = posix_spawnattr_setsigdefault(a, &all);
	if (e == 0)
		e = posix_spawnattr_setsigmask(a, &none);
	if (e == 0)
		e = posix_spawnattr_setpgroup(a, 0);
	if (e == 0)
		e = posix_spawnattr_setflags(a, flags);
	return e;
}

/* What is executed: setpriv and its arguments in front, where it is there.
 * NULL is lack of memory; free the list alone. */
static const char **arguments(const struct co_exec_request *q,
			      const char **program)
{
	bool wrapped = access(setpriv, X_OK) == 0;
	size_t n = 0, at = 0;
	const char **list;

	while (q->argv[n] != NULL)
		n++;
	list = calloc(n + N_SETPRIV_ARGS + 2, sizeof(*list));
	if (list == NULL)
		return NULL;
	*program = wrapped ? setpriv : q->program;
	for (size_t i = 0; wrapped && i < N_SETPRIV_ARGS; i++)
		list[at++] = setpriv_args[i];
	list[at++] = q->program;
	for (size_t i = 1; i < n; i++)
		list[at++] = q->argv[i];
	return list;
}

/* posix_spawn takes char *const[] and writes to none of it. */
static char *const *as_vector(const char *const *list)
{
	union {
		const char *const *given;
		char *const *taken;
	} u = { .given = list };

	return u.taken;
}

static int spawn(const struct co_exec_request *q, struct run *r)
{
	const char *program = NULL;
	const char **argv = arguments(q, &program);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int e;

	if (argv == NULL)
		return ENOMEM;
	e = posix_spawn_file_actions_init(&actions);
	if (e != 0)
		goto out_argv;
	e = posix_spawnattr_init(&attributes);
	if (e != 0)
		goto out_actions;
	e = set_actions(r, q->directory, &actions);
	if (e == 0)
		e = set_attributes(&attributes);
	if (e == 0)
		e = posix_spawn(&r->pid, program, &actions, &attributes,
				as_vector(argv), as_vector(q->env));
	posix_spawnattr_destroy(&attributes);
out_actions:
	posix_spawn_file_actions_destroy(&actions);
out_argv:
	free(argv);
	return e;
}

/* setpriv would tell of these by an exit status of its own. */
static int refuse_program(const char *program)
{
	struct stat st;

	if (stat(program, &st) != 0 || access(program, X_OK) != 0)
		return errno;
	return S_ISREG(st.st_mode) ? 0 : EACCES;
}

static int begin(const struct co_exec_request *q, struct run *r)
{
	int e = refuse_program(q->program);

	if (e != 0)
		return e;
	if (!make_pipe(r->out) || !make_pipe(r->err))
		return errno;
	e = spawn(q, r);
	close_one(&r->out[1]);
	close_one(&r->err[1]);
	if (e == 0)
		r->pidfd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	return e;
}

/* --- waiting --- */

static void keep(struct ev_buffer *b, bool *cut, struct ev_span piece)
{
	size_t room = CO_EXEC_OUTPUT_MAX - b->n;

	if (piece.n > room) {
		*cut = true;
		piece.n = room;
	}
	ev_buffer_add(b, piece);
}

static void read_one(int *fd, struct ev_buffer *b, bool *cut)
{
	uint8_t piece[16384];
	ssize_t n = read(*fd, piece, sizeof(piece));

	if (n > 0)
		keep(b, cut, ev_span_of(piece, (size_t)n));
	else if (n == 0 || errno != EINTR)
		close_one(fd);
}

/* Waits for output, the end of the child or a request to stop; true where
 * there was output, or its end. */
static bool pump(struct run *r, int64_t wait)
{
	/* The descriptor of stop.h stays readable once we have been asked. */
	struct pollfd p[] = {
		{ .fd = r->out[0], .events = POLLIN },
		{ .fd = r->err[0], .events = POLLIN },
		{ .fd = r->pidfd, .events = POLLIN },
		{ .fd = r->phase == RUNNING ? co_stop_fd() : -1,
		  .events = POLLIN },
	};

	if (r->pidfd < 0 && wait > TICK_MS)
		wait = TICK_MS;
	if (poll(p, sizeof(p) / sizeof(*p), (int)wait) <= 0)
		return false;
	if (p[0].revents != 0)
		read_one(&r->out[0], &r->result->out, &r->result->out_cut);
	if (p[1].revents != 0)
		read_one(&r->err[0], &r->result->err, &r->result->err_cut);
	return p[0].revents != 0 || p[1].revents != 0;
}

/* It stays a zombie, so that its number, which is that of the group, is not
 * given to another before the group is killed. */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) !=
		       0 ||
	       info.si_pid == pid;
}

static void ask_to_end(struct run *r, enum co_exec_end why, int status)
{
	r->result->end = why;
	r->result->status = status;
	r->phase = ASKED_TO_END;
	r->deadline = now_ms() + CO_EXEC_GRACE_MS;
	kill(-r->pid, SIGTERM);
	/* One that was stopped does not see the signal before it goes on. */
	kill(-r->pid, SIGCONT);
}

/* A child inside a driver that does not answer may outlast SIGKILL; we do
 * not wait for it for ever. */
static void go_on_ending(struct run *r)
{
	if (r->phase == ASKED_TO_END) {
		kill(-r->pid, SIGKILL);
		r->phase = KILLED;
		r->deadline = now_ms() + CO_EXEC_GRACE_MS;
	} else {
		r->phase = GIVEN_UP;
	}
}

static void wait_for_end(struct run *r, unsigned int limit_ms)
{
	while (r->phase != GIVEN_UP && !has_ended(r->pid)) {
		int64_t left = r->deadline - now_ms();

		if (r->phase == RUNNING && co_stop_signal() != 0)
			ask_to_end(r, CO_EXEC_STOPPED, co_stop_signal());
		else if (left > 0)
			pump(r, left);
		else if (r->phase == RUNNING)
			ask_to_end(r, CO_EXEC_TOO_LONG, (int)limit_ms);
		else
			go_on_ending(r);
	}
}

/* The rest of the group, what is left in the pipes, the status. */
static void finish(struct run *r)
{
	siginfo_t info = { 0 };

	kill(-r->pid, SIGKILL);
	for (unsigned int i = 0; i < LAST_READS && pump(r, 0); i++)
		if (r->out[0] < 0 && r->err[0] < 0)
			break;
	if (r->phase == GIVEN_UP)
		return;
	if (waitid(P_PID, (id_t)r->pid, &info, WEXITED) != 0)
		info.si_code = 0;
	if (r->phase != RUNNING)
		return;
	r->result->end =
		info.si_code == CLD_EXITED ? CO_EXEC_EXITED : CO_EXEC_SIGNALLED;
	r->result->status = info.si_status;
}

void co_exec(const struct co_exec_request *request,
	     struct co_exec_result *result)
{
	struct sigaction standard = { .sa_handler = SIG_DFL }, before;
	struct run r = {
		.result = result,
		.pidfd = -1,
		.out = { -1, -1 },
		.err = { -1, -1 },
		.phase = RUNNING,
	};
	int64_t start = now_ms();
	int e;

	*result = (struct co_exec_result){ 0 };
	/* Where SIGCHLD is ignored the system keeps no status for us. */
	sigaction(SIGCHLD, &standard, &before);
	e = begin(request, &r);
	if (e == 0) {
		r.deadline = start + request->limit_ms;
		wait_for_end(&r, request->limit_ms);
		finish(&r);
	} else {
		result->end = CO_EXEC_NOT_BEGUN;
		result->status = e;
	}
	sigaction(SIGCHLD, &before, NULL);
	for (size_t i = 0; i < 2; i++) {
		close_one(&r.out[i]);
		close_one(&r.err[i]);
	}
	close_one(&r.pidfd);
	result->ms = (unsigned int)(now_ms() - start);
}

void co_exec_free(struct co_exec_result *result)
{
	ev_buffer_free(&result->out);
	ev_buffer_free(&result->err);
	*result = (struct co_exec_result){ 0 };
}

static const char *signal_name(int number)
{
	const char *name = sigabbrev_np(number);

	return name != NULL ? name : "?";
}

void co_exec_describe(const struct co_exec_result *result, char *out,
		      size_t size)
{
	int status = result->status;

	switch (result->end) {
	case CO_EXEC_EXITED:
		snprintf(out, size, "exit status %d", status);
		break;
	case CO_EXEC_SIGNALLED:
		snprintf(out, size, "signal %d (SIG%s)", status,
			 signal_name(status));
		break;
	case CO_EXEC_TOO_LONG:
		snprintf(out, size, "no end after %d.%d s", status / 1000,
			 status % 1000 / 100);
		break;
	case CO_EXEC_STOPPED:
		snprintf(out, size, "stopped by SIG%s", signal_name(status));
		break;
	case CO_EXEC_NOT_BEGUN:
		snprintf(out, size, "cannot be run: %s", strerror(status));
		break;
	}
}
