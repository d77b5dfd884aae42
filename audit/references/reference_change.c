/* SPDX-License-Identifier: Apache-2.0 */
/* What sets two manifests of one reference apart. */
#include "audit/references/reference_change.h"

#include "evidence/base/buffer.h"
#include "evidence/base/time.h"

static bool is_same_status(const struct au_status *a, const struct au_status *b)
{
	return a->state == b->state && a->since == b->since &&
	       ev_span_eq(a->reason, b->reason) &&
	       ev_span_eq(a->advisory, b->advisory);
}

static void compare_status(const struct au_reference *from,
			   const struct au_reference *to,
			   struct au_reference_change *out)
{
	const struct au_status *last = &to->status[to->n_status - 1];

	out->status = from->n_status != to->n_status;
	for (size_t i = 0; i < to->n_status && !out->status; i++)
		out->status = !is_same_status(&from->status[i], &to->status[i]);
	out->from = from->status[from->n_status - 1].state;
	out->to = last->state;
	out->since = last->since;
	ev_show(last->reason, out->reason, sizeof(out->reason));
}

/* Entries of a list that the other has not. */
static size_t count_only_in(const json_t *list, const json_t *other)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *entry = json_array_get(list, i);
		bool found = false;

		for (size_t k = 0; k < json_array_size(other) && !found; k++)
			found = json_equal(entry, json_array_get(other, k));
		n += !found;
	}
	return n;
}

static bool is_told_apart(const char *member)
{
	return strcmp(member, "measurements") == 0 ||
	       strcmp(member, "status") == 0;
}

/* A canonical document has its members in bytewise order, and so has what two
 * of them merge to. */
static void compare_members(json_t *from, json_t *to, char *out, size_t size)
{
	ev_auto_buffer struct ev_buffer names = { 0 };
	void *a = json_object_iter(from), *b = json_object_iter(to);

	while (a != NULL || b != NULL) {
		const char *x = a != NULL ? json_object_iter_key(a) : NULL;
		const char *y = b != NULL ? json_object_iter_key(b) : NULL;
		int order = x == NULL ? 1 : y == NULL ? -1 : strcmp(x, y);
		const char *name = order <= 0 ? x : y;

		if (!is_told_apart(name) &&
		    (order != 0 || !json_equal(json_object_iter_value(a),
					       json_object_iter_value(b))))
			ev_buffer_printf(&names, "%s%s", names.n > 0 ? "," : "",
					 name);
		if (order <= 0)
			a = json_object_iter_next(from, a);
		if (order >= 0)
			b = json_object_iter_next(to, b);
	}
	ev_show(ev_buffer_span(&names), out, size);
}

struct au_reference_change au_reference_compare(const struct au_reference *from,
						const struct au_reference *to)
{
	struct au_reference_change change = { .from_unreadable = from == NULL };
	const json_t *a, *b;

	if (from == NULL || to == NULL)
		return change;
	a = json_object_get(from->document, "measurements");
	b = json_object_get(to->document, "measurements");
	compare_status(from, to, &change);
	change.n_added = count_only_in(b, a);
	change.n_removed = count_only_in(a, b);
	compare_members(from->document, to->document, change.members,
			sizeof(change.members));
	return change;
}
