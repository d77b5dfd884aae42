/* SPDX-License-Identifier: Apache-2.0 */
/* TDVF: the descriptor found, its sections read and checked. */
#include "audit/image/tdvf.h"

#include "audit/image/guid_table.h"
#include "evidence/uefi_guid.h"

#include <stdio.h>

static const char object[] = "tdvf descriptor";
static const char object_section[] = "tdvf section";
static const char magic[4] = { 'T', 'D', 'V', 'F' };

#define GUID_METADATA_OFFSET "e47a6535-984a-4798-865e-4685a7bf8ec2"
#define GUID_METADATA	     "e9eaf9f3-168e-44d5-a8eb-7f4d8738f6ae"
#define DESCRIPTOR	     ((size_t)16) /* bytes before the sections */
#define ENTRY		     ((size_t)32)

static const uint64_t PAGE = 4096;
/* What a launch may have; a size beyond it is refused here by its name. */
static const uint64_t SECTION_MAX = UINT64_C(1) << 32;
/* Measured memory that the file does not fill; 128 KiB are the most seen.  A
 * small file must not keep a reader hashing zeros. */
static const uint64_t ZEROS_MAX = UINT64_C(1) << 28;

/* What a section of each type may bring along from the file. */
static const struct {
	const char *name;
	bool data;
} types[AU_TDVF_TYPES] = {
	[AU_TDVF_BFV] = { "BFV", true },
	[AU_TDVF_CFV] = { "CFV", true },
	[AU_TDVF_TD_HOB] = { "TD_HOB", false },
	[AU_TDVF_TEMP_MEM] = { "TempMem", false },
	[AU_TDVF_PERM_MEM] = { "PermMem", false },
	[AU_TDVF_PAYLOAD] = { "Payload", true },
	[AU_TDVF_PAYLOAD_PARAM] = { "PayloadParam", true },
	[AU_TDVF_TD_INFO] = { "TD_INFO", true },
	[AU_TDVF_TD_PARAMS] = { "TD_PARAMS", true },
};

const char *au_tdvf_type_name(enum au_tdvf_type type)
{
	return types[type].name;
}

static bool is_volume(const struct au_tdvf_section *s)
{
	return s->type == AU_TDVF_BFV || s->type == AU_TDVF_CFV;
}

static enum ev_code refuse(const struct au_tdvf_section *s, const char *field,
			   size_t at, const char *want, uint64_t found,
			   struct ev_error *err)
{
	char text[64];

	snprintf(text, sizeof(text), "0x%llx (%s)", (unsigned long long)found,
		 types[s->type].name);
	return ev_fail(err, EV_VALUE, object_section, field, s->offset + at,
		       want, text);
}

/* Places in memory; the offsets are those of the entry's fields. */
static enum ev_code check_memory(const struct au_tdvf_section *s,
				 struct ev_error *err)
{
	if (s->gpa % PAGE != 0)
		return refuse(s, "MemoryAddress", 8, "a multiple of 4096",
			      s->gpa, err);
	if (s->size % PAGE != 0)
		return refuse(s, "MemoryDataSize", 16, "a multiple of 4096",
			      s->size, err);
	if (s->type == AU_TDVF_TD_INFO) {
		if (s->gpa != 0)
			return refuse(s, "MemoryAddress", 8, "0", s->gpa, err);
		if (s->size != 0)
			return refuse(s, "MemoryDataSize", 16, "0", s->size,
				      err);
		return EV_OK;
	}
	if (s->size == 0)
		return refuse(s, "MemoryDataSize", 16, "at least a page", 0,
			      err);
	if (s->size > SECTION_MAX)
		return refuse(s, "MemoryDataSize", 16, "at most 4 GiB", s->size,
			      err);
	if (s->extend && s->size > ZEROS_MAX + s->raw_size)
		return refuse(s, "MemoryDataSize", 16,
			      "at most 256 MiB that are measured and empty",
			      s->size, err);
	if (s->size > UINT64_MAX - s->gpa)
		return refuse(s, "MemoryDataSize", 16, "a range below 2^64",
			      s->size, err);
	return EV_OK;
}

/* Sizes of what the file gives; whether it is there comes later, so that a
 * split image gets its own word. */
static enum ev_code check_sizes(const struct au_tdvf *t,
				const struct au_tdvf_section *s,
				struct ev_error *err)
{
	if (!types[s->type].data && s->raw_size != 0)
		return refuse(s, "RawDataSize", 4, "0: the type has no data",
			      s->raw_size, err);
	if (s->type != AU_TDVF_TD_INFO && s->raw_size > s->size)
		return refuse(s, "RawDataSize", 4, "at most MemoryDataSize",
			      s->raw_size, err);
	if (t->guided && is_volume(s) && s->raw_size != s->size)
		return refuse(s, "RawDataSize", 4, "MemoryDataSize",
			      s->raw_size, err);
	return EV_OK;
}

static enum ev_code read_section(struct ev_reader *r, struct au_tdvf *t)
{
	struct au_tdvf_section *s = &t->section[t->n];
	struct ev_error *err = r->err;
	uint32_t type, attributes;

	*s = (struct au_tdvf_section){ .offset = ev_reader_offset(r) };
	s->data_offset = ev_read_u32le(r, "DataOffset");
	s->raw_size = ev_read_u32le(r, "RawDataSize");
	s->gpa = ev_read_u64le(r, "MemoryAddress");
	s->size = ev_read_u64le(r, "MemoryDataSize");
	type = ev_read_u32le(r, "Type");
	attributes = ev_read_u32le(r, "Attributes");
	if (!ev_reader_ok(r))
		return err->code;
	if (type >= AU_TDVF_TYPES)
		return ev_fail_u64(err, EV_VALUE, object_section, "Type",
				   s->offset + 24, AU_TDVF_TYPES - 1, type);
	s->type = (enum au_tdvf_type)type;
	s->extend = (attributes & 1) != 0;
	s->aug = (attributes & 2) != 0;
	if (attributes > 3)
		return refuse(s, "Attributes", 28, "bits 0 and 1 alone",
			      attributes, err);
	if (check_memory(s, err) != EV_OK || check_sizes(t, s, err) != EV_OK)
		return err->code;
	t->n++;
	return EV_OK;
}

/* The volumes of an OVMF image are the image: what a split image fails.  One
 * with sections of td-shim has other parts beside them. */
static enum ev_code check_whole(const struct au_tdvf *t, size_t size,
				struct ev_error *err)
{
	uint64_t sum = 0;
	bool others = false;
	char want[EV_TEXT_MAX], found[48];

	for (size_t i = 0; i < t->n; i++) {
		const struct au_tdvf_section *s = &t->section[i];

		sum += is_volume(s) ? s->raw_size : 0;
		others = others || s->type >= AU_TDVF_PERM_MEM;
	}
	if (sum == size || !t->guided || (others && sum < size))
		return EV_OK;
	snprintf(want, sizeof(want), "%llu bytes of volumes%s",
		 (unsigned long long)sum,
		 sum > size ? ": a split image; prepend the variable store "
			      "(VARS before CODE)"
			    : " and no others");
	snprintf(found, sizeof(found), "a file of %zu", size);
	return ev_fail(err, sum > size ? EV_TRUNCATED : EV_TRAILING, object,
		       "size of the volumes", t->offset, want, found);
}

static enum ev_code check_inside(const struct au_tdvf *t, size_t size,
				 struct ev_error *err)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct au_tdvf_section *s = &t->section[i];

		if ((uint64_t)s->data_offset + s->raw_size > size)
			return refuse(s, "DataOffset", 0,
				      "data inside the file", s->data_offset,
				      err);
	}
	return EV_OK;
}

static enum ev_code check_counts(const struct au_tdvf *t, struct ev_error *err)
{
	size_t hobs = 0, volumes = 0;

	for (size_t i = 0; i < t->n; i++) {
		hobs += t->section[i].type == AU_TDVF_TD_HOB;
		volumes += t->section[i].type == AU_TDVF_BFV;
	}
	if (hobs != 1)
		return ev_fail_u64(err, hobs == 0 ? EV_MISSING : EV_DUPLICATE,
				   object, "TD_HOB sections", t->offset, 1,
				   hobs);
	if (volumes == 0)
		return ev_fail(err, EV_MISSING, object, "BFV sections",
			       t->offset, "at least one", "none");
	return EV_OK;
}

/* The descriptor's own fields; *count is then between 1 and the limit. */
static enum ev_code read_descriptor(struct ev_reader *r, uint32_t *count)
{
	uint64_t at = ev_reader_offset(r);
	struct ev_span mark = ev_read_span(r, sizeof(magic), "Signature");
	uint32_t length = ev_read_u32le(r, "Length");
	uint32_t version = ev_read_u32le(r, "Version");

	*count = ev_read_u32le(r, "NumberOfSectionEntries");
	if (!ev_reader_ok(r))
		return r->err->code;
	if (!ev_span_eq(mark, EV_SPAN(magic)))
		return ev_fail_bytes(r->err, EV_VALUE, object, "Signature", at,
				     "54445646", mark);
	if (version != 1)
		return ev_fail_u64(r->err, EV_VALUE, object, "Version", at + 8,
				   1, version);
	if (length != DESCRIPTOR + ENTRY * (uint64_t)*count)
		return ev_fail_u64(r->err, EV_VALUE, object, "Length", at + 4,
				   DESCRIPTOR + ENTRY * (uint64_t)*count,
				   length);
	if (*count > AU_TDVF_SECTIONS_MAX)
		return ev_fail_u64(r->err, EV_LIMIT, object,
				   "NumberOfSectionEntries", at + 12,
				   AU_TDVF_SECTIONS_MAX, *count);
	return EV_OK;
}

static enum ev_code read_metadata(struct ev_span bytes, struct au_tdvf *t,
				  struct ev_error *err)
{
	size_t at = (size_t)t->offset;
	struct ev_reader r =
		ev_reader_init(ev_span_sub(bytes, at - EV_GUID_SIZE,
					   bytes.n - at + EV_GUID_SIZE),
			       at - EV_GUID_SIZE, object, err);
	struct ev_span guid = ev_read_span(&r, EV_GUID_SIZE, "GUID");
	uint32_t count = 0;

	if (ev_reader_ok(&r) && !ev_uefi_guid_is(guid, GUID_METADATA))
		return ev_fail_bytes(err, EV_VALUE, object, "GUID",
				     at - EV_GUID_SIZE,
				     "f3f9eae98e16d544a8eb7f4d8738f6ae", guid);
	if (read_descriptor(&r, &count) != EV_OK)
		return err->code;
	for (uint32_t i = 0; i < count; i++) {
		if (read_section(&r, t) != EV_OK)
			return err->code;
	}
	if (check_counts(t, err) == EV_OK &&
	    check_whole(t, bytes.n, err) == EV_OK)
		check_inside(t, bytes.n, err);
	return err->code;
}

/* OVMF: an entry of the table counts from the end of the file. */
static enum ev_code find_guided(struct ev_span bytes, struct au_tdvf *t,
				struct ev_error *err)
{
	struct ev_span entry;
	struct ev_reader r;
	uint64_t entry_at;
	uint32_t from_end;
	char want[64], found[24];

	t->guided = true;
	if (au_guid_table_find(bytes, GUID_METADATA_OFFSET, &entry, err) !=
	    EV_OK)
		return err->code;
	if (entry.p == NULL)
		return ev_fail(err, EV_MISSING, "firmware GUID table",
			       "TDX metadata", bytes.n - 48,
			       "an entry " GUID_METADATA_OFFSET,
			       "GUID table present, no TDX metadata entry");
	entry_at = (uint64_t)(entry.p - bytes.p);
	r = ev_reader_init(entry, entry_at, "firmware GUID table", err);
	from_end = ev_read_u32le(&r, "TDX metadata");
	if (ev_reader_finish(&r) != EV_OK)
		return err->code;
	if (from_end < DESCRIPTOR || from_end > bytes.n - EV_GUID_SIZE) {
		snprintf(want, sizeof(want), "%zu to %zu bytes before the end",
			 DESCRIPTOR, bytes.n - EV_GUID_SIZE);
		snprintf(found, sizeof(found), "%u", from_end);
		return ev_fail(err, EV_VALUE, "firmware GUID table",
			       "TDX metadata", entry_at, want, found);
	}
	t->offset = bytes.n - from_end;
	return EV_OK;
}

/* td-shim: the offset itself stands 32 bytes before the end. */
static enum ev_code find_plain(struct ev_span bytes, struct au_tdvf *t,
			       struct ev_error *err)
{
	static const char want[] =
		"IGVM, PE with an IGVM in it, or firmware with TDX metadata";
	struct ev_reader r;
	uint32_t at;

	if (bytes.n < 32 + DESCRIPTOR + EV_GUID_SIZE)
		return ev_fail_u64(err, EV_TRUNCATED, "image", "format", 0,
				   32 + DESCRIPTOR + EV_GUID_SIZE, bytes.n);
	r = ev_reader_init(ev_span_sub(bytes, bytes.n - 32, 4), bytes.n - 32,
			   object, err);
	at = ev_read_u32le(&r, "offset");
	if (at < EV_GUID_SIZE || at > bytes.n - DESCRIPTOR ||
	    memcmp(bytes.p + at, magic, sizeof(magic)) != 0)
		return ev_fail(err, EV_VALUE, "image", "format", 0, want,
			       "the mark of none of them");
	t->offset = at;
	return EV_OK;
}

enum ev_code au_tdvf_parse(struct ev_span bytes, struct au_tdvf *out,
			   struct ev_error *err)
{
	struct au_tdvf t = { 0 };
	bool guided = au_guid_table_is_there(bytes);

	if ((guided ? find_guided(bytes, &t, err)
		    : find_plain(bytes, &t, err)) != EV_OK ||
	    read_metadata(bytes, &t, err) != EV_OK)
		return err->code;
	*out = t;
	return EV_OK;
}
