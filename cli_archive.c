/* SPDX-License-Identifier: Apache-2.0 */
/* A store on the disk. */
#include "cli_archive.h"

#include "evidence/zstd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

struct disk {
	int fd;
	void *map;
	uint64_t n; /* bytes so far, holes included */
};

static enum ev_code trouble(struct ev_error *err)
{
	const char *why = strerrordesc_np(errno);

	return ev_fail_trouble(err, "temporary file",
			       why != NULL ? why : "cannot be written");
}

/* A file system without O_TMPFILE gets a name that is taken away at once. */
static int open_unnamed(void)
{
	const char *dir = getenv("TMPDIR");
	char path[PATH_MAX];
	int fd;

	/* Not /tmp, which may be memory. */
	if (dir == NULL || dir[0] == 0)
		dir = "/var/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	if (snprintf(path, sizeof(path), "%s/ecart-XXXXXX", dir) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

/* Zeros become a hole: what compresses best costs no disk either. */
static enum ev_code put(void *context, struct ev_span piece,
			struct ev_error *err)
{
	struct disk *disk = context;

	if (ev_span_is_zero(piece)) {
		disk->n += piece.n;
		return EV_OK;
	}
	while (piece.n > 0) {
		ssize_t n = pwrite(disk->fd, piece.p, piece.n, (off_t)disk->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return trouble(err);
		disk->n += (uint64_t)n;
		piece = ev_span_sub(piece, (size_t)n, piece.n - (size_t)n);
	}
	return EV_OK;
}

static enum ev_code close_disk(void *context, struct ev_span *all,
			       struct ev_error *err)
{
	struct disk *disk = context;
	void *map;

	if (disk->n == 0)
		return EV_OK;
	if (ftruncate(disk->fd, (off_t)disk->n) != 0)
		return trouble(err);
	map = mmap(NULL, disk->n, PROT_READ, MAP_PRIVATE, disk->fd, 0);
	if (map == MAP_FAILED)
		return trouble(err);
	disk->map = map;
	*all = ev_span_of(map, disk->n);
	return EV_OK;
}

static void free_disk(void *context)
{
	struct disk *disk = context;

	if (disk->map != NULL)
		munmap(disk->map, disk->n);
	close(disk->fd);
	free(disk);
}

static enum ev_code open_disk(struct ev_store *out, struct ev_error *err)
{
	struct disk *disk = calloc(1, sizeof(*disk));

	if (disk == NULL)
		return ev_fail_trouble(err, "temporary file", "out of memory");
	disk->fd = open_unnamed();
	if (disk->fd < 0) {
		trouble(err);
		free(disk);
		return err->code;
	}
	*out = (struct ev_store){
		.sink = { put, disk },
		.close = close_disk,
		.free = free_disk,
	};
	return EV_OK;
}

enum ev_code cli_archive_open(struct ev_crypto *crypto, struct ev_span file,
			      uint64_t limit, struct ev_archive *out,
			      struct ev_error *err)
{
	struct ev_store store;

	if (!ev_zstd_recognise(file))
		return ev_archive_open(crypto, file, limit, out, err);
	*out = (struct ev_archive){ .n_sigs = 0 };
	if (open_disk(&store, err) != EV_OK)
		return err->code;
	return ev_archive_open_in(crypto, file, limit, &store, out, err);
}
