/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client of tests/guest/faulty_https.py: starts it, asks it, keeps what
 * came and what was said.  It ends when our end of its standard input closes.
 */
#ifndef TESTS_FAULTY_HTTPS_H
#define TESTS_FAULTY_HTTPS_H

#include "collect/http.h"
#include "collect/stop.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct {
	pid_t pid;
	int input;	 /* of its standard input */
	char told[2048]; /* its lines, as "\nhttps 4711\n..." */
	struct co_http *http;
	struct co_http_reply reply;
	char why[CO_HTTP_WHY_MAX];
	char url[600];
	struct ev_buffer said;
} faulty;

/* What it told about one thing. */
static inline const char *faulty_told(const char *what)
{
	static char value[256];
	char line[64];
	const char *at;

	snprintf(line, sizeof(line), "\n%s ", what);
	at = strstr(faulty.told, line);
	assert_non_null(at);
	at += strlen(line);
	snprintf(value, sizeof(value), "%.*s", (int)strcspn(at, "\n"), at);
	return value;
}

static inline void faulty_run(int in, int out)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	char path[512];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(path, sizeof(path), "%s/tests/guest/faulty_https.py",
		 root == NULL ? "." : root);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	execlp("python3", "python3", "-B", path, (char *)NULL);
	_exit(127);
}

static inline void faulty_say(void *user, const char *line)
{
	(void)user;
	ev_buffer_printf(&faulty.said, "%s\n", line);
}

static inline struct co_http *faulty_client(const char *ca_file)
{
	const struct co_http_options options = { .ca_file = ca_file,
						 .say = faulty_say };

	return co_http_new(&options, faulty.why, sizeof(faulty.why));
}

/* For cmocka_run_group_tests. */
static inline int faulty_start(void **state)
{
	int in[2], out[2];
	size_t n = 1;
	ssize_t got = 1;

	(void)state;
	unsetenv("https_proxy");
	unsetenv("HTTPS_PROXY");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
	unsetenv("no_proxy");
	unsetenv("NO_PROXY");
	signal(SIGTERM, SIG_DFL);
	if (!co_stop_install() || pipe2(in, O_CLOEXEC) != 0 ||
	    pipe2(out, O_CLOEXEC) != 0)
		return -1;
	faulty.pid = fork();
	if (faulty.pid == 0)
		faulty_run(in[0], out[1]);
	close(in[0]);
	close(out[1]);
	faulty.input = in[1];
	faulty.told[0] = '\n';
	while (got > 0 && strstr(faulty.told, "\nready\n") == NULL &&
	       n < sizeof(faulty.told) - 1) {
		got = read(out[0], faulty.told + n,
			   sizeof(faulty.told) - 1 - n);
		n += got > 0 ? (size_t)got : 0;
	}
	close(out[0]);
	return strstr(faulty.told, "\nready\n") != NULL ? 0 : -1;
}

static inline int faulty_end(void **state)
{
	int status;

	(void)state;
	co_http_free(faulty.http);
	co_http_reply_free(&faulty.reply);
	ev_buffer_free(&faulty.said);
	close(faulty.input);
	return waitpid(faulty.pid, &status, 0) == faulty.pid && status == 0
		       ? 0
		       : -1;
}

/* The address of a path on one of its ports; stays until the next call. */
static inline const char *faulty_url(const char *port, const char *path)
{
	bool plain = strcmp(port, "http") == 0;

	snprintf(faulty.url, sizeof(faulty.url), "%s://127.0.0.1:%s%s",
		 plain ? "http" : "https", faulty_told(port), path);
	return faulty.url;
}

/* Asks; 10 s and one try where the request does not say. */
static inline bool faulty_ask(const char *port, const char *path,
			      struct co_http_request request)
{
	if (faulty.http == NULL)
		faulty.http = faulty_client(faulty_told("ca"));
	assert_non_null(faulty.http);
	co_http_reply_free(&faulty.reply);
	faulty.said.n = 0;
	if (request.url == NULL)
		request.url = faulty_url(port, path);
	if (request.limit_ms == 0)
		request.limit_ms = 10000;
	if (request.tries == 0)
		request.tries = 1;
	return co_http_ask(faulty.http, &request, &faulty.reply, faulty.why);
}

static inline bool faulty_get(const char *path)
{
	return faulty_ask("https", path, (struct co_http_request){ 0 });
}

static inline bool buffer_has(const struct ev_buffer *in, const char *what)
{
	return in->p != NULL &&
	       memmem(in->p, in->n, what, strlen(what)) != NULL;
}

static inline void assert_text(const struct ev_buffer *got, const char *want)
{
	if (!ev_span_eq(ev_buffer_span(got), ev_span_str(want)))
		fail_msg("got %.*s, want %s", (int)got->n, (const char *)got->p,
			 want);
}

/* The last question failed, in these words, and names the host. */
static inline void assert_why(const char *words)
{
	if (strstr(faulty.why, words) == NULL ||
	    strncmp(faulty.why, "127.0.0.1:", 10) != 0 ||
	    strchr(faulty.why, '\n') != NULL)
		fail_msg("\"%s\" instead of \"%s\"", faulty.why, words);
}

#endif
