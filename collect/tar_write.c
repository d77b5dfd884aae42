/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive's writers, with everything set that could differ by machine. */
#include "collect/tar_write.h"

#include <archive.h>
#include <archive_entry.h>

static const char object[] = "tar";

static la_ssize_t append(struct archive *a, void *client, const void *p,
			 size_t n)
{
	struct ev_buffer *out = client;

	(void)a;
	ev_buffer_add(out, ev_span_of(p, n));
	return ev_buffer_ok(out) ? (la_ssize_t)n : -1;
}

static struct archive *open_writer(int (*format)(struct archive *),
				   int (*filter)(struct archive *),
				   struct ev_buffer *out)
{
	struct archive *a = archive_write_new();

	if (a == NULL)
		return NULL;
	/* One block is 512 bytes, and the last one is not filled up. */
	if (format(a) == ARCHIVE_OK && filter(a) == ARCHIVE_OK &&
	    archive_write_set_bytes_per_block(a, 512) == ARCHIVE_OK &&
	    archive_write_set_bytes_in_last_block(a, 1) == ARCHIVE_OK &&
	    archive_write_open2(a, out, NULL, append, NULL, NULL) == ARCHIVE_OK)
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

static enum ev_code write_member(struct archive *a,
				 const struct co_tar_member *m,
				 struct ev_error *err)
{
	struct archive_entry *entry = new_entry(m);
	int rc;

	if (entry == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	rc = archive_write_header(a, entry);
	archive_entry_free(entry);
	if (rc != ARCHIVE_OK)
		return ev_fail(err, EV_VALUE, object, "member", 0,
			       "a name and size that ustar can hold", m->name);
	if (m->data.n > 0 && archive_write_data(a, m->data.p, m->data.n) !=
				     (la_ssize_t)m->data.n)
		return ev_fail_trouble(err, object, "out of memory");
	return EV_OK;
}

static enum ev_code finish(struct archive *a, struct ev_error *err)
{
	if (err->code == EV_OK && archive_write_close(a) != ARCHIVE_OK)
		ev_fail_trouble(err, object, "out of memory");
	archive_write_free(a);
	return err->code;
}

enum ev_code co_tar_write(const struct co_tar_member *members, size_t n,
			  struct ev_buffer *out, struct ev_error *err)
{
	struct archive *a = open_writer(archive_write_set_format_ustar,
					archive_write_add_filter_none, out);

	if (a == NULL)
		return ev_fail_trouble(err, object, "cannot start the writer");
	for (size_t i = 0; i < n && err->code == EV_OK; i++)
		write_member(a, &members[i], err);
	return finish(a, err);
}

enum ev_code co_zstd_write(struct ev_span bytes, struct ev_buffer *out,
			   struct ev_error *err)
{
	const struct co_tar_member whole = { "data", bytes };
	struct archive *a = open_writer(archive_write_set_format_raw,
					archive_write_add_filter_zstd, out);

	if (a == NULL)
		return ev_fail_trouble(err, object, "cannot start zstd");
	write_member(a, &whole, err);
	return finish(a, err);
}
