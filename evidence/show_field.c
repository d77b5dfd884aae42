/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of binary evidence as JSON members with their places. */
#include "evidence/show_field.h"

/* Opens the object; the caller writes the value and closes it. */
static void open(struct ev_writer *w, const char *name, uint64_t offset,
		 uint64_t length)
{
	ev_write_object(w, name);
	ev_write_int(w, "offset", (int64_t)offset);
	ev_write_int(w, "length", (int64_t)length);
}

void ev_show_hex(struct ev_writer *w, const char *name, uint64_t offset,
		 struct ev_span value)
{
	open(w, name, offset, value.n);
	ev_write_hex(w, "value", value);
	ev_write_end(w);
}

void ev_show_text(struct ev_writer *w, const char *name, uint64_t offset,
		  struct ev_span value)
{
	open(w, name, offset, value.n);
	ev_write_foreign(w, "value", value);
	ev_write_end(w);
}

void ev_show_number(struct ev_writer *w, const char *name, uint64_t offset,
		    size_t size, uint64_t value)
{
	open(w, name, offset, size);
	if (size <= 4)
		ev_write_int(w, "value", (int64_t)value);
	else
		ev_write_u64(w, "value", value);
	ev_write_end(w);
}

void ev_show_padding(struct ev_writer *w, const char *name, uint64_t offset,
		     struct ev_span value)
{
	open(w, name, offset, value.n);
	ev_write_bool(w, "zero", ev_span_is_zero(value));
	ev_write_end(w);
}

void ev_show_extent(struct ev_writer *w, const char *name, uint64_t offset,
		    uint64_t length)
{
	open(w, name, offset, length);
	ev_write_end(w);
}

static uint64_t number(struct ev_span bytes, enum ev_field_form form)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes.n; i++) {
		size_t at = form == EV_FIELD_LE ? bytes.n - 1 - i : i;

		v = v << 8 | bytes.p[at];
	}
	return v;
}

void ev_show_layout(struct ev_writer *w, struct ev_span record, uint64_t base,
		    const struct ev_field *layout, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ev_field *f = &layout[i];
		struct ev_span bytes;

		if (f->offset > record.n || f->size > record.n - f->offset)
			continue;
		bytes = ev_span_sub(record, f->offset, f->size);
		if (f->form == EV_FIELD_HEX)
			ev_show_hex(w, f->name, base + f->offset, bytes);
		else
			ev_show_number(w, f->name, base + f->offset, f->size,
				       number(bytes, f->form));
	}
}
