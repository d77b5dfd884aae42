/* SPDX-License-Identifier: Apache-2.0 */
/* Two lists of parts, aligned by sorting both. */
#include "audit/contents/part_pairs.h"

#include "evidence/base/cleanup.h"

static int order_of_names(const struct au_part *x, const struct au_part *y)
{
	int order = (x->kind > y->kind) - (x->kind < y->kind);

	if (order == 0)
		order = strcmp(x->guid, y->guid);
	return order != 0 ? order : strcmp(x->name, y->name);
}

/* Pointers into one array, so that their order is that of the parts. */
static int order_of_parts(const void *x, const void *y)
{
	const struct au_part *a = *(struct au_part *const *)x;
	const struct au_part *b = *(struct au_part *const *)y;
	int order = order_of_names(a, b);

	return order != 0 ? order : (a > b) - (a < b);
}

static struct au_part **sorted(struct au_part *part)
{
	struct au_part **list = calloc(part->n + 1, sizeof(*list));

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < part->n; i++)
		list[i] = &part->inside[i];
	qsort(list, part->n, sizeof(*list), order_of_parts);
	return list;
}

/* Both lists are sorted: one walk over the two. */
static void match(struct au_part *a, struct au_part *const *in_a,
		  struct au_part *b, struct au_part *const *in_b, bool *taken,
		  struct au_part_pair *pair)
{
	size_t i = 0, k = 0;

	while (i < a->n && k < b->n) {
		int order = order_of_names(in_a[i], in_b[k]);

		if (order == 0) {
			pair[in_a[i] - a->inside].b = in_b[k];
			taken[in_b[k] - b->inside] = true;
		}
		i += order <= 0;
		k += order >= 0;
	}
}

static void list_pairs(struct au_part *a, struct au_part *b, const bool *taken,
		       struct au_part_pairs *out)
{
	const struct au_part *last = NULL;

	for (size_t i = 0; i < a->n; i++) {
		const struct au_part *other = out->item[i].b;

		out->item[i].a = &a->inside[i];
		if (other == NULL)
			continue;
		out->reordered =
			out->reordered || (last != NULL && other < last);
		last = other;
	}
	out->n = a->n;
	for (size_t k = 0; k < b->n; k++)
		if (!taken[k])
			out->item[out->n++].b = &b->inside[k];
}

enum ev_code au_part_pairs_of(struct au_part *a, struct au_part *b,
			      struct au_part_pairs *out, struct ev_error *err)
{
	ev_auto_free struct au_part **in_a = sorted(a);
	ev_auto_free struct au_part **in_b = sorted(b);
	ev_auto_free bool *taken = calloc(b->n + 1, sizeof(*taken));

	*out = (struct au_part_pairs){ 0 };
	out->item = calloc(a->n + b->n + 1, sizeof(*out->item));
	if (in_a == NULL || in_b == NULL || taken == NULL ||
	    out->item == NULL) {
		au_part_pairs_free(out);
		return ev_fail_trouble(err, "contents", "out of memory");
	}
	match(a, in_a, b, in_b, taken, out->item);
	list_pairs(a, b, taken, out);
	return EV_OK;
}

void au_part_pairs_free(struct au_part_pairs *pairs)
{
	free(pairs->item);
	*pairs = (struct au_part_pairs){ 0 };
}
