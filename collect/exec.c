/* SPDX-License-Identifier: Apache-2.0 */
/* Running a child process to its end, whatever it does. */
#include "collect/exec.h"

#include "collect/child.h"
#include "collect/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static int begin(const struct co_exec_request *q, struct run *r)
{
	struct co_child_request child = { .program = q->program,
					  .argv = q->argv,
					  .env = q->env,
					  .directory = q->directory };
	int e;

	if (!make_pipe(r->out) || !make_pipe(r->err))
		return errno;
	child.out = r->out[1];
	child.err = r->err[1];
	e = co_child_start(&child, &r->pid);
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
