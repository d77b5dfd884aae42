/* SPDX-License-Identifier: Apache-2.0 */
/* Streams of gzip, xz and Zstandard, decoded by libarchive. */
#include "audit/contents/packed_stream.h"

#include "audit/contents/contents.h"
#include "evidence/base/buffer.h"
#include "evidence/zstd.h"

#include <archive.h>
#include <errno.h>

static const char object[] = "packed stream";

static const struct {
	const char *name;
	const char *magic;
	size_t n;
	int filter; /* libarchive's */
} formats[] = {
	{ "gzip", "\x1f\x8b\x08", 3, ARCHIVE_FILTER_GZIP },
	{ "xz", "\xfd\x37\x7a\x58\x5a\x00", 6, ARCHIVE_FILTER_XZ },
	{ "zstd", "\x28\xb5\x2f\xfd", 4, ARCHIVE_FILTER_ZSTD },
};
static const size_t n_formats = sizeof(formats) / sizeof(formats[0]);

static size_t find_format(struct ev_span in)
{
	size_t i = 0;

	while (i < n_formats && (in.n < formats[i].n ||
				 memcmp(in.p, formats[i].magic, formats[i].n)))
		i++;
	return i;
}

const char *au_packed_stream_name(struct ev_span in)
{
	size_t i = find_format(in);

	return i < n_formats ? formats[i].name : NULL;
}

/* Memory goes on with zeros behind a stream.  The decoder of zstd does not
 * bear them, so the frame is cut where it ends; those of the others do but for
 * xz, which wants a multiple of four. */
static struct ev_span without_zeros(struct ev_span in, int filter)
{
	struct ev_error err = { 0 };

	if (filter == ARCHIVE_FILTER_ZSTD &&
	    ev_zstd_check(in, &err) == EV_TRAILING &&
	    ev_span_is_zero(ev_span_sub(in, (size_t)err.offset,
					in.n - (size_t)err.offset)))
		return ev_span_sub(in, 0, (size_t)err.offset);
	/* Its last two bytes are "YZ". */
	while (filter == ARCHIVE_FILTER_XZ && in.n > 0 && in.p[in.n - 1] == 0)
		in.n--;
	return in;
}

static struct archive *new_decoder(int filter)
{
	struct archive *a = archive_read_new();

	if (a == NULL)
		return NULL;
	/* Not the empty format: a broken stream would be an empty one. */
	if (archive_read_append_filter(a, filter) == ARCHIVE_OK &&
	    archive_read_support_format_raw(a) == ARCHIVE_OK)
		return a;
	archive_read_free(a);
	return NULL;
}

static int decode(struct archive *a, struct ev_span in,
		  struct au_part_budget *budget, struct ev_buffer *out,
		  struct ev_error *err)
{
	struct archive_entry *entry = NULL;
	const void *p = NULL;
	size_t n = 0;
	int64_t offset = 0;
	int rc = archive_read_open_memory(a, in.p, in.n);

	if (rc == ARCHIVE_OK)
		rc = archive_read_next_header(a, &entry);
	while (rc == ARCHIVE_OK && err->code == EV_OK) {
		rc = archive_read_data_block(a, &p, &n, &offset);
		if (rc != ARCHIVE_OK ||
		    au_part_budget_take(budget, n, object, err) != EV_OK)
			break;
		ev_buffer_add(out, ev_span_of(p, n));
		if (!ev_buffer_ok(out))
			ev_fail_trouble(err, object, "out of memory");
	}
	return rc;
}

/* The kernel goes on behind a stream, over zeros, with whatever begins there:
 * that the decoder has ended is no end of an initrd. */
static enum ev_code add_rest(struct au_part *part, struct ev_span in,
			     uint64_t at, struct au_part_budget *budget,
			     struct ev_error *err)
{
	while (at < in.n && in.p[at] == 0)
		at++;
	if (at >= in.n)
		return EV_OK;
	return au_contents_add(part, EV_SPAN_LITERAL("rest"),
			       ev_span_sub(in, (size_t)at, in.n - (size_t)at),
			       at, budget, err);
}

enum ev_code au_packed_stream_open(struct au_part *part,
				   struct au_part_budget *budget,
				   struct ev_error *err)
{
	size_t format = find_format(part->bytes), n = 0;
	ev_auto_buffer struct ev_buffer out = { 0 };
	struct ev_span in;
	struct archive *a;
	int64_t read;
	int rc;

	if (format == n_formats)
		return ev_fail(err, EV_VALUE, object, "magic", 0,
			       "gzip, xz or zstd", "another");
	a = new_decoder(formats[format].filter);
	if (a == NULL)
		return ev_fail_trouble(err, object, "cannot start the decoder");
	in = without_zeros(part->bytes, formats[format].filter);
	rc = decode(a, in, budget, &out, err);
	read = archive_filter_bytes(a, -1);
	if (rc < ARCHIVE_OK && archive_errno(a) == ENOMEM)
		ev_fail_trouble(err, object, "out of memory");
	else if (rc < ARCHIVE_OK)
		ev_fail(err, EV_SYNTAX, object, "content", out.n,
			"a stream that decodes", "a broken one");
	archive_read_free(a);
	if (err->code != EV_OK)
		return err->code;
	part->unpacked = (uint8_t *)ev_buffer_take(&out, &n);
	if (part->unpacked == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (au_contents_add(part, ev_span_of(NULL, 0),
			    ev_span_of(part->unpacked, n), 0, budget,
			    err) != EV_OK)
		return err->code;
	return add_rest(part, in, read < 0 ? 0 : (uint64_t)read, budget, err);
}
