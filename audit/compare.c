/* SPDX-License-Identifier: Apache-2.0 */
/* One launch measurement against the references, as of a time. */
#include "audit/compare.h"

#include <stdio.h>

const char *au_result_name(enum au_result result)
{
	static const char *const names[] = {
		[AU_MATCH] = "match",
		[AU_MATCH_WITH_VARIANT] = "match-with-variant",
		[AU_DIFFERS_EXPLAINED] = "differs-explained",
		[AU_DIFFERS_UNEXPLAINED] = "differs-unexplained",
		[AU_NOT_COMPARABLE] = "not-comparable",
		[AU_NO_REFERENCE] = "no-reference",
	};

	return names[result];
}

static bool is_asked_for(const struct au_reference *ref,
			 const struct au_question *q)
{
	return (q->product.n == 0 || ev_span_eq(ref->product, q->product)) &&
	       (q->version.n == 0 || ev_span_eq(ref->version, q->version));
}

static bool is_register(const struct au_measurement *m,
			const struct au_question *q)
{
	return m->reg != NULL && m->reg->platform == q->platform &&
	       ev_span_eq(q->reg, ev_span_str(m->reg->name));
}

/* The entry with the value, the default one first; NULL: none. */
static const struct au_measurement *find_value(const struct au_reference *ref,
					       const struct au_question *q)
{
	for (size_t i = 0; i < ref->n_measurements; i++) {
		const struct au_measurement *m = &ref->measurement[i];

		/* The first entry of a register is its default. */
		if (is_register(m, q) &&
		    ev_span_eq(q->value, ev_span_of(m->value, m->reg->size)))
			return m;
	}
	return NULL;
}

static bool has_register(const struct au_reference *ref,
			 const struct au_question *q)
{
	for (size_t i = 0; i < ref->n_measurements; i++) {
		if (is_register(&ref->measurement[i], q))
			return true;
	}
	return false;
}

/* What one walk over the references found. */
struct found {
	struct au_comparison best;     /* entry != NULL: the value is there */
	const struct au_listed *asked; /* of that product, other value */
	const struct au_status *asked_status;
	size_t n_asked;
	const struct au_listed *later; /* has the value, after T */
	const struct au_listed *other; /* has it, not asked for */
};

static bool is_better(const struct au_measurement *m,
		      const struct au_status *status,
		      const struct au_comparison *best)
{
	if (best->entry == NULL)
		return true;
	if (status->state != best->status->state)
		return status->state > best->status->state;
	return m->is_default && !best->entry->is_default;
}

static void look_at(const struct au_listed *listed, const struct au_question *q,
		    struct found *f)
{
	const struct au_reference *ref = &listed->reference;
	const struct au_status *status = au_reference_status(ref, q->at);
	const struct au_measurement *m = find_value(ref, q);

	if (!is_asked_for(ref, q)) {
		if (m != NULL && status != NULL && f->other == NULL)
			f->other = listed;
		return;
	}
	if (status == NULL) {
		f->best.n_later++;
		if (m != NULL && f->later == NULL)
			f->later = listed;
		return;
	}
	f->best.n_considered++;
	if (m != NULL && is_better(m, status, &f->best)) {
		f->best.listed = listed;
		f->best.entry = m;
		f->best.status = status;
	}
	if (q->product.n > 0 && has_register(ref, q)) {
		if (f->n_asked++ == 0) {
			f->asked = listed;
			f->asked_status = status;
		}
	}
}

/* The value is in a reference, good or not. */
static void say_found(struct au_comparison *c)
{
	const struct au_reference *ref = &c->listed->reference;
	bool good = c->status->state == AU_GOOD;

	if (!good)
		c->result = AU_DIFFERS_EXPLAINED;
	else
		c->result =
			c->entry->is_default ? AU_MATCH : AU_MATCH_WITH_VARIANT;
	snprintf(c->reason, sizeof(c->reason), "%.*s %.*s has this value%s%s",
		 (int)ref->product.n, (const char *)ref->product.p,
		 (int)ref->version.n, (const char *)ref->version.p,
		 good ? "" : ", but is ",
		 good ? "" : au_state_name(c->status->state));
}

static void say_differs(const struct found *f, struct au_comparison *c)
{
	const struct au_reference *ref = &f->asked->reference;

	c->result = AU_DIFFERS_UNEXPLAINED;
	c->listed = f->asked;
	c->status = f->asked_status;
	snprintf(c->reason, sizeof(c->reason),
		 "%zu reference%s of %.*s, none has this value%s%s", f->n_asked,
		 f->n_asked == 1 ? "" : "s", (int)ref->product.n,
		 (const char *)ref->product.p,
		 f->other != NULL ? "; it is that of " : "",
		 f->other != NULL ? f->other->path : "");
}

static void say_no_reference(const struct found *f, struct au_comparison *c)
{
	c->result = AU_NO_REFERENCE;
	if (f->later != NULL)
		snprintf(c->reason, sizeof(c->reason),
			 "%.150s has this value, but was not known then",
			 f->later->path);
	else if (c->n_considered == 0)
		snprintf(c->reason, sizeof(c->reason),
			 "no reference was asked for and known then");
	else
		snprintf(c->reason, sizeof(c->reason),
			 c->n_considered == 1
				 ? "the %zu reference does not have this value"
				 : "none of the %zu references has this value",
			 c->n_considered);
}

struct au_comparison au_compare(const struct au_references *refs,
				const struct au_question *question)
{
	struct found f = { 0 };
	struct au_comparison *c = &f.best;

	if (question->not_comparable != NULL) {
		c->result = AU_NOT_COMPARABLE;
		snprintf(c->reason, sizeof(c->reason), "%s",
			 question->not_comparable);
		return f.best;
	}
	for (size_t i = 0; i < refs->n; i++)
		look_at(&refs->listed[i], question, &f);
	if (c->entry != NULL)
		say_found(c);
	else if (f.asked != NULL)
		say_differs(&f, c);
	else
		say_no_reference(&f, c);
	return f.best;
}

int au_result_status(enum au_result result)
{
	static const int statuses[] = {
		[AU_MATCH] = 0,
		[AU_MATCH_WITH_VARIANT] = 0,
		[AU_DIFFERS_EXPLAINED] = 1,
		[AU_DIFFERS_UNEXPLAINED] = 1,
		[AU_NOT_COMPARABLE] = 2,
		[AU_NO_REFERENCE] = 2,
	};

	return statuses[result];
}
