/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM: the fixed header, and variable headers one by one. */
#include "audit/image/igvm.h"

#include <stdio.h>
#include <zlib.h>

static const char object[] = "igvm header";
static const char object_variable[] = "igvm variable header";
static const char magic[4] = { 'I', 'G', 'V', 'M' };

static const size_t SIZE_1 = 24; /* bytes of the fixed header, version 1 */
static const size_t SIZE_2 = 32;
static const size_t CHECKSUM_AT = 20;

bool au_igvm_is(struct ev_span bytes)
{
	return bytes.n >= sizeof(magic) &&
	       memcmp(bytes.p, magic, sizeof(magic)) == 0;
}

/* What version 2 adds. */
static enum ev_code parse_second(struct ev_reader *r, struct au_igvm *f)
{
	uint64_t at = ev_reader_offset(r);
	uint32_t architecture = ev_read_u32le(r, "architecture");
	uint32_t page_size = ev_read_u32le(r, "page_size");

	if (!ev_reader_ok(r))
		return r->err->code;
	if (architecture > 1)
		return ev_fail_u64(r->err, EV_VALUE, object, "architecture", at,
				   1, architecture);
	if (page_size != 4096)
		return ev_fail_u64(r->err, EV_VALUE, object, "page_size",
				   at + 4, 4096, page_size);
	f->aarch64 = architecture == 1;
	return EV_OK;
}

/* CRC-32 over the fixed header with the checksum as zero, then over the
 * variable headers. */
static uint32_t checksum(const struct au_igvm *f, size_t size)
{
	static const uint8_t zero[4] = { 0 };
	uLong crc = crc32(0, f->bytes.p, (uInt)CHECKSUM_AT);

	crc = crc32(crc, zero, sizeof(zero));
	crc = crc32(crc, f->bytes.p + CHECKSUM_AT + 4,
		    (uInt)(size - CHECKSUM_AT - 4));
	if (f->headers.n > 0)
		crc = crc32(crc, f->headers.p, (uInt)f->headers.n);
	return (uint32_t)crc;
}

static enum ev_code check_checksum(const struct au_igvm *f, size_t size,
				   uint32_t said, struct ev_error *err)
{
	uint32_t is = checksum(f, size);
	char want[24], found[24];

	if (is == said)
		return EV_OK;
	snprintf(want, sizeof(want), "0x%08x", is);
	snprintf(found, sizeof(found), "0x%08x", said);
	return ev_fail(err, EV_VALUE, object, "checksum", f->base + CHECKSUM_AT,
		       want, found);
}

/* Where the variable headers stand; size is that of the fixed header. */
static enum ev_code place(struct au_igvm *f, size_t size, uint32_t at,
			  uint32_t n, struct ev_error *err)
{
	char want[64], found[24];

	if (at < size || at % 8 != 0) {
		snprintf(want, sizeof(want), "a multiple of 8, at least %zu",
			 size);
		snprintf(found, sizeof(found), "%u", at);
		return ev_fail(err, EV_VALUE, object, "variable_header_offset",
			       f->base + 8, want, found);
	}
	if ((uint64_t)at + n > f->bytes.n)
		return ev_fail_u64(err, EV_TRUNCATED, object,
				   "variable_header_size", f->base + 12,
				   at <= f->bytes.n ? f->bytes.n - at : 0, n);
	f->headers_at = at;
	f->headers = ev_span_sub(f->bytes, at, n);
	return EV_OK;
}

enum ev_code au_igvm_parse(struct ev_span bytes, uint64_t base,
			   struct au_igvm *out, struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(bytes, base, object, err);
	struct au_igvm f = { .bytes = bytes, .base = base };
	struct ev_span mark = ev_read_span(&r, sizeof(magic), "magic");
	uint32_t at, n, total, said;
	size_t size;

	f.version = ev_read_u32le(&r, "format_version");
	at = ev_read_u32le(&r, "variable_header_offset");
	n = ev_read_u32le(&r, "variable_header_size");
	total = ev_read_u32le(&r, "total_file_size");
	said = ev_read_u32le(&r, "checksum");
	if (!ev_reader_ok(&r))
		return err->code;
	if (!au_igvm_is(mark))
		return ev_fail_bytes(err, EV_VALUE, object, "magic", base,
				     "4947564d", mark);
	if (f.version != 1 && f.version != 2)
		return ev_fail(err, EV_VALUE, object, "format_version",
			       base + 4, "1 or 2",
			       f.version == 0 ? "0" : "a later one");
	size = f.version == 1 ? SIZE_1 : SIZE_2;
	if (f.version == 2 && parse_second(&r, &f) != EV_OK)
		return err->code;
	if (total != bytes.n)
		return ev_fail_u64(
			err, total > bytes.n ? EV_TRUNCATED : EV_TRAILING,
			object, "total_file_size", base + 16, bytes.n, total);
	if (place(&f, size, at, n, err) != EV_OK ||
	    check_checksum(&f, size, said, err) != EV_OK)
		return err->code;
	*out = f;
	return EV_OK;
}

static enum au_igvm_section section_of(uint32_t type)
{
	if (type >= 0x1 && type <= 0x100)
		return AU_IGVM_PLATFORM;
	if (type >= 0x101 && type <= 0x200)
		return AU_IGVM_INIT;
	if (type >= 0x301 && type <= 0x400)
		return AU_IGVM_DIRECTIVE;
	return AU_IGVM_ELSEWHERE;
}

static enum ev_code check_order(struct au_igvm_walk *walk,
				const struct au_igvm_header *h,
				struct ev_error *err)
{
	static const char *const names[] = {
		[AU_IGVM_PLATFORM] = "a platform header",
		[AU_IGVM_INIT] = "an initialization header",
		[AU_IGVM_DIRECTIVE] = "a directive",
	};
	enum au_igvm_section section = section_of(h->type);
	char want[EV_TEXT_MAX];

	if (section == AU_IGVM_ELSEWHERE)
		return EV_OK;
	if (section < walk->section) {
		snprintf(want, sizeof(want), "nothing of it behind %s",
			 names[walk->section]);
		return ev_fail(err, EV_VALUE, object_variable, "order",
			       h->offset, want, names[section]);
	}
	walk->section = section;
	return EV_OK;
}

bool au_igvm_next(struct au_igvm_walk *walk, struct au_igvm_header *out,
		  struct ev_error *err)
{
	const struct au_igvm *f = walk->file;
	struct ev_span left =
		ev_span_sub(f->headers, walk->at, f->headers.n - walk->at);
	struct ev_reader r = ev_reader_init(
		left, f->base + f->headers_at + walk->at, object_variable, err);
	struct au_igvm_header h = { .offset = ev_reader_offset(&r) };
	struct ev_span padding;
	uint32_t type, n;
	uint64_t padding_at;

	if (left.n == 0)
		return false;
	type = ev_read_u32le(&r, "type");
	n = ev_read_u32le(&r, "length");
	h.type = type & AU_IGVM_ANY_TYPE;
	h.optional = h.type != type;
	h.content = ev_read_span(&r, n, "length");
	padding_at = ev_reader_offset(&r);
	padding = ev_read_span(&r, (8 - n % 8) % 8, "padding");
	if (!ev_reader_ok(&r) || check_order(walk, &h, err) != EV_OK)
		return false;
	if (!ev_span_is_zero(padding)) {
		ev_fail_bytes(err, EV_VALUE, object_variable, "padding",
			      padding_at, "zeros", padding);
		return false;
	}
	walk->at += left.n - r.left.n;
	*out = h;
	return true;
}

enum ev_code au_igvm_data(const struct au_igvm *file, uint64_t file_offset,
			  uint64_t n, const char *name, uint64_t offset,
			  struct ev_span *out, struct ev_error *err)
{
	uint64_t begin = file->headers_at + file->headers.n;
	char want[EV_TEXT_MAX], found[64];

	if (file_offset >= begin && file_offset <= file->bytes.n &&
	    n <= file->bytes.n - file_offset) {
		*out = ev_span_sub(file->bytes, (size_t)file_offset, (size_t)n);
		return EV_OK;
	}
	snprintf(want, sizeof(want), "bytes between %llu and %zu",
		 (unsigned long long)begin, file->bytes.n);
	snprintf(found, sizeof(found), "%llu bytes at %llu",
		 (unsigned long long)n, (unsigned long long)file_offset);
	return ev_fail(err, EV_VALUE, name, "file_offset", offset, want, found);
}
