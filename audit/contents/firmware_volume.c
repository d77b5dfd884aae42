/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware volumes: their headers, and the files in them. */
#include "audit/contents/firmware_volume.h"

#include "audit/contents/ffs_file.h"
#include "audit/contents/ffs_section.h"
#include "audit/contents/firmware_guid.h"
#include "evidence/base/reader.h"

#include <stdlib.h>

static const char object[] = "firmware volume";

#define FFS2 "8c8ce578-8a3d-4f1c-9935-896185c32dd3"
#define FFS3 "5473c07a-3dcb-4dca-bd6f-1e9689e7349a"

static const uint32_t signature = UINT32_C(0x4856465f); /* "_FVH" */
/* OVMF has one run, volumes over two flash parts have two. */
static const size_t runs_max = 64;

enum {
	SIGNATURE_AT = 40,
	FILE_HEADER = 24,
	ERASED_ONES = 0x800, /* attribute: EFI_FVB2_ERASE_POLARITY */
	TYPE_FREEFORM = 0x02,
	TYPE_VOLUME = 0x0b,
	TYPE_LAST = 0x0f,
	TYPE_PAD = 0xf0,
};

bool au_volume_recognise(struct ev_span in)
{
	return in.n >= SIGNATURE_AT + 4 &&
	       memcmp(in.p + SIGNATURE_AT, "_FVH", 4) == 0;
}

static uint16_t sum16(struct ev_span in)
{
	unsigned int sum = 0;

	for (size_t i = 0; i + 1 < in.n; i += 2)
		sum += in.p[i] | (unsigned int)in.p[i + 1] << 8;
	return (uint16_t)sum;
}

/* Runs of {u32 blocks, u32 bytes each}, a run of zeros behind the last. */
static uint64_t read_block_map(struct ev_reader *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < runs_max; i++) {
		uint64_t n = ev_read_u32le(r, "block count");
		uint64_t size = ev_read_u32le(r, "block size");

		if (!ev_reader_ok(r) || (n == 0 && size == 0))
			return sum;
		if (__builtin_add_overflow(sum, n * size, &sum))
			break;
	}
	ev_fail_u64(r->err, EV_LIMIT, object, "block map", ev_reader_offset(r),
		    runs_max, runs_max + 1);
	return 0;
}

static enum ev_code check_header(struct ev_span in,
				 const struct au_volume_header *h,
				 uint8_t revision, uint64_t end,
				 uint64_t blocks, struct ev_error *err)
{
	uint16_t sum;

	if (revision != 1 && revision != 2)
		return ev_fail_u64(err, EV_VALUE, object, "revision", 55, 2,
				   revision);
	if (h->header_size != end)
		return ev_fail_u64(err, EV_VALUE, object, "header size", 48,
				   end, h->header_size);
	sum = sum16(ev_span_sub(in, 0, h->header_size));
	if (sum != 0)
		return ev_fail_u64(err, EV_VALUE, object, "header checksum", 50,
				   0, sum);
	if (blocks != h->size)
		return ev_fail_u64(err, EV_VALUE, object, "size", 32, blocks,
				   h->size);
	if (h->size > in.n || h->size < h->header_size)
		return ev_fail_u64(err, EV_TRUNCATED, object, "size", 32, in.n,
				   h->size);
	return EV_OK;
}

enum ev_code au_volume_header_parse(struct ev_span in,
				    struct au_volume_header *out,
				    struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, 0, object, err);
	struct au_volume_header h = { 0 };
	struct ev_span guid;
	uint64_t blocks;
	uint32_t magic;
	uint8_t revision;

	ev_read_span(&r, 16, "zero vector"); /* a reset vector on some */
	guid = ev_read_span(&r, EV_GUID_SIZE, "file system");
	h.size = ev_read_u64le(&r, "size");
	magic = ev_read_u32le(&r, "signature");
	h.attributes = ev_read_u32le(&r, "attributes");
	h.header_size = ev_read_u16le(&r, "header size");
	ev_read_u16le(&r, "header checksum");
	h.extended = ev_read_u16le(&r, "extended header");
	ev_read_u8(&r, "reserved");
	revision = ev_read_u8(&r, "revision");
	if (!ev_reader_ok(&r))
		return err->code;
	if (magic != signature)
		return ev_fail_u64(err, EV_VALUE, object, "signature",
				   SIGNATURE_AT, signature, magic);
	blocks = read_block_map(&r);
	if (!ev_reader_ok(&r) ||
	    check_header(in, &h, revision, ev_reader_offset(&r), blocks, err) !=
		    EV_OK)
		return err->code;
	ev_uefi_guid_format(guid, h.file_system);
	*out = h;
	return EV_OK;
}

static bool has_sections(uint8_t type)
{
	return type >= TYPE_FREEFORM && type <= TYPE_LAST;
}

static enum ev_code add_file(struct au_part *volume,
			     const struct au_ffs_file *f, uint64_t at,
			     struct au_part_budget *budget,
			     struct ev_error *err)
{
	bool program = has_sections(f->type) && f->type != TYPE_FREEFORM &&
		       f->type != TYPE_VOLUME;
	ev_auto_buffer struct ev_buffer name = { 0 };
	struct ev_error no_name = { 0 };
	char guid[EV_GUID_TEXT];
	struct au_part *part;

	if (f->type == TYPE_PAD)
		return au_part_add_padding(volume, f->body,
					   at + f->whole.n - f->body.n, budget,
					   err);
	/* A stream that does not parse is refused when the file is opened. */
	if (has_sections(f->type))
		au_ffs_section_name(f->body, &name, &no_name);
	ev_uefi_guid_format(f->guid, guid);
	if (name.n == 0)
		ev_buffer_add_str(&name, au_firmware_guid_name(guid));
	if (!ev_buffer_ok(&name))
		return ev_fail_trouble(err, object, "out of memory");
	part = au_part_add(volume,
			   program ? AU_PART_MODULE : AU_PART_VOLUME_FILE,
			   ev_buffer_span(&name), f->body,
			   at + f->whole.n - f->body.n, budget, err);
	if (part == NULL)
		return err->code;
	memcpy(part->guid, guid, sizeof(guid));
	part->attributes = (uint32_t)f->type << 8 | f->attributes;
	return EV_OK;
}

/* PI 1.7 volume 3, 3.2.1.1: files follow the extended header {guid, u32 size}
 * where there is one; what stands in front of it is a pad file's header. */
static enum ev_code open_extended(struct au_part *part,
				  const struct au_volume_header *h,
				  uint64_t *at, struct au_part_budget *budget,
				  struct ev_error *err)
{
	struct ev_span in = part->bytes, guid, all;
	struct ev_reader r;
	uint32_t size;

	if (h->extended < h->header_size || h->extended > in.n)
		return ev_fail_u64(err, EV_VALUE, object, "extended header", 52,
				   h->header_size, h->extended);
	r = ev_reader_init(ev_span_sub(in, h->extended, in.n - h->extended),
			   h->extended, object, err);
	all = r.left;
	guid = ev_read_span(&r, EV_GUID_SIZE, "volume guid");
	size = ev_read_u32le(&r, "extended header size");
	if (!ev_reader_ok(&r))
		return err->code;
	if (size < 20 || size > all.n)
		return ev_fail_u64(err, EV_VALUE, object,
				   "extended header size", h->extended + 16U,
				   20, size);
	ev_uefi_guid_format(guid, part->guid);
	*at = (uint64_t)h->extended + size;
	if (au_part_add_padding(
		    part,
		    ev_span_sub(in, h->header_size,
				(size_t)h->extended - h->header_size),
		    h->header_size, budget, err) != EV_OK)
		return err->code;
	au_part_add(part, AU_PART_PADDING, EV_SPAN_LITERAL("extended header"),
		    ev_span_sub(all, 0, size), h->extended, budget, err);
	return err->code;
}

static bool is_free(struct ev_span left, const struct au_volume_header *h)
{
	uint8_t erased = (h->attributes & ERASED_ONES) != 0 ? 0xff : 0x00;

	for (size_t i = 0; i < FILE_HEADER && i < left.n; i++)
		if (left.p[i] != erased)
			return false;
	return true;
}

/* Files up to free space, which is a padding that must be uniform. */
static enum ev_code open_files(struct au_part *part,
			       const struct au_volume_header *h, uint64_t at,
			       struct au_part_budget *budget,
			       struct ev_error *err)
{
	struct ev_span in = part->bytes;
	struct au_ffs_form form = {
		.erased_ones = (h->attributes & ERASED_ONES) != 0,
		.large = strcmp(h->file_system, FFS3) == 0,
	};

	while (at < in.n) {
		uint64_t start = (at + 7) & ~UINT64_C(7);
		struct au_ffs_file f = { 0 };

		if (start > in.n)
			start = in.n;
		if (is_free(ev_span_sub(in, (size_t)start,
					in.n - (size_t)start),
			    h))
			return au_part_add_padding(
				part,
				ev_span_sub(in, (size_t)at, in.n - (size_t)at),
				at, budget, err);
		if (au_part_add_padding(
			    part,
			    ev_span_sub(in, (size_t)at, (size_t)(start - at)),
			    at, budget, err) != EV_OK ||
		    au_ffs_file_read(in, start, form, &f, err) != EV_OK ||
		    add_file(part, &f, start, budget, err) != EV_OK)
			return err->code;
		at = start + f.whole.n;
	}
	return EV_OK;
}

/* By the GUID of its extended header, or else of its file system. */
static enum ev_code name_volume(struct au_part *part, struct ev_error *err)
{
	char *name = strdup(au_firmware_guid_name(part->guid));

	if (name == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	free(part->name);
	part->name = name;
	return EV_OK;
}

enum ev_code au_volume_open(struct au_part *part, struct au_part_budget *budget,
			    struct ev_error *err)
{
	struct ev_span in = part->bytes;
	struct au_volume_header h;
	uint64_t at;

	if (au_volume_header_parse(in, &h, err) != EV_OK)
		return err->code;
	/* The zero vector is code where a volume begins at the reset vector. */
	if (au_part_add_padding(part, ev_span_sub(in, 0, 16), 0, budget, err) !=
	    EV_OK)
		return err->code;
	if (h.size < in.n &&
	    au_part_add_padding(
		    part,
		    ev_span_sub(in, (size_t)h.size, in.n - (size_t)h.size),
		    h.size, budget, err) != EV_OK)
		return err->code;
	part->bytes = ev_span_sub(in, 0, (size_t)h.size);
	if (au_part_add(part, AU_PART_BYTES, EV_SPAN_LITERAL("file system"),
			ev_span_sub(in, 16, EV_GUID_SIZE), 16, budget,
			err) == NULL)
		return err->code;
	part->attributes = h.attributes;
	memcpy(part->guid, h.file_system, sizeof(part->guid));
	at = h.header_size;
	if (strcmp(h.file_system, FFS2) != 0 &&
	    strcmp(h.file_system, FFS3) != 0) {
		if (name_volume(part, err) == EV_OK)
			au_part_add(part, AU_PART_BYTES,
				    EV_SPAN_LITERAL("contents"),
				    ev_span_sub(part->bytes, (size_t)at,
						part->bytes.n - (size_t)at),
				    at, budget, err);
		return err->code;
	}
	if (h.extended != 0 &&
	    open_extended(part, &h, &at, budget, err) != EV_OK)
		return err->code;
	if (name_volume(part, err) != EV_OK)
		return err->code;
	return open_files(part, &h, at, budget, err);
}

enum ev_code au_firmware_open(struct au_part *part,
			      struct au_part_budget *budget,
			      struct ev_error *err)
{
	struct ev_span in = part->bytes;
	size_t at = 0, gap = 0;

	while (at < in.n) {
		struct ev_span left = ev_span_sub(in, at, in.n - at);
		struct au_volume_header h;

		if (!au_volume_recognise(left)) {
			/* Volumes begin at multiples of eight. */
			at += left.n < 8 ? left.n : 8;
			continue;
		}
		if (au_volume_header_parse(left, &h, err) != EV_OK ||
		    au_part_add_padding(part, ev_span_sub(in, gap, at - gap),
					gap, budget, err) != EV_OK ||
		    au_part_add(part, AU_PART_VOLUME, ev_span_of(NULL, 0),
				ev_span_sub(left, 0, (size_t)h.size), at,
				budget, err) == NULL)
			return err->code;
		at += (size_t)h.size;
		gap = at;
	}
	return au_part_add_padding(part, ev_span_sub(in, gap, in.n - gap), gap,
				   budget, err);
}

enum ev_code au_volume_file_open(struct au_part *part,
				 struct au_part_budget *budget,
				 struct ev_error *err)
{
	if (!has_sections((uint8_t)(part->attributes >> 8)))
		return EV_OK;
	return au_ffs_sections_open(part, part->bytes, 0, budget, err);
}
