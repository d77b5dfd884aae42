/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of shared memory in measured memory. */
#include "audit/contents/hash_page.h"

#include "evidence/base/reader.h"

static const char object[] = "hash page";
static const char table_object[] = "hash table";

static const size_t page_size = 4096;
static const uint32_t table_magic = UINT32_C(0x53485045); /* "EPHS" */
static const uint64_t pages_max = UINT64_C(1) << 52;

/* False where there is no further one. */
static bool read_region(struct ev_reader *r, uint64_t end,
			struct au_hash_region *out)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span zeros;
	uint8_t accepted;

	out->page = ev_read_u64le(r, "first page");
	out->pages = ev_read_u64le(r, "pages");
	accepted = ev_read_u8(r, "accepted");
	zeros = ev_read_span(r, 7, "reserved");
	if (!ev_reader_ok(r))
		return false;
	if (out->pages == 0 && out->page == 0 && accepted == 0 &&
	    ev_span_is_zero(zeros))
		return false;
	if (out->page < end)
		ev_fail_u64(r->err, EV_VALUE, object, "first page", at, end,
			    out->page);
	if (out->pages == 0 || out->pages > pages_max || out->page > pages_max)
		ev_fail_u64(r->err, EV_VALUE, object, "pages", at + 8,
			    pages_max, out->pages);
	if (accepted > 1 || !ev_span_is_zero(zeros))
		ev_fail_u64(r->err, EV_VALUE, object, "accepted", at + 16, 1,
			    accepted);
	out->accepted = accepted == 1;
	return ev_reader_ok(r);
}

enum ev_code au_hash_page_parse(struct ev_span page, struct au_hash_page *out,
				struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(page, 0, object, err);
	uint64_t end = 0;
	struct ev_span rest;

	if (page.n != page_size)
		return ev_fail_u64(err, EV_VALUE, object, "size", 0, page_size,
				   page.n);
	out->digest = ev_read_span(&r, AU_HASH_SIZE, "digest");
	out->n = 0;
	while (out->n < AU_HASH_REGIONS_MAX &&
	       read_region(&r, end, &out->region[out->n])) {
		end = out->region[out->n].page + out->region[out->n].pages;
		out->n++;
	}
	rest = ev_read_rest(&r);
	if (!ev_reader_ok(&r))
		return err->code;
	if (out->n == 0)
		return ev_fail_u64(err, EV_MISSING, object, "region",
				   AU_HASH_SIZE, 1, 0);
	if (!ev_span_is_zero(rest))
		return ev_fail_bytes(err, EV_TRAILING, object, "rest",
				     page.n - rest.n, "zeros", rest);
	return EV_OK;
}

bool au_hash_table_recognise(struct ev_span in)
{
	return in.n >= 4 && memcmp(in.p, "EPHS", 4) == 0;
}

enum ev_code au_hash_table_parse(struct ev_span in, struct au_hash_table *out,
				 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, 0, table_object, err);
	uint32_t magic = ev_read_u32le(&r, "magic");
	uint32_t version = ev_read_u32le(&r, "version");
	uint32_t n = ev_read_u32le(&r, "count");
	uint32_t reserved = ev_read_u32le(&r, "reserved");
	struct ev_span hashes, rest;

	if (!ev_reader_ok(&r))
		return err->code;
	if (magic != table_magic)
		return ev_fail_u64(err, EV_VALUE, table_object, "magic", 0,
				   table_magic, magic);
	if (version != 1)
		return ev_fail_u64(err, EV_VALUE, table_object, "version", 4, 1,
				   version);
	if (n > AU_HASH_TABLE_MAX)
		return ev_fail_u64(err, EV_LIMIT, table_object, "count", 8,
				   AU_HASH_TABLE_MAX, n);
	if (reserved != 0)
		return ev_fail_u64(err, EV_VALUE, table_object, "reserved", 12,
				   0, reserved);
	hashes = ev_read_span(&r, (size_t)n * AU_HASH_SIZE, "hashes");
	rest = ev_read_rest(&r);
	if (!ev_reader_ok(&r))
		return err->code;
	if (!ev_span_is_zero(rest))
		return ev_fail_bytes(err, EV_TRAILING, table_object, "rest",
				     in.n - rest.n, "zeros", rest);
	out->hashes = hashes;
	out->n = n;
	return EV_OK;
}
