/* SPDX-License-Identifier: Apache-2.0 */
/* Address spaces folded to a drawing. */
#include "audit/diff/address_rows.h"

#include <stdlib.h>

static const uint64_t PAGE = 4096;
static const uint32_t ROW = 16; /* the height of one page: a line of text */
static const uint32_t MORE = 5; /* for each doubling */
static const uint32_t GAP = 20;

static int cmp_addresses(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return (a > b) - (a < b);
}

static uint32_t height_of(uint64_t size)
{
	uint64_t pages = size / PAGE;
	uint32_t doublings = 0;

	while (pages > 1) {
		pages /= 2;
		doublings++;
	}
	return ROW + MORE * doublings;
}

/* Ranges are some dozens: the map is made coarse before it is drawn. */
static bool is_covered(const struct au_address_range *range, size_t n,
		       uint64_t from)
{
	for (size_t i = 0; i < n; i++) {
		if (range[i].from <= from && from < range[i].to)
			return true;
	}
	return false;
}

static void add(struct au_address_rows *out, uint64_t from, uint64_t to,
		bool gap)
{
	uint32_t height = gap ? GAP : height_of(to - from);

	out->row[out->n++] = (struct au_address_row){
		.from = from,
		.to = to,
		.y = out->height,
		.height = height,
		.gap = gap,
	};
	out->height += height;
}

bool au_address_rows_of(const struct au_address_range *range, size_t n,
			struct au_address_rows *out)
{
	uint64_t *edge = calloc(2 * n + 1, sizeof(*edge));

	*out = (struct au_address_rows){ NULL, 0, 0 };
	out->row = calloc(2 * n + 1, sizeof(*out->row));
	if (edge == NULL || out->row == NULL) {
		free(edge);
		au_address_rows_free(out);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		edge[2 * i] = range[i].from;
		edge[2 * i + 1] = range[i].to;
	}
	qsort(edge, 2 * n, sizeof(*edge), cmp_addresses);
	for (size_t i = 1; i < 2 * n; i++) {
		if (edge[i - 1] < edge[i])
			add(out, edge[i - 1], edge[i],
			    !is_covered(range, n, edge[i - 1]));
	}
	free(edge);
	return true;
}

void au_address_rows_free(struct au_address_rows *rows)
{
	free(rows->row);
	*rows = (struct au_address_rows){ NULL, 0, 0 };
}

uint32_t au_address_y(const struct au_address_rows *rows, uint64_t address)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct au_address_row *r = &rows->row[i];
		uint64_t pages = (r->to - r->from) / PAGE;

		if (address >= r->to)
			continue;
		if (address <= r->from || pages == 0)
			return r->y;
		return r->y + (uint32_t)((address - r->from) / PAGE *
					 r->height / pages);
	}
	return rows->height;
}
