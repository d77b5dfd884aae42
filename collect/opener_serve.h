/* SPDX-License-Identifier: Apache-2.0 */
/* The side of opener.h that is root, and what is said between the two. */
#ifndef CO_OPENER_SERVE_H
#define CO_OPENER_SERVE_H

#include <limits.h>
#include <stdint.h>

enum co_opener_verb { CO_OPENER_OPEN, CO_OPENER_MAKE, CO_OPENER_REMOVE };

/* Numbered, since who asks may give up before the answer is there. */
struct co_opener_request {
	uint32_t number;
	enum co_opener_verb verb;
	int flags;
	char path[PATH_MAX];
};

struct co_opener_answer {
	uint32_t number;
	int code; /* an errno; 0: done, of an open with a descriptor */
};

/* Answers until the other end of the socket is closed, takes away what
 * entries are left, and ends the process. */
void co_opener_serve(int root_dir, int socket) __attribute__((noreturn));

#endif
