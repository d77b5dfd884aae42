/* SPDX-License-Identifier: Apache-2.0 */
/* ELF files: their parts, and the identifier of a build. */
#include "audit/contents/elf.h"

#include "evidence/base/reader.h"

#include <stdio.h>

static const char object[] = "ELF file";

enum {
	FILE_HEADER = 64,
	PROGRAM_HEADER = 56,
	SECTION_HEADER = 64,
	SHT_NULL = 0,
	SHT_NOBITS = 8,
	PT_LOAD = 1,
	NOTE_HEADER = 16, /* with the name "GNU" */
	BUILD_ID_MAX = 64,
	NAME_MAX_SIZE = 255,
};

struct header {
	uint64_t programs_at, sections_at;
	uint16_t n_programs, n_sections, names;
};

struct entry {
	uint32_t name, type;
	uint64_t offset, size;
};

bool au_elf_recognise(struct ev_span in)
{
	return in.n >= 4 && memcmp(in.p,
				   "\x7f"
				   "ELF",
				   4) == 0;
}

struct ev_span au_elf_build_id(struct ev_span in)
{
	for (size_t at = 0; at + NOTE_HEADER <= in.n; at += 4) {
		const uint8_t *p = in.p + at;

		/* Name size 4, any size, type 3, name. */
		if (p[0] == 4 && memcmp(p, "\x04\0\0", 4) == 0 &&
		    memcmp(p + 5, "\0\0\0\x03\0\0\0GNU", 11) == 0 &&
		    p[4] <= BUILD_ID_MAX && p[4] <= in.n - at - NOTE_HEADER)
			return ev_span_sub(in, at + NOTE_HEADER, p[4]);
	}
	return ev_span_of(NULL, 0);
}

static enum ev_code check_size(struct ev_error *err, const char *field,
			       uint64_t at, uint64_t n, uint64_t want,
			       uint64_t found)
{
	if (n > 0 && want != found)
		return ev_fail_u64(err, EV_VALUE, object, field, at, want,
				   found);
	return err->code;
}

static enum ev_code read_header(struct ev_span in, struct header *h,
				struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, 0, object, err);
	uint16_t program_size, section_size;
	uint8_t class, order;

	ev_read_span(&r, 4, "magic");
	class = ev_read_u8(&r, "class");
	order = ev_read_u8(&r, "byte order");
	if (ev_reader_ok(&r) && (class != 2 || order != 1))
		ev_fail_u64(err, EV_VALUE, object, "class and byte order", 4,
			    0x0102, (uint64_t)order << 8 | class);
	ev_read_span(&r, 26, "version to entry");
	h->programs_at = ev_read_u64le(&r, "program headers");
	h->sections_at = ev_read_u64le(&r, "section headers");
	ev_read_span(&r, 6, "flags and header size");
	program_size = ev_read_u16le(&r, "program header size");
	h->n_programs = ev_read_u16le(&r, "program headers");
	section_size = ev_read_u16le(&r, "section header size");
	h->n_sections = ev_read_u16le(&r, "section headers");
	h->names = ev_read_u16le(&r, "names");
	if (ev_reader_ok(&r))
		check_size(err, "program header size", 54, h->n_programs,
			   PROGRAM_HEADER, program_size);
	if (ev_reader_ok(&r))
		check_size(err, "section header size", 58, h->n_sections,
			   SECTION_HEADER, section_size);
	return err->code;
}

/* [offset, offset + n) of the file, or a refusal. */
static bool inside(struct ev_span in, const char *field, uint64_t offset,
		   uint64_t n, struct ev_span *out, struct ev_error *err)
{
	if (offset > in.n || n > in.n - offset) {
		ev_fail_u64(err, EV_TRUNCATED, object, field, offset, in.n, n);
		return false;
	}
	*out = ev_span_sub(in, (size_t)offset, (size_t)n);
	return true;
}

static struct entry read_section(struct ev_span table, size_t i,
				 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(
		ev_span_sub(table, i * SECTION_HEADER, SECTION_HEADER), 0,
		object, err);
	struct entry e;

	e.name = ev_read_u32le(&r, "section name");
	e.type = ev_read_u32le(&r, "section type");
	ev_read_span(&r, 16, "flags and address");
	e.offset = ev_read_u64le(&r, "section offset");
	e.size = ev_read_u64le(&r, "section size");
	return e;
}

static struct entry read_segment(struct ev_span table, size_t i,
				 struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(
		ev_span_sub(table, i * PROGRAM_HEADER, PROGRAM_HEADER), 0,
		object, err);
	struct entry e = { 0 };

	e.type = ev_read_u32le(&r, "segment type");
	ev_read_u32le(&r, "segment flags");
	e.offset = ev_read_u64le(&r, "segment offset");
	ev_read_span(&r, 16, "segment addresses");
	e.size = ev_read_u64le(&r, "segment size");
	return e;
}

/* Each section may name the whole table, so that a name has a limit. */
static bool read_name(struct ev_span names, uint32_t at, uint64_t names_at,
		      struct ev_span *out, struct ev_error *err)
{
	size_t left = at < names.n ? names.n - at : 0, n;

	*out = ev_span_of(NULL, 0);
	if (left == 0)
		return true;
	n = strnlen((const char *)names.p + at, left);
	if (n > NAME_MAX_SIZE) {
		ev_fail_u64(err, EV_LIMIT, object, "section name",
			    names_at + at, NAME_MAX_SIZE, n);
		return false;
	}
	if (n < left)
		*out = ev_span_sub(names, at, n);
	return true;
}

/* left: bytes of the file that no part has yet; entries do not overlap, so
 * that comparing them is reading the file once. */
static enum ev_code add_entry(struct au_part *part, const struct entry *e,
			      struct ev_span name, uint64_t *left,
			      struct au_part_budget *budget,
			      struct ev_error *err)
{
	struct ev_span bytes;

	if (!inside(part->bytes, "section", e->offset, e->size, &bytes, err))
		return err->code;
	if (e->size > *left)
		return ev_fail_u64(err, EV_LIMIT, object, "sections", e->offset,
				   *left, e->size);
	*left -= e->size;
	au_part_add(part, AU_PART_ELF_SECTION, name, bytes, e->offset, budget,
		    err);
	return err->code;
}

static enum ev_code add_sections(struct au_part *part, const struct header *h,
				 struct au_part_budget *budget,
				 struct ev_error *err)
{
	struct ev_span in = part->bytes, table, names = { 0 };
	uint64_t left = in.n, names_at = 0;
	struct ev_span name;
	struct entry e;

	if (!inside(in, "section headers", h->sections_at,
		    (uint64_t)h->n_sections * SECTION_HEADER, &table, err))
		return err->code;
	if (au_part_add(part, AU_PART_ELF_SECTION,
			EV_SPAN_LITERAL("section headers"), table,
			h->sections_at, budget, err) == NULL)
		return err->code;
	if (h->names < h->n_sections) {
		e = read_section(table, h->names, err);
		if (!inside(in, "section names", e.offset, e.size, &names, err))
			return err->code;
		names_at = e.offset;
	}
	for (size_t i = 0; i < h->n_sections; i++) {
		e = read_section(table, i, err);
		if (e.type == SHT_NULL || e.type == SHT_NOBITS)
			continue;
		if (!read_name(names, e.name, names_at, &name, err) ||
		    add_entry(part, &e, name, &left, budget, err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

static enum ev_code add_segments(struct au_part *part, const struct header *h,
				 struct ev_span table,
				 struct au_part_budget *budget,
				 struct ev_error *err)
{
	uint64_t left = part->bytes.n;

	for (size_t i = 0; i < h->n_programs; i++) {
		struct entry e = read_segment(table, i, err);
		char name[32];

		/* The others name what is inside these. */
		if (e.type != PT_LOAD)
			continue;
		snprintf(name, sizeof(name), "segment %zu", i);
		if (add_entry(part, &e, ev_span_str(name), &left, budget,
			      err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

enum ev_code au_elf_open(struct au_part *part, struct au_part_budget *budget,
			 struct ev_error *err)
{
	struct ev_span in = part->bytes, table;
	struct header h;

	if (read_header(in, &h, err) != EV_OK ||
	    !inside(in, "program headers", h.programs_at,
		    (uint64_t)h.n_programs * PROGRAM_HEADER, &table, err))
		return err->code;
	if (au_part_add(part, AU_PART_ELF_SECTION, EV_SPAN_LITERAL("header"),
			ev_span_sub(in, 0, FILE_HEADER), 0, budget,
			err) == NULL ||
	    au_part_add(part, AU_PART_ELF_SECTION,
			EV_SPAN_LITERAL("program headers"), table,
			h.programs_at, budget, err) == NULL)
		return err->code;
	if (h.n_sections > 0)
		return add_sections(part, &h, budget, err);
	return add_segments(part, &h, table, budget, err);
}
