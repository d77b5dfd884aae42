/* SPDX-License-Identifier: Apache-2.0 */
/* Digests of beginnings of launches. */
#include "audit/diff/checkpoints.h"

#include "audit/image/measuring.h"

#include <stdlib.h>

struct taking {
	struct au_measuring state;
	struct au_checkpoints *out;
	uint64_t operations;
};

/* The digest so far, without the registers of VBS. */
static bool keep(struct taking *t)
{
	uint8_t *value = t->out->value[t->out->n];
	struct au_measuring copy;
	bool done;

	if (++t->operations % AU_CHECKPOINT_EVERY != 0)
		return true;
	t->out->n++;
	if (t->state.stream == NULL) {
		memcpy(value, t->state.value, AU_VALUE_MAX);
		return true;
	}
	if (!au_measuring_copy(&t->state, &copy))
		return false;
	done = au_measuring_finish(&copy, value);
	au_measuring_free(&copy);
	return done;
}

/* One page of an operation, as if it stood alone. */
static bool take_page(struct taking *t, const struct au_operation *op,
		      uint64_t page)
{
	const struct au_rule rule = { .aug_skips = true };
	struct au_operation one = *op;
	size_t at = (size_t)(page * AU_PAGE);

	one.gpa = op->gpa + at;
	one.size = AU_PAGE;
	one.data = (struct ev_span){ NULL, 0 };
	if (at < op->data.n)
		one.data = ev_span_sub(
			op->data, at,
			op->data.n - at < AU_PAGE ? op->data.n - at : AU_PAGE);
	return au_measuring_add(&t->state, &one, &rule) && keep(t);
}

static bool take(struct taking *t, const struct au_unit *u)
{
	uint64_t n = u->op->size / AU_PAGE;

	if (!au_operation_enters(t->state.launch->reg, u->op) ||
	    u->op->kind == AU_REGISTERS)
		return true;
	if (u->op->kind == AU_PAGES || u->op->kind == AU_VMSA)
		return take_page(t, u->op, u->page);
	for (uint64_t i = 0; i < n; i++) {
		if (!take_page(t, u->op, i))
			return false;
	}
	return true;
}

static bool take_all(struct taking *t, const struct au_units *units)
{
	for (size_t i = 0; i < units->n; i++) {
		if (!take(t, &units->unit[i]))
			return false;
	}
	return au_measuring_finish(&t->state, t->out->last);
}

enum ev_code au_checkpoints_of(const struct au_launch *launch,
			       const struct au_units *units,
			       struct ev_crypto *crypto,
			       struct au_checkpoints *out, struct ev_error *err)
{
	struct taking t = { .out = out };
	bool done;

	*out = (struct au_checkpoints){ .n = 0 };
	out->value =
		calloc((size_t)(units->operations / AU_CHECKPOINT_EVERY) + 1,
		       sizeof(*out->value));
	if (out->value == NULL ||
	    !au_measuring_begin(launch, crypto, &t.state)) {
		au_checkpoints_free(out);
		return ev_fail_trouble(err, "launch digest", "memory");
	}
	done = take_all(&t, units);
	au_measuring_free(&t.state);
	if (done)
		return EV_OK;
	au_checkpoints_free(out);
	return ev_fail_trouble(err, "launch digest", "libcrypto");
}

void au_checkpoints_free(struct au_checkpoints *list)
{
	free(list->value);
	*list = (struct au_checkpoints){ .n = 0 };
}

uint64_t au_checkpoints_same(const struct au_checkpoints *a,
			     const struct au_checkpoints *b)
{
	size_t low = 0, high = a->n < b->n ? a->n : b->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(a->value[middle], b->value[middle], AU_VALUE_MAX) ==
		    0)
			low = middle + 1;
		else
			high = middle;
	}
	return low * AU_CHECKPOINT_EVERY;
}
