/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting a child: no input, output into pipes, no other descriptor, a group
 * of its own, signals as for a fresh process, and SIGKILL when the thread
 * that started it dies (PR_SET_PDEATHSIG, prctl(2); what is executed and
 * changes its user loses it, which no tool of a TPM does).
 */
#ifndef CO_CHILD_H
#define CO_CHILD_H

#include <sys/types.h>

struct co_child_request {
	const char *program;	 /* absolute path */
	const char *const *argv; /* ends with NULL, as env does */
	const char *const *env;
	const char *directory;
	int out, err; /* what are its 1 and 2; both above 2 */
};

/* 0, or the errno of what could not be done; then there is no child. */
int co_child_start(const struct co_child_request *request, pid_t *pid);

#endif
