/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories of ours in configfs-tsm, ecart- and 16 hexadecimal digits.
 *
 * configfs is one for all containers of a machine, and process numbers are
 * not: that a run lives is said by the lock that it holds on its directory
 * (flock; the kernel's own for every file system that has none, and configfs
 * has none).  It ends with the process, whatever it dies of.
 */
#ifndef CO_TSM_ENTRY_H
#define CO_TSM_ENTRY_H

#include "collect/root.h"
#include "collect/tsm_stale.h"

#define CO_TSM_ENTRY_TEXT 80

struct co_tsm_entry {
	const struct co_root *root;
	int fd;			      /* with the lock; -1: there is none */
	char path[CO_TSM_ENTRY_TEXT]; /* "sys/kernel/.../ecart-0123..." */
};

/* Makes, opens and locks one; false with errno of what mkdir said. */
bool co_tsm_entry_make(const struct co_root *root, struct co_tsm_entry *out);

/* A file of it, as open(2). */
int co_tsm_entry_open(const struct co_tsm_entry *entry, const char *name,
		      int flags);

/* Closes and removes it, if there is one. */
void co_tsm_entry_remove(struct co_tsm_entry *entry);

/* Removes those that no run holds. */
void co_tsm_entry_remove_stale(const struct co_root *root);

#endif
