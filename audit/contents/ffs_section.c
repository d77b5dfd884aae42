/* SPDX-License-Identifier: Apache-2.0 */
/* Sections of firmware files: walked, named, unpacked. */
#include "audit/contents/ffs_section.h"

#include "audit/contents/lzma_alone.h"
#include "evidence/base/reader.h"

#include <stdio.h>

static const char object[] = "ffs section";

/* EFI_GUID_DEFINED_SECTION, PI 1.7 volume 3, 3.2.5.1. */
#define GUID_LZMA "ee4e5898-3914-4259-9d6e-dc7bd79403cf"
enum { PROCESSING_REQUIRED = 1 };

static const struct {
	uint8_t type;
	enum au_part_kind kind;
	const char *name;
} types[] = {
	{ AU_SECTION_COMPRESSED, AU_PART_PACKED_SECTION, "compressed" },
	{ AU_SECTION_GUIDED, AU_PART_PACKED_SECTION, "GUID-defined" },
	{ 0x03, AU_PART_SECTION, "disposable" },
	{ AU_SECTION_PE32, AU_PART_PE, "PE32" },
	{ 0x11, AU_PART_SECTION, "PIC" },
	{ AU_SECTION_TE, AU_PART_PE, "TE" },
	{ 0x13, AU_PART_SECTION, "DXE dependency" },
	{ 0x14, AU_PART_SECTION, "version" },
	{ AU_SECTION_NAME, AU_PART_SECTION, "name" },
	{ 0x16, AU_PART_SECTION, "16-bit program" },
	{ AU_SECTION_VOLUME, AU_PART_VOLUME, "" },
	{ 0x18, AU_PART_SECTION, "freeform" },
	{ AU_SECTION_RAW, AU_PART_SECTION, "raw" },
	{ 0x1b, AU_PART_SECTION, "PEI dependency" },
	{ 0x1c, AU_PART_SECTION, "MM dependency" },
};

static enum au_part_kind look_up(uint8_t type, char name[16])
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (types[i].type != type)
			continue;
		snprintf(name, 16, "%s", types[i].name);
		return types[i].kind;
	}
	snprintf(name, 16, "type 0x%02x", type);
	return AU_PART_SECTION;
}

static uint32_t read_u24le(struct ev_reader *r, const char *field)
{
	uint32_t low = ev_read_u16le(r, field);

	return low | (uint32_t)ev_read_u8(r, field) << 16;
}

bool au_ffs_section_next(struct ev_span stream, uint64_t *at,
			 struct au_ffs_section *out, struct ev_error *err)
{
	uint64_t start = (*at + 3) & ~UINT64_C(3);
	struct ev_reader r;
	uint64_t size, head;
	uint8_t type;

	if (start >= stream.n)
		return false;
	r = ev_reader_init(
		ev_span_sub(stream, (size_t)start, stream.n - (size_t)start),
		start, object, err);
	size = read_u24le(&r, "size");
	type = ev_read_u8(&r, "type");
	if (size == 0xffffff)
		size = ev_read_u32le(&r, "extended size");
	head = ev_reader_offset(&r) - start;
	if (ev_reader_ok(&r) && size < head)
		ev_fail_u64(err, EV_VALUE, object, "size", start, head, size);
	if (ev_reader_ok(&r) && size > stream.n - start)
		ev_fail_u64(err, EV_TRUNCATED, object, "size", start,
			    stream.n - start, size);
	if (!ev_reader_ok(&r))
		return false;
	out->type = type;
	out->whole = ev_span_sub(stream, (size_t)start, (size_t)size);
	out->content = ev_span_sub(stream, (size_t)(start + head),
				   (size_t)(size - head));
	out->offset = start;
	out->gap = start - *at;
	*at = start + size;
	return true;
}

static void add_utf16(struct ev_span in, struct ev_buffer *out)
{
	for (size_t i = 0; i + 1 < in.n; i += 2) {
		unsigned int c = in.p[i] | (unsigned int)in.p[i + 1] << 8;

		if (c == 0)
			return;
		ev_buffer_add_byte(out, c < 0x80 ? (uint8_t)c : '?');
	}
}

enum ev_code au_ffs_section_name(struct ev_span stream, struct ev_buffer *out,
				 struct ev_error *err)
{
	struct au_ffs_section s;
	uint64_t at = 0;

	while (au_ffs_section_next(stream, &at, &s, err)) {
		if (s.type != AU_SECTION_NAME)
			continue;
		add_utf16(s.content, out);
		break;
	}
	return err->code;
}

/* EDK II aligns a program with a raw section of zeros in front of it. */
static bool is_alignment(const struct au_ffs_section *s)
{
	return s->type == AU_SECTION_RAW && ev_span_is_zero(s->content);
}

static enum ev_code add_section(struct au_part *holder,
				const struct au_ffs_section *s, uint64_t offset,
				struct au_part_budget *budget,
				struct ev_error *err)
{
	char name[16];
	enum au_part_kind kind = look_up(s->type, name);
	bool packed = kind == AU_PART_PACKED_SECTION;
	struct ev_span bytes = packed ? s->whole : s->content;
	struct au_part *part = au_part_add(
		holder, kind, ev_span_str(name), bytes,
		offset + s->offset + (s->whole.n - bytes.n), budget, err);

	if (part != NULL)
		part->attributes = s->type;
	return err->code;
}

enum ev_code au_ffs_sections_open(struct au_part *holder, struct ev_span stream,
				  uint64_t offset,
				  struct au_part_budget *budget,
				  struct ev_error *err)
{
	struct au_ffs_section s;
	uint64_t at = 0;

	while (au_ffs_section_next(stream, &at, &s, err)) {
		struct ev_span gap = ev_span_sub(
			stream, (size_t)(s.offset - s.gap), (size_t)s.gap);

		if (au_part_add_padding(holder, gap, offset + s.offset - s.gap,
					budget, err) != EV_OK ||
		    (!is_alignment(&s) &&
		     add_section(holder, &s, offset, budget, err) != EV_OK))
			break;
	}
	return err->code;
}

/* What is behind the header of its kind, as it is or unpacked. */
struct packed {
	struct ev_span content, extra; /* extra: header bytes of its GUID */
	struct ev_span owner, how;     /* its GUID, and attributes */
	uint64_t offset;	       /* of content in the section */
	bool lzma, plain;
	char guid[EV_GUID_TEXT];
};

static void read_guided(struct ev_reader *r, struct packed *p)
{
	struct ev_span whole = ev_span_of(r->left.p, r->left.n);
	uint64_t base = ev_reader_offset(r), at;
	struct ev_span guid = ev_read_span(r, EV_GUID_SIZE, "guid");
	uint16_t data = ev_read_u16le(r, "data offset");
	uint16_t attributes = ev_read_u16le(r, "attributes");

	if (!ev_reader_ok(r))
		return;
	at = ev_reader_offset(r);
	if (data < at || data - base > whole.n) {
		ev_fail_u64(r->err, EV_VALUE, object, "data offset", base + 16,
			    at, data);
		return;
	}
	ev_uefi_guid_format(guid, p->guid);
	p->owner = guid;
	p->how = ev_span_sub(whole, EV_GUID_SIZE + 2, 2);
	p->offset = data;
	p->extra = ev_span_sub(whole, (size_t)(at - base), (size_t)(data - at));
	p->content = ev_span_sub(whole, (size_t)(data - base),
				 whole.n - (size_t)(data - base));
	p->lzma = strcmp(p->guid, GUID_LZMA) == 0;
	p->plain = (attributes & PROCESSING_REQUIRED) == 0;
}

/* EFI_COMPRESSION_SECTION, PI 1.7 volume 3, 3.2.5.2: type 0 is as it is. */
static void read_compressed(struct ev_reader *r, struct packed *p)
{
	uint32_t size = ev_read_u32le(r, "unpacked size");
	uint8_t type = ev_read_u8(r, "compression");

	p->offset = ev_reader_offset(r);
	p->content = ev_read_rest(r);
	p->plain = type == 0;
	if (p->plain && size != p->content.n)
		ev_fail_u64(r->err, EV_VALUE, object, "unpacked size", 4,
			    p->content.n, size);
}

static enum ev_code read_packed(struct ev_span whole, struct packed *p,
				struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(whole, 0, object, err);
	uint32_t size = read_u24le(&r, "size");
	uint8_t type = ev_read_u8(&r, "type");

	if (size == 0xffffff)
		ev_read_u32le(&r, "extended size");
	if (!ev_reader_ok(&r))
		return err->code;
	if (type == AU_SECTION_GUIDED)
		read_guided(&r, p);
	else
		read_compressed(&r, p);
	return err->code;
}

/* Which decoder the firmware takes, and whether it must. */
static enum ev_code add_packing(struct au_part *part, const struct packed *p,
				struct au_part_budget *budget,
				struct ev_error *err)
{
	if (p->owner.n == 0)
		return EV_OK;
	if (au_part_add(part, AU_PART_BYTES, EV_SPAN_LITERAL("packing"),
			p->owner, (uint64_t)(p->owner.p - part->bytes.p),
			budget, err) != NULL)
		au_part_add(part, AU_PART_BYTES,
			    EV_SPAN_LITERAL("packing attributes"), p->how,
			    (uint64_t)(p->how.p - part->bytes.p), budget, err);
	return err->code;
}

enum ev_code au_ffs_packed_open(struct au_part *part,
				struct au_part_budget *budget,
				struct ev_error *err)
{
	struct packed p = { 0 };
	struct ev_span stream;
	uint64_t offset = 0;

	if (read_packed(part->bytes, &p, err) != EV_OK)
		return err->code;
	memcpy(part->guid, p.guid, sizeof(p.guid));
	if (add_packing(part, &p, budget, err) != EV_OK ||
	    au_part_add_padding(part, p.extra, p.offset - p.extra.n, budget,
				err) != EV_OK)
		return err->code;
	if (p.lzma) {
		if (au_lzma_alone_unpack(p.content, budget, &part->unpacked,
					 &stream.n, err) != EV_OK)
			return err->code;
		stream.p = part->unpacked;
	} else if (p.plain) {
		stream = p.content;
		offset = p.offset;
	} else {
		return ev_fail_text(err, EV_VALUE, object, "packing", 0,
				    GUID_LZMA, ev_span_str(p.guid));
	}
	return au_ffs_sections_open(part, stream, offset, budget, err);
}
