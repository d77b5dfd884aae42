/* SPDX-License-Identifier: Apache-2.0 */
/* The directory in which children run, and the ones that killed runs left. */
#include "collect/workdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char prefix[] = "ecart-";
#define N_RANDOM  6
#define NAMES_MAX 64
static const unsigned int MAKE_TRIES = 100;
/* What one output of the tools comes to, four times over. */
#define ROOM_MIN 16384

/*
 * The sticky bit says nothing about a directory that one user alone can
 * write to, and nobody sets it there; a directory of that name without it is
 * somebody's own, "ecart-report", and is let alone.
 */
static const mode_t MARKED = 01700;

/* --- files in it --- */

/* Ours have short plain names: no path, no dot in front. */
static bool is_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";
	size_t n = strlen(name);

	return n > 0 && n <= NAMES_MAX && name[0] != '.' && name[0] != '-' &&
	       strspn(name, allowed) == n;
}

static bool write_all(int fd, struct ev_span bytes)
{
	size_t done = 0;

	while (done < bytes.n) {
		ssize_t n = write(fd, bytes.p + done, bytes.n - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

bool co_workdir_put(const struct co_workdir *workdir, const char *name,
		    struct ev_span bytes)
{
	bool good;
	int fd;

	if (!is_name(name)) {
		errno = EINVAL;
		return false;
	}
	fd = openat(workdir->dir, name,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	good = write_all(fd, bytes);
	if (close(fd) != 0)
		good = false;
	if (!good) {
		int saved = errno;

		unlinkat(workdir->dir, name, 0);
		errno = saved;
	}
	return good;
}

/* Whatever size the file says it has: at most max, until its end. */
static bool read_all(int fd, size_t max, struct ev_buffer *out)
{
	size_t before = out->n;

	for (;;) {
		uint8_t piece[4096];
		ssize_t n = read(fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			return ev_buffer_ok(out);
		if ((size_t)n > max - (out->n - before))
			return false;
		ev_buffer_add(out, ev_span_of(piece, (size_t)n));
		if (!ev_buffer_ok(out))
			return false;
	}
}

bool co_workdir_take(const struct co_workdir *workdir, const char *name,
		     size_t max, struct ev_buffer *out)
{
	size_t before = out->n;
	struct stat st;
	bool good = false;
	int fd;

	if (!is_name(name))
		return false;
	/* O_NONBLOCK: a pipe that lies there does not keep us waiting. */
	fd = openat(workdir->dir, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		       read_all(fd, max, out);
		close(fd);
	}
	if (!good && ev_buffer_ok(out))
		out->n = before;
	unlinkat(workdir->dir, name, 0);
	return good;
}

bool co_workdir_has_room(const struct co_workdir *workdir)
{
	static const char name[] = "room";
	static const uint8_t zeros[ROOM_MIN];
	bool good = co_workdir_put(workdir, name, EV_SPAN(zeros));
	int saved = errno;

	if (good)
		unlinkat(workdir->dir, name, 0);
	errno = saved;
	return good;
}

/* Files, links and empty directories; what lies deeper is not ours. */
static void clear_fd(int dir)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = again < 0 ? NULL : fdopendir(again);
	const struct dirent *e;

	if (d == NULL) {
		if (again >= 0)
			close(again);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(dir, e->d_name, 0) != 0)
			unlinkat(dir, e->d_name, AT_REMOVEDIR);
	}
	closedir(d);
}

void co_workdir_clear(const struct co_workdir *workdir)
{
	if (workdir->path[0] != 0 && workdir->dir >= 0)
		clear_fd(workdir->dir);
}

/* --- what killed runs left --- */

static bool is_temporary_name(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const size_t n = sizeof(prefix) - 1;

	return strncmp(name, prefix, n) == 0 && strlen(name + n) == N_RANDOM &&
	       strspn(name + n, allowed) == N_RANDOM;
}

/* The directory, where it is one of ours and nobody holds it; else -1. */
static int open_stale(int parent, const char *name)
{
	int fd = openat(parent, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & 07777) == MARKED && flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return -1;
}

static void remove_stale(const char *where)
{
	DIR *d = opendir(where);
	const struct dirent *e;

	if (d == NULL)
		return;
	while ((e = readdir(d)) != NULL) {
		int fd = is_temporary_name(e->d_name)
				 ? open_stale(dirfd(d), e->d_name)
				 : -1;

		if (fd < 0)
			continue;
		clear_fd(fd);
		unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
		close(fd);
	}
	closedir(d);
}

/* --- ours --- */

const char *co_workdir_place(void)
{
	const char *said = getenv("TMPDIR");

	return said == NULL || said[0] == 0 ? "/tmp" : said;
}

/* Absolute, so that children find it from wherever they are started. */
static bool find_parent(char parent[PATH_MAX], char *why, size_t why_size)
{
	const char *said = co_workdir_place();

	if (realpath(said, parent) != NULL)
		return true;
	snprintf(why, why_size,
		 "no directory for temporary files, %s: %s (set TMPDIR to one)",
		 said, strerror(errno));
	return false;
}

/* Letters in place of the last N_RANDOM characters. */
static bool name_anew(char *path)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	char *end = path + strlen(path) - N_RANDOM;
	uint8_t random[N_RANDOM];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return false;
	for (size_t i = 0; i < N_RANDOM; i++)
		end[i] = letters[random[i] % (sizeof(letters) - 1)];
	return true;
}

static bool is_linked(int dir)
{
	struct stat st;

	return fstat(dir, &st) == 0 && st.st_nlink > 0;
}

/* False with errno; EEXIST where another name may do. */
static bool make_one(struct co_workdir *out)
{
	int saved;

	if (!name_anew(out->path) || mkdir(out->path, MARKED) != 0)
		return false;
	out->dir = open(out->path,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* On some file systems no directory can be locked: then nobody takes
	 * it away either. */
	if (out->dir >= 0 &&
	    (flock(out->dir, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) &&
	    is_linked(out->dir))
		return true;
	saved = out->dir >= 0 || errno == ENOENT ? EEXIST : errno;
	if (out->dir >= 0)
		close(out->dir);
	rmdir(out->path);
	errno = saved;
	return false;
}

/*
 * The mark is there from the first moment, so that a run that is killed at
 * any moment leaves nothing that stays.  Another run may take the directory
 * for such before it is held: then the next name is tried.
 */
static bool make_held(struct co_workdir *out)
{
	for (unsigned int i = 0; i < MAKE_TRIES; i++) {
		if (make_one(out))
			return true;
		if (errno != EEXIST)
			return false;
	}
	return false;
}

bool co_workdir_make(struct co_workdir *out, char *why, size_t why_size)
{
	char parent[PATH_MAX];
	int n;

	*out = (struct co_workdir){ .dir = -1 };
	if (!find_parent(parent, why, why_size))
		return false;
	remove_stale(parent);
	n = snprintf(out->path, sizeof(out->path), "%s/%sXXXXXX", parent,
		     prefix);
	if (n < 0 || (size_t)n >= sizeof(out->path))
		errno = ENAMETOOLONG;
	else if (make_held(out))
		return true;
	snprintf(why, why_size,
		 "cannot make a directory in %s: %s (set TMPDIR to another)",
		 parent, strerror(errno));
	*out = (struct co_workdir){ .dir = -1 };
	return false;
}

void co_workdir_remove(struct co_workdir *workdir)
{
	if (workdir->path[0] != 0 && workdir->dir >= 0) {
		clear_fd(workdir->dir);
		rmdir(workdir->path);
		close(workdir->dir);
	}
	*workdir = (struct co_workdir){ .dir = -1 };
}
