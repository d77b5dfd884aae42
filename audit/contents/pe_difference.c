/* SPDX-License-Identifier: Apache-2.0 */
/* Two builds of one firmware program, compared without what only moves. */
#include "audit/contents/pe_difference.h"

#include "evidence/base/cleanup.h"
#include "evidence/base/reader.h"

static const char object[] = "program";

enum {
	RELOCATION_HIGHLOW = 3,
	RELOCATION_DIR64 = 10,
	DEBUG_ENTRY = 28,
	DEBUG_CODEVIEW = 2,
	BLANK_ROOM = DEBUG_ENTRY + 16, /* with the header NB10 */
	SECTION_HEADER = 40,
	RESOURCE_LEVELS = 3,
};

/* The largest module of OVMF has some thousand; of a program with more the
 * relocated words are compared as they are. */
static const size_t relocations_max = (size_t)1 << 20;

/* A program as it is compared: sizes, addresses and the image base are blank
 * in its copy. */
struct view {
	struct au_pe_image image;
	uint8_t *copy; /* owned: the file */
	size_t n;
	/* Of the debug entry and of the path's room, in the file; 0: none. */
	size_t entry, path, path_n;
};

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
static uint8_t *place(struct view *v, uint64_t address, uint64_t n)
{
	struct ev_span found;
	size_t section;

	if (!au_pe_image_at(&v->image, address, n, &found, &section))
		return NULL;
	return v->copy + v->image.section[section].offset +
	       (address - v->image.section[section].address);
}

static void blank(struct view *v, uint64_t at, uint64_t n)
{
	if (at <= v->n && n <= v->n - at)
		memset(v->copy + at, 0, (size_t)n);
}

/* PE/COFF 5.6: blocks {u32 page, u32 size, u16 type << 12 | offset ...}. */
static void blank_base(struct view *v)
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
			uint8_t *p = place(v, (uint64_t)page + (e & 0xfff), n);

			if (p != NULL)
				subtract(p, n, v->image.base);
		}
		at += size;
	}
}

/* PE/COFF 5.9: directories three deep; a leaf holds the address of its data,
 * which counts from the image and not from the section. */
static void blank_leaves(struct view *v, uint32_t offset, unsigned int level)
{
	struct au_pe_directory d = v->image.resources;
	uint8_t *p = place(v, (uint64_t)d.address + offset, 16);
	unsigned int n;

	if (p == NULL)
		return;
	if (level == RESOURCE_LEVELS) {
		subtract(p, 4, d.address);
		return;
	}
	n = (p[12] | (unsigned int)p[13] << 8) +
	    (p[14] | (unsigned int)p[15] << 8);
	/* Firmware has one resource, with one name and one language. */
	for (unsigned int i = 0; i < n && i < 4; i++) {
		uint8_t *e = place(
			v, (uint64_t)d.address + offset + 16 + 8ULL * i, 8);

		if (e != NULL)
			blank_leaves(v, get_u32le(e + 4) & 0x7fffffff,
				     level + 1);
	}
}

/* PE/COFF 5.1.1: one entry {.., type @12, size @16, address @20, offset @24};
 * its data is the CodeView header, then the path.  GenFw of EDK II blanks it
 * but leaves the room. */
static void find_debug(struct view *v)
{
	struct au_pe_directory d = v->image.debug;
	uint8_t *entry, *data;
	uint32_t size;

	if (d.size < DEBUG_ENTRY)
		return;
	entry = place(v, d.address, DEBUG_ENTRY);
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

static void blank_headers(struct view *v)
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

static enum ev_code view_init(struct view *v, struct ev_span file,
			      struct ev_error *err)
{
	*v = (struct view){ .n = file.n };
	v->copy = malloc(file.n + 1);
	if (v->copy == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (file.n > 0)
		memcpy(v->copy, file.p, file.n);
	return au_pe_image_parse(ev_span_of(v->copy, file.n), &v->image, err);
}

/* The file's bytes of section i, and those up to the next one or the end, so
 * that none is left out; false where sections do not stand in order. */
static bool extent(const struct view *v, size_t i, size_t *from, size_t *to)
{
	size_t next = v->n;

	for (size_t k = i + 1; k < v->image.n; k++) {
		if (v->image.section[k].bytes.n == 0)
			continue;
		next = (size_t)v->image.section[k].offset;
		break;
	}
	*from = (size_t)v->image.section[i].offset;
	*to = next;
	if (v->image.section[i].bytes.n == 0)
		*from = *to;
	return *from + v->image.section[i].bytes.n <= *to;
}

/* One range of both files; c->at is left alone where nothing differs. */
static void compare(const struct view *a, size_t a_from, size_t a_to,
		    const struct view *b, size_t b_from, size_t b_to,
		    uint64_t address, struct au_pe_change *c)
{
	size_t n_a = a_to - a_from, n_b = b_to - b_from;
	size_t n = n_a > n_b ? n_a : n_b;

	for (size_t i = 0; i < n; i++) {
		/* Padding is zero, so that the shorter one goes on as zeros. */
		uint8_t x = i < n_a ? a->copy[a_from + i] : 0;
		uint8_t y = i < n_b ? b->copy[b_from + i] : 0;

		if (x == y)
			continue;
		if (c->n++ == 0)
			c->at = address + i;
	}
}

static bool holds_path(const struct view *v, size_t from, size_t to)
{
	return v->path_n > 0 && v->entry >= from &&
	       v->path >= v->entry + DEBUG_ENTRY && v->path + v->path_n <= to;
}

static bool path_is_blank(const struct view *v)
{
	return ev_span_is_zero(ev_span_of(v->copy + v->path, v->path_n));
}

static void compare_section(const struct view *a, const struct view *b,
			    size_t i, struct au_pe_difference *out)
{
	const struct au_pe_section *s = &a->image.section[i];
	struct au_pe_change c = { .size_a = s->bytes.n,
				  .size_b = b->image.section[i].bytes.n };
	size_t fa, ta, fb, tb;
	bool ordered = extent(a, i, &fa, &ta);

	memcpy(c.name, s->name, sizeof(c.name));
	out->resized = out->resized || c.size_a != c.size_b ||
		       s->virtual_size != b->image.section[i].virtual_size ||
		       s->address != b->image.section[i].address;
	ordered = extent(b, i, &fb, &tb) && ordered;
	if (!ordered) {
		c.n = 1;
	} else if (holds_path(a, fa, ta) && holds_path(b, fb, tb) &&
		   path_is_blank(a) && path_is_blank(b)) {
		compare(a, fa, a->path, b, fb, b->path, s->address, &c);
		compare(a, a->path + a->path_n, ta, b, b->path + b->path_n, tb,
			s->address + (a->path + a->path_n - fa), &c);
		out->path_room = a->path_n != b->path_n;
	} else {
		compare(a, fa, ta, b, fb, tb, s->address, &c);
	}
	if (c.n > 0)
		out->change[out->n++] = c;
}

static size_t zeros_at_end(struct ev_span in)
{
	size_t n = 0;

	while (n < in.n && in.p[in.n - 1 - n] == 0)
		n++;
	return n;
}

/* GenFw blanks entry, header, path and the directory with them. */
static bool is_blank_room(const struct view *a, const struct view *b)
{
	size_t n = 0;

	if (a->image.debug.size != 0 || b->image.debug.size != 0)
		return false;
	for (size_t i = 0; i < a->image.n; i++) {
		struct ev_span x = a->image.section[i].bytes;
		struct ev_span y = b->image.section[i].bytes;

		if (x.n == y.n)
			continue;
		if (zeros_at_end(x) < BLANK_ROOM ||
		    zeros_at_end(y) < BLANK_ROOM)
			return false;
		n++;
	}
	return n == 1;
}

/* In front of the first raw data; all of a file without any. */
static size_t header_end(const struct view *v)
{
	size_t end = v->n;

	for (size_t i = 0; i < v->image.n; i++)
		if (v->image.section[i].bytes.n > 0 &&
		    v->image.section[i].offset < end)
			end = (size_t)v->image.section[i].offset;
	return end;
}

static void compare_views(const struct view *a, const struct view *b,
			  struct au_pe_difference *out)
{
	struct au_pe_change c = { .name = "header" };

	c.size_a = header_end(a);
	c.size_b = header_end(b);
	compare(a, 0, c.size_a, b, 0, c.size_b, 0, &c);
	if (a->image.n != b->image.n && c.n == 0)
		c.n = 1;
	if (c.n > 0)
		out->change[out->n++] = c;
	for (size_t i = 0; i < a->image.n && i < b->image.n; i++)
		compare_section(a, b, i, out);
	out->rebased = a->image.base != b->image.base;
	out->verdict = out->n > 0 ? AU_PE_OTHER : AU_PE_SIZES;
	if (out->verdict == AU_PE_SIZES && is_blank_room(a, b))
		out->path_room = true;
}

static void make_comparable(struct view *v)
{
	/* What reads the image comes before what blanks it. */
	find_debug(v);
	blank_base(v);
	if (v->image.resources.size > 0)
		blank_leaves(v, 0, 0);
	blank_headers(v);
}

enum ev_code au_pe_difference_of(struct ev_span a, struct ev_span b,
				 struct au_pe_difference *out,
				 struct ev_error *err)
{
	struct view va = { .n = 0 }, vb = { .n = 0 };

	*out = (struct au_pe_difference){ .verdict = AU_PE_SAME };
	if (view_init(&va, a, err) == EV_OK &&
	    view_init(&vb, b, err) == EV_OK && !ev_span_eq(a, b)) {
		make_comparable(&va);
		make_comparable(&vb);
		compare_views(&va, &vb, out);
	}
	free(va.copy);
	free(vb.copy);
	return err->code;
}
