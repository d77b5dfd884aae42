/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of SPDM events. */
#include "evidence/spdm_event.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"

#define SIGNATURE_SIZE 16

/* "SPDM Device Sec" and "SPDM Device Sec2". */
static bool is_head(struct ev_span data)
{
	return data.n >= SIGNATURE_SIZE &&
	       memcmp(data.p, "SPDM Device Sec", 15) == 0;
}

void ev_spdm_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	uint64_t at = ev_event_data_offset(e);
	struct ev_error err = { 0 };
	struct ev_reader r = ev_event_reader(e, "spdm-event", &err);
	struct ev_span signature;

	if (!is_head(e->data)) {
		ev_event_write_bytes(w, "data", at, e->data);
		return;
	}
	signature = ev_read_span(&r, SIGNATURE_SIZE, "Signature");
	ev_shown_write_bytes(w, "signature", at, ev_text_until_nul(signature));
	if (r.left.n >= 2)
		ev_show_number(w, "version", at + SIGNATURE_SIZE, 2,
			       ev_read_u16le(&r, "Version"));
	at = ev_reader_offset(&r);
	ev_event_write_bytes(w, "device", at, ev_read_rest(&r));
}

void ev_spdm_describe(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	if (!is_head(e->data)) {
		ev_event_describe_bytes(e->data, out);
		return;
	}
	ev_shown_bytes(
		ev_text_until_nul(ev_span_sub(e->data, 0, SIGNATURE_SIZE)),
		out);
	ev_buffer_printf(out, ", %zu bytes", e->data.n);
}
