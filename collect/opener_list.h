/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the process that stays root may open: the very files that sources
 * read, in the way that they open them.  No folder is allowed as a whole:
 * securityfs alone holds the policies of every security module.
 */
#ifndef CO_OPENER_LIST_H
#define CO_OPENER_LIST_H

#include "collect/tsm_stale.h"

#include <stdbool.h>

struct co_opener_place {
	bool folder;		      /* else a file */
	char entry[CO_TSM_NAME_TEXT]; /* that it is or is in; "": none */
};

/* False where path, or these flags with it, are not on the list. */
bool co_opener_listed(const char *path, int flags, struct co_opener_place *out);

/* The name of an entry of ours where path is "sys/kernel/.../NAME", else
 * NULL. */
const char *co_opener_entry(const char *path);

#endif
