/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive's writers, with everything set that could differ by machine. */
#include "collect/tar_write.h"

#include <archive.h>
#include <archive_entry.h>

static const char object[] = "tar";

/* What libarchive hands back to its callback. */
struct target {
	struct ev_sink out;
	struct ev_error *err;
};

static la_ssize_t pass_on(struct archive *a, void *client, const void *p,
			  size_t n)
{
	struct target *target = client;

	(void)a;
	return ev_sink_put(target->out, ev_span_of(p, n), target->err) == EV_OK
		       ? (la_ssize_t)n
		       : -1;
}

static struct archive *open_writer(int (*format)(struct archive *), bool zstd,
				   struct target *target)
{
	struct archive *a = archive_write_new();

	if (a == NULL)
		return NULL;
	/* Large blocks for few calls; the last one is not filled up. */
	if (format(a) == ARCHIVE_OK &&
	    (zstd ? archive_write_add_filter_zstd(a)
		  : archive_write_add_filter_none(a)) == ARCHIVE_OK &&
	    archive_write_set_bytes_per_block(a, 65536) == ARCHIVE_OK &&
	    archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
	    archive_write_open2(a, target, NULL, pass_on, NULL, NULL) ==
		    ARCHIVE_OK)
		return a;
	archive_write_free(a);
	return NULL;
}

/* Mode 0644, owner 0, no owner's name, time 0: a constant header. */
static struct archive_entry *new_entry(const struct co_tar_member *m)
{
	struct archive_entry *entry = archive_entry_new();

	if (entry == NULL)
		return NULL;
	archive_entry_set_pathname(entry, m->name);
	archive_entry_set_size(entry, (la_int64_t)m->data.n);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, 0, 0);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	return entry;
}

static enum ev_code write_header(struct archive *a,
				 const struct co_tar_member *m,
				 struct ev_error *err)
{
	struct archive_entry *entry = new_entry(m);
	int rc;

	if (entry == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	rc = archive_write_header(a, entry);
	archive_entry_free(entry);
	if (rc == ARCHIVE_OK)
		return EV_OK;
	return ev_fail(err, EV_VALUE, object, "member", 0,
		       "a name and size that ustar can hold", m->name);
}

/* A sink that failed has said why; libarchive fails for want of memory. */
static enum ev_code write_data(struct archive *a, struct ev_span data,
			       struct ev_error *err)
{
	if (data.n == 0 ||
	    archive_write_data(a, data.p, data.n) == (la_ssize_t)data.n)
		return EV_OK;
	return ev_fail_trouble(err, object, "out of memory");
}

static enum ev_code finish(struct archive *a, struct ev_error *err)
{
	if (err->code == EV_OK && archive_write_close(a) != ARCHIVE_OK)
		ev_fail_trouble(err, object, "out of memory");
	archive_write_free(a);
	return err->code;
}

enum ev_code co_tar_write(const struct co_tar_member *members, size_t n,
			  bool zstd, struct ev_sink out, struct ev_error *err)
{
	struct target target = { out, err };
	struct archive *a =
		open_writer(archive_write_set_format_ustar, zstd, &target);

	if (a == NULL)
		return ev_fail_trouble(err, object, "cannot start the writer");
	for (size_t i = 0; i < n && err->code == EV_OK; i++) {
		if (write_header(a, &members[i], err) == EV_OK)
			write_data(a, members[i].data, err);
	}
	return finish(a, err);
}

enum ev_code co_zstd_write(const struct ev_span *pieces, size_t n,
			   struct ev_sink out, struct ev_error *err)
{
	const struct co_tar_member whole = { "data", { NULL, 0 } };
	struct target target = { out, err };
	struct archive *a =
		open_writer(archive_write_set_format_raw, true, &target);

	if (a == NULL)
		return ev_fail_trouble(err, object, "cannot start zstd");
	write_header(a, &whole, err);
	for (size_t i = 0; i < n && err->code == EV_OK; i++)
		write_data(a, pieces[i], err);
	return finish(a, err);
}
