/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM load: what the readers of all variable headers share. */
#include "audit/image/igvm_load.h"

#include <stdio.h>

enum ev_code au_igvm_refuse(struct au_igvm_content *c, const char *field,
			    size_t size, const char *want, uint64_t found)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)found);
	return ev_fail(c->r.err, EV_VALUE, c->object, field,
		       ev_reader_offset(&c->r) - size, want, text);
}

void au_igvm_reserved(struct au_igvm_content *c, size_t n, const char *field)
{
	uint64_t at = ev_reader_offset(&c->r);
	struct ev_span bytes = ev_read_span(&c->r, n, field);

	if (!ev_span_is_zero(bytes))
		ev_fail_bytes(c->r.err, EV_VALUE, c->object, field, at, "zeros",
			      bytes);
}

uint64_t au_igvm_pages_u64(struct au_igvm_content *c, const char *field)
{
	uint64_t value = ev_read_u64le(&c->r, field);

	if (value % AU_PAGE != 0)
		au_igvm_refuse(c, field, 8, "a multiple of 4096", value);
	return value;
}

bool au_igvm_concerns(const struct au_igvm_load *load, size_t i, uint32_t mask)
{
	return (mask & load->image->launch[i].mask) != 0;
}

uint32_t au_igvm_mask(struct au_igvm_load *load, struct au_igvm_content *c)
{
	uint32_t mask = ev_read_u32le(&c->r, "compatibility_mask");
	bool any = false;

	for (size_t i = 0; i < load->image->n; i++)
		any = any || au_igvm_concerns(load, i, mask);
	if (!any)
		load->n_homeless++;
	return mask;
}
