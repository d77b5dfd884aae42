/* SPDX-License-Identifier: Apache-2.0 */
/* Files as commands read and write them: whole, and never half written. */
#include "cli.h"

#include "cli_outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What is larger is mapped: nobody wants to wait for gigabytes to be copied,
 * and no ordinary archive is.  What is smaller is read, so that it stays what
 * it was whoever writes to the file meanwhile. */
static const off_t read_max = (off_t)16 << 20;

static int too_large(const char *path, uint64_t max)
{
	return cli_unreadable("%s: larger than %" PRIu64
			      " bytes, the most that is read here",
			      path, max);
}

/* Also pipes, terminals, and files of /proc, which say size 0. */
static int read_stream(int fd, const char *path, uint64_t max,
		       struct cli_file *out)
{
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	static const size_t PIECE = 65536;
	size_t n;

	for (;;) {
		/* All of a small file, and what follows it, at once. */
		uint8_t *to = ev_buffer_grow(&bytes,
					     bytes.n < bytes.room ? 1 : PIECE);
		size_t room = bytes.room - bytes.n;
		ssize_t got;

		if (to == NULL)
			return cli_trouble("%s: out of memory", path);
		got = read(fd, to, room < PIECE ? room : PIECE);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cli_unreadable("%s: %s", path, strerror(errno));
		if (got == 0)
			break;
		bytes.n += (size_t)got;
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

/* A page of a map is no longer there. */
static void die_of_cut_file(int signal)
{
	static const char text[] =
		"ecart: a file was cut short while it was being read\n";
	ssize_t n = write(STDERR_FILENO, text, sizeof(text) - 1);

	(void)signal;
	(void)n;
	_exit(CLI_TROUBLE);
}

static int map_fd(int fd, off_t size, struct cli_file *out)
{
	struct sigaction die = { .sa_handler = die_of_cut_file };
	void *map = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);

	if (map == MAP_FAILED)
		return CLI_TROUBLE;
	sigaction(SIGBUS, &die, NULL);
	out->map = map;
	out->map_size = (size_t)size;
	out->bytes = ev_span_of(map, (size_t)size);
	return CLI_PASS;
}

static int read_fd(int fd, const char *path, uint64_t max, struct cli_file *out)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return cli_trouble("%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return cli_unreadable("%s: a directory; want a file", path);
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_size > max)
		return too_large(path, max);
	if (S_ISREG(st.st_mode) && st.st_size > read_max &&
	    map_fd(fd, st.st_size, out) == CLI_PASS)
		return CLI_PASS;
	return read_stream(fd, path, max, out);
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

/* The map is of a file and nobody writes to it: what is dropped is there again
 * when it is read. */
static void drop_pages(void *user, struct ev_span bytes)
{
	const struct cli_file *file = user;
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)bytes.p + page - 1) / page * page;
	uintptr_t to = ((uintptr_t)bytes.p + bytes.n) / page * page;
	uintptr_t map = (uintptr_t)file->map;

	if (from >= map && to <= map + file->map_size && from < to)
		madvise((uint8_t *)file->map + (from - map), to - from,
			MADV_DONTNEED);
}

struct ev_release cli_file_release(struct cli_file *file)
{
	if (file->map_size == 0)
		return (struct ev_release){ .let_go = NULL };
	return (struct ev_release){ .let_go = drop_pages, .user = file };
}

void cli_file_free(struct cli_file *file)
{
	if (file->map_size > 0)
		munmap(file->map, file->map_size);
	else
		free(file->map);
	*file = (struct cli_file){ 0 };
}

bool cli_write_file(const char *path, struct ev_span bytes, unsigned int mode)
{
	char why[CLI_WHY_MAX];

	if (strcmp(path, "-") == 0)
		return cli_print(bytes);
	if (cli_outfile_write(path, bytes, mode, CLI_OUTFILE_REPLACE, why) ==
	    CLI_OUTFILE_OK)
		return true;
	cli_trouble("%s", why);
	return false;
}
