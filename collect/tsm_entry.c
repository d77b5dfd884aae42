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
#include <unistd.h>

static void name_path(const char *name, char path[CO_TSM_ENTRY_TEXT])
{
	snprintf(path, CO_TSM_ENTRY_TEXT, CO_TSM_REPORT "/%.*s",
		 (int)CO_TSM_NAME_TEXT - 1, name);
}

static int open_entry(const struct co_root *root, const char *path)
{
	return co_root_openat(root, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

bool co_tsm_entry_make(const struct co_root *root, struct co_tsm_entry *out)
{
	uint64_t random = 0;
	char name[CO_TSM_NAME_TEXT];
	int saved;

	*out = (struct co_tsm_entry){ .root = root, .fd = -1 };
	(void)!getrandom(&random, sizeof(random), 0);
	snprintf(name, sizeof(name), CO_TSM_PREFIX "%016" PRIx64, random);
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

static void remove_if_stale(const struct co_root *root, const char *name)
{
	struct co_tsm_entry entry = { .root = root };

	name_path(name, entry.path);
	entry.fd = open_entry(root, entry.path);
	if (entry.fd < 0) {
		/* The opener gives none that it did not make; it looks at
		 * this one itself. */
		if (root->opener.pid > 0)
			co_opener_rmdir(&root->opener, entry.path);
		return;
	}
	if (co_tsm_is_stale(entry.fd))
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
		if (co_tsm_name_is_ours(d->d_name))
			remove_if_stale(root, d->d_name);
	closedir(list);
}
