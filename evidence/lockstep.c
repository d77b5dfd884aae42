/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive in lockstep with the strict walk. */
#include "evidence/lockstep.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdio.h>

static const char object[] = "libarchive";

/* NULL is trouble: no filter, no format but tar. */
static struct archive *new_reader(void)
{
	struct archive *a = archive_read_new();

	if (a == NULL)
		return NULL;
	if (archive_read_support_format_tar(a) == ARCHIVE_OK)
		return a;
	archive_read_free(a);
	return NULL;
}

static enum ev_code refuse(struct archive *a, const char *field, uint64_t at,
			   const char *want, const char *found,
			   struct ev_error *err)
{
	if (archive_errno(a) == ENOMEM)
		return ev_fail_trouble(err, object, "out of memory");
	return ev_fail(err, EV_VALUE, object, field, at, want, found);
}

enum ev_code ev_lockstep_begin(struct ev_span tar, struct archive **out,
			       struct ev_error *err)
{
	struct archive *a = new_reader();

	*out = a;
	if (a == NULL)
		return ev_fail_trouble(err, object, "cannot start");
	if (archive_read_open_memory(a, tar.p, tar.n) != ARCHIVE_OK)
		return refuse(a, "file", 0, "a tar", "something else", err);
	return EV_OK;
}

enum ev_code ev_lockstep_member(struct archive *a,
				const struct ev_tar_member *m,
				struct ev_error *err)
{
	struct archive_entry *entry = NULL;
	int rc = archive_read_next_header(a, &entry);
	const char *path =
		rc == ARCHIVE_OK ? archive_entry_pathname(entry) : NULL;

	if (path == NULL)
		return refuse(a, "member", m->header_offset, m->name,
			      rc == ARCHIVE_EOF ? "the end" : "no member", err);
	if (strcmp(path, m->name) != 0)
		return refuse(a, "name", m->header_offset, m->name,
			      "another name", err);
	if (archive_entry_filetype(entry) != AE_IFREG ||
	    archive_entry_hardlink(entry) != NULL ||
	    archive_entry_sparse_count(entry) != 0)
		return refuse(a, "type", m->header_offset, "a plain file",
			      "something else", err);
	if (!archive_entry_size_is_set(entry) ||
	    (uint64_t)archive_entry_size(entry) != m->size)
		return ev_fail_u64(err, EV_VALUE, object, "size",
				   m->header_offset, m->size,
				   (uint64_t)archive_entry_size(entry));
	return EV_OK;
}

enum ev_code ev_lockstep_end(struct archive *a, uint64_t at,
			     struct ev_error *err)
{
	struct archive_entry *entry = NULL;

	if (archive_read_next_header(a, &entry) == ARCHIVE_EOF)
		return EV_OK;
	return refuse(a, "end", at, "the end", "more", err);
}

void ev_lockstep_free(struct archive *a)
{
	archive_read_free(a);
}
