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

static void name_path(const char *name, char path[CO_TSM_ENTRY_TEXT])
{
	snprintf(path, CO_TSM_ENTRY_TEXT, CO_TSM_REPORT "/%s", name);
}

static int open_entry(const struct co_root *root, const char *path)
{
	return co_root_openat(root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

bool co_tsm_entry_make(const struct co_root *root, struct co_tsm_entry *out)
{
	uint64_t random = 0;
	char name[sizeof(prefix) + DIGITS];
	int saved;

	*out = (struct co_tsm_entry){ .root = root, .fd = -1 };
	(void)!getrandom(&random, sizeof(random), 0);
	snprintf(name, sizeof(name), "%s%016" PRIx64, prefix, random);
	name_path(name, out->path);
	if (!co_root_mkdir(root, out->path))
		return false;
	out->fd = open_entry(root, out->path);
	saved = errno;
	if (out->fd < 0)
		co_root_rmdir(root, out->path);
	else
		flock(out->fd, LOCK_EX | LOCK_NB);
	errno = saved;
	return out->fd >= 0;
}

int co_tsm_entry_open(const struct co_tsm_entry *entry, const char *name,
		      int flags)
{
	char path[2 * CO_TSM_ENTRY_TEXT];

	snprintf(path, sizeof(path), "%s/%s", entry->path, name);
	return co_root_openat(entry->root, path, flags | O_NOFOLLOW);
}

void co_tsm_entry_remove(struct co_tsm_entry *entry)
{
	if (entry->fd < 0)
		return;
	close(entry->fd);
	entry->fd = -1;
	co_root_rmdir(entry->root, entry->path);
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

static void remove_if_stale(const struct co_root *root, const char *name)
{
	struct co_tsm_entry entry = { .root = root };

	name_path(name, entry.path);
	entry.fd = open_entry(root, entry.path);
	if (entry.fd < 0)
		return;
	if (is_stale(entry.fd))
		co_tsm_entry_remove(&entry);
	else
		close(entry.fd);
}

void co_tsm_entry_remove_stale(const struct co_root *root)
{
	int dir = co_root_openat(root, CO_TSM_REPORT, O_RDONLY | O_DIRECTORY);
	DIR *list = dir >= 0 ? fdopendir(dir) : NULL;
	const struct dirent *d;

	if (list == NULL) {
		if (dir >= 0)
			close(dir);
		return;
	}
	while ((d = readdir(list)) != NULL)
		if (is_ours(d->d_name))
			remove_if_stale(root, d->d_name);
	closedir(list);
}
