/* SPDX-License-Identifier: Apache-2.0 */
/* The first operation that two digests take differently. */
#include "audit/diff/launch_first.h"

/* Whether the digests take the same of both: all but the address. */
static bool taken_alike(const struct au_register *reg, const struct au_unit *a,
			const struct au_unit *b)
{
	if (au_unit_cmp(a, b) != 0 || !au_unit_taken_alike(reg, a, b))
		return false;
	if (a->op->kind == AU_REGISTERS)
		return ev_span_eq(a->op->data, b->op->data);
	if (a->op->kind != AU_PAGES && a->op->size != b->op->size)
		return false;
	return !au_operation_contents_enter(reg, a->op) ||
	       au_unit_chunks(a, b) == 0;
}

static size_t next_taken(const struct au_register *reg,
			 const struct au_units *units, size_t i)
{
	while (i < units->n && !au_operation_enters(reg, units->unit[i].op))
		i++;
	return i;
}

/* The unit that an operation is of; memory that the host fills is many. */
static size_t find(const struct au_units *units, uint64_t operation)
{
	size_t low = 0, high = units->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (units->unit[middle].place < operation)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0 && (low == units->n || units->unit[low].place > operation))
		low--;
	return low;
}

bool au_launch_first(const struct au_register *reg, const struct au_units *a,
		     const struct au_units *b, uint64_t same,
		     struct au_launch_first *out)
{
	size_t i = next_taken(reg, a, find(a, same));
	size_t j = next_taken(reg, b, find(b, same));
	const struct au_unit *u;

	while (i < a->n && j < b->n &&
	       taken_alike(reg, &a->unit[i], &b->unit[j])) {
		i = next_taken(reg, a, i + 1);
		j = next_taken(reg, b, j + 1);
	}
	if (i == a->n && j == b->n)
		return false;
	u = i < a->n ? &a->unit[i] : &b->unit[j];
	*out = (struct au_launch_first){ u->place, u->gpa };
	return true;
}
