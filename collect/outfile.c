/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file so that no half of it is ever seen. */
#include "collect/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
	const char *path;
	const char *name; /* last component of path */
	char temp[NAME_MAX + 1];
	bool named; /* the temporary file has its name temp already */
	int dir, fd;
	char *why;
};

static enum co_outfile_result trouble(struct outfile *f, const char *what)
{
	snprintf(f->why, CO_WHY_MAX, "%s: %s: %s", f->path, what,
		 strerror(errno));
	return CO_OUTFILE_TROUBLE;
}

static enum co_outfile_result open_directory(struct outfile *f)
{
	const char *slash = strrchr(f->path, '/');
	char dir[PATH_MAX];
	int n;

	f->name = slash == NULL ? f->path : slash + 1;
	if (slash == NULL)
		n = snprintf(dir, sizeof(dir), ".");
	else
		n = snprintf(dir, sizeof(dir), "%.*s",
			     (int)(slash - f->path + 1), f->path);
	if (n < 0 || (size_t)n >= sizeof(dir) || f->name[0] == 0) {
		errno = f->name[0] == 0 ? EISDIR : ENAMETOOLONG;
		return trouble(f, "cannot write");
	}
	f->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0)
		return trouble(f, "cannot open the directory");
	n = snprintf(f->temp, sizeof(f->temp), "%s.tmp.%ld", f->name,
		     (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(f->temp)) {
		errno = ENAMETOOLONG;
		return trouble(f, "cannot write");
	}
	return CO_OUTFILE_OK;
}

/* Without a name where the file system can do it: then nothing can remain,
 * not even after SIGKILL. */
static enum co_outfile_result open_temp(struct outfile *f, mode_t permissions)
{
	/* linkat of the open file goes through /proc. */
	if (access("/proc/self/fd", X_OK) == 0)
		f->fd = openat(f->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC,
			       permissions);
	if (f->fd >= 0)
		return CO_OUTFILE_OK;
	f->fd = openat(f->dir, f->temp,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		       permissions);
	if (f->fd < 0)
		return trouble(f, "cannot create a temporary file beside it");
	f->named = true;
	return CO_OUTFILE_OK;
}

static enum co_outfile_result fill(struct outfile *f, struct ev_span bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = write(f->fd, bytes.p + done, bytes.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trouble(f, "cannot write");
		done += (size_t)n;
	}
	if (fsync(f->fd) != 0)
		return trouble(f, "cannot write to the disk");
	return CO_OUTFILE_OK;
}

static bool link_as(struct outfile *f, const char *name)
{
	char proc[64];

	snprintf(proc, sizeof(proc), "/proc/self/fd/%d", f->fd);
	return linkat(AT_FDCWD, proc, f->dir, name, AT_SYMLINK_FOLLOW) == 0;
}

static enum co_outfile_result put_new(struct outfile *f)
{
	bool done = f->named ? renameat2(f->dir, f->temp, f->dir, f->name,
					 RENAME_NOREPLACE) == 0
			     : link_as(f, f->name);

	if (done)
		return CO_OUTFILE_OK;
	if (errno != EEXIST)
		return trouble(f, "cannot give the file its name");
	snprintf(f->why, CO_WHY_MAX, "%s: exists already", f->path);
	return CO_OUTFILE_EXISTS;
}

static enum co_outfile_result put_over(struct outfile *f)
{
	struct stat old;

	if (fstatat(f->dir, f->name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(old.st_mode) && fchmod(f->fd, old.st_mode & 07777) != 0)
		return trouble(f, "cannot keep its permissions");
	if (!f->named && !link_as(f, f->temp))
		return trouble(f, "cannot name a temporary file beside it");
	f->named = true;
	if (renameat(f->dir, f->temp, f->dir, f->name) != 0)
		return trouble(f, "cannot give the file its name");
	return CO_OUTFILE_OK;
}

static enum co_outfile_result write_all(struct outfile *f, struct ev_span bytes,
					mode_t permissions,
					enum co_outfile_mode mode)
{
	enum co_outfile_result r = open_directory(f);

	if (r == CO_OUTFILE_OK)
		r = open_temp(f, permissions);
	if (r == CO_OUTFILE_OK)
		r = fill(f, bytes);
	if (r == CO_OUTFILE_OK)
		r = mode == CO_OUTFILE_NEW ? put_new(f) : put_over(f);
	if (r != CO_OUTFILE_OK)
		return r;
	f->named = false; /* it has its own name now */
	if (fsync(f->dir) != 0)
		return trouble(f, "cannot write the directory to the disk");
	return CO_OUTFILE_OK;
}

enum co_outfile_result co_outfile_write(const char *path, struct ev_span bytes,
					unsigned int permissions,
					enum co_outfile_mode mode,
					char why[CO_WHY_MAX])
{
	struct outfile f = { .path = path, .dir = -1, .fd = -1, .why = why };
	struct sigaction ignore = { 0 }, before;
	enum co_outfile_result r;
	sigset_t hold, held;

	/* A signal waits until the temporary file is gone; a file size limit
	 * is an error like a full disk. */
	sigemptyset(&hold);
	sigaddset(&hold, SIGINT);
	sigaddset(&hold, SIGTERM);
	sigaddset(&hold, SIGHUP);
	sigprocmask(SIG_BLOCK, &hold, &held);
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGXFSZ, &ignore, &before);
	r = write_all(&f, bytes, (mode_t)permissions, mode);
	if (f.named)
		unlinkat(f.dir, f.temp, 0);
	if (f.fd >= 0)
		close(f.fd);
	if (f.dir >= 0)
		close(f.dir);
	sigaction(SIGXFSZ, &before, NULL);
	sigprocmask(SIG_SETMASK, &held, NULL);
	return r;
}
