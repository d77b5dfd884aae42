/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One more file of sig/ for an archive that exists, as sign and stamp add
 * it: inside, where the file is replaced whole, or beside it in FILE.sig/.
 */
#ifndef CO_CMD_ADDITION_H
#define CO_CMD_ADDITION_H

#include "cli.h"
#include "evidence/archive.h"

#include <limits.h>

#define CMD_ADDITION_PATH (PATH_MAX + EV_PATH_TEXT)

/* Others that add to the archive wait until *lock is closed.  What was waited
 * for is then another file, so read it behind this.  CLI_PASS, or has said
 * why; *lock is -1 where the file system has no locks. */
int cmd_addition_lock(const char *path, int *lock);

/* name: "sig/NAME".  CLI_PASS, or has said why. */
int cmd_addition_inside(const char *path, const struct ev_archive *archive,
			const char *name, struct ev_span data);

/* The same into FILE.sig/NAME, which is put into where; *exists, and
 * CLI_FAIL, where that is there already. */
int cmd_addition_beside(const char *path, const char *name, struct ev_span data,
			char where[CMD_ADDITION_PATH], bool *exists);

#endif
