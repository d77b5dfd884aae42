/* SPDX-License-Identifier: Apache-2.0 */
/* By name, age and lock. */
#include "collect/tsm_stale.h"

#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

/* Between making a directory and locking it; the one that is younger may be
 * in between. */
static const int64_t YOUNG_SECONDS = 10;

bool co_tsm_name_is_ours(const char *name)
{
	const size_t n = sizeof(CO_TSM_PREFIX) - 1;

	return strncmp(name, CO_TSM_PREFIX, n) == 0 &&
	       strlen(name) == n + CO_TSM_DIGITS &&
	       strspn(name + n, "0123456789abcdef") == CO_TSM_DIGITS;
}

/* Where the lock cannot be asked for, it stays. */
bool co_tsm_is_stale(int entry)
{
	struct stat st;

	return fstat(entry, &st) == 0 &&
	       time(NULL) - st.st_mtime > YOUNG_SECONDS &&
	       flock(entry, LOCK_EX | LOCK_NB) == 0;
}
