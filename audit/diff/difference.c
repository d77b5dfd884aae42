/* SPDX-License-Identifier: Apache-2.0 */
/* Differences of launches: a list, its order, and the bytes behind one. */
#include "audit/diff/difference.h"

#include "evidence/base/error.h"

#include <stdlib.h>

const char *au_difference_class_name(enum au_difference_class class)
{
	static const char *const names[] = {
		"data",	 "only-a",	   "only-b",	"flags",
		"order", "parameter-area", "registers", "policy",
	};

	return names[class];
}

enum ev_code au_differences_add(struct au_differences *list,
				const struct au_difference *item,
				struct ev_error *err)
{
	if (list->n == list->room) {
		size_t room = list->room > 0 ? 2 * list->room : 64;
		struct au_difference *p =
			reallocarray(list->item, room, sizeof(*p));

		if (p == NULL)
			return ev_fail_trouble(err, "image differences",
					       "memory");
		list->item = p;
		list->room = room;
	}
	list->item[list->n++] = *item;
	return EV_OK;
}

void au_differences_free(struct au_differences *list)
{
	free(list->item);
	*list = (struct au_differences){ NULL, 0, 0 };
}

const struct au_operation *au_difference_op(const struct au_difference *d)
{
	return d->a != NULL ? d->a : d->b;
}

static int cmp_u64(uint64_t x, uint64_t y)
{
	return (x > y) - (x < y);
}

/* POLICY has no operation, and stands by its word. */
static int cmp_kind(const struct au_difference *x,
		    const struct au_difference *y)
{
	const struct au_operation *a = au_difference_op(x);
	const struct au_operation *b = au_difference_op(y);

	if (a != NULL && b != NULL)
		return cmp_u64(a->kind, b->kind);
	if (x->word != NULL && y->word != NULL)
		return strcmp(x->word, y->word);
	return 0;
}

int au_difference_cmp(const struct au_difference *x,
		      const struct au_difference *y)
{
	int order = cmp_u64(x->class, y->class);

	if (order == 0)
		order = cmp_kind(x, y);
	if (order == 0)
		order = cmp_u64(x->gpa, y->gpa);
	return order != 0 ? order : cmp_u64(x->occurrence, y->occurrence);
}

/* The image holds once what several platforms load. */
static bool same_op(const struct au_operation *x, const struct au_operation *y)
{
	if (x == NULL || y == NULL)
		return x == y;
	return x->kind == y->kind && x->type == y->type &&
	       x->measured == y->measured && x->shared == y->shared &&
	       x->aug == y->aug && x->size == y->size &&
	       x->data.n == y->data.n &&
	       (x->data.n == 0 || x->data.p == y->data.p);
}

bool au_difference_same(const struct au_difference *x,
			const struct au_difference *y)
{
	return au_difference_cmp(x, y) == 0 && x->measured == y->measured &&
	       x->chunks == y->chunks && x->size == y->size &&
	       x->page_a == y->page_a && x->page_b == y->page_b &&
	       same_op(x->a, y->a) && same_op(x->b, y->b) &&
	       (x->class != AU_DIFF_ORDER ||
		(x->place_a == y->place_a && x->place_b == y->place_b)) &&
	       ev_span_eq(x->says_a, y->says_a) &&
	       ev_span_eq(x->says_b, y->says_b);
}

const uint8_t *au_page_bytes(const struct au_operation *op, uint32_t page,
			     uint8_t scratch[AU_PAGE])
{
	uint64_t at = (uint64_t)page * AU_PAGE;

	if (at + AU_PAGE <= op->data.n)
		return op->data.p + at;
	au_operation_page(op, page, scratch);
	return scratch;
}

size_t au_difference_bytes(const struct au_difference *d, size_t chunk,
			   struct au_byte_range out[AU_BYTE_RANGES_MAX])
{
	uint8_t scratch_a[AU_PAGE], scratch_b[AU_PAGE];
	const uint8_t *a = au_page_bytes(d->a, d->page_a, scratch_a);
	const uint8_t *b = au_page_bytes(d->b, d->page_b, scratch_b);
	size_t n = 0, end = (chunk + 1) * AU_CHUNK;

	for (size_t i = chunk * AU_CHUNK; i < end; i++) {
		if (a[i] == b[i])
			continue;
		if (n == 0 ||
		    (out[n - 1].to + 1u != i && n < AU_BYTE_RANGES_MAX))
			out[n++].from = (uint16_t)i;
		out[n - 1].to = (uint16_t)i;
	}
	return n;
}
