/* SPDX-License-Identifier: Apache-2.0 */
/* What libgit2 must not be given. */
#include "audit/references/git_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char object[] = "repository";

#define DEPTH_MAX	     16
#define ALTERNATES_MAX	     (16 << 10)
#define ALTERNATES_DEPTH_MAX 5
#define N_FANOUT	     256
#define HASH		     20
#define TRAILER		     (2 * HASH) /* of the pack, of the index */
#define HEAD_SIZE	     8		/* magic and version, of version 2 */
#define PACK_HEAD	     12
#define ENTRY_1		     (HASH + 4)
#define LARGE_ENTRY	     8 /* an offset beyond 2 GiB */

struct look {
	size_t n_entries;
	struct ev_error *err;
};

static uint32_t u32be(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint64_t u64be(const uint8_t *p)
{
	return (uint64_t)u32be(p) << 32 | u32be(p + 4);
}

/* The number of objects; false where the table falls. */
static bool count_objects(const uint8_t *fanout, uint64_t *n)
{
	*n = 0;
	for (size_t i = 0; i < N_FANOUT; i++) {
		uint32_t next = u32be(fanout + 4 * i);

		if (next < *n)
			return false;
		*n = next;
	}
	return true;
}

/* Where the index has its parts. */
struct layout {
	uint64_t n, first, step; /* offsets: the first one's place, the next */
	uint64_t large, n_large; /* those beyond 2 GiB; version 1 has none */
	uint32_t large_bit;
};

static bool read_layout(const uint8_t head[HEAD_SIZE + 4 * N_FANOUT],
			uint64_t size, struct layout *out)
{
	static const uint8_t magic[] = { 0xff, 't', 'O', 'c', 0, 0, 0, 2 };
	uint64_t rest;

	*out = (struct layout){ .first = 4 * N_FANOUT, .step = ENTRY_1 };
	if (memcmp(head, magic, 4) != 0)
		return count_objects(head, &out->n) &&
		       size == out->first + out->n * ENTRY_1 + TRAILER;
	if (memcmp(head, magic, sizeof(magic)) != 0 ||
	    !count_objects(head + HEAD_SIZE, &out->n))
		return false;
	out->first = HEAD_SIZE + 4 * N_FANOUT + out->n * (HASH + 4);
	out->step = 4;
	out->large = out->first + 4 * out->n;
	out->large_bit = UINT32_C(1) << 31;
	rest = size - out->large - TRAILER;
	out->n_large = rest / LARGE_ENTRY;
	return size >= out->large + TRAILER && rest <= out->n * LARGE_ENTRY;
}

/* Whether all objects lie inside of the pack. */
static bool lie_inside(const uint8_t *index, const struct layout *l,
		       uint64_t pack_size)
{
	for (uint64_t i = 0; i < l->n; i++) {
		uint64_t at = u32be(index + l->first + i * l->step);
		uint64_t number = at & ~l->large_bit;

		if ((at & l->large_bit) != 0 && number >= l->n_large)
			return false;
		if ((at & l->large_bit) != 0)
			at = u64be(index + l->large + number * LARGE_ENTRY);
		if (at < PACK_HEAD || at >= pack_size)
			return false;
	}
	return true;
}

static bool is_pack_index(const char *name)
{
	size_t n = strlen(name);

	return n > 4 && strcmp(name + n - 4, ".idx") == 0;
}

/* Of a pack without its file nothing is read. */
static uint64_t pack_size(int folder, const char *name)
{
	char pack[NAME_MAX + 2];
	struct stat st;

	snprintf(pack, sizeof(pack), "%.*s.pack", (int)strlen(name) - 4, name);
	return fstatat(folder, pack, &st, 0) == 0 && st.st_size > HASH
		       ? (uint64_t)st.st_size - HASH
		       : UINT64_MAX;
}

static bool is_index(int folder, const char *name, const uint8_t *bytes,
		     uint64_t size)
{
	struct layout layout;

	return size >= HEAD_SIZE + 4 * N_FANOUT + TRAILER &&
	       read_layout(bytes, size, &layout) &&
	       lie_inside(bytes, &layout, pack_size(folder, name));
}

/* --- multi-pack-index --- */

#define MULTI_HEAD 12
#define CHUNK_ROW  12
#define PACKS_MAX  4096

struct chunk {
	uint32_t id;
	uint64_t from, to;
};

/* Chunk i of a table that is there; false where it leaves the file. */
static bool read_chunk(const uint8_t *bytes, uint64_t size, size_t i,
		       struct chunk *out)
{
	const uint8_t *row = bytes + MULTI_HEAD + i * CHUNK_ROW;

	*out = (struct chunk){ .id = u32be(row),
			       .from = u64be(row + 4),
			       .to = u64be(row + CHUNK_ROW + 4) };
	return out->from <= out->to && out->to <= size;
}

/* The sizes of the packs by their number; the others stay 0. */
static void read_packs(int folder, const uint8_t *bytes, const struct chunk *c,
		       uint64_t *pack)
{
	const uint8_t *at = bytes + c->from, *end = bytes + c->to, *nul;

	for (size_t i = 0; i < PACKS_MAX && at < end; i++, at = nul + 1) {
		nul = memchr(at, 0, (size_t)(end - at));
		if (nul == NULL || nul - at > NAME_MAX)
			return;
		if (is_pack_index((const char *)at))
			pack[i] = pack_size(folder, (const char *)at);
	}
}

static bool objects_lie_inside(const uint8_t *bytes, const struct chunk *c,
			       const uint64_t *pack)
{
	for (uint64_t at = c->from; c->to - at >= 8; at += 8) {
		uint32_t number = u32be(bytes + at);
		uint32_t place = u32be(bytes + at + 4);

		/* A pack above 2 GiB holds no references. */
		if (number >= PACKS_MAX || place < PACK_HEAD ||
		    place >= UINT32_C(1) << 31 || place >= pack[number])
			return false;
	}
	return true;
}

static bool is_multi_index(int folder, const char *name, const uint8_t *bytes,
			   uint64_t size)
{
	static const uint32_t names = 0x504e414d, objects = 0x4f4f4646;
	uint64_t pack[PACKS_MAX] = { 0 };
	struct chunk c;

	(void)name;
	if (size < MULTI_HEAD || memcmp(bytes, "MIDX", 4) != 0 ||
	    size < MULTI_HEAD + (bytes[6] + UINT64_C(1)) * CHUNK_ROW)
		return false;
	for (size_t i = 0; i < bytes[6]; i++) {
		if (!read_chunk(bytes, size, i, &c))
			return false;
		if (c.id == names)
			read_packs(folder, bytes, &c, pack);
	}
	for (size_t i = 0; i < bytes[6]; i++) {
		if (read_chunk(bytes, size, i, &c) && c.id == objects &&
		    !objects_lie_inside(bytes, &c, pack))
			return false;
	}
	return true;
}

/* --- files --- */

typedef bool is_good(int folder, const char *name, const uint8_t *bytes,
		     uint64_t size);

static enum ev_code check_index(struct look *l, int folder, const char *name,
				const struct stat *st, is_good *is)
{
	size_t size = (size_t)st->st_size;
	int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	void *bytes = MAP_FAILED;
	bool good;

	if (fd >= 0 && size > 0)
		bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (fd >= 0)
		close(fd);
	good = bytes != MAP_FAILED && is(folder, name, bytes, size);
	if (bytes != MAP_FAILED)
		munmap(bytes, size);
	return good ? EV_OK
		    : ev_fail_text(l->err, EV_SYNTAX, object, "pack index",
				   EV_NO_BYTE,
				   "one of the size that it says, its objects "
				   "inside of the pack",
				   ev_span_str(name));
}

static enum ev_code look_into(struct look *l, int parent, const char *name,
			      size_t depth);
static enum ev_code look_at_objects(struct look *l, int parent,
				    const char *name, size_t level);

/* depth 0: of the folder itself only refs/ and objects/ are gone into. */
static enum ev_code look_at(struct look *l, int folder, const char *name,
			    size_t depth)
{
	struct stat st;

	if (++l->n_entries > AU_GIT_FOLDER_ENTRIES_MAX)
		return ev_fail_u64(l->err, EV_LIMIT, object, "files",
				   EV_NO_BYTE, AU_GIT_FOLDER_ENTRIES_MAX,
				   l->n_entries);
	if (fstatat(folder, name, &st, 0) != 0)
		return EV_OK;
	if (S_ISDIR(st.st_mode) && depth == 0 && strcmp(name, "objects") == 0)
		return look_at_objects(l, folder, name, 0);
	if (S_ISDIR(st.st_mode))
		return depth > 0 || strcmp(name, "refs") == 0
			       ? look_into(l, folder, name, depth + 1)
			       : EV_OK;
	if (!S_ISREG(st.st_mode))
		return ev_fail_text(l->err, EV_VALUE, object, "file",
				    EV_NO_BYTE, "a file or folder of git's",
				    ev_span_str(name));
	if (strcmp(name, "multi-pack-index") == 0)
		return check_index(l, folder, name, &st, is_multi_index);
	return is_pack_index(name) ? check_index(l, folder, name, &st, is_index)
				   : EV_OK;
}

static enum ev_code look_into(struct look *l, int parent, const char *name,
			      size_t depth)
{
	int fd = depth > DEPTH_MAX ? -1
				   : openat(parent, name,
					    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return EV_OK;
	}
	while (l->err->code == EV_OK && (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			look_at(l, fd, e->d_name, depth);
	}
	closedir(dir);
	return l->err->code;
}

/* Other folders of objects, one a line; relative to this one where they begin
 * with a dot.  objects is the open folder. */
static enum ev_code follow_alternates(struct look *l, int objects, size_t level)
{
	char text[ALTERNATES_MAX + 1], *save = NULL;
	int fd = openat(objects, "info/alternates", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, text, sizeof(text)) : -1;

	if (fd >= 0)
		close(fd);
	if (n > ALTERNATES_MAX)
		return ev_fail(l->err, EV_LIMIT, object, "alternates",
			       EV_NO_BYTE, "at most 16 KiB", "more");
	text[n < 0 ? 0 : n] = '\0';
	for (char *at = strtok_r(text, "\r\n", &save);
	     at != NULL && l->err->code == EV_OK;
	     at = strtok_r(NULL, "\r\n", &save))
		look_at_objects(l, at[0] == '.' ? objects : AT_FDCWD, at,
				level + 1);
	return l->err->code;
}

static enum ev_code look_at_objects(struct look *l, int parent,
				    const char *name, size_t level)
{
	int fd;

	/* As deep as libgit2 follows them. */
	if (level > ALTERNATES_DEPTH_MAX ||
	    look_into(l, parent, name, 1) != EV_OK)
		return l->err->code;
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return EV_OK;
	follow_alternates(l, fd, level);
	close(fd);
	return l->err->code;
}

enum ev_code au_git_folder_check(const char *path, struct ev_error *err)
{
	struct look l = { .err = err };

	return look_into(&l, AT_FDCWD, path, 0);
}
