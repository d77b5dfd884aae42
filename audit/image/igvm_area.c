/* SPDX-License-Identifier: Apache-2.0 */
/* IGVM: parameter areas, kept sorted by their index. */
#include "audit/image/igvm_area.h"

#include <stdio.h>
#include <stdlib.h>

/* Where the area of that index stands, or belongs. */
static size_t position(const struct au_igvm_load *load, uint32_t index)
{
	size_t low = 0, high = load->n_areas;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (load->area[middle].index < index)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct au_igvm_area *find(const struct au_igvm_load *load,
				 uint32_t index)
{
	size_t i = position(load, index);

	if (i < load->n_areas && load->area[i].index == index)
		return &load->area[i];
	return NULL;
}

static enum ev_code declare(struct au_igvm_load *load,
			    const struct au_igvm_area *area,
			    struct au_igvm_content *c)
{
	size_t at = position(load, area->index);

	if (load->n_areas == AU_IGVM_AREAS_MAX)
		return ev_fail_u64(c->r.err, EV_LIMIT, c->object, "count",
				   c->offset, AU_IGVM_AREAS_MAX,
				   load->n_areas + 1);
	if (load->area == NULL)
		load->area = calloc(AU_IGVM_AREAS_MAX, sizeof(*load->area));
	if (load->area == NULL)
		return ev_fail_trouble(c->r.err, c->object, "out of memory");
	memmove(load->area + at + 1, load->area + at,
		(load->n_areas - at) * sizeof(*load->area));
	load->area[at] = *area;
	load->n_areas++;
	return EV_OK;
}

static enum ev_code refuse_size(struct au_igvm_content *c, uint64_t at,
				uint64_t size)
{
	char found[32];

	snprintf(found, sizeof(found), "%llu", (unsigned long long)size);
	return ev_fail(c->r.err, EV_LIMIT, c->object, "number_of_bytes", at,
		       "at most 4294967296 (2^20 pages)", found);
}

enum ev_code au_igvm_take_area(struct au_igvm_load *load,
			       struct au_igvm_content *c)
{
	uint64_t at = ev_reader_offset(&c->r);
	struct au_igvm_area area = { 0 };
	uint32_t file_offset;

	area.size = au_igvm_pages_u64(c, "number_of_bytes");
	area.index = ev_read_u32le(&c->r, "parameter_area_index");
	file_offset = ev_read_u32le(&c->r, "file_offset");
	if (!ev_reader_ok(&c->r))
		return c->r.err->code;
	if (area.size > AU_LAUNCH_PAGES_MAX * AU_PAGE)
		return refuse_size(c, at, area.size);
	if (find(load, area.index) != NULL)
		return ev_fail_u64(c->r.err, EV_DUPLICATE, c->object,
				   "parameter_area_index", at + 8,
				   load->n_areas, area.index);
	if (file_offset != 0 &&
	    au_igvm_data(load->file, file_offset, area.size, c->object, at + 12,
			 &area.data, c->r.err) != EV_OK)
		return c->r.err->code;
	area.data_offset =
		file_offset != 0 ? load->file->base + file_offset : 0;
	return declare(load, &area, c);
}

/* An area that is declared and not inserted; else NULL and refused, its index
 * having stood at `at`. */
static struct au_igvm_area *find_open(struct au_igvm_load *load,
				      struct au_igvm_content *c, uint32_t index,
				      uint64_t at)
{
	struct au_igvm_area *area = find(load, index);
	char found[64];

	if (area != NULL && !area->inserted)
		return area;
	snprintf(found, sizeof(found), "area %u, which is %s", index,
		 area == NULL ? "not declared" : "inserted already");
	ev_fail(c->r.err, area == NULL ? EV_MISSING : EV_DUPLICATE, c->object,
		"parameter_area_index", at,
		"an area declared before and not inserted", found);
	return NULL;
}

enum ev_code au_igvm_take_insert(struct au_igvm_load *load,
				 struct au_igvm_content *c)
{
	uint64_t at = ev_reader_offset(&c->r);
	struct au_operation op = { .kind = AU_INSERT };
	struct au_igvm_area *area;
	uint32_t mask;

	op.gpa = au_igvm_pages_u64(c, "gpa");
	mask = au_igvm_mask(load, c);
	op.index = ev_read_u32le(&c->r, "parameter_area_index");
	if (!ev_reader_ok(&c->r))
		return c->r.err->code;
	area = find_open(load, c, op.index, at + 12);
	if (area == NULL)
		return c->r.err->code;
	if (area->size > UINT64_MAX - op.gpa)
		return au_igvm_refuse(c, "gpa", 16, "a range below 2^64",
				      op.gpa);
	area->inserted = true;
	op.size = area->size;
	op.data = area->data;
	op.data_offset = area->data_offset;
	op.offset = c->offset;
	for (size_t i = 0; i < load->image->n; i++) {
		if (au_igvm_concerns(load, i, mask) &&
		    au_launch_add(&load->image->launch[i], &op, c->r.err) !=
			    EV_OK)
			break;
	}
	return c->r.err->code;
}

enum ev_code au_igvm_take_parameter(struct au_igvm_load *load,
				    struct au_igvm_content *c)
{
	uint64_t at = ev_reader_offset(&c->r);
	uint32_t index = ev_read_u32le(&c->r, "parameter_area_index");
	uint32_t offset = ev_read_u32le(&c->r, "byte_offset");
	const struct au_igvm_area *area;

	if (!ev_reader_ok(&c->r))
		return c->r.err->code;
	area = find_open(load, c, index, at);
	if (area != NULL && offset >= area->size)
		return au_igvm_refuse(c, "byte_offset", 4,
				      "a byte inside the area", offset);
	return c->r.err->code;
}
