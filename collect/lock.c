/* SPDX-License-Identifier: Apache-2.0 */
/* A lock on a file, for the time of a collection. */
#include "collect/lock.h"

#include "collect/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char path[] = "run/lock/ecart-collect.lock";
static const char name[] = "ecart-collect.lock";
static const int PLAIN = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
static const unsigned int TICK_MS = 50;

/*
 * To lock a file is to read it, so that a collector of another user finds
 * one's file of use.  It is created in a call of its own: in a directory that
 * everybody may write to, the kernel refuses to open with O_CREAT what
 * another user has made (protected_regular, proc(5)).
 */
static int open_below(const struct co_root *root, const char *where)
{
	for (unsigned int i = 0; i < 2; i++) {
		int fd = co_root_openat(root, where, PLAIN);

		if (fd >= 0 || errno != ENOENT)
			return fd;
		fd = co_root_openat(root, where, PLAIN | O_CREAT | O_EXCL);
		if (fd >= 0)
			fchmod(fd, 0644); /* whatever the umask */
		if (fd >= 0 || errno != EEXIST)
			return fd;
	}
	return -1;
}

/* Of this machine alone: below another root nobody has such a directory. */
static int open_of_user(const struct co_root *root)
{
	const char *dir = root->given ? NULL : getenv("XDG_RUNTIME_DIR");
	char where[PATH_MAX];
	int n;

	if (dir == NULL || dir[0] != '/')
		return -1;
	n = snprintf(where, sizeof(where), "%s/%s", dir + 1, name);
	return n < 0 || (size_t)n >= sizeof(where) ? -1
						   : open_below(root, where);
}

static bool is_plain(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

static bool take(int fd, unsigned int wait_ms)
{
	for (unsigned int waited = 0;; waited += TICK_MS) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return true;
		if (waited >= wait_ms || !co_stop_sleep_ms(TICK_MS))
			return false;
	}
}

enum co_locked co_lock_take(const struct co_root *root, unsigned int wait_ms,
			    struct co_lock *out)
{
	out->fd = open_below(root, path);
	if (out->fd < 0)
		out->fd = open_of_user(root);
	if (out->fd < 0)
		return CO_LOCK_NOWHERE;
	if (!is_plain(out->fd)) {
		co_lock_free(out);
		return CO_LOCK_NOWHERE;
	}
	if (take(out->fd, wait_ms))
		return CO_LOCK_HELD;
	co_lock_free(out);
	return CO_LOCK_BUSY;
}

void co_lock_free(struct co_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
