/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware and tables in memory, as events name them. */
#include "evidence/firmware_blob.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_guid.h"

#include <inttypes.h>

#define TABLE_SIZE (EV_GUID_SIZE + 8)

/* One structure for both: the older forms have no description. */
struct blob {
	struct ev_span description;
	uint64_t first, second; /* base and length, or count of tables */
	uint64_t at;		/* of first in the log */
	struct ev_span tables;
	struct ev_span rest;
};

static void read_description(struct ev_reader *r, struct blob *out)
{
	uint8_t n = ev_read_u8(r, "description size");

	out->description = ev_read_span(r, n, "description");
}

static enum ev_code parse_blob(const struct ev_tcg_event *e, bool described,
			       struct blob *out, struct ev_error *err)
{
	struct ev_reader r = ev_event_reader(e, "firmware-blob", err);

	*out = (struct blob){ 0 };
	if (described)
		read_description(&r, out);
	out->at = ev_reader_offset(&r);
	out->first = ev_read_u64le(&r, "base");
	out->second = ev_read_u64le(&r, "length");
	out->rest = ev_read_rest(&r);
	return err->code;
}

static enum ev_code parse_tables(const struct ev_tcg_event *e, bool described,
				 struct blob *out, struct ev_error *err)
{
	struct ev_reader r = ev_event_reader(e, "handoff-tables", err);

	*out = (struct blob){ 0 };
	if (described)
		read_description(&r, out);
	out->at = ev_reader_offset(&r);
	out->first = ev_read_u64le(&r, "NumberOfTables");
	if (ev_reader_ok(&r) && out->first > r.left.n / TABLE_SIZE)
		ev_fail_u64(err, EV_TRUNCATED, r.object, "NumberOfTables",
			    out->at, r.left.n / TABLE_SIZE, out->first);
	if (!ev_reader_ok(&r))
		return err->code;
	out->tables =
		ev_read_span(&r, (size_t)out->first * TABLE_SIZE, "TableEntry");
	out->rest = ev_read_rest(&r);
	return err->code;
}

static void write_description(const struct blob *b, struct ev_writer *w)
{
	if (b->description.n > 0)
		ev_shown_write_bytes(w, "description", b->at - b->description.n,
				     ev_text_until_nul(b->description));
}

static void write_rest(const struct ev_tcg_event *e, const struct blob *b,
		       struct ev_writer *w)
{
	if (b->rest.n > 0)
		ev_event_write_bytes(w, "trailing",
				     e->offset + e->size - b->rest.n, b->rest);
}

static void write_refused(const struct ev_tcg_event *e,
			  const struct ev_error *err, struct ev_writer *w)
{
	ev_event_write_text(e, w);
	ev_event_refused(w, err);
}

static void write_blob(const struct ev_tcg_event *e, bool described,
		       struct ev_writer *w)
{
	struct ev_error err = { 0 };
	struct blob b;

	if (parse_blob(e, described, &b, &err) != EV_OK) {
		write_refused(e, &err, w);
		return;
	}
	write_description(&b, w);
	ev_show_number(w, "base", b.at, 8, b.first);
	ev_show_number(w, "blobLength", b.at + 8, 8, b.second);
	write_rest(e, &b, w);
}

static void write_tables(const struct ev_tcg_event *e, bool described,
			 struct ev_writer *w)
{
	struct ev_error err = { 0 };
	struct blob b;

	if (parse_tables(e, described, &b, &err) != EV_OK) {
		write_refused(e, &err, w);
		return;
	}
	write_description(&b, w);
	ev_show_number(w, "numberOfTables", b.at, 8, b.first);
	ev_write_array(w, "tables");
	for (uint64_t i = 0; i < b.first && i < EV_EVENT_LIST_MAX; i++) {
		size_t at = (size_t)i * TABLE_SIZE;

		ev_write_object(w, NULL);
		ev_uefi_guid_write(w, "guid", b.at + 8 + at,
				   ev_span_sub(b.tables, at, EV_GUID_SIZE));
		ev_show_hex(w, "address", b.at + 8 + at + EV_GUID_SIZE,
			    ev_span_sub(b.tables, at + EV_GUID_SIZE, 8));
		ev_write_end(w);
	}
	ev_write_end(w);
	ev_event_left_out(w, b.first);
	write_rest(e, &b, w);
}

static void describe_blob(const struct ev_tcg_event *e, bool described,
			  struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct blob b;

	if (parse_blob(e, described, &b, &err) != EV_OK) {
		ev_event_describe_text(e, out);
		return;
	}
	ev_shown_bytes(ev_text_until_nul(b.description), out);
	ev_buffer_printf(out, "%s%" PRIu64 " bytes at 0x%" PRIx64,
			 b.description.n > 0 ? ": " : "", b.second, b.first);
}

static void describe_tables(const struct ev_tcg_event *e, bool described,
			    struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct blob b;

	if (parse_tables(e, described, &b, &err) != EV_OK) {
		ev_event_describe_text(e, out);
		return;
	}
	ev_shown_bytes(ev_text_until_nul(b.description), out);
	ev_buffer_add_str(out, b.description.n > 0 ? ": " : "");
	for (uint64_t i = 0; i < b.first && i < 4; i++) {
		struct ev_span guid = ev_span_sub(
			b.tables, (size_t)i * TABLE_SIZE, EV_GUID_SIZE);
		const char *name = ev_uefi_guid_name(guid);
		char text[EV_GUID_TEXT];

		ev_uefi_guid_format(guid, text);
		ev_buffer_printf(out, "%s%s", i > 0 ? ", " : "",
				 name != NULL ? name : text);
	}
	if (b.first == 0 || b.first > 4)
		ev_buffer_printf(out, "%s%" PRIu64 " tables",
				 b.first > 4 ? ", ... " : "", b.first);
}

/* Data of another size and of text is what it says: "POST CODE". */
static bool is_blob(const struct ev_tcg_event *e)
{
	struct ev_span text = e->data;

	return e->data.n == 16 && ev_text_form_of(&text) == EV_TEXT_NONE;
}

void ev_firmware_blob_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	if (is_blob(e))
		write_blob(e, false, w);
	else
		ev_event_write_text(e, w);
}

void ev_firmware_blob_describe(const struct ev_tcg_event *e,
			       struct ev_buffer *out)
{
	if (is_blob(e))
		describe_blob(e, false, out);
	else
		ev_event_describe_text(e, out);
}

void ev_firmware_blob2_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	write_blob(e, true, w);
}

void ev_firmware_blob2_describe(const struct ev_tcg_event *e,
				struct ev_buffer *out)
{
	describe_blob(e, true, out);
}

void ev_handoff_tables_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	write_tables(e, false, w);
}

void ev_handoff_tables_describe(const struct ev_tcg_event *e,
				struct ev_buffer *out)
{
	describe_tables(e, false, out);
}

void ev_handoff_tables2_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	write_tables(e, true, w);
}

void ev_handoff_tables2_describe(const struct ev_tcg_event *e,
				 struct ev_buffer *out)
{
	describe_tables(e, true, out);
}
