/* SPDX-License-Identifier: Apache-2.0 */
/* PE resources: headers, sections, then three levels of directories. */
#include "audit/image/pe_resource.h"

#include <stdio.h>

static const char object[] = "PE header";
static const char object_resource[] = "PE resource";

static const size_t SECTION = 40; /* bytes of a section header */
static const uint32_t HIGH = UINT32_C(0x80000000);

/* Numbers of the image that the resources stand in. */
struct pe {
	struct ev_span bytes;
	size_t sections_at;
	uint16_t n_sections;
	uint32_t resources; /* RVA and size of the directory */
	uint32_t resources_size;
};

bool au_pe_is(struct ev_span bytes)
{
	return bytes.n >= 2 && bytes.p[0] == 'M' && bytes.p[1] == 'Z';
}

/* A reader from `at` to the end of the file. */
static struct ev_reader from(struct ev_span bytes, uint64_t at,
			     const char *name, struct ev_error *err)
{
	size_t begin = at < bytes.n ? (size_t)at : bytes.n;

	return ev_reader_init(ev_span_sub(bytes, begin, bytes.n - begin), begin,
			      name, err);
}

/* The optional header, its first byte at the reader. */
static enum ev_code read_optional(struct ev_reader *r, uint16_t size,
				  struct pe *pe)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_reader o =
		ev_reader_init(ev_read_span(r, size, "SizeOfOptionalHeader"),
			       at, object, r->err);
	uint16_t magic = ev_read_u16le(&o, "Magic");
	uint32_t n;

	if (ev_reader_ok(&o) && magic != 0x20b)
		return ev_fail_u64(r->err, EV_VALUE, object, "Magic", at, 0x20b,
				   magic);
	ev_read_span(&o, 106, "optional header");
	n = ev_read_u32le(&o, "NumberOfRvaAndSizes");
	if (ev_reader_ok(&o) && n < 3)
		return ev_fail_u64(r->err, EV_MISSING, object,
				   "NumberOfRvaAndSizes", at + 108, 3, n);
	ev_read_span(&o, 16, "data directories");
	pe->resources = ev_read_u32le(&o, "resource table");
	pe->resources_size = ev_read_u32le(&o, "resource table");
	return r->err->code;
}

static enum ev_code read_headers(struct ev_span bytes, struct pe *pe,
				 struct ev_error *err)
{
	struct ev_reader r = from(bytes, 0, object, err);
	struct ev_span mark;
	uint32_t at;
	uint16_t size;

	ev_read_span(&r, 60, "DOS header");
	at = ev_read_u32le(&r, "e_lfanew");
	if (!ev_reader_ok(&r))
		return err->code;
	r = from(bytes, at, object, err);
	mark = ev_read_span(&r, 4, "Signature");
	if (ev_reader_ok(&r) && memcmp(mark.p, "PE\0\0", 4) != 0)
		return ev_fail_bytes(err, EV_VALUE, object, "Signature", at,
				     "50450000", mark);
	ev_read_u16le(&r, "Machine");
	pe->n_sections = ev_read_u16le(&r, "NumberOfSections");
	ev_read_span(&r, 12, "COFF header");
	size = ev_read_u16le(&r, "SizeOfOptionalHeader");
	ev_read_u16le(&r, "Characteristics");
	if (read_optional(&r, size, pe) != EV_OK)
		return err->code;
	pe->bytes = bytes;
	pe->sections_at = (size_t)ev_reader_offset(&r);
	ev_read_span(&r, SECTION * pe->n_sections, "section headers");
	return err->code;
}

/* n bytes at an RVA: the first section that holds them all. */
static enum ev_code at_rva(const struct pe *pe, uint32_t rva, uint32_t n,
			   const char *field, uint64_t at, struct ev_span *out,
			   struct ev_error *err)
{
	struct ev_reader r = from(pe->bytes, pe->sections_at, object, err);
	char found[64];

	for (uint16_t i = 0; i < pe->n_sections; i++) {
		uint32_t start, raw_size, raw_at;

		ev_read_span(&r, 12, "section header");
		start = ev_read_u32le(&r, "VirtualAddress");
		raw_size = ev_read_u32le(&r, "SizeOfRawData");
		raw_at = ev_read_u32le(&r, "PointerToRawData");
		ev_read_span(&r, 16, "section header");
		if (!ev_reader_ok(&r))
			return err->code;
		if (rva < start || rva - start > raw_size ||
		    n > raw_size - (rva - start))
			continue;
		r = from(pe->bytes, (uint64_t)raw_at + (rva - start),
			 object_resource, err);
		*out = ev_read_span(&r, n, field);
		return err->code;
	}
	snprintf(found, sizeof(found), "%u bytes at 0x%x", n, rva);
	return ev_fail(err, EV_VALUE, object_resource, field, at,
		       "bytes inside a section", found);
}

/* Which entry of a directory is wanted. */
struct wanted {
	const char *word; /* for refusals */
	bool named;	  /* "VMFW"; else the id, 0: the first of any */
	uint32_t id;
};

/* The text of a name: u16 count, UTF-16. */
static bool is_vmfw(struct ev_span rsrc, uint32_t at)
{
	static const uint8_t text[] = { 4, 0, 'V', 0, 'M', 0, 'F', 0, 'W', 0 };

	return at <= rsrc.n && sizeof(text) <= rsrc.n - at &&
	       memcmp(rsrc.p + at, text, sizeof(text)) == 0;
}

static bool fits(struct ev_span rsrc, const struct wanted *w, uint32_t id)
{
	if (w->named)
		return (id & HIGH) != 0 && is_vmfw(rsrc, id & ~HIGH);
	return w->id == 0 || id == w->id;
}

/* The offset field of the wanted entry of the directory at `at`. */
static enum ev_code find_entry(struct ev_span rsrc, uint64_t base, uint32_t at,
			       const struct wanted *w, uint32_t *out,
			       struct ev_error *err)
{
	size_t begin = at < rsrc.n ? at : rsrc.n;
	struct ev_reader r =
		ev_reader_init(ev_span_sub(rsrc, begin, rsrc.n - begin),
			       base + begin, object_resource, err);
	bool found = false;
	uint32_t n;

	ev_read_span(&r, 12, "directory");
	n = ev_read_u16le(&r, "NumberOfNamedEntries");
	n += ev_read_u16le(&r, "NumberOfIdEntries");
	for (uint32_t i = 0; i < n && ev_reader_ok(&r); i++) {
		uint64_t entry_at = ev_reader_offset(&r);
		uint32_t id = ev_read_u32le(&r, "entry");
		uint32_t to = ev_read_u32le(&r, "entry");

		if (!ev_reader_ok(&r) || !fits(rsrc, w, id))
			continue;
		if (found && (w->named || w->id != 0))
			return ev_fail(err, EV_DUPLICATE, object_resource,
				       w->word, entry_at, "one entry", "two");
		*out = found ? *out : to;
		found = true;
	}
	if (ev_reader_ok(&r) && !found)
		return ev_fail(err, EV_MISSING, object_resource, w->word,
			       base + at, "an entry", "none");
	return err->code;
}

/* Down to the data entry: its offset in rsrc. */
static enum ev_code descend(struct ev_span rsrc, uint64_t base, uint32_t *at,
			    struct ev_error *err)
{
	static const struct wanted levels[] = {
		{ "type VMFW", true, 0 },
		{ "id 1", false, 1 },
		{ "language", false, 0 },
	};
	const size_t n = sizeof(levels) / sizeof(levels[0]);

	*at = 0;
	for (size_t i = 0; i < n; i++) {
		uint32_t to = 0;
		bool deeper = i + 1 < n;

		if (find_entry(rsrc, base, *at, &levels[i], &to, err) != EV_OK)
			return err->code;
		if (((to & HIGH) != 0) != deeper)
			return ev_fail(err, EV_VALUE, object_resource,
				       levels[i].word, base + *at,
				       deeper ? "a directory" : "data",
				       deeper ? "data" : "a directory");
		*at = to & ~HIGH;
	}
	return EV_OK;
}

enum ev_code au_pe_resource_find(struct ev_span bytes, struct ev_span *out,
				 uint64_t *offset, struct ev_error *err)
{
	struct pe pe = { 0 };
	struct ev_span rsrc = { NULL, 0 }, data = { NULL, 0 };
	struct ev_reader r;
	uint32_t at = 0, rva, n;
	uint64_t base;

	if (read_headers(bytes, &pe, err) != EV_OK ||
	    at_rva(&pe, pe.resources, pe.resources_size, "resource table",
		   pe.sections_at, &rsrc, err) != EV_OK)
		return err->code;
	if (rsrc.n == 0)
		return ev_fail(err, EV_MISSING, object, "resource table",
			       pe.sections_at, "resources", "none");
	base = (uint64_t)(rsrc.p - bytes.p);
	if (descend(rsrc, base, &at, err) != EV_OK)
		return err->code;
	r = from(bytes, base + at, object_resource, err);
	rva = ev_read_u32le(&r, "data RVA");
	n = ev_read_u32le(&r, "data size");
	if (ev_reader_ok(&r) && n == 0)
		return ev_fail(err, EV_MISSING, object_resource, "data size",
			       base + at + 4, "some bytes", "0");
	if (!ev_reader_ok(&r) ||
	    at_rva(&pe, rva, n, "data", base + at, &data, err) != EV_OK)
		return err->code;
	*out = data;
	*offset = (uint64_t)(data.p - bytes.p);
	return EV_OK;
}
