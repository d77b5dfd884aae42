/* SPDX-License-Identifier: Apache-2.0 */
/* Made, locked, removed. */
#include "collect/tsm_entry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char prefix[] = "ecart-";
#define PREFIX_SIZE (sizeof(prefix) - 1)
#define DIGITS	    16
/* Between making a directory and locking it; the one that is younger may be
 * in between. */
static const int64_t YOUNG_SECONDS = 10;

static int open_entry(int dir, const char *name)
{
	return openat(dir, name,
		      O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

int co_tsm_entry_make(int dir, char name[CO_TSM_ENTRY_TEXT])
{
	uint64_t random = 0;
	int fd, saved;

	(void)!getrandom(&random, sizeof(random), 0);
	snprintf(name, CO_TSM_ENTRY_TEXT, "%s%016" PRIx64, prefix, random);
	if (mkdirat(dir, name, 0700) != 0)
		return -1;
	fd = open_entry(dir, name);
	saved = errno;
	if (fd < 0)
		unlinkat(dir, name, AT_REMOVEDIR);
	else
		flock(fd, LOCK_EX | LOCK_NB);
	errno = saved;
	return fd;
}

void co_tsm_entry_remove(int dir, int entry, const char *name)
{
	close(entry);
	unlinkat(dir, name, AT_REMOVEDIR);
}

static bool is_ours(const char *name)
{
	return strncmp(name, prefix, PREFIX_SIZE) == 0 &&
	       strlen(name) == PREFIX_SIZE + DIGITS &&
	       strspn(name + PREFIX_SIZE, "0123456789abcdef") == DIGITS;
}

/* Where the lock cannot be asked for, it stays. */
static bool is_stale(int entry)
{
	struct stat st;

	return fstat(entry, &st) == 0 &&
	       time(NULL) - st.st_mtime > YOUNG_SECONDS &&
	       flock(entry, LOCK_EX | LOCK_NB) == 0;
}

static void remove_if_stale(int dir, const char *name)
{
	int entry = open_entry(dir, name);

	if (entry < 0)
		return;
	if (is_stale(entry))
		co_tsm_entry_remove(dir, entry, name);
	else
		close(entry);
}

void co_tsm_entry_remove_stale(int dir)
{
	int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy >= 0 ? fdopendir(copy) : NULL;
	const struct dirent *d;

	if (list == NULL) {
		if (copy >= 0)
			close(copy);
		return;
	}
	while ((d = readdir(list)) != NULL)
		if (is_ours(d->d_name))
			remove_if_stale(dir, d->d_name);
	closedir(list);
}
