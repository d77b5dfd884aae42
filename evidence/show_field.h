/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a field of binary evidence is shown: an object {"offset", "length",
 * "value"}, the offset in bytes from the beginning of the item.  Byte strings
 * are hex, numbers of up to 32 bits integers, of 64 bits decimal strings.
 */
#ifndef EV_SHOW_FIELD_H
#define EV_SHOW_FIELD_H

#include "evidence/base/json_write.h"

enum ev_field_form { EV_FIELD_HEX, EV_FIELD_LE, EV_FIELD_BE };

/* A row of a layout: where a field lies in its record. */
struct ev_field {
	const char *name;
	uint32_t offset, size;
	enum ev_field_form form;
};

/* Every field of the layout whose bytes lie in record, which begins at base
 * in its item, as members of the object that is open in w. */
void ev_show_layout(struct ev_writer *w, struct ev_span record, uint64_t base,
		    const struct ev_field *layout, size_t n);

void ev_show_hex(struct ev_writer *w, const char *name, uint64_t offset,
		 struct ev_span value);
/* Text from outside. */
void ev_show_text(struct ev_writer *w, const char *name, uint64_t offset,
		  struct ev_span value);
void ev_show_number(struct ev_writer *w, const char *name, uint64_t offset,
		    size_t size, uint64_t value);
/* Padding: its value is whether all of it is zero. */
void ev_show_padding(struct ev_writer *w, const char *name, uint64_t offset,
		     struct ev_span value);
/* Offset and length alone, of what is shown elsewhere or too long. */
void ev_show_extent(struct ev_writer *w, const char *name, uint64_t offset,
		    uint64_t length);

#endif
