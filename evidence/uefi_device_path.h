/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device paths (UEFI 2.10, chapter 10): nodes of a type, a subtype, a length
 * in little-endian 16 bits, and data.  As text after section 10.6; a node
 * that is not known here, or too short for what it is, is
 * Path(type,subtype,hex).
 */
#ifndef EV_UEFI_DEVICE_PATH_H
#define EV_UEFI_DEVICE_PATH_H

#include "evidence/base/json_write.h"
#include "evidence/base/reader.h"

struct ev_uefi_node {
	uint8_t type, subtype;
	struct ev_span data; /* behind the four bytes of the head */
};

/* The next node; false at the end (whether or not the bytes end there), and
 * where r refuses a node that does not fit. */
bool ev_uefi_node_next(struct ev_reader *r, struct ev_uefi_node *out);

/* Appends the text of a path; what was read stands in out where one of its
 * nodes is refused. */
enum ev_code ev_uefi_device_path_text(struct ev_span path, uint64_t base,
				      struct ev_buffer *out,
				      struct ev_error *err);

/* Appends the file of the path alone, the path where it names none, and "..."
 * where it cannot be read to its end. */
void ev_uefi_device_path_file(struct ev_span path, struct ev_buffer *out);

/* Member with the text, and "refused" beside it where it is cut. */
void ev_uefi_device_path_write(struct ev_writer *w, const char *name,
			       uint64_t base, struct ev_span path);

#endif
