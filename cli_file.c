/* SPDX-License-Identifier: Apache-2.0 */
/* Files as commands read and write them: whole, and never half written. */
#include "cli.h"

#include "cli_outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
