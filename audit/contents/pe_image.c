/* SPDX-License-Identifier: Apache-2.0 */
/* Programs of firmware: headers and sections. */
#include "audit/contents/pe_image.h"

#include "evidence/base/reader.h"

static const char object[] = "program";

enum {
	PE32 = 0x10b,
	PE32_PLUS = 0x20b,
	SECTION_HEADER = 40,
	TE_HEADER = 40,
	DIRECTORY_RESOURCES = 2,
	DIRECTORY_RELOCATIONS = 5,
	DIRECTORY_DEBUG = 6,
};

static void read_directory(struct ev_reader *r, struct au_pe_directory *d)
{
	d->address = ev_read_u32le(r, "directory address");
	d->size = ev_read_u32le(r, "directory size");
}

/* removed: what a TE header has less than the PE headers that offsets in the
 * file still count. */
static void read_section(struct ev_reader *r, struct ev_span file,
			 uint64_t removed, struct au_pe_section *s)
{
	uint64_t at = ev_reader_offset(r), raw, size;
	struct ev_span name;

	name = ev_read_span(r, 8, "section name");
	while (name.n > 0 && name.p[name.n - 1] == 0)
		name.n--;
	ev_show(name, s->name, sizeof(s->name));
	s->virtual_size = ev_read_u32le(r, "virtual size");
	s->address = ev_read_u32le(r, "section address");
	size = ev_read_u32le(r, "raw size");
	raw = ev_read_u32le(r, "raw offset");
	ev_read_span(r, 12, "line numbers");
	s->attributes = ev_read_u32le(r, "section attributes");
	s->offset = 0;
	s->bytes = ev_span_of(NULL, 0);
	if (!ev_reader_ok(r) || size == 0)
		return;
	if (raw < removed || raw - removed > file.n ||
	    size > file.n - (raw - removed)) {
		ev_fail_u64(r->err, EV_TRUNCATED, object, "raw size", at + 16,
			    file.n, raw + size);
		return;
	}
	s->offset = raw - removed;
	s->bytes = ev_span_sub(file, (size_t)s->offset, (size_t)size);
}

static enum ev_code read_sections(struct ev_reader *r, struct ev_span file,
				  uint64_t removed, size_t n,
				  struct au_pe_image *out)
{
	if (ev_reader_ok(r) && n > AU_PE_SECTIONS_MAX)
		ev_fail_u64(r->err, EV_LIMIT, object, "sections", 0,
			    AU_PE_SECTIONS_MAX, n);
	out->sections_at = ev_reader_offset(r);
	for (size_t i = 0; i < n && ev_reader_ok(r); i++)
		read_section(r, file, removed, &out->section[i]);
	out->n = n;
	return r->err->code;
}

static enum ev_code parse_te(struct ev_span file, struct au_pe_image *out,
			     struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(file, 0, object, err);
	uint16_t stripped;
	uint8_t n;

	ev_read_u16le(&r, "signature");
	out->te = true;
	out->machine = ev_read_u16le(&r, "machine");
	n = ev_read_u8(&r, "sections");
	out->subsystem = ev_read_u8(&r, "subsystem");
	stripped = ev_read_u16le(&r, "stripped size");
	out->entry = ev_read_u32le(&r, "entry point");
	out->code_base = ev_read_u32le(&r, "base of code");
	out->base = ev_read_u64le(&r, "image base");
	out->directories_at = ev_reader_offset(&r);
	read_directory(&r, &out->relocations);
	read_directory(&r, &out->debug);
	if (ev_reader_ok(&r) && stripped < TE_HEADER)
		ev_fail_u64(err, EV_VALUE, object, "stripped size", 6,
			    TE_HEADER, stripped);
	return read_sections(&r, file, stripped - (uint64_t)TE_HEADER, n, out);
}

static void read_directories(struct ev_reader *r, struct au_pe_image *out)
{
	uint32_t n = ev_read_u32le(r, "directories");

	out->directories_at = ev_reader_offset(r);
	/* What an image of sixteen and more has is in the first sixteen. */
	for (uint32_t i = 0; i < n && i < 16 && ev_reader_ok(r); i++) {
		struct au_pe_directory d;

		read_directory(r, &d);
		if (i == DIRECTORY_RELOCATIONS)
			out->relocations = d;
		else if (i == DIRECTORY_DEBUG)
			out->debug = d;
		else if (i == DIRECTORY_RESOURCES)
			out->resources = d;
	}
}

static void read_optional(struct ev_reader *r, struct au_pe_image *out)
{
	uint16_t magic = ev_read_u16le(r, "optional header magic");
	bool plus = magic == PE32_PLUS;

	out->plus = plus;
	if (ev_reader_ok(r) && magic != PE32 && magic != PE32_PLUS)
		ev_fail_u64(r->err, EV_VALUE, object, "optional header magic",
			    0, PE32_PLUS, magic);
	ev_read_span(r, 14, "sizes of code and data");
	out->entry = ev_read_u32le(r, "entry point");
	out->code_base = ev_read_u32le(r, "base of code");
	if (plus) {
		out->base = ev_read_u64le(r, "image base");
	} else {
		ev_read_u32le(r, "base of data");
		out->base = ev_read_u32le(r, "image base");
	}
	out->alignment = ev_read_u32le(r, "section alignment");
	ev_read_span(r, 32, "file alignment and versions");
	out->subsystem = ev_read_u16le(r, "subsystem");
	out->dll_attributes = ev_read_u16le(r, "dll characteristics");
	ev_read_span(r, plus ? 36 : 20, "stack and heap");
	read_directories(r, out);
}

/* The COFF header at `at`, behind the signature. */
static enum ev_code parse_coff(struct ev_span file, uint64_t at,
			       struct au_pe_image *out, struct ev_error *err)
{
	struct ev_span in = ev_span_sub(file, (size_t)at, file.n - (size_t)at);
	struct ev_reader r = ev_reader_init(in, at, object, err), optional;
	struct ev_span signature = ev_read_span(&r, 4, "signature");
	uint16_t n, size;

	out->machine = ev_read_u16le(&r, "machine");
	n = ev_read_u16le(&r, "sections");
	out->time_stamp = ev_read_u32le(&r, "time stamp");
	ev_read_span(&r, 8, "symbol table");
	size = ev_read_u16le(&r, "optional header size");
	out->attributes = ev_read_u16le(&r, "characteristics");
	if (!ev_reader_ok(&r))
		return err->code;
	if (memcmp(signature.p, "PE\0\0", 4) != 0)
		return ev_fail_bytes(err, EV_VALUE, object, "signature", at,
				     "PE and two zeros", signature);
	at = ev_reader_offset(&r);
	out->optional_at = at;
	optional = ev_reader_init(ev_read_span(&r, size, "optional header"), at,
				  object, err);
	read_optional(&optional, out);
	return read_sections(&r, file, 0, n, out);
}

static enum ev_code parse_mz(struct ev_span file, struct au_pe_image *out,
			     struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(file, 0, object, err);
	uint32_t at;

	ev_read_span(&r, 0x3c, "DOS header");
	at = ev_read_u32le(&r, "offset of PE header");
	if (!ev_reader_ok(&r))
		return err->code;
	if (at > file.n)
		return ev_fail_u64(err, EV_TRUNCATED, object,
				   "offset of PE header", 0x3c, file.n, at);
	return parse_coff(file, at, out, err);
}

bool au_pe_image_recognise(struct ev_span in)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(in, 0, object, &err);
	struct ev_span magic = ev_read_span(&r, 2, "signature"), signature;
	uint32_t at;

	ev_read_span(&r, 0x3a, "DOS header");
	at = ev_read_u32le(&r, "offset of PE header");
	if (!ev_reader_ok(&r) || memcmp(magic.p, "MZ", 2) != 0 || at > in.n)
		return false;
	signature = ev_span_sub(in, at, in.n - at);
	return signature.n >= 4 && memcmp(signature.p, "PE\0\0", 4) == 0;
}

enum ev_code au_pe_image_parse(struct ev_span file, struct au_pe_image *out,
			       struct ev_error *err)
{
	*out = (struct au_pe_image){ 0 };
	if (file.n >= 2 && memcmp(file.p, "VZ", 2) == 0)
		return parse_te(file, out, err);
	if (file.n >= 2 && memcmp(file.p, "MZ", 2) == 0)
		return parse_mz(file, out, err);
	return ev_fail_bytes(err, EV_VALUE, object, "signature", 0, "MZ or VZ",
			     ev_span_sub(file, 0, file.n < 2 ? file.n : 2));
}

bool au_pe_image_at(const struct au_pe_image *image, uint64_t address,
		    uint64_t n, struct ev_span *out, size_t *section)
{
	for (size_t i = 0; i < image->n; i++) {
		const struct au_pe_section *s = &image->section[i];

		if (address < s->address || address - s->address > s->bytes.n ||
		    n > s->bytes.n - (address - s->address))
			continue;
		*out = ev_span_sub(s->bytes, (size_t)(address - s->address),
				   (size_t)n);
		*section = i;
		return true;
	}
	return false;
}
