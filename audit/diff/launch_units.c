/* SPDX-License-Identifier: Apache-2.0 */
/* A launch, page by page. */
#include "audit/diff/launch_units.h"

#include "audit/diff/difference.h"
#include "evidence/base/error.h"

#include <stdlib.h>

/* By platform and kind: whether the digest takes such an operation. */
static const bool enters[][AU_ERROR_RANGE + 1] = {
	[AU_TDX] = { [AU_PAGES] = true, [AU_INSERT] = true },
	[AU_SNP] = { [AU_PAGES] = true, [AU_INSERT] = true, [AU_VMSA] = true },
	[AU_VBS] = { [AU_PAGES] = true,
		     [AU_INSERT] = true,
		     [AU_REGISTERS] = true,
		     [AU_ERROR_RANGE] = true },
};

bool au_operation_enters(const struct au_register *reg,
			 const struct au_operation *op)
{
	/* 2.3, as the default rule has it: PAGE.AUG is no MEM.PAGE.ADD. */
	return reg != NULL && !op->shared && enters[reg->platform][op->kind] &&
	       (!op->aug || op->measured);
}

bool au_operation_contents_enter(const struct au_register *reg,
				 const struct au_operation *op)
{
	if (!au_operation_enters(reg, op))
		return false;
	switch (op->kind) {
	case AU_PAGES:
		/* 3.4: SNP takes zeros for secrets and for CPUID pages. */
		return op->measured &&
		       (reg->platform != AU_SNP || op->type == AU_NORMAL);
	case AU_VMSA:
	case AU_REGISTERS:
		return true;
	case AU_INSERT:
	case AU_ERROR_RANGE:
	default:
		return false;
	}
}

/* Memory of the image's is compared page by page. */
static uint64_t units_of(const struct au_operation *op)
{
	return op->kind == AU_PAGES ? op->size / AU_PAGE : 1;
}

static void add(struct au_units *out, const struct au_register *reg,
		const struct au_operation *op)
{
	bool counts = au_operation_enters(reg, op);
	uint64_t n = units_of(op);

	for (uint64_t i = 0; i < n; i++) {
		out->unit[out->n++] = (struct au_unit){
			.op = op,
			.gpa = op->gpa + i * AU_PAGE,
			.page = (uint32_t)i,
			.place = (uint32_t)out->operations,
		};
		out->operations += counts;
	}
	if (counts && (op->kind == AU_INSERT || op->kind == AU_ERROR_RANGE))
		out->operations += op->size / AU_PAGE - (op->size > 0);
}

/* 3.4: the registers of VBS are taken behind all else. */
static void add_all(struct au_units *out, const struct au_launch *launch)
{
	for (int last = 0; last < 2; last++) {
		for (size_t i = 0; i < launch->n; i++) {
			if ((launch->op[i].kind == AU_REGISTERS) == (last == 1))
				add(out, launch->reg, &launch->op[i]);
		}
	}
}

int au_unit_cmp(const struct au_unit *a, const struct au_unit *b)
{
	if (a->op->kind != b->op->kind)
		return a->op->kind < b->op->kind ? -1 : 1;
	return (a->gpa > b->gpa) - (a->gpa < b->gpa);
}

static int cmp_units(const void *x, const void *y, void *context)
{
	const struct au_units *units = context;
	uint32_t i = *(const uint32_t *)x, j = *(const uint32_t *)y;
	const struct au_unit *a = &units->unit[i], *b = &units->unit[j];

	int order = au_unit_cmp(a, b);

	return order != 0 ? order : (i > j) - (i < j);
}

static void sort(struct au_units *units)
{
	bool sorted = true;

	for (size_t i = 0; i < units->n; i++) {
		units->sorted[i] = (uint32_t)i;
		sorted = sorted &&
			 (i == 0 || cmp_units(&units->sorted[i - 1],
					      &units->sorted[i], units) < 0);
	}
	if (!sorted)
		qsort_r(units->sorted, units->n, sizeof(*units->sorted),
			cmp_units, units);
}

enum ev_code au_units_of(const struct au_launch *launch, struct au_units *out,
			 struct ev_error *err)
{
	uint64_t n = 0;

	*out = (struct au_units){ 0 };
	for (size_t i = 0; i < launch->n; i++)
		n += units_of(&launch->op[i]);
	assert(n <= AU_LAUNCH_PAGES_MAX + launch->n);
	/* One more, since nothing at all is no lack of memory. */
	out->unit = calloc((size_t)n + 1, sizeof(*out->unit));
	out->sorted = calloc((size_t)n + 1, sizeof(*out->sorted));
	if (out->unit == NULL || out->sorted == NULL) {
		au_units_free(out);
		return ev_fail_trouble(err, "image differences", "memory");
	}
	add_all(out, launch);
	sort(out);
	return EV_OK;
}

void au_units_free(struct au_units *units)
{
	free(units->unit);
	free(units->sorted);
	*units = (struct au_units){ 0 };
}

bool au_unit_taken_alike(const struct au_register *reg, const struct au_unit *a,
			 const struct au_unit *b)
{
	return au_operation_enters(reg, a->op) ==
		       au_operation_enters(reg, b->op) &&
	       au_operation_contents_enter(reg, a->op) ==
		       au_operation_contents_enter(reg, b->op) &&
	       (reg == NULL || a->op->aug == b->op->aug) &&
	       (reg == NULL || reg->platform != AU_SNP ||
		a->op->type == b->op->type);
}

uint16_t au_unit_chunks(const struct au_unit *a, const struct au_unit *b)
{
	uint8_t scratch_a[AU_PAGE], scratch_b[AU_PAGE];
	const uint8_t *x = au_page_bytes(a->op, a->page, scratch_a);
	const uint8_t *y = au_page_bytes(b->op, b->page, scratch_b);
	unsigned int chunks = 0;

	if (x == y || memcmp(x, y, AU_PAGE) == 0)
		return 0;
	for (size_t i = 0; i < AU_PAGE / AU_CHUNK; i++) {
		if (memcmp(x + i * AU_CHUNK, y + i * AU_CHUNK, AU_CHUNK) != 0)
			chunks |= 1u << i;
	}
	return (uint16_t)chunks;
}
