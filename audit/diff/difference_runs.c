/* SPDX-License-Identifier: Apache-2.0 */
/* Runs of differences. */
#include "audit/diff/difference_runs.h"

#include <stdlib.h>

/* Only pages have neighbours. */
static bool is_page(const struct au_difference *d)
{
	const struct au_operation *op = au_difference_op(d);

	return op != NULL && d->class != AU_DIFF_ORDER &&
	       d->class != AU_DIFF_PARAMETER_AREA &&
	       (op->kind == AU_PAGES || d->class == AU_DIFF_DATA);
}

static bool same_flags(const struct au_operation *x,
		       const struct au_operation *y)
{
	if (x == NULL || y == NULL)
		return x == y;
	return x->kind == y->kind && x->shared == y->shared &&
	       x->measured == y->measured && x->type == y->type &&
	       x->aug == y->aug && x->name == y->name;
}

static bool continues(const struct au_run *run,
		      const struct au_image_difference *next,
		      const char *component)
{
	const struct au_difference *x = run->first->d, *y = next->d;

	return x->class == y->class && is_page(x) && is_page(y) &&
	       run->first->platforms == next->platforms &&
	       x->measured == y->measured && run->gpa + run->size == y->gpa &&
	       same_flags(x->a, y->a) && same_flags(x->b, y->b) &&
	       strcmp(run->component, component) == 0;
}

enum ev_code au_runs_of(const struct au_image_diff *diff, struct au_runs *out,
			struct ev_error *err)
{
	struct au_run *run = NULL;

	*out = (struct au_runs){ NULL, 0 };
	out->run = calloc(diff->n + 1, sizeof(*out->run));
	if (out->run == NULL)
		return ev_fail_trouble(err, "image differences", "memory");
	for (size_t i = 0; i < diff->n; i++) {
		const struct au_image_difference *item = &diff->item[i];
		const char *component =
			au_image_difference_component(diff, item);

		if (run == NULL || !continues(run, item, component)) {
			run = &out->run[out->n++];
			*run = (struct au_run){ .first = item,
						.gpa = item->d->gpa,
						.component = component };
		}
		run->n++;
		run->size += item->d->size;
		run->chunks +=
			(unsigned int)__builtin_popcount(item->d->chunks);
	}
	return EV_OK;
}

void au_runs_free(struct au_runs *runs)
{
	free(runs->run);
	*runs = (struct au_runs){ NULL, 0 };
}
