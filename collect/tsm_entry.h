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

#define CO_TSM_ENTRY_TEXT 32

/* Makes, opens and locks one; -1 with errno of what mkdir said. */
int co_tsm_entry_make(int dir, char name[CO_TSM_ENTRY_TEXT]);

/* Closes and removes it. */
void co_tsm_entry_remove(int dir, int entry, const char *name);

/* Removes those that no run holds. */
void co_tsm_entry_remove_stale(int dir);

#endif
