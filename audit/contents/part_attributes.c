/* SPDX-License-Identifier: Apache-2.0 */
/* What a part says of itself beside its bytes, in two versions. */
#include "audit/contents/contents_walk.h"

#include <stdio.h>

/* "o": octal, "x": hexadecimal, ":": a pair of 32 bits each. */
static void format_attribute(const char *format, uint64_t value, char out[32])
{
	unsigned int high = (unsigned int)(value >> 32);
	unsigned int low = (unsigned int)(value & UINT32_MAX);

	if (format[0] == 'o')
		snprintf(out, 32, "%06o", low);
	else if (format[0] == 'x')
		snprintf(out, 32, "0x%x", low);
	else
		snprintf(out, 32, "%u:%u", high, low);
}

static void add_attribute(struct au_walk *w, const struct au_part *a,
			  const char *name, const char *format, uint64_t x,
			  uint64_t y)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	char in_a[32], in_b[32];

	if (x == y)
		return;
	format_attribute(format, x, in_a);
	format_attribute(format, y, in_b);
	ev_buffer_printf(&text, "%s %s in A, %s in B", name, in_a, in_b);
	au_walk_add_named(w, AU_FOUND_CHANGED, a->kind, name, 0, 0, EV_NO_BYTE,
			  &text);
}

void au_attributes_compare(struct au_walk *w, const struct au_part *a,
			   const struct au_part *b)
{
	bool file = a->kind == AU_PART_FILE;

	add_attribute(w, a, file ? "mode" : "attributes", file ? "o" : "x",
		      a->attributes, b->attributes);
	add_attribute(w, a, "owner", ":", a->owner, b->owner);
	add_attribute(w, a, "device", ":", a->device, b->device);
	add_attribute(w, a, "links and inode", ":", a->link, b->link);
	add_attribute(w, a, "file system of links", ":", a->file_system,
		      b->file_system);
}

bool au_attributes_alike(const struct au_part *a, const struct au_part *b)
{
	return a->attributes == b->attributes && a->owner == b->owner &&
	       a->device == b->device && a->link == b->link &&
	       a->file_system == b->file_system;
}
