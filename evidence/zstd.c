/* SPDX-License-Identifier: Apache-2.0 */
/* One Zstandard frame: shape checked here, content decoded by libarchive. */
#include "evidence/zstd.h"

#include "evidence/base/reader.h"

#include <archive.h>
#include <errno.h>

static const char object[] = "zstd";

static const uint32_t frame_magic = UINT32_C(0xfd2fb528);
static const uint64_t window_max = UINT64_C(8) << 20;
static const uint32_t block_max = UINT32_C(128) << 10; /* RFC 8878 3.1.1.2.4 */

enum block_type { BLOCK_RAW, BLOCK_RLE, BLOCK_COMPRESSED, BLOCK_RESERVED };

bool ev_zstd_recognise(struct ev_span file)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(file, 0, object, &err);

	return ev_read_u32le(&r, "magic") == frame_magic;
}

static uint64_t read_le(struct ev_reader *r, size_t n, const char *field)
{
	struct ev_span in = ev_read_span(r, n, field);
	uint64_t v = 0;

	for (size_t i = in.n; i > 0; i--)
		v = v << 8 | in.p[i - 1];
	return v;
}

/* RFC 8878 3.1.1.1.2: exponent in the high five bits, eighths below. */
static uint64_t read_window(struct ev_reader *r)
{
	uint8_t b = ev_read_u8(r, "window_descriptor");
	uint64_t base = UINT64_C(1) << (10 + (b >> 3));

	return base + base / 8 * (b & 7);
}

/* RFC 8878 3.1.1.1; *checksum: four bytes follow the last block. */
static void read_frame_header(struct ev_reader *r, bool *checksum)
{
	static const size_t dictionary_size[] = { 0, 1, 2, 4 };
	static const size_t content_size[] = { 0, 2, 4, 8 };
	uint8_t descriptor = ev_read_u8(r, "descriptor");
	bool single = (descriptor & 0x20) != 0;
	uint64_t at = ev_reader_offset(r);
	uint64_t window = single ? 0 : read_window(r);
	uint64_t dictionary, size;
	size_t n = content_size[descriptor >> 6];

	dictionary = read_le(r, dictionary_size[descriptor & 3], "dictionary");
	if (single && n == 0)
		n = 1;
	size = read_le(r, n, "content_size") + (n == 2 ? 256 : 0);
	if (!ev_reader_ok(r))
		return;
	if ((descriptor & 0x08) != 0)
		ev_fail_u64(r->err, EV_VALUE, object, "reserved bit", at - 1, 0,
			    1);
	if (dictionary != 0)
		ev_fail_u64(r->err, EV_VALUE, object, "dictionary", at, 0,
			    dictionary);
	if (single)
		window = size;
	if (window > window_max)
		ev_fail_u64(r->err, EV_LIMIT, object, "window", at, window_max,
			    window);
	*checksum = (descriptor & 0x04) != 0;
}

static void skip_blocks(struct ev_reader *r)
{
	bool last = false;

	while (!last && ev_reader_ok(r)) {
		uint64_t at = ev_reader_offset(r);
		uint32_t header = (uint32_t)read_le(r, 3, "block header");
		uint32_t type = header >> 1 & 3, size = header >> 3;

		if (!ev_reader_ok(r))
			return;
		if (type == BLOCK_RESERVED || size > block_max)
			ev_fail_u64(r->err, EV_VALUE, object, "block", at,
				    block_max, size);
		else
			ev_read_span(r, type == BLOCK_RLE ? 1 : size, "block");
		last = (header & 1) != 0;
	}
}

enum ev_code ev_zstd_check(struct ev_span file, struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(file, 0, object, err);
	bool checksum = false;
	uint32_t magic = ev_read_u32le(&r, "magic");

	if (ev_reader_ok(&r) && magic != frame_magic)
		return ev_fail_u64(err, EV_VALUE, object, "magic", 0,
				   frame_magic, magic);
	read_frame_header(&r, &checksum);
	skip_blocks(&r);
	if (checksum)
		ev_read_span(&r, 4, "content_checksum");
	return ev_reader_finish(&r);
}

/* A reader that decodes one layer and hands out what is in it; NULL is
 * trouble. */
static struct archive *new_decoder(void)
{
	struct archive *a = archive_read_new();

	if (a == NULL)
		return NULL;
	if (archive_read_append_filter(a, ARCHIVE_FILTER_ZSTD) == ARCHIVE_OK &&
	    archive_read_support_format_raw(a) == ARCHIVE_OK &&
	    archive_read_support_format_empty(a) == ARCHIVE_OK)
		return a;
	archive_read_free(a);
	return NULL;
}

/* ARCHIVE_EOF at the end, ARCHIVE_OK where at_most was reached before or the
 * sink is full, which err then says. */
static int copy_blocks(struct archive *a, uint64_t at_most, struct ev_sink out,
		       struct ev_unpacked *u, struct ev_error *err)
{
	const void *p = NULL;
	size_t n = 0;
	int64_t offset = 0;
	int rc = ARCHIVE_OK;

	while (!u->more) {
		rc = archive_read_data_block(a, &p, &n, &offset);
		if (rc != ARCHIVE_OK)
			return rc;
		if (n > at_most - u->n) {
			n = (size_t)(at_most - u->n);
			u->more = true;
		}
		if (ev_sink_put(out, ev_span_of(p, n), err) != EV_OK)
			return rc;
		u->n += n;
	}
	return rc;
}

enum ev_code ev_zstd_unpack(struct ev_span file, uint64_t at_most,
			    struct ev_sink out, struct ev_unpacked *unpacked,
			    struct ev_error *err)
{
	struct ev_unpacked u = { .n = 0 };
	struct archive_entry *entry = NULL;
	struct archive *a = new_decoder();
	int rc;

	if (a == NULL)
		return ev_fail_trouble(err, object, "cannot start the decoder");
	rc = archive_read_open_memory(a, file.p, file.n);
	if (rc == ARCHIVE_OK)
		rc = archive_read_next_header(a, &entry);
	if (rc == ARCHIVE_OK)
		rc = copy_blocks(a, at_most, out, &u, err);
	if (rc < ARCHIVE_OK)
		ev_fail(&u.fault, EV_SYNTAX, object, "content", u.n,
			"a frame that decodes", "a broken block");
	if (archive_errno(a) == ENOMEM)
		ev_fail_trouble(err, object, "out of memory");
	archive_read_free(a);
	if (err->code == EV_OK)
		*unpacked = u;
	return err->code;
}
