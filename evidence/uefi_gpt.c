/* SPDX-License-Identifier: Apache-2.0 */
/* GUID partition tables as firmware measured them. */
#include "evidence/uefi_gpt.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_guid.h"

#include <stdio.h>

#define HEADER_SIZE 92
#define ENTRY_MIN   128

static void check_counts(struct ev_reader *r, struct ev_span header,
			 uint64_t base, const struct ev_uefi_gpt *g)
{
	char found[24];

	if (!ev_reader_ok(r))
		return;
	if (memcmp(header.p, "EFI PART", 8) != 0) {
		ev_fail_bytes(r->err, EV_VALUE, r->object, "Signature", base,
			      "EFI PART", ev_span_sub(header, 0, 8));
	} else if (g->entry_size < ENTRY_MIN) {
		snprintf(found, sizeof(found), "%u", g->entry_size);
		ev_fail(r->err, EV_VALUE, r->object, "SizeOfPartitionEntry",
			base + 84, "at least 128", found);
	} else if (g->n_entries > r->left.n / g->entry_size) {
		ev_fail_u64(r->err, EV_TRUNCATED, r->object,
			    "NumberOfPartitions", base + HEADER_SIZE,
			    r->left.n / g->entry_size, g->n_entries);
	}
}

enum ev_code ev_uefi_gpt_parse(const struct ev_tcg_event *e,
			       struct ev_uefi_gpt *out, struct ev_error *err)
{
	struct ev_reader r = ev_event_reader(e, "gpt", err);
	struct ev_span header = ev_read_span(&r, HEADER_SIZE, "header");
	struct ev_reader h = ev_reader_init(header, 0, "gpt", err);
	struct ev_uefi_gpt g;

	g.n_entries = ev_read_u64le(&r, "NumberOfPartitions");
	ev_read_span(&h, EV_GPT_DISK_GUID, "header");
	g.disk_guid = ev_read_span(&h, EV_GUID_SIZE, "DiskGUID");
	ev_read_span(&h, 84 - EV_GPT_DISK_GUID - EV_GUID_SIZE, "header");
	g.entry_size = ev_read_u32le(&h, "SizeOfPartitionEntry");
	check_counts(&r, header, ev_event_data_offset(e), &g);
	if (!ev_reader_ok(&r))
		return err->code;
	g.entries = ev_read_span(&r, (size_t)g.n_entries * g.entry_size,
				 "Partitions");
	g.rest = ev_read_rest(&r);
	*out = g;
	return EV_OK;
}

static const struct ev_field header_layout[] = {
	{ "revision", 8, 4, EV_FIELD_LE },
	{ "headerSize", 12, 4, EV_FIELD_LE },
	{ "headerCrc32", 16, 4, EV_FIELD_HEX },
	{ "myLba", 24, 8, EV_FIELD_LE },
	{ "alternateLba", 32, 8, EV_FIELD_LE },
	{ "firstUsableLba", 40, 8, EV_FIELD_LE },
	{ "lastUsableLba", 48, 8, EV_FIELD_LE },
	{ "partitionEntryLba", 72, 8, EV_FIELD_LE },
	{ "numberOfPartitionEntries", 80, 4, EV_FIELD_LE },
	{ "sizeOfPartitionEntry", 84, 4, EV_FIELD_LE },
	{ "partitionEntryArrayCrc32", 88, 4, EV_FIELD_HEX },
	{ "numberOfPartitions", HEADER_SIZE, 8, EV_FIELD_LE },
};

static const struct ev_field entry_layout[] = {
	{ "startingLba", 32, 8, EV_FIELD_LE },
	{ "endingLba", 40, 8, EV_FIELD_LE },
	{ "attributes", 48, 8, EV_FIELD_HEX },
};

/* 5.3.3: type, own GUID, extent, attributes, name of 36 characters. */
static void write_entry(struct ev_writer *w, struct ev_span entry, uint64_t at)
{
	struct ev_span name = ev_span_sub(entry, 56, 72);

	ev_write_object(w, NULL);
	ev_uefi_guid_write(w, "type", at, ev_span_sub(entry, 0, EV_GUID_SIZE));
	ev_uefi_guid_write(
		w, "guid", at + EV_GPT_PARTITION_GUID,
		ev_span_sub(entry, EV_GPT_PARTITION_GUID, EV_GUID_SIZE));
	ev_show_layout(w, entry, at, entry_layout,
		       sizeof(entry_layout) / sizeof(entry_layout[0]));
	ev_shown_write_utf16le(w, "name", at + 56, ev_text_until_nul16(name));
	ev_write_end(w);
}

void ev_uefi_gpt_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	uint64_t base = ev_event_data_offset(e);
	struct ev_error err = { 0 };
	struct ev_uefi_gpt g;

	if (ev_uefi_gpt_parse(e, &g, &err) != EV_OK) {
		ev_event_write_bytes(w, "data", base, e->data);
		ev_event_refused(w, &err);
		return;
	}
	ev_show_layout(w, e->data, base, header_layout,
		       sizeof(header_layout) / sizeof(header_layout[0]));
	ev_uefi_guid_write(w, "diskGuid", base + EV_GPT_DISK_GUID, g.disk_guid);
	base += HEADER_SIZE + 8;
	ev_write_array(w, "partitions");
	for (uint64_t i = 0; i < g.n_entries && i < EV_EVENT_LIST_MAX; i++) {
		size_t at = (size_t)i * g.entry_size;

		write_entry(w, ev_span_sub(g.entries, at, g.entry_size),
			    base + at);
	}
	ev_write_end(w);
	ev_event_left_out(w, g.n_entries);
	if (g.rest.n > 0)
		ev_event_write_bytes(w, "trailing", base + g.entries.n, g.rest);
}

void ev_uefi_gpt_describe(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	char guid[EV_GUID_TEXT];
	struct ev_uefi_gpt g;

	if (ev_uefi_gpt_parse(e, &g, &err) != EV_OK) {
		ev_buffer_add_str(out, "no partition table: ");
		ev_event_describe_bytes(e->data, out);
		return;
	}
	ev_uefi_guid_format(g.disk_guid, guid);
	ev_buffer_printf(out, "disk %s, %llu partition%s", guid,
			 (unsigned long long)g.n_entries,
			 g.n_entries == 1 ? "" : "s");
}
