/* SPDX-License-Identifier: Apache-2.0 */
/* Device paths: from node to node. */
#include "evidence/uefi_device_path.h"

#include "evidence/event_data.h"
#include "evidence/shown_text.h"
#include "evidence/uefi_node.h"

#include <stdio.h>

bool ev_uefi_node_next(struct ev_reader *r, struct ev_uefi_node *out)
{
	uint64_t at = ev_reader_offset(r);
	uint16_t length;

	if (!ev_reader_ok(r) || r->left.n == 0)
		return false;
	out->type = ev_read_u8(r, "type");
	out->subtype = ev_read_u8(r, "subtype");
	length = ev_read_u16le(r, "length");
	if (ev_reader_ok(r) && length < 4) {
		char found[16];

		snprintf(found, sizeof(found), "%u", length);
		ev_fail(r->err, EV_VALUE, r->object, "length", at + 2,
			"at least 4", found);
	}
	if (!ev_reader_ok(r))
		return false;
	out->data = ev_read_span(r, (size_t)length - 4, "data");
	return ev_reader_ok(r) &&
	       !(out->type == EV_NODE_END && out->subtype == EV_NODE_END_ALL);
}

enum ev_code ev_uefi_device_path_text(struct ev_span path, uint64_t base,
				      struct ev_buffer *out,
				      struct ev_error *err)
{
	struct ev_reader r = ev_reader_init(path, base, "device-path", err);
	struct ev_uefi_node node;
	bool first = true;

	while (ev_uefi_node_next(&r, &node)) {
		if (node.type == EV_NODE_END) {
			ev_buffer_add_byte(out, ',');
			first = true;
			continue;
		}
		/* 10.6.1.1: a file path brings its own separators. */
		if (!first)
			ev_buffer_add_byte(out, '/');
		ev_uefi_node_text(&node, out);
		first = false;
	}
	return err->code;
}

void ev_uefi_device_path_file(struct ev_span path, struct ev_buffer *out)
{
	struct ev_error err = { 0 };
	struct ev_reader r = ev_reader_init(path, 0, "device-path", &err);
	struct ev_uefi_node node;
	bool found = false;

	while (ev_uefi_node_next(&r, &node)) {
		if (ev_uefi_node_is_file(&node)) {
			ev_uefi_node_text(&node, out);
			found = true;
		}
	}
	err = (struct ev_error){ 0 };
	if (!found && ev_uefi_device_path_text(path, 0, out, &err) != EV_OK)
		ev_buffer_add_str(out, "...");
}

void ev_uefi_device_path_write(struct ev_writer *w, const char *name,
			       uint64_t base, struct ev_span path)
{
	struct ev_error err = { 0 };
	struct ev_buffer text = { 0 };

	ev_uefi_device_path_text(path, base, &text, &err);
	ev_shown_write(w, name, base, path.n, &text);
	ev_event_refused(w, &err);
}
