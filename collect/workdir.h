/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The empty directory in which children run and leave their output:
 * $TMPDIR/ecart-XXXXXX, of its user alone, held by a lock on the directory
 * itself and marked by the sticky bit (mode 1700).  Directories of ours that
 * are marked and that nobody holds are what killed runs left; they go when a
 * new one is made.
 */
#ifndef CO_WORKDIR_H
#define CO_WORKDIR_H

#include "evidence/base/buffer.h"

#include <limits.h>

struct co_workdir {
	char path[PATH_MAX];
	int dir; /* with the lock; -1, or path "": there is none */
};

/* Where it is made: $TMPDIR, else /tmp. */
const char *co_workdir_place(void);

/* False has said why: one line that ends with the way out. */
bool co_workdir_make(struct co_workdir *out, char *why, size_t why_size);
void co_workdir_remove(struct co_workdir *workdir);

/* A file for a child to read, new, mode 0600; a name is letters, digits, and
 * ._- behind the first.  False with errno. */
bool co_workdir_put(const struct co_workdir *workdir, const char *name,
		    struct ev_span bytes);
/* Appends what a child wrote and removes the file; false, and nothing
 * appended, where there is none, it is no plain file, or larger than max. */
bool co_workdir_take(const struct co_workdir *workdir, const char *name,
		     size_t max, struct ev_buffer *out);
/* Whether one more file of a child would fit; false with errno. */
bool co_workdir_has_room(const struct co_workdir *workdir);
/* Removes every file in it, so that the next child finds it empty. */
void co_workdir_clear(const struct co_workdir *workdir);

#endif
