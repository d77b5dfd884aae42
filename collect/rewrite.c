/* SPDX-License-Identifier: Apache-2.0 */
/* The container written anew around the same manifest and items. */
#include "collect/rewrite.h"

#include "collect/tar_write.h"
#include "evidence/archive_path.h"
#include "evidence/tar.h"

#include <stdlib.h>

static const char object[] = "archive";

static enum ev_code check_new(const struct ev_archive *a, const char *name,
			      struct ev_span data, struct ev_error *err)
{
	uint64_t all = data.n;

	if (!ev_archive_path_ok(ev_span_str(name)) ||
	    strncmp(name, "sig/", 4) != 0)
		return ev_fail(err, EV_VALUE, object, "name", 0,
			       "sig/ and a file name", name);
	if (data.n > ev_archive_sig_max(name))
		return ev_fail_u64(err, EV_LIMIT, object, "sig/ file", 0,
				   ev_archive_sig_max(name), data.n);
	if (a->n_sigs >= EV_SIG_FILES_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "sig/ files", 0,
				   EV_SIG_FILES_MAX, a->n_sigs + 1);
	for (size_t i = 0; i < a->n_sigs; i++) {
		if (strcmp(a->sigs[i].name, name) == 0)
			return ev_fail(err, EV_DUPLICATE, object, "name", 0,
				       "a new name", name);
		all += a->sigs[i].data.n;
	}
	if (all > EV_SIG_ALL_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "sig/ files", 0,
				   EV_SIG_ALL_MAX, all);
	return EV_OK;
}

/* From the first item's header to the last one's padding. */
static struct ev_span items_region(const struct ev_archive *a)
{
	uint64_t begin = a->tar.n, end = 0;

	for (size_t i = 0; i < a->manifest.n_items; i++) {
		const struct ev_member *m = &a->items[i];
		uint64_t last = m->tar_offset + ev_tar_padded(m->data.n);

		if (m->tar_offset - EV_TAR_BLOCK < begin)
			begin = m->tar_offset - EV_TAR_BLOCK;
		if (last > end)
			end = last;
	}
	if (begin >= end)
		return (struct ev_span){ NULL, 0 };
	return ev_span_sub(a->tar, begin, end - begin);
}

/* Manifest and sig/ files in order, and the two zero blocks. */
static enum ev_code write_front(const struct ev_archive *a,
				const struct co_tar_member *added,
				struct ev_buffer *out, struct ev_error *err)
{
	struct co_tar_member *m = calloc(a->n_sigs + 2, sizeof(*m));
	size_t n = 0;
	bool done = false;

	if (m == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	m[n++] = (struct co_tar_member){ "manifest.json", a->manifest_bytes };
	for (size_t i = 0; i < a->n_sigs; i++) {
		const struct ev_member *old = &a->sigs[i];

		if (!done && strcmp(added->name, old->name) < 0) {
			m[n++] = *added;
			done = true;
		}
		m[n++] = (struct co_tar_member){ old->name, old->data };
	}
	if (!done)
		m[n++] = *added;
	co_tar_write(m, n, false, ev_sink_buffer(out), err);
	free(m);
	return err->code;
}

enum ev_code co_rewrite(const struct ev_archive *archive, const char *name,
			struct ev_span data, struct ev_sink out,
			struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer front = { 0 };
	const struct co_tar_member added = { name, data };
	static const uint8_t end[1024];
	struct ev_span pieces[3];
	enum ev_code code;

	if (check_new(archive, name, data, err) != EV_OK ||
	    write_front(archive, &added, &front, err) != EV_OK)
		return err->code;
	assert(front.n >= CO_TAR_END && sizeof(end) == CO_TAR_END);
	pieces[0] = ev_span_of(front.p, front.n - CO_TAR_END);
	pieces[1] = items_region(archive);
	pieces[2] = EV_SPAN(end);
	if (archive->compressed)
		return co_zstd_write(pieces, 3, out, err);
	code = ev_sink_put(out, pieces[0], err);
	for (size_t i = 1; code == EV_OK && i < 3; i++)
		code = ev_sink_put(out, pieces[i], err);
	return code;
}
