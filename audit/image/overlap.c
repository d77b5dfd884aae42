/* SPDX-License-Identifier: Apache-2.0 */
/* Overlaps: the operations sorted by address, neighbours compared. */
#include "audit/image/overlap.h"

#include <stdio.h>
#include <stdlib.h>

static int by_address(const void *left, const void *right)
{
	const struct au_operation *a =
		*(const struct au_operation *const *)left;
	const struct au_operation *b =
		*(const struct au_operation *const *)right;

	if (a->gpa != b->gpa)
		return a->gpa < b->gpa ? -1 : 1;
	return (a > b) - (a < b);
}

static enum ev_code refuse(const struct au_operation *a,
			   const struct au_operation *b, const char *object,
			   struct ev_error *err)
{
	/* In an IGVM header and in a TDVF section alike. */
	const size_t gpa_at = 8;
	const struct au_operation *later = a > b ? a : b;
	char found[EV_TEXT_MAX];

	snprintf(found, sizeof(found),
		 "0x%llx, also filled by the header at byte %llu",
		 (unsigned long long)b->gpa,
		 (unsigned long long)(later == a ? b->offset : a->offset));
	return ev_fail(err, EV_DUPLICATE, object, "gpa", later->offset + gpa_at,
		       "a page that nothing else of the platform fills", found);
}

enum ev_code au_overlap_check(const struct au_launch *launch,
			      const char *object, struct ev_error *err)
{
	const struct au_operation **sorted;
	enum ev_code code = EV_OK;
	size_t n = 0;

	if (launch->n < 2)
		return EV_OK;
	sorted = calloc(launch->n, sizeof(const struct au_operation *));
	if (sorted == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	for (size_t i = 0; i < launch->n; i++) {
		const struct au_operation *op = &launch->op[i];

		if (op->size > 0 &&
		    (op->kind == AU_PAGES || op->kind == AU_INSERT))
			sorted[n++] = op;
	}
	qsort(sorted, n, sizeof(const struct au_operation *), by_address);
	for (size_t i = 1; i < n && code == EV_OK; i++) {
		if (sorted[i]->gpa - sorted[i - 1]->gpa < sorted[i - 1]->size)
			code = refuse(sorted[i - 1], sorted[i], object, err);
	}
	free(sorted);
	return code;
}
