/* SPDX-License-Identifier: Apache-2.0 */
/* Boot options of UEFI. */
#include "evidence/uefi_load_option.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_device_path.h"

enum ev_code ev_uefi_load_option_parse(struct ev_span in, uint64_t base,
				       struct ev_uefi_load_option *out,
				       struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(in, base, "load-option", err);
	struct ev_uefi_load_option o;
	uint16_t n_path;

	o.attributes = ev_read_u32le(&r, "Attributes");
	n_path = ev_read_u16le(&r, "FilePathListLength");
	o.description = ev_text_until_nul16(r.left);
	ev_read_span(&r, o.description.n, "Description");
	ev_read_span(&r, 2, "end of Description");
	o.path = ev_read_span(&r, n_path, "FilePathList");
	o.optional = ev_read_rest(&r);
	if (ev_reader_ok(&r))
		*out = o;
	return err->code;
}

void ev_uefi_load_option_write(struct ev_writer *w, struct ev_span in,
			       uint64_t base)
{
	struct ev_uefi_load_option o;
	struct ev_error err = { 0 };
	uint64_t at;

	if (ev_uefi_load_option_parse(in, base, &o, &err) != EV_OK) {
		ev_event_write_bytes(w, "data", base, in);
		ev_event_refused(w, &err);
		return;
	}
	ev_show_number(w, "attributes", base, 4, o.attributes);
	ev_shown_write_utf16le(w, "description", base + 6, o.description);
	at = base + 6 + o.description.n + 2;
	ev_uefi_device_path_write(w, "path", at, o.path);
	if (o.optional.n > 0)
		ev_event_write_bytes(w, "optionalData", at + o.path.n,
				     o.optional);
}

void ev_uefi_load_option_describe(struct ev_span in, struct ev_buffer *out)
{
	struct ev_uefi_load_option o;
	struct ev_error err = { 0 };

	if (ev_uefi_load_option_parse(in, 0, &o, &err) != EV_OK) {
		ev_event_describe_bytes(in, out);
		return;
	}
	ev_shown_utf16le(o.description, out);
	ev_buffer_add_byte(out, ' ');
	if (ev_uefi_device_path_text(o.path, 0, out, &err) != EV_OK)
		ev_buffer_add_str(out, "...");
}
