/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The same work on many inputs, by worker processes: each result is used in
 * the order of the inputs, whatever the number of workers, and a worker that
 * dies takes the result of its one input with it and nothing else.
 */
#ifndef RP_CMD_JOBS_H
#define RP_CMD_JOBS_H

#include "evidence/base/buffer.h"

#define CMD_JOBS_MAX 256

struct cmd_jobs {
	size_t n;	   /* inputs */
	unsigned int jobs; /* workers, 1 to CMD_JOBS_MAX */
	/* In a worker: appends the output of input i, and returns its exit
	 * status; what it writes on standard error comes with the result. */
	int (*work)(void *user, size_t i, struct ev_buffer *out);
	/* In this process, for each input in turn.  exit NULL: the worker died
	 * of the signal (0: it ended), and gave nothing.  False ends all. */
	bool (*use)(void *user, size_t i, const int *exit, int signal,
		    struct ev_span out);
	void *user;
};

/* False: no processes or no memory, with errno; or use said so.  No more
 * results than a few for each worker are held at a time. */
bool cmd_jobs_run(const struct cmd_jobs *jobs);

#endif
