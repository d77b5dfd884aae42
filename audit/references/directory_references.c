/* SPDX-License-Identifier: Apache-2.0 */
/* References out of a plain folder. */
#include "audit/references/directory_references.h"

#include "evidence/base/buffer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char object[] = "directory";

struct walk {
	struct ev_crypto *crypto;
	struct au_references *refs;
	struct ev_error *err;
};

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define auto_fd __attribute__((cleanup(close_fd)))

static inline void close_dir(DIR **dir)
{
	if (*dir != NULL)
		closedir(*dir);
}
#define auto_dir __attribute__((cleanup(close_dir)))

static enum ev_code fault(struct walk *w, const char *path, enum ev_code code,
			  const char *field, const char *want,
			  const char *found)
{
	struct ev_error refused = { 0 };

	ev_fail(&refused, code, "reference", field, 0, want, found);
	return au_references_fault(w->refs, path, &refused, w->err);
}

static enum ev_code system_failure(struct walk *w, const char *field)
{
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
		return ev_fail(w->err, EV_MISSING, object, field, EV_NO_BYTE,
			       "a folder with references/", "nothing there");
	return ev_fail_text(w->err, EV_SYNTAX, object, field, EV_NO_BYTE,
			    "a readable file or folder",
			    ev_span_str(strerror(errno)));
}

/* At most max bytes; *n is max + 1 where there are more. */
static bool read_all(int fd, size_t max, char **out, size_t *n)
{
	char *bytes = malloc(max + 1);
	ssize_t got = 1;

	*n = 0;
	while (bytes != NULL && *n <= max && got > 0) {
		got = read(fd, bytes + *n, max + 1 - *n);
		if (got > 0)
			*n += (size_t)got;
	}
	if (bytes == NULL || got < 0) {
		free(bytes);
		return false;
	}
	*out = bytes;
	return true;
}

static enum ev_code read_manifest(struct walk *w, int dir, const char *name,
				  const char *path)
{
	auto_fd int fd =
		openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY);
	ev_auto_free char *bytes = NULL;
	size_t n = 0;

	if (fd < 0 || !read_all(fd, AU_REFERENCE_MAX, &bytes, &n))
		return system_failure(w, "file");
	if (n > AU_REFERENCE_MAX)
		return fault(w, path, EV_LIMIT, "size", "at most 262144 bytes",
			     "more");
	return au_references_add(w->refs, w->crypto, path, ev_span_of(bytes, n),
				 w->err);
}

/* One entry that is no folder. */
static enum ev_code walk_file(struct walk *w, int dir, const char *name,
			      const char *path, mode_t mode)
{
	if (!S_ISREG(mode))
		return fault(w, path, EV_VALUE, "mode", "a regular file",
			     S_ISLNK(mode) ? "a symbolic link"
					   : "another kind");
	if (!au_references_is_manifest(path))
		return EV_OK;
	return read_manifest(w, dir, name, path);
}

static enum ev_code walk_folder(struct walk *w, int parent, const char *name,
				const char *prefix, size_t depth)
{
	int fd = openat(parent, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	auto_dir DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	enum ev_code code = EV_OK;
	const struct dirent *e;

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return system_failure(w, "folder");
	}
	if (depth > AU_DEPTH_MAX)
		return fault(w, prefix, EV_LIMIT, "path",
			     "references/PRODUCT/VERSION.json",
			     "deeper folders");
	while (code == EV_OK && (e = readdir(dir)) != NULL) {
		char path[AU_PATH_MAX];
		struct stat st;
		int n = snprintf(path, sizeof(path), "%s/%s", prefix,
				 e->d_name);

		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (au_references_visit(w->refs, w->err) != EV_OK)
			return w->err->code;
		if (n < 0 || (size_t)n >= sizeof(path))
			code = fault(w, prefix, EV_LIMIT, "path",
				     "a shorter path", "over 255 bytes");
		else if (fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			code = system_failure(w, "file");
		else if (S_ISDIR(st.st_mode))
			code = walk_folder(w, fd, e->d_name, path, depth + 1);
		else
			code = walk_file(w, fd, e->d_name, path, st.st_mode);
	}
	return code;
}

enum ev_code au_directory_references_read(const char *path,
					  struct ev_crypto *crypto,
					  struct au_references *out,
					  struct ev_error *err)
{
	auto_fd int top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct au_references refs = { 0 };
	struct walk w = { crypto, &refs, err };

	if (top < 0)
		return system_failure(&w, "folder");
	if (walk_folder(&w, top, "references", "references", 0) != EV_OK ||
	    au_references_finish(&refs, crypto, err) != EV_OK) {
		au_references_free(&refs);
		return err->code;
	}
	*out = refs;
	return EV_OK;
}

static enum ev_code read_file(void *state, const char *path, size_t max,
			      enum au_found *found, struct ev_buffer *out,
			      struct ev_error *err)
{
	const int *top = state;
	struct walk w = { .err = err };
	ev_auto_free char *bytes = NULL;
	struct stat st;
	size_t n = 0;

	/* Segments that begin with a dot are no legal path. */
	auto_fd int fd = openat(*top, path,
				O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY |
					O_NONBLOCK);
	*found = fd < 0 && errno != ELOOP ? AU_FOUND_NOTHING : AU_FOUND_OTHER;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return EV_OK;
	if (!read_all(fd, max, &bytes, &n))
		return system_failure(&w, "file");
	*found = n > max ? AU_FOUND_MORE : AU_FOUND_FILE;
	if (n <= max)
		ev_buffer_add(out, ev_span_of(bytes, n));
	return EV_OK;
}

enum ev_code au_directory_files_open(const char *path,
				     struct au_directory_files *out,
				     struct ev_error *err)
{
	struct walk w = { .err = err };

	out->top = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out->top < 0)
		return system_failure(&w, "folder");
	out->files = (struct au_files){ read_file, &out->top };
	return EV_OK;
}

void au_directory_files_close(struct au_directory_files *files)
{
	close_fd(&files->top);
}
