/* SPDX-License-Identifier: Apache-2.0 */
/* The archives of an initrd, walked here: libarchive stops at the first end. */
#include "audit/contents/cpio.h"

#include "audit/contents/contents.h"
#include "audit/contents/packed_stream.h"
#include "evidence/base/reader.h"

static const char object[] = "cpio";

static const size_t name_max = 4096; /* PATH_MAX with its NUL */

bool au_cpio_recognise(struct ev_span in)
{
	return in.n >= 6 && (memcmp(in.p, "070701", 6) == 0 ||
			     memcmp(in.p, "070702", 6) == 0);
}

static int digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static uint32_t read_hex(struct ev_reader *r, const char *field)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span in = ev_read_span(r, 8, field);
	uint32_t v = 0;

	for (size_t i = 0; i < in.n; i++) {
		int d = digit(in.p[i]);

		if (d < 0) {
			ev_fail_text(r->err, EV_SYNTAX, object, field, at,
				     "eight hexadecimal digits", in);
			return 0;
		}
		v = v << 4 | (uint32_t)d;
	}
	return v;
}

static uint64_t read_pair(struct ev_reader *r, const char *field)
{
	uint64_t high = read_hex(r, field);

	return high << 32 | read_hex(r, field);
}

static void read_padding(struct ev_reader *r)
{
	size_t n = (size_t)(-ev_reader_offset(r) & 3);

	/* The last archive may end without. */
	ev_read_span(r, n < r->left.n ? n : r->left.n, "padding");
}

static enum ev_code read_name(struct ev_reader *r, uint32_t n,
			      struct ev_span *out)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span name;

	if (ev_reader_ok(r) && (n == 0 || n > name_max))
		ev_fail_u64(r->err, EV_LIMIT, object, "name size", at - 16,
			    name_max, n);
	name = ev_read_span(r, n, "name");
	if (!ev_reader_ok(r))
		return r->err->code;
	if (memchr(name.p, 0, name.n) != name.p + name.n - 1)
		return ev_fail_text(r->err, EV_SYNTAX, object, "name", at,
				    "one NUL, at its end", name);
	*out = ev_span_sub(name, 0, name.n - 1);
	return EV_OK;
}

enum ev_code au_cpio_next(struct ev_span in, uint64_t *at,
			  struct au_cpio_member *out, struct ev_error *err)
{
	struct ev_reader r;
	struct ev_span magic;
	uint32_t size, name_size;

	assert(*at <= in.n);
	r = ev_reader_init(ev_span_sub(in, (size_t)*at, in.n - (size_t)*at),
			   *at, object, err);
	magic = ev_read_span(&r, 6, "magic");
	if (ev_reader_ok(&r) && !au_cpio_recognise(magic))
		ev_fail_text(err, EV_VALUE, object, "magic", *at,
			     "070701 or 070702", magic);
	out->inode = read_hex(&r, "inode");
	out->mode = read_hex(&r, "mode");
	out->owner = read_pair(&r, "owner");
	out->links = read_hex(&r, "links");
	read_hex(&r, "time");
	size = read_hex(&r, "file size");
	out->file_system = read_pair(&r, "file system");
	out->device = read_pair(&r, "device");
	name_size = read_hex(&r, "name size");
	read_hex(&r, "check");
	if (read_name(&r, name_size, &out->name) != EV_OK)
		return err->code;
	read_padding(&r);
	out->data_offset = ev_reader_offset(&r);
	out->data = ev_read_span(&r, size, "data");
	read_padding(&r);
	out->trailer = ev_span_eq(out->name, EV_SPAN_LITERAL("TRAILER!!!"));
	*at = ev_reader_offset(&r);
	return err->code;
}

/* A folder has as many links as folders inside; a symbolic one is unpacked by
 * itself (init/initramfs.c). */
static bool is_linked(uint32_t mode)
{
	uint32_t type = mode & 0170000;

	return type != 0040000 && type != 0120000;
}

static enum ev_code add_member(struct au_part *part,
			       const struct au_cpio_member *m,
			       struct au_part_budget *budget,
			       struct ev_error *err)
{
	struct au_part *file;

	if (m->trailer)
		return EV_OK;
	file = au_part_add(part, AU_PART_FILE, m->name, m->data, m->data_offset,
			   budget, err);
	if (file == NULL)
		return err->code;
	file->attributes = m->mode;
	file->owner = m->owner;
	file->device = m->device;
	/* Inode and file system are those of where it was packed, and mean
	 * something where they make two names one file alone. */
	if (m->links > 1 && is_linked(m->mode)) {
		file->link = (uint64_t)m->links << 32 | m->inode;
		file->file_system = m->file_system;
	}
	return EV_OK;
}

/* After a trailer: zeros up to the next archive or the end. */
static uint64_t skip_zeros(struct ev_span in, uint64_t at)
{
	while (at < in.n && in.p[at] == 0)
		at++;
	return at;
}

enum ev_code au_cpio_open(struct au_part *part, struct au_part_budget *budget,
			  struct ev_error *err)
{
	struct ev_span in = part->bytes;
	struct au_cpio_member m = { .trailer = false };
	uint64_t at = 0;

	while (at < in.n) {
		if (au_cpio_next(in, &at, &m, err) != EV_OK ||
		    add_member(part, &m, budget, err) != EV_OK)
			return err->code;
		if (!m.trailer)
			continue;
		at = skip_zeros(in, at);
		if (at < in.n && !au_cpio_recognise(ev_span_sub(
					 in, (size_t)at, in.n - (size_t)at)))
			return au_contents_add(
				part, EV_SPAN_LITERAL("rest"),
				ev_span_sub(in, (size_t)at, in.n - (size_t)at),
				at, budget, err);
	}
	if (!m.trailer)
		return ev_fail(err, EV_TRUNCATED, object, "trailer", at,
			       "TRAILER!!!", "the end");
	return EV_OK;
}
