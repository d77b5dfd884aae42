/* SPDX-License-Identifier: Apache-2.0 */
/* Launches: operations in order, counted against a limit. */
#include "audit/image/launch.h"

#include <stdio.h>
#include <stdlib.h>

static const char object[] = "launch";

static const char *const kinds[] = {
	[AU_PAGES] = "pages",
	[AU_INSERT] = "parameter area",
	[AU_VMSA] = "VMSA",
	[AU_REGISTERS] = "registers",
	[AU_ERROR_RANGE] = "error range",
};

const char *au_operation_kind_name(enum au_operation_kind kind)
{
	return kinds[kind];
}

/* Room for one more: the list doubles where its count is a power of two. */
static bool grow(struct au_launch *launch)
{
	struct au_operation *more;
	size_t bytes, n = launch->n > 0 ? launch->n : 1;

	if ((launch->n & (launch->n - 1)) != 0)
		return true;
	if (__builtin_mul_overflow(2 * n, sizeof(*more), &bytes))
		return false;
	more = realloc(launch->op, bytes);
	if (more == NULL)
		return false;
	launch->op = more;
	return true;
}

/* Many headers may name one long list of registers, or no memory at all. */
static uint64_t cost(const struct au_operation *op)
{
	uint64_t n = op->kind == AU_REGISTERS ? op->data.n / AU_REGISTER
					      : op->size / AU_PAGE;

	return n > 0 ? n : 1;
}

enum ev_code au_launch_add(struct au_launch *launch,
			   const struct au_operation *op, struct ev_error *err)
{
	uint64_t pages = cost(op);
	char want[64], found[64];

	if (pages > AU_LAUNCH_PAGES_MAX - launch->pages) {
		snprintf(want, sizeof(want), "at most %llu",
			 (unsigned long long)AU_LAUNCH_PAGES_MAX);
		snprintf(found, sizeof(found), "%llu and %llu more",
			 (unsigned long long)launch->pages,
			 (unsigned long long)pages);
		return ev_fail(err, EV_LIMIT, object, "pages", op->offset, want,
			       found);
	}
	if (!grow(launch))
		return ev_fail_trouble(err, object, "out of memory");
	launch->op[launch->n++] = *op;
	launch->pages += pages;
	return EV_OK;
}

void au_launch_free(struct au_launch *launch)
{
	free(launch->op);
	*launch = (struct au_launch){ 0 };
}

void au_operation_page(const struct au_operation *op, uint64_t i,
		       uint8_t page[AU_PAGE])
{
	uint64_t at = i * AU_PAGE;
	size_t n = 0;

	assert(at < op->size);
	if (at < op->data.n)
		n = op->data.n - at < AU_PAGE ? op->data.n - (size_t)at
					      : AU_PAGE;
	if (n > 0)
		memcpy(page, op->data.p + at, n);
	memset(page + n, 0, AU_PAGE - n);
}
