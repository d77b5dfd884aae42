/* SPDX-License-Identifier: Apache-2.0 */
/* A file that is not whole yet. */
#include "cli_part.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that a later writer looks at.  Where others hold all of them, or the
 * name leaves no room, one at random, which nobody takes away. */
enum { SLOTS = 16 };

static bool slot_name(const struct cli_part *part, unsigned int slot,
		      char name[NAME_MAX + 1])
{
	uint64_t random = 0;
	int n;

	if (slot < SLOTS)
		n = snprintf(name, NAME_MAX + 1, ".%s.ecart-part-%u",
			     part->base, slot);
	else if (getrandom(&random, sizeof(random), 0) ==
		 (ssize_t)sizeof(random))
		n = snprintf(name, NAME_MAX + 1, ".ecart-part-%016" PRIx64,
			     random);
	else
		return false;
	return n >= 0 && n <= NAME_MAX;
}

/* The lock tells that its writer is gone; that it is still the file of this
 * name, that it did not get its last name meanwhile. */
static bool is_left(const struct cli_part *part, const char *name, int fd)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && S_ISREG(open_one.st_mode) &&
	       open_one.st_uid == geteuid() &&
	       flock(fd, LOCK_EX | LOCK_NB) == 0 &&
	       fstatat(part->dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	       named.st_dev == open_one.st_dev &&
	       named.st_ino == open_one.st_ino;
}

/* Open for writing: NFS makes of flock a lock that needs it. */
static void remove_left(const struct cli_part *part)
{
	char name[NAME_MAX + 1];

	for (unsigned int slot = 0; slot < SLOTS; slot++) {
		int fd;

		if (!slot_name(part, slot, name))
			return;
		fd = openat(part->dir, name,
			    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (is_left(part, name, fd))
			(void)unlinkat(part->dir, name, 0);
		close(fd);
	}
}

/* Whether it is ours: who takes away what is left may have taken it between
 * its making and its locking, or holds it.  Nobody is waited for, who may be
 * anybody.  Some file systems have no locks. */
static bool lock(int fd)
{
	struct stat st;

	if (flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		return false;
	return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

static int create(struct cli_part *part, const char *name, mode_t permissions)
{
	int fd = openat(part->dir, name,
			O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			permissions);

	if (fd < 0 || lock(fd))
		return fd;
	(void)unlinkat(part->dir, name, 0);
	close(fd);
	errno = EEXIST;
	return -1;
}

/* linkat of the open file goes through /proc. */
static bool link_as(const struct cli_part *part, const char *name)
{
	char proc[64];

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", part->fd);
	return linkat(AT_FDCWD, proc, part->dir, name, AT_SYMLINK_FOLLOW) == 0;
}

/* Makes the file, or names the one that has none. */
static bool take_slot(struct cli_part *part, mode_t permissions)
{
	char name[NAME_MAX + 1];
	bool has_file = part->fd >= 0, done = false;

	for (unsigned int slot = 0; slot <= SLOTS && !done; slot++) {
		if (!slot_name(part, slot, name))
			continue;
		if (has_file)
			done = link_as(part, name);
		else
			done = (part->fd = create(part, name, permissions)) >=
			       0;
		if (!done && errno != EEXIST)
			return false;
	}
	if (done)
		memcpy(part->name, name, sizeof(name));
	return done;
}

bool cli_part_open(struct cli_part *part, int dir, const char *name,
		   mode_t permissions)
{
	*part = (struct cli_part){ .dir = dir, .fd = -1 };
	snprintf(part->base, sizeof(part->base), "%s", name);
	remove_left(part);
	if (access("/proc/self/fd", X_OK) == 0)
		part->fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC,
				  permissions);
	if (part->fd < 0)
		return take_slot(part, permissions);
	(void)flock(part->fd, LOCK_EX); /* nobody else can have it */
	return true;
}

static bool has_ended(struct cli_part *part, bool ended)
{
	if (ended)
		part->name[0] = 0;
	return ended;
}

/* Not every file system knows RENAME_NOREPLACE (EINVAL: NFS, 9p, FUSE); a
 * second name does the same, where there are hard links. */
static bool rename_new(const struct cli_part *part, const char *to)
{
	if (renameat2(part->dir, part->name, part->dir, to, RENAME_NOREPLACE) ==
	    0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return linkat(part->dir, part->name, part->dir, to, 0) == 0 &&
	       unlinkat(part->dir, part->name, 0) == 0;
}

bool cli_part_can_end_new(struct cli_part *part)
{
	char name[NAME_MAX + 1];

	if (part->name[0] == 0)
		return true;
	if (!slot_name(part, SLOTS, name) || !rename_new(part, name))
		return false;
	memcpy(part->name, name, sizeof(name));
	return true;
}

bool cli_part_end_new(struct cli_part *part)
{
	if (part->name[0] == 0)
		return link_as(part, part->base);
	return has_ended(part, rename_new(part, part->base));
}

bool cli_part_end_over(struct cli_part *part)
{
	if (part->name[0] == 0 && !take_slot(part, 0))
		return false;
	return has_ended(part, renameat(part->dir, part->name, part->dir,
					part->base) == 0);
}

void cli_part_close(struct cli_part *part)
{
	if (part->name[0] != 0)
		(void)unlinkat(part->dir, part->name, 0);
	if (part->fd >= 0)
		close(part->fd);
	part->fd = -1;
	part->name[0] = 0;
}
