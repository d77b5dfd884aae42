/* SPDX-License-Identifier: Apache-2.0 */
/* Worker processes, each given one input at a time. */
#include "replay/cmd_jobs.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Inputs given out ahead of the one that is used next, for each worker: a
 * slow input holds others up only when that many are done. */
enum { AHEAD = 8 };

struct worker {
	pid_t pid;
	int socket; /* -1: none; to it inputs' numbers, from it results */
	int errors; /* a file in memory, which is its standard error */
	bool busy;
	size_t input;
};

/* What a worker says of one input, before its text. */
struct head {
	int exit;
	size_t n_out;
};

struct result {
	bool there, died;
	int exit, signal;
	struct ev_buffer out, err;
};

struct pool {
	const struct cmd_jobs *jobs;
	struct worker worker[CMD_JOBS_MAX];
	struct result *results; /* a ring of `room` */
	size_t room, next, given;
};

/* --- whole pieces of a socket --- */

static bool put(int fd, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n > 0) {
		ssize_t done = send(fd, p, n, MSG_NOSIGNAL);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool get(int fd, void *bytes, size_t n)
{
	uint8_t *p = bytes;

	while (n > 0) {
		ssize_t done = recv(fd, p, n, 0);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		p += done;
		n -= (size_t)done;
	}
	return true;
}

static bool get_text(int fd, size_t n, struct ev_buffer *out)
{
	uint8_t piece[65536];

	while (n > 0) {
		size_t want = n < sizeof(piece) ? n : sizeof(piece);

		if (!get(fd, piece, want))
			return false;
		ev_buffer_add(out, ev_span_of(piece, want));
		n -= want;
	}
	return ev_buffer_ok(out);
}

/* --- a worker --- */

static bool answer(const struct cmd_jobs *jobs, int socket, size_t input)
{
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct head head = { .exit = jobs->work(jobs->user, input, &out) };

	if (!ev_buffer_ok(&out))
		return false;
	head.n_out = out.n;
	return put(socket, &head, sizeof(head)) && put(socket, out.p, out.n);
}

static _Noreturn void serve(const struct cmd_jobs *jobs, int socket, int errors)
{
	size_t input;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(errors, STDERR_FILENO) < 0)
		_exit(1);
	while (get(socket, &input, sizeof(input)))
		if (!answer(jobs, socket, input))
			_exit(1);
	_exit(0);
}

static void close_others(const struct pool *p)
{
	for (unsigned int i = 0; i < p->jobs->jobs; i++)
		if (p->worker[i].socket >= 0)
			close(p->worker[i].socket);
}

static bool start(struct pool *p, struct worker *w)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
		return false;
	w->errors = memfd_create("errors", MFD_CLOEXEC);
	fflush(NULL); /* what is buffered is not the worker's to write */
	w->pid = fork();
	if (w->pid == 0) {
		close(ends[0]);
		close_others(p);
		serve(p->jobs, ends[1], w->errors);
	}
	close(ends[1]);
	if (w->pid < 0) {
		close(ends[0]);
		close(w->errors);
		return false;
	}
	w->socket = ends[0];
	return true;
}

/* The status that waitpid gave. */
static int end(struct worker *w)
{
	int status = 0;

	if (w->socket < 0)
		return 0;
	close(w->socket);
	close(w->errors);
	w->socket = -1;
	if (w->busy)
		kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* --- this process --- */

static bool give(struct pool *p, struct worker *w)
{
	if (w->socket < 0 && !start(p, w))
		return false;
	w->input = p->given;
	/* One that died at once is seen when its answer is read. */
	(void)!put(w->socket, &w->input, sizeof(w->input));
	w->busy = true;
	p->given++;
	return true;
}

static bool give_all(struct pool *p)
{
	for (unsigned int i = 0; i < p->jobs->jobs; i++) {
		struct worker *w = &p->worker[i];

		if (p->given == p->jobs->n || p->given == p->next + p->room)
			return true;
		if (!w->busy && !give(p, w))
			return false;
	}
	return true;
}

/* What it wrote on standard error; the file is then empty for the next. */
static void take_errors(const struct worker *w, struct ev_buffer *err)
{
	uint8_t piece[4096];
	ssize_t n;
	off_t at = 0;

	while ((n = pread(w->errors, piece, sizeof(piece), at)) > 0) {
		ev_buffer_add(err, ev_span_of(piece, (size_t)n));
		at += n;
	}
	if (at > 0 && ftruncate(w->errors, 0) == 0)
		lseek(w->errors, 0, SEEK_SET); /* the worker's offset too */
}

static void take(struct pool *p, struct worker *w)
{
	struct result *r = &p->results[w->input % p->room];
	struct head head;
	int status;

	w->busy = false;
	r->there = true;
	if (get(w->socket, &head, sizeof(head)) &&
	    get_text(w->socket, head.n_out, &r->out)) {
		take_errors(w, &r->err);
		r->exit = head.exit;
		return;
	}
	ev_buffer_free(&r->out);
	take_errors(w, &r->err);
	status = end(w);
	r->died = true;
	r->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

/* Until one worker has something to say. */
static bool take_some(struct pool *p)
{
	struct pollfd fds[CMD_JOBS_MAX];
	unsigned int n = p->jobs->jobs;

	for (unsigned int i = 0; i < n; i++)
		fds[i] = (struct pollfd){
			.fd = p->worker[i].busy ? p->worker[i].socket : -1,
			.events = POLLIN,
		};
	if (poll(fds, n, -1) < 0)
		return errno == EINTR;
	for (unsigned int i = 0; i < n; i++)
		if (fds[i].fd >= 0 && fds[i].revents != 0)
			take(p, &p->worker[i]);
	return true;
}

static bool use_ready(struct pool *p)
{
	for (;;) {
		struct result *r = &p->results[p->next % p->room];
		bool good;

		if (p->next == p->jobs->n || !r->there)
			return true;
		if (r->err.n > 0)
			fwrite(r->err.p, 1, r->err.n, stderr);
		good = p->jobs->use(p->jobs->user, p->next,
				    r->died ? NULL : &r->exit, r->signal,
				    ev_buffer_span(&r->out));
		ev_buffer_free(&r->out);
		ev_buffer_free(&r->err);
		*r = (struct result){ 0 };
		p->next++;
		if (!good)
			return false;
	}
}

bool cmd_jobs_run(const struct cmd_jobs *jobs)
{
	struct pool *p = calloc(1, sizeof(*p));
	bool good = p != NULL, given;

	if (!good)
		return false;
	p->jobs = jobs;
	p->room = AHEAD * jobs->jobs;
	p->results = calloc(p->room, sizeof(*p->results));
	good = p->results != NULL;
	for (unsigned int i = 0; i < CMD_JOBS_MAX; i++)
		p->worker[i].socket = -1;
	/* Who answered works on while the answer is used; what is there is
	 * used although no more can be given. */
	while (good && p->next < jobs->n) {
		good = give_all(p) && take_some(p);
		given = good && give_all(p);
		good = good && use_ready(p) && given;
	}
	for (unsigned int i = 0; i < jobs->jobs; i++)
		end(&p->worker[i]);
	for (size_t i = 0; p->results != NULL && i < p->room; i++) {
		ev_buffer_free(&p->results[i].out);
		ev_buffer_free(&p->results[i].err);
	}
	free(p->results);
	free(p);
	return good;
}
