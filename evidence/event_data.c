/* SPDX-License-Identifier: Apache-2.0 */
/* Data of events: its place, its text, its bytes. */
#include "evidence/event_data.h"

#include "evidence/base/hex.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"

uint64_t ev_event_data_offset(const struct ev_tcg_event *e)
{
	return e->offset + e->size - e->data.n;
}

struct ev_reader ev_event_reader(const struct ev_tcg_event *e,
				 const char *object, struct ev_error *err)
{
	return ev_reader_init(e->data, ev_event_data_offset(e), object, err);
}

void ev_event_refused(struct ev_writer *w, const struct ev_error *err)
{
	char line[400];

	if (err->code == EV_OK)
		return;
	ev_error_format(err, line, sizeof(line));
	ev_write_shown(w, "refused", line);
}

void ev_event_write_bytes(struct ev_writer *w, const char *name,
			  uint64_t offset, struct ev_span bytes)
{
	if (bytes.n <= EV_EVENT_HEX_MAX) {
		ev_show_hex(w, name, offset, bytes);
		return;
	}
	ev_write_object(w, name);
	ev_write_int(w, "offset", (int64_t)offset);
	ev_write_int(w, "length", (int64_t)bytes.n);
	ev_write_hex(w, "begin", ev_span_sub(bytes, 0, EV_EVENT_HEX_MAX));
	ev_write_end(w);
}

void ev_event_left_out(struct ev_writer *w, uint64_t n)
{
	if (n > EV_EVENT_LIST_MAX)
		ev_write_u64(w, "leftOut", n - EV_EVENT_LIST_MAX);
}

void ev_event_write_loose(struct ev_writer *w, uint64_t offset,
			  struct ev_span bytes)
{
	struct ev_span text = bytes;

	switch (ev_text_form_of(&text)) {
	case EV_TEXT_BYTES:
		ev_shown_write_bytes(w, "text", offset, text);
		break;
	case EV_TEXT_UTF16LE:
		ev_shown_write_utf16le(w, "text", offset, text);
		break;
	case EV_TEXT_NONE:
		ev_event_write_bytes(w, "data", offset, bytes);
		break;
	}
}

void ev_event_write_text(const struct ev_tcg_event *e, struct ev_writer *w)
{
	ev_event_write_loose(w, ev_event_data_offset(e), e->data);
}

void ev_event_describe_bytes(struct ev_span bytes, struct ev_buffer *out)
{
	char hex[2 * 16 + 1];
	size_t n = bytes.n < 16 ? bytes.n : 16;

	if (bytes.n == 0) {
		ev_buffer_add_str(out, "no data");
		return;
	}
	ev_hex_encode(ev_span_sub(bytes, 0, n), hex);
	if (bytes.n > n)
		ev_buffer_printf(out, "%zu bytes %s...", bytes.n, hex);
	else
		ev_buffer_add_str(out, hex);
}

void ev_event_describe_loose(struct ev_span bytes, struct ev_buffer *out)
{
	struct ev_span text = bytes;

	switch (ev_text_form_of(&text)) {
	case EV_TEXT_BYTES:
		ev_shown_bytes(text, out);
		break;
	case EV_TEXT_UTF16LE:
		ev_shown_utf16le(text, out);
		break;
	case EV_TEXT_NONE:
		ev_event_describe_bytes(bytes, out);
		break;
	}
}

void ev_event_describe_text(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	ev_event_describe_loose(e->data, out);
}
