/* SPDX-License-Identifier: Apache-2.0 */
/* Writing a file so that no half of it is ever seen. */
#include "cli_outfile.h"

#include "cli_part.h"
#include "cli_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct outfile {
	const char *path;      /* as given */
	char target[PATH_MAX]; /* what is written, symbolic links followed */
	const char *name;      /* last component of target */
	struct cli_part part;
	bool failed; /* why has been said */
	int dir, fd; /* fd: what is written to, of part where there is one */
	uint64_t n;  /* bytes so far */
	char *why;
};

static enum cli_outfile_result trouble(struct outfile *f, const char *what)
{
	snprintf(f->why, CLI_WHY_MAX, "%s: %s: %s", f->path, what,
		 strerror(errno));
	f->failed = true;
	return CLI_OUTFILE_TROUBLE;
}

/* --- the content --- */

/* So little at a time that a signal does not wait for long. */
static const size_t PIECE = (size_t)1 << 20;

static enum ev_code put(void *context, struct ev_span bytes,
			struct ev_error *err)
{
	struct outfile *f = context;

	while (bytes.n > 0) {
		size_t want = bytes.n < PIECE ? bytes.n : PIECE;
		ssize_t n = write(f->fd, bytes.p, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n >= 0 && cli_signals_wait()) {
			errno = EINTR;
			n = -1;
		}
		if (n < 0) {
			trouble(f, "cannot write");
			return ev_fail_trouble(err, "file", "cannot write");
		}
		f->n += (uint64_t)n;
		bytes = ev_span_sub(bytes, (size_t)n, bytes.n - (size_t)n);
	}
	return EV_OK;
}

static enum cli_outfile_result run_fill(struct outfile *f,
					cli_outfile_fill *fill, void *context)
{
	struct ev_error err = { 0 };
	enum ev_code code = fill(context, (struct ev_sink){ put, f }, &err);

	if (code == EV_OK)
		return CLI_OUTFILE_OK;
	if (!f->failed)
		ev_error_format(&err, f->why, CLI_WHY_MAX);
	return code == EV_TROUBLE ? CLI_OUTFILE_TROUBLE : CLI_OUTFILE_REFUSED;
}

/* --- the place --- */

/* Whether the target is there and no regular file. */
static enum cli_outfile_result
resolve(struct outfile *f, enum cli_outfile_mode mode, bool *special)
{
	struct stat st;
	int n;

	*special = false;
	if (mode == CLI_OUTFILE_REPLACE &&
	    realpath(f->path, f->target) != NULL) {
		*special = stat(f->target, &st) == 0 && !S_ISREG(st.st_mode);
		return CLI_OUTFILE_OK;
	}
	if (mode == CLI_OUTFILE_REPLACE && lstat(f->path, &st) == 0 &&
	    S_ISLNK(st.st_mode))
		return trouble(f, "a symbolic link that leads nowhere");
	n = snprintf(f->target, sizeof(f->target), "%s", f->path);
	if (n >= 0 && (size_t)n < sizeof(f->target))
		return CLI_OUTFILE_OK;
	errno = ENAMETOOLONG;
	return trouble(f, "cannot write");
}

static enum cli_outfile_result open_directory(struct outfile *f)
{
	const char *slash = strrchr(f->target, '/');
	char dir[PATH_MAX];

	f->name = slash == NULL ? f->target : slash + 1;
	if (slash == NULL)
		snprintf(dir, sizeof(dir), ".");
	else
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - f->target + 1),
			 f->target);
	if (f->name[0] == 0) {
		errno = EISDIR;
		return trouble(f, "cannot write");
	}
	f->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->dir < 0)
		return trouble(f, "cannot open the directory");
	return CLI_OUTFILE_OK;
}

static enum cli_outfile_result open_part(struct outfile *f, mode_t permissions)
{
	if (!cli_part_open(&f->part, f->dir, f->name, permissions))
		return trouble(f, "cannot create a temporary file beside it");
	f->fd = f->part.fd;
	return CLI_OUTFILE_OK;
}

static enum cli_outfile_result put_new(struct outfile *f)
{
	if (cli_part_end_new(&f->part))
		return CLI_OUTFILE_OK;
	if (errno != EEXIST)
		return trouble(f, "cannot give the file its name");
	snprintf(f->why, CLI_WHY_MAX, "%s: exists already", f->path);
	return CLI_OUTFILE_EXISTS;
}

static enum cli_outfile_result put_over(struct outfile *f)
{
	struct stat old;

	if (fstatat(f->dir, f->name, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISREG(old.st_mode) && fchmod(f->fd, old.st_mode & 07777) != 0)
		return trouble(f, "cannot keep its permissions");
	if (!cli_part_end_over(&f->part))
		return trouble(f, "cannot give the file its name");
	return CLI_OUTFILE_OK;
}

/* --- both --- */

static enum cli_outfile_result
make_regular(struct outfile *f, mode_t permissions, enum cli_outfile_mode mode,
	     cli_outfile_fill *fill, void *context)
{
	enum cli_outfile_result r = open_directory(f);

	if (r == CLI_OUTFILE_OK)
		r = open_part(f, permissions);
	if (r == CLI_OUTFILE_OK)
		r = run_fill(f, fill, context);
	if (r == CLI_OUTFILE_OK && fsync(f->fd) != 0)
		r = trouble(f, "cannot write to the disk");
	if (r == CLI_OUTFILE_OK)
		r = mode == CLI_OUTFILE_NEW ? put_new(f) : put_over(f);
	if (r != CLI_OUTFILE_OK)
		return r;
	/* Some file systems cannot, and say so with EINVAL. */
	if (fsync(f->dir) != 0 && errno != EINVAL)
		return trouble(f, "cannot write the directory to the disk");
	return CLI_OUTFILE_OK;
}

static enum cli_outfile_result make_held(struct outfile *f, mode_t permissions,
					 enum cli_outfile_mode mode,
					 cli_outfile_fill *fill, void *context)
{
	enum cli_outfile_result r;
	struct cli_signals before;

	cli_signals_hold(&before);
	r = make_regular(f, permissions, mode, fill, context);
	cli_part_close(&f->part);
	f->fd = -1;
	cli_signals_release(&before);
	return r;
}

static enum cli_outfile_result
write_special(struct outfile *f, cli_outfile_fill *fill, void *context)
{
	f->fd = open(f->target, O_WRONLY | O_CLOEXEC);
	return f->fd >= 0 ? run_fill(f, fill, context)
			  : trouble(f, "cannot open");
}

enum cli_outfile_result cli_outfile_make(const char *path,
					 unsigned int permissions,
					 enum cli_outfile_mode mode,
					 cli_outfile_fill *fill, void *context,
					 uint64_t *size, char why[CLI_WHY_MAX])
{
	struct outfile f = { .path = path,
			     .part = { .fd = -1 },
			     .dir = -1,
			     .fd = -1,
			     .why = why };
	bool special;
	enum cli_outfile_result r = resolve(&f, mode, &special);

	if (r == CLI_OUTFILE_OK)
		r = special ? write_special(&f, fill, context)
			    : make_held(&f, (mode_t)permissions, mode, fill,
					context);
	if (f.fd >= 0)
		close(f.fd);
	if (f.dir >= 0)
		close(f.dir);
	if (r == CLI_OUTFILE_OK && size != NULL)
		*size = f.n;
	return r;
}

enum cli_outfile_result cli_outfile_check(const char *path,
					  enum cli_outfile_mode mode,
					  char why[CLI_WHY_MAX])
{
	struct outfile f = { .path = path,
			     .part = { .fd = -1 },
			     .dir = -1,
			     .fd = -1,
			     .why = why };
	bool special;
	enum cli_outfile_result r = resolve(&f, mode, &special);
	struct stat st;

	if (r == CLI_OUTFILE_OK && special) {
		snprintf(why, CLI_WHY_MAX, "%s: is no plain file, and stays",
			 path);
		return CLI_OUTFILE_TROUBLE;
	}
	if (r == CLI_OUTFILE_OK)
		r = open_directory(&f);
	if (r == CLI_OUTFILE_OK && mode == CLI_OUTFILE_NEW &&
	    fstatat(f.dir, f.name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		snprintf(why, CLI_WHY_MAX, "%s: exists already", path);
		r = CLI_OUTFILE_EXISTS;
	}
	if (r == CLI_OUTFILE_OK && !cli_part_open(&f.part, f.dir, f.name, 0600))
		r = trouble(&f, "cannot write to the directory");
	if (r == CLI_OUTFILE_OK && mode == CLI_OUTFILE_NEW &&
	    !cli_part_can_end_new(&f.part))
		r = trouble(&f, "this file system gives no file its name "
				"without replacing another (use --force)");
	cli_part_close(&f.part);
	if (f.dir >= 0)
		close(f.dir);
	return r;
}

static enum ev_code put_bytes(void *context, struct ev_sink out,
			      struct ev_error *err)
{
	const struct ev_span *bytes = context;

	return ev_sink_put(out, *bytes, err);
}

enum cli_outfile_result cli_outfile_write(const char *path,
					  struct ev_span bytes,
					  unsigned int permissions,
					  enum cli_outfile_mode mode,
					  char why[CLI_WHY_MAX])
{
	return cli_outfile_make(path, permissions, mode, put_bytes, &bytes,
				NULL, why);
}
