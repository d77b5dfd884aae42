/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which entries of configfs-tsm are ours, and which of those a run that died
 * has left.  Who removes one has to see that for himself: root's process does
 * not take the word of the one that is not root (opener.h).
 */
#ifndef CO_TSM_STALE_H
#define CO_TSM_STALE_H

#include <stdbool.h>

#define CO_TSM_REPORT	 "sys/kernel/config/tsm/report"
#define CO_TSM_PREFIX	 "ecart-"
#define CO_TSM_DIGITS	 16
#define CO_TSM_NAME_TEXT (sizeof(CO_TSM_PREFIX) + CO_TSM_DIGITS)

/* "ecart-" and 16 hexadecimal digits. */
bool co_tsm_name_is_ours(const char *name);

/* Of an open entry: older than ten seconds, and no run holds its lock, which
 * this takes until the entry is closed. */
bool co_tsm_is_stale(int entry);

#endif
