/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of processors' start states. */
#include "audit/diff/register_diff.h"

#include "audit/diff/launch_order.h"
#include "audit/diff/register_name.h"

#include <stdlib.h>

/* A list of VBS registers, sorted by VTL, number, place. */
struct list {
	struct ev_span records;
	uint32_t *sorted; /* owned: numbers of records */
	size_t n;
};

static uint64_t key_of(const struct list *l, uint32_t i)
{
	const uint8_t *p = l->records.p + i * AU_REGISTER_RECORD;
	uint64_t number = (uint64_t)p[1] | (uint64_t)p[2] << 8 |
			  (uint64_t)p[3] << 16 | (uint64_t)p[4] << 24;

	return (uint64_t)p[0] << 32 | number;
}

static struct ev_span value_of(const struct list *l, uint32_t i)
{
	return ev_span_sub(l->records, i * AU_REGISTER_RECORD + 16, 16);
}

static int cmp_records(const void *x, const void *y, void *context)
{
	const struct list *l = context;
	uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	uint64_t a = key_of(l, i), b = key_of(l, j);

	if (a != b)
		return a < b ? -1 : 1;
	return (i > j) - (i < j);
}

static bool sort_list(struct ev_span records, struct list *l)
{
	l->records = records;
	l->n = records.n / AU_REGISTER_RECORD;
	l->sorted = calloc(l->n + 1, sizeof(*l->sorted));
	if (l->sorted == NULL)
		return false;
	for (size_t i = 0; i < l->n; i++)
		l->sorted[i] = (uint32_t)i;
	qsort_r(l->sorted, l->n, sizeof(*l->sorted), cmp_records, l);
	return true;
}

/* Both lists, and how the records that both have are paired: pair[i] is the
 * number in b of record i of a. */
struct lists {
	struct list a, b;
	uint32_t *pair; /* owned */
	const struct au_difference *base;
	struct au_differences *out;
	struct ev_error *err;
};

static enum ev_code add(struct lists *s, enum au_difference_class class,
			uint64_t key, struct ev_span a, struct ev_span b)
{
	struct au_difference d = *s->base;

	d.class = class;
	d.occurrence = (uint32_t)s->out->n;
	d.reg = (struct au_register_difference){
		.name = au_hyperv_register_name((uint32_t)key),
		.number = (uint32_t)key,
		.vtl = (uint8_t)(key >> 32),
		.size = 16,
		.a = a,
		.b = b,
	};
	return au_differences_add(s->out, &d, s->err);
}

/* The heads of both sorted lists: pairs them, or tells of the one that the
 * other list has not. */
static enum ev_code step(struct lists *s, size_t *i, size_t *j)
{
	const struct ev_span none = { NULL, 0 };
	bool has_a = *i < s->a.n, has_b = *j < s->b.n;
	uint32_t x = has_a ? s->a.sorted[*i] : 0;
	uint32_t y = has_b ? s->b.sorted[*j] : 0;
	uint64_t a = has_a ? key_of(&s->a, x) : UINT64_MAX;
	uint64_t b = has_b ? key_of(&s->b, y) : UINT64_MAX;

	*i += a <= b;
	*j += b <= a;
	if (a < b)
		return add(s, AU_DIFF_REGISTERS, a, value_of(&s->a, x), none);
	if (b < a)
		return add(s, AU_DIFF_REGISTERS, b, none, value_of(&s->b, y));
	s->pair[x] = y;
	if (ev_span_eq(value_of(&s->a, x), value_of(&s->b, y)))
		return EV_OK;
	return add(s, AU_DIFF_REGISTERS, a, value_of(&s->a, x),
		   value_of(&s->b, y));
}

/* place[k] and which[k] of the k-th record of a that b has too. */
static enum ev_code add_moved(struct lists *s, const uint32_t *which,
			      const uint32_t *place, size_t n, bool *moved)
{
	if (au_order_moved(place, n, moved, s->err) != EV_OK)
		return s->err->code;
	for (size_t k = 0; k < n; k++) {
		if (!moved[k])
			continue;
		if (add(s, AU_DIFF_ORDER, key_of(&s->a, which[k]),
			value_of(&s->a, which[k]),
			value_of(&s->b, place[k])) != EV_OK)
			return s->err->code;
		s->out->item[s->out->n - 1].place_a += which[k];
		s->out->item[s->out->n - 1].place_b += place[k];
	}
	return EV_OK;
}

static enum ev_code compare_order(struct lists *s)
{
	uint32_t *which = calloc(2 * s->a.n + 1, sizeof(*which));
	bool *moved = calloc(s->a.n + 1, sizeof(*moved));
	uint32_t *place = which != NULL ? which + s->a.n : NULL;
	enum ev_code code;
	size_t n = 0;

	if (which == NULL || moved == NULL) {
		code = ev_fail_trouble(s->err, "image differences", "memory");
	} else {
		for (uint32_t i = 0; i < s->a.n; i++) {
			if (s->pair[i] == UINT32_MAX)
				continue;
			which[n] = i;
			place[n++] = s->pair[i];
		}
		code = add_moved(s, which, place, n, moved);
	}
	free(which);
	free(moved);
	return code;
}

static enum ev_code compare_lists(struct lists *s)
{
	size_t i = 0, j = 0;

	s->pair = calloc(s->a.n + 1, sizeof(*s->pair));
	if (s->pair == NULL)
		return ev_fail_trouble(s->err, "image differences", "memory");
	memset(s->pair, 0xff, s->a.n * sizeof(*s->pair));
	while (i < s->a.n || j < s->b.n) {
		if (step(s, &i, &j) != EV_OK)
			return s->err->code;
	}
	return compare_order(s);
}

enum ev_code au_register_diff_list(const struct au_difference *base,
				   struct au_differences *out,
				   struct ev_error *err)
{
	struct lists s = { .base = base, .out = out, .err = err };
	enum ev_code code;

	if (sort_list(base->a->data, &s.a) && sort_list(base->b->data, &s.b))
		code = compare_lists(&s);
	else
		code = ev_fail_trouble(err, "image differences", "memory");
	free(s.a.sorted);
	free(s.b.sorted);
	free(s.pair);
	return code;
}

/* The field, or 16 bytes of a long one, or the reserved byte at an offset. */
static enum ev_code add_field(const struct au_difference *base, size_t *at,
			      struct au_differences *out, struct ev_error *err)
{
	size_t end, from = *at, size = 1;
	const struct au_vmsa_field *field = au_vmsa_field_at(from, &end);
	struct au_difference d = *base;

	if (field != NULL) {
		from = field->offset + (from - field->offset) / 16 * 16;
		size = end - from < 16 ? end - from : 16;
		end = from + size;
	}
	d.class = AU_DIFF_REGISTERS;
	d.occurrence = base->occurrence * (uint32_t)AU_PAGE + (uint32_t)from;
	d.reg = (struct au_register_difference){
		.name = field != NULL ? field->name : "reserved",
		.number = (uint32_t)from,
		.size = (uint8_t)size,
	};
	if (end <= base->a->data.n)
		d.reg.a = ev_span_sub(base->a->data, from, size);
	if (end <= base->b->data.n)
		d.reg.b = ev_span_sub(base->b->data, from, size);
	*at = end;
	return au_differences_add(out, &d, err);
}

enum ev_code au_register_diff_vmsa(const struct au_difference *base,
				   struct au_differences *out,
				   struct ev_error *err)
{
	uint8_t scratch_a[AU_PAGE], scratch_b[AU_PAGE];
	const uint8_t *a = au_page_bytes(base->a, 0, scratch_a);
	const uint8_t *b = au_page_bytes(base->b, 0, scratch_b);
	size_t i = 0;

	while (i < AU_PAGE) {
		if (a[i] == b[i])
			i++;
		else if (add_field(base, &i, out, err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}
