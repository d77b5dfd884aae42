/* SPDX-License-Identifier: Apache-2.0 */
/* Differences as ranges of memory. */
#include "audit/diff/diff_marks.h"

#include <stdlib.h>

struct range {
	uint64_t from, to;
	bool measured;
};

/* What is measured first: it is not hidden by what is not. */
static int cmp_ranges(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	if (a->measured != b->measured)
		return a->measured ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

static int cmp_places(const void *x, const void *y)
{
	const struct range *a = x, *b = y;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return cmp_ranges(x, y);
}

static size_t collect(const struct au_image_diff *diff, size_t i, int side,
		      struct range *range)
{
	size_t n = 0;

	for (size_t k = 0; k < diff->n; k++) {
		const struct au_difference *d = diff->item[k].d;

		if (!au_image_difference_has(&diff->item[k], i) ||
		    (side == 0 ? d->a : d->b) == NULL || d->size == 0)
			continue;
		range[n] = (struct range){ d->gpa, 0, d->measured };
		if (__builtin_add_overflow(d->gpa, d->size, &range[n].to))
			range[n].to = UINT64_MAX;
		n++;
	}
	return n;
}

/* Joins what touches, of the same kind, in order of address. */
static size_t join(struct range *range, size_t n)
{
	size_t out = 0;

	for (size_t k = 0; k < n; k++) {
		struct range *last = out > 0 ? &range[out - 1] : NULL;

		if (last == NULL || last->measured != range[k].measured ||
		    range[k].from > last->to)
			range[out++] = range[k];
		else if (range[k].to > last->to)
			last->to = range[k].to;
	}
	return out;
}

/* Cuts out of what is not measured what a measured range covers: its begin is
 * moved behind it, and what is behind it begins a new one where there is
 * room; measured and the rest are both ascending and joined. */
static size_t uncover(const struct range *measured, size_t n_measured,
		      const struct range *rest, size_t n, struct range *out)
{
	size_t k = 0, m = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t from = rest[i].from;

		while (m < n_measured && measured[m].to <= from)
			m++;
		for (size_t j = m; j < n_measured && from < rest[i].to &&
				   measured[j].from < rest[i].to;
		     j++) {
			if (from < measured[j].from)
				out[k++] =
					(struct range){ from, measured[j].from,
							false };
			from = measured[j].to;
		}
		if (from < rest[i].to)
			out[k++] = (struct range){ from, rest[i].to, false };
	}
	return k;
}

static enum ev_code as_map(const struct range *range, size_t n, size_t max,
			   struct au_memory_map *out, struct ev_error *err)
{
	struct au_component *item = calloc(n + 1, sizeof(*item));
	struct au_components list = { .item = item, .n = n };
	char no_name = '\0';
	struct au_memory_map fine;
	enum ev_code code;

	if (item == NULL)
		return ev_fail_trouble(err, "memory map", "memory");
	for (size_t k = 0; k < n; k++) {
		item[k].gpa = range[k].from;
		item[k].size = range[k].to - range[k].from;
		item[k].measured = range[k].measured;
		item[k].part.name = &no_name;
	}
	code = au_memory_map_of(&list, &fine, err);
	free(item);
	if (code != EV_OK)
		return code;
	code = au_memory_map_coarse(&fine, max, out, err);
	au_memory_map_free(&fine);
	return code;
}

enum ev_code au_diff_marks_of(const struct au_image_diff *diff, size_t i,
			      int side, size_t max, struct au_memory_map *out,
			      struct ev_error *err)
{
	struct range *range = calloc(4 * diff->n + 1, sizeof(*range));
	struct range *cut = range != NULL ? range + diff->n : NULL;
	size_t n, n_measured = 0, n_rest;
	enum ev_code code;

	*out = (struct au_memory_map){ NULL, 0 };
	if (range == NULL)
		return ev_fail_trouble(err, "memory map", "memory");
	n = collect(diff, i, side, range);
	qsort(range, n, sizeof(*range), cmp_ranges);
	n = join(range, n);
	while (n_measured < n && range[n_measured].measured)
		n_measured++;
	n_rest = uncover(range, n_measured, range + n_measured, n - n_measured,
			 cut + n_measured);
	memcpy(cut, range, n_measured * sizeof(*range));
	n = n_measured + n_rest;
	qsort(cut, n, sizeof(*cut), cmp_places);
	code = as_map(cut, n, max, out, err);
	free(range);
	return code;
}
