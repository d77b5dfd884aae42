/* SPDX-License-Identifier: Apache-2.0 */
/* A firmware program without what another build only moves. */
#include "audit/contents/pe_view.h"

#include "evidence/base/cleanup.h"

static const char object[] = "program";

enum {
	RELOCATION_HIGHLOW = 3,
	RELOCATION_DIR64 = 10,
	DEBUG_CODEVIEW = 2,
	SECTION_HEADER = 40,
	RESOURCE_LEVELS = 3,
};

/* The largest module of OVMF has some thousand; of a program with more the
 * relocated words are compared as they are. */
static const size_t relocations_max = (size_t)1 << 20;

static uint32_t get_u32le(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static void subtract(uint8_t *p, size_t n, uint64_t base)
{
	uint64_t v = 0;

	for (size_t i = n; i > 0; i--)
		v = v << 8 | p[i - 1];
	v -= base;
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* Where the file has [address, address + n) of memory. */
static uint8_t *place(struct au_pe_view *v, uint64_t address, uint64_t n)
{
	struct ev_span found;
	size_t section;

	if (!au_pe_image_at(&v->image, address, n, &found, &section))
		return NULL;
	return v->copy + v->image.section[section].offset +
	       (address - v->image.section[section].address);
}

static void blank(struct au_pe_view *v, uint64_t at, uint64_t n)
{
	if (at <= v->n && n <= v->n - at)
		memset(v->copy + at, 0, (size_t)n);
}

static bool overlaps(struct au_pe_directory d, uint64_t address, size_t n)
{
	return d.size > 0 && address < (uint64_t)d.address + d.size &&
	       d.address < address + n;
}

/* What says which bytes are blank is compared as it is: a table that moved
 * itself would look like the one that it is not. */
static bool is_table(const struct au_pe_image *image, uint64_t address,
		     size_t n)
{
	return overlaps(image->relocations, address, n) ||
	       overlaps(image->resources, address, n) ||
	       overlaps(image->debug, address, n);
}

/* PE/COFF 5.6: blocks {u32 page, u32 size, u16 type << 12 | offset ...}. */
static void blank_base(struct au_pe_view *v)
{
	struct au_pe_directory d = v->image.relocations;
	struct ev_span in;
	size_t at = 0, section, left = relocations_max;

	if (d.size == 0 ||
	    !au_pe_image_at(&v->image, d.address, d.size, &in, &section))
		return;
	while (in.n - at >= 8) {
		uint32_t page = get_u32le(in.p + at);
		uint32_t size = get_u32le(in.p + at + 4);

		if (size < 8 || size > in.n - at || size / 2 > left)
			return;
		left -= size / 2;
		for (size_t i = at + 8; i + 2 <= at + size; i += 2) {
			unsigned int e = in.p[i] | (unsigned int)in.p[i + 1]
							   << 8;
			size_t n = e >> 12 == RELOCATION_DIR64	   ? 8
				   : e >> 12 == RELOCATION_HIGHLOW ? 4
								   : 0;
			uint64_t word = (uint64_t)page + (e & 0xfff);
			uint8_t *p = place(v, word, n);

			if (p != NULL && !is_table(&v->image, word, n))
				subtract(p, n, v->image.base);
		}
		at += size;
	}
}

/* PE/COFF 5.9: directories three deep; a leaf holds the address of its data,
 * which counts from the image and not from the section.  Firmware has one
 * resource, with one name and one language, each behind what points to it and
 * all inside the directory: of another tree the leaf is compared as it is. */
static void blank_leaf(struct au_pe_view *v)
{
	struct au_pe_directory d = v->image.resources;
	uint64_t offset = 0;
	uint8_t *p;

	for (unsigned int level = 0; level < RESOURCE_LEVELS; level++) {
		uint64_t next;

		p = place(v, d.address + offset, 24);
		if (p == NULL || offset + 24 > d.size ||
		    (p[12] | p[13]) + (p[14] | p[15] << 8) != 1)
			return;
		next = get_u32le(p + 20) & 0x7fffffff;
		if (next < offset + 24)
			return;
		offset = next;
	}
	p = place(v, d.address + offset, 16);
	if (p != NULL && offset + 16 <= d.size)
		subtract(p, 4, d.address);
}

/* PE/COFF 5.1.1: one entry {.., type @12, size @16, address @20, offset @24};
 * its data is the CodeView header, then the path.  GenFw of EDK II blanks it
 * but leaves the room. */
static void find_debug(struct au_pe_view *v)
{
	struct au_pe_directory d = v->image.debug;
	uint8_t *entry, *data;
	uint32_t size;

	if (d.size < AU_PE_DEBUG_ENTRY)
		return;
	entry = place(v, d.address, AU_PE_DEBUG_ENTRY);
	if (entry == NULL || get_u32le(entry + 12) != DEBUG_CODEVIEW)
		return;
	size = get_u32le(entry + 16);
	data = place(v, get_u32le(entry + 20), size);
	if (data == NULL)
		return;
	v->entry = (size_t)(entry - v->copy);
	v->path = (size_t)(data - v->copy);
	v->path_n = size;
	memset(entry + 16, 0, 12);
}

static void blank_headers(struct au_pe_view *v)
{
	const struct au_pe_image *i = &v->image;
	size_t width = i->te ? 8 : i->plus ? 8 : 4;

	if (i->te) {
		blank(v, 16, width);
		blank(v, i->directories_at, 16);
	} else {
		blank(v, i->optional_at + 4, 12); /* code, data, bss */
		blank(v, i->optional_at + (i->plus ? 24 : 28), width);
		blank(v, i->optional_at + 56, 12); /* image, headers, sum */
		blank(v, i->directories_at + 8 * 2, 8);
		blank(v, i->directories_at + 8 * 5, 16);
	}
	for (size_t s = 0; s < i->n; s++)
		blank(v, i->sections_at + s * SECTION_HEADER + 8, 16);
}

static void make_comparable(struct au_pe_view *v)
{
	/* What reads the image comes before what blanks it. */
	find_debug(v);
	blank_base(v);
	if (v->image.resources.size > 0)
		blank_leaf(v);
	blank_headers(v);
}

enum ev_code au_pe_view_of(struct ev_span file, struct au_pe_view *out,
			   struct ev_error *err)
{
	*out = (struct au_pe_view){ .n = file.n };
	out->copy = malloc(file.n + 1);
	if (out->copy == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (file.n > 0)
		memcpy(out->copy, file.p, file.n);
	if (au_pe_image_parse(ev_span_of(out->copy, file.n), &out->image,
			      err) == EV_OK)
		make_comparable(out);
	return err->code;
}

void au_pe_view_free(struct au_pe_view *view)
{
	free(view->copy);
	view->copy = NULL;
}
