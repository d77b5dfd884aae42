/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A process that stays root when the rest of a collection becomes another
 * user (--user), and opens for it what root alone may open: the files of
 * kernel and devices that sources read (opener_list.c names each, and how it
 * may be opened), and entries of configfs-tsm.  Of these it makes those named
 * as ours, opens those that it made itself, and removes them and what it finds
 * to be left by a run that died (tsm_stale.h).  It hands over descriptors and
 * reads no byte of evidence.  No signal to the group ends it, and no open
 * holds it: it ends when its parent has, and takes the entries away that are
 * left then.
 */
#ifndef CO_OPENER_H
#define CO_OPENER_H

#include <stdbool.h>
#include <sys/types.h>

struct co_opener {
	pid_t pid; /* 0: there is none */
	int socket;
};

/* root_dir: below which paths are, as in root.h.  To be called before there
 * are threads; false with errno. */
bool co_opener_start(int root_dir, struct co_opener *out);
void co_opener_stop(struct co_opener *opener);

/*
 * As open(2), mkdir(2) (mode 0700), rmdir(2) of "sys/kernel/...", below the
 * root and through no link.  EACCES where the path with these flags is not on
 * the list, where in the place of a file is something else than a file or a
 * device, where what would be written to has a second name, or where the entry
 * is another run's.  EINTR where a signal asks to stop (stop.h) before there
 * is an answer; what was asked may be done all the same.
 */
int co_opener_open(const struct co_opener *opener, const char *path, int flags);
bool co_opener_mkdir(const struct co_opener *opener, const char *path);
bool co_opener_rmdir(const struct co_opener *opener, const char *path);

#endif
