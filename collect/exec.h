/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that cannot surprise: its own process group, an
 * environment and a working directory that are given, no input, output in
 * memory up to a limit, a time limit, and an end with ours (it gets SIGKILL
 * when this process dies).  Never a shell.
 */
#ifndef CO_EXEC_H
#define CO_EXEC_H

#include "evidence/base/buffer.h"

/* Of stdout and of stderr each; the rest is read and dropped. */
static const size_t CO_EXEC_OUTPUT_MAX = (size_t)256 << 10;
/* Between SIGTERM and SIGKILL to a child that is past its limit. */
static const unsigned int CO_EXEC_GRACE_MS = 1000;

struct co_exec_request {
	const char *program;	 /* absolute path */
	const char *const *argv; /* ends with NULL */
	const char *const *env;	 /* ends with NULL; the whole environment */
	const char *directory;	 /* where it runs */
	unsigned int limit_ms;
};

enum co_exec_end {
	CO_EXEC_EXITED,	   /* status is the exit status */
	CO_EXEC_SIGNALLED, /* status is the signal */
	CO_EXEC_TOO_LONG,  /* past its limit, which is status, and ended */
	CO_EXEC_STOPPED,   /* we got the signal status (stop.h) and ended it */
	CO_EXEC_NOT_BEGUN, /* status is errno */
};

struct co_exec_result {
	enum co_exec_end end;
	int status;
	unsigned int ms;
	struct ev_buffer out, err;
	bool out_cut, err_cut; /* more than CO_EXEC_OUTPUT_MAX came */
};

/* Runs to the end of the child and of everything in its group.  Free the
 * result with co_exec_free, whatever came of it. */
void co_exec(const struct co_exec_request *request,
	     struct co_exec_result *result);
void co_exec_free(struct co_exec_result *result);

/* "exit status 1", "signal 11 (SIGSEGV)", "no end after 10 s", ... */
void co_exec_describe(const struct co_exec_result *result, char *out,
		      size_t size);

#endif
