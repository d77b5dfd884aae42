/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of a launch, laid out by address. */
#include "audit/contents/memory_runs.h"

#include "evidence/base/cleanup.h"

static const char object[] = "memory";

/* By address, then in the loader's order: pointers into one array. */
static int order_of_operations(const void *x, const void *y)
{
	const struct au_operation *a = *(const struct au_operation *const *)x;
	const struct au_operation *b = *(const struct au_operation *const *)y;
	int order = (a->gpa > b->gpa) - (a->gpa < b->gpa);

	return order != 0 ? order : (a > b) - (a < b);
}

static bool has_memory(const struct au_operation *op)
{
	return op->kind != AU_REGISTERS && op->size > 0;
}

/* A page of zeros is one without data; more of them is what the host or
 * nobody fills. */
static bool has_bytes(const struct au_operation *op)
{
	return (op->kind == AU_PAGES || op->kind == AU_VMSA) &&
	       (op->data.n > 0 || op->size <= AU_PAGE);
}

static bool goes_on(const struct au_memory_run *run,
		    const struct au_operation *op)
{
	return has_bytes(run->op) && has_bytes(op) &&
	       op->gpa == run->gpa + run->size && op->kind == run->op->kind &&
	       op->kind == AU_PAGES && op->type == run->op->type &&
	       op->measured == run->op->measured &&
	       op->shared == run->op->shared && op->name == NULL &&
	       run->op->name == NULL;
}

static size_t sort(const struct au_launch *launch,
		   const struct au_operation **sorted)
{
	size_t n = 0;

	for (size_t i = 0; i < launch->n; i++)
		if (has_memory(&launch->op[i]))
			sorted[n++] = &launch->op[i];
	qsort(sorted, n, sizeof(*sorted), order_of_operations);
	return n;
}

/* Bytes of all operations that have some; UINT64_MAX: more than the limit. */
static uint64_t total(const struct au_operation **sorted, size_t n)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n; i++) {
		if (!has_bytes(sorted[i]))
			continue;
		if (sorted[i]->size > AU_LAID_OUT_MAX - sum)
			return UINT64_MAX;
		sum += sorted[i]->size;
	}
	return sum;
}

static void lay_out(const struct au_operation **sorted, size_t n,
		    struct au_memory_runs *out)
{
	uint64_t at = 0;

	for (size_t i = 0; i < n; i++) {
		const struct au_operation *op = sorted[i];
		struct au_memory_run *run =
			out->n > 0 ? &out->item[out->n - 1] : NULL;

		if (run == NULL || !goes_on(run, op)) {
			run = &out->item[out->n++];
			*run = (struct au_memory_run){ .op = op,
						       .gpa = op->gpa };
			run->bytes.p = out->memory + at;
		}
		run->size += op->size;
		if (!has_bytes(op))
			continue;
		if (op->data.n > 0)
			memcpy(out->memory + at, op->data.p,
			       op->data.n < op->size ? op->data.n
						     : (size_t)op->size);
		run->bytes.n += (size_t)op->size;
		at += op->size;
	}
}

enum ev_code au_memory_runs_of(const struct au_launch *launch,
			       struct au_memory_runs *out, struct ev_error *err)
{
	ev_auto_free const struct au_operation **sorted =
		calloc(launch->n + 1, sizeof(*sorted));
	uint64_t size;
	size_t n;

	*out = (struct au_memory_runs){ 0 };
	if (sorted == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	n = sort(launch, sorted);
	size = total(sorted, n);
	if (size == UINT64_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "size", 0,
				   AU_LAID_OUT_MAX, AU_LAID_OUT_MAX + 1);
	out->item = calloc(n + 1, sizeof(*out->item));
	/* Zeroed by the system, page by page as it is touched. */
	out->memory = calloc(1, (size_t)size + 1);
	if (out->item == NULL || out->memory == NULL) {
		au_memory_runs_free(out);
		return ev_fail_trouble(err, object, "out of memory");
	}
	lay_out(sorted, n, out);
	return EV_OK;
}

void au_memory_runs_free(struct au_memory_runs *runs)
{
	free(runs->item);
	free(runs->memory);
	*runs = (struct au_memory_runs){ 0 };
}
