/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One collector at a time on a machine: the 64 bytes of NV 0x01400002 and
 * the report that follows from them are one for all.  A lock on
 * /run/lock/ecart-collect.lock, or on a file of that name in
 * $XDG_RUNTIME_DIR where that cannot be had.  It is a courtesy: what another
 * program does without it is found by holding each reply against the question
 * (fresh.h).
 */
#ifndef CO_LOCK_H
#define CO_LOCK_H

#include "collect/root.h"

enum co_locked {
	CO_LOCK_HELD,	 /* by us */
	CO_LOCK_BUSY,	 /* by another collector */
	CO_LOCK_NOWHERE, /* there is no place for such a file */
};

struct co_lock {
	int fd; /* -1: none */
};

/* Waits up to wait_ms for another, or until a signal (stop.h).  The lock ends
 * with co_lock_free, or with the process. */
enum co_locked co_lock_take(const struct co_root *root, unsigned int wait_ms,
			    struct co_lock *out);
void co_lock_free(struct co_lock *lock);

#endif
