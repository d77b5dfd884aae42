/* SPDX-License-Identifier: Apache-2.0 */
/* Files as commands read and write them: whole, and never half written. */
#include "cli.h"

#include "evidence/base/buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int too_large(const char *path, uint64_t max)
{
	return cli_unreadable("%s: larger than %" PRIu64
			      " bytes, the most that is read here",
			      path, max);
}

/* What cannot be mapped: pipes, terminals, files of /proc and /sys. */
static int read_stream(int fd, const char *path, uint64_t max,
		       struct cli_file *out)
{
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	static const size_t PIECE = 65536;
	size_t n;
	uint8_t piece[65536];

	for (;;) {
		ssize_t got = read(fd, piece, PIECE);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cli_unreadable("%s: %s", path, strerror(errno));
		if (got == 0)
			break;
		ev_buffer_add(&bytes, ev_span_of(piece, (size_t)got));
		if (!ev_buffer_ok(&bytes))
			return cli_trouble("%s: out of memory", path);
		if (bytes.n > max)
			return too_large(path, max);
	}
	out->map = ev_buffer_take(&bytes, &n);
	if (out->map == NULL)
		return cli_trouble("%s: out of memory", path);
	out->map_size = 0;
	out->bytes = ev_span_of(out->map, n);
	return CLI_PASS;
}

static int read_fd(int fd, const char *path, uint64_t max, struct cli_file *out)
{
	struct stat st;
	void *map;

	if (fstat(fd, &st) != 0)
		return cli_trouble("%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return cli_unreadable("%s: a directory; want a file", path);
	/* Files of /proc and /sys say size 0 and hold bytes all the same. */
	if (!S_ISREG(st.st_mode) || st.st_size == 0)
		return read_stream(fd, path, max, out);
	if ((uint64_t)st.st_size > max)
		return too_large(path, max);
	map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return read_stream(fd, path, max, out);
	out->map = map;
	out->map_size = (size_t)st.st_size;
	out->bytes = ev_span_of(map, (size_t)st.st_size);
	return CLI_PASS;
}

int cli_file_read(const char *path, uint64_t max, struct cli_file *out)
{
	int fd, status;

	*out = (struct cli_file){ 0 };
	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, "standard input", max, out);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return cli_unreadable("%s: %s", path, strerror(errno));
	status = read_fd(fd, path, max, out);
	close(fd);
	return status;
}

int cli_file_read_plain(const char *path, uint64_t max, struct cli_file *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	int status;

	*out = (struct cli_file){ 0 };
	if (fd < 0)
		return cli_unreadable("%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		status = cli_unreadable("%s: no plain file", path);
	else
		status = read_fd(fd, path, max, out);
	close(fd);
	return status;
}

void cli_file_free(struct cli_file *file)
{
	if (file->map_size > 0)
		munmap(file->map, file->map_size);
	else
		free(file->map);
	*file = (struct cli_file){ 0 };
}

static bool write_all(int fd, struct ev_span bytes)
{
	while (bytes.n > 0) {
		ssize_t n = write(fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = ev_span_sub(bytes, (size_t)n, bytes.n - (size_t)n);
	}
	return true;
}

/* A new file at temp with these bytes, on the disk when true is returned. */
static bool write_temp(const char *temp, struct ev_span bytes, mode_t mode)
{
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	bool ok;

	if (fd < 0)
		return false;
	ok = write_all(fd, bytes) && fsync(fd) == 0;
	if (close(fd) != 0)
		ok = false;
	if (!ok) {
		int saved = errno;

		unlink(temp);
		errno = saved;
	}
	return ok;
}

/* Makes the rename itself last; a file system that cannot is no error. */
static void sync_directory_of(const char *path)
{
	char copy[PATH_MAX];
	int fd;

	snprintf(copy, sizeof(copy), "%s", path);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

static bool replace_file(const char *path, struct ev_span bytes, mode_t mode)
{
	char temp[PATH_MAX];
	int n = snprintf(temp, sizeof(temp), "%s.tmp.%ld", path,
			 (long)getpid());

	if (n < 0 || (size_t)n >= sizeof(temp)) {
		errno = ENAMETOOLONG;
		return false;
	}
	/* Left by a process of this number that was killed. */
	(void)unlink(temp);
	if (!write_temp(temp, bytes, mode))
		return false;
	if (rename(temp, path) != 0) {
		int saved = errno;

		unlink(temp);
		errno = saved;
		return false;
	}
	sync_directory_of(path);
	return true;
}

/* A device or a pipe is written to, never replaced. */
static bool write_special(const char *path, struct ev_span bytes)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write_all(fd, bytes);

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok;
}

bool cli_write_file(const char *path, struct ev_span bytes, unsigned int mode)
{
	char target[PATH_MAX];
	sigset_t stops, before;
	struct stat st;
	bool ok, special;

	if (strcmp(path, "-") == 0)
		return cli_print(bytes);
	special = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
	/* Through a symbolic link: its target is what is replaced. */
	if (realpath(path, target) == NULL)
		snprintf(target, sizeof(target), "%s", path);
	/* A signal that ends the process waits until no half file is left. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGHUP);
	sigprocmask(SIG_BLOCK, &stops, &before);
	ok = special ? write_special(path, bytes)
		     : replace_file(target, bytes, (mode_t)mode);
	if (!ok)
		cli_trouble("cannot write %s: %s", path, strerror(errno));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ok;
}
