/* SPDX-License-Identifier: Apache-2.0 */
/* Images that firmware loaded, and from where. */
#include "evidence/uefi_image.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"
#include "evidence/uefi_device_path.h"

enum ev_code ev_uefi_image_parse(const struct ev_tcg_event *e,
				 struct ev_uefi_image *out,
				 struct ev_error *err)
{
	struct ev_reader r = ev_event_reader(e, "image-load", err);
	struct ev_uefi_image i;
	uint64_t n_path;

	i.location = ev_read_u64le(&r, "ImageLocationInMemory");
	i.length = ev_read_u64le(&r, "ImageLengthInMemory");
	i.link_address = ev_read_u64le(&r, "ImageLinkTimeAddress");
	n_path = ev_read_u64le(&r, "LengthOfDevicePath");
	i.path_at = ev_reader_offset(&r);
	i.path = ev_read_span(&r, n_path, "DevicePath");
	i.rest = ev_read_rest(&r);
	if (ev_reader_ok(&r))
		*out = i;
	return err->code;
}

void ev_uefi_image_write(const struct ev_tcg_event *e, struct ev_writer *w)
{
	uint64_t at = ev_event_data_offset(e);
	struct ev_error err = { 0 };
	struct ev_uefi_image i;

	if (ev_uefi_image_parse(e, &i, &err) != EV_OK) {
		ev_event_write_bytes(w, "data", at, e->data);
		ev_event_refused(w, &err);
		return;
	}
	ev_show_number(w, "location", at, 8, i.location);
	ev_show_number(w, "imageLength", at + 8, 8, i.length);
	ev_show_number(w, "linkAddress", at + 16, 8, i.link_address);
	ev_uefi_device_path_write(w, "path", i.path_at, i.path);
	if (i.rest.n > 0)
		ev_event_write_bytes(w, "trailing", i.path_at + i.path.n,
				     i.rest);
}

void ev_uefi_image_describe(const struct ev_tcg_event *e, struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_uefi_image i;

	if (ev_uefi_image_parse(e, &i, &err) != EV_OK) {
		ev_buffer_add_str(out, "no image: ");
		ev_event_describe_bytes(e->data, out);
	} else if (i.path.n == 0) {
		ev_buffer_printf(out, "image of %llu bytes without a path",
				 (unsigned long long)i.length);
	} else {
		ev_uefi_device_path_file(i.path, out);
	}
}
