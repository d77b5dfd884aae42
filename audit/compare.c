/* SPDX-License-Identifier: Apache-2.0 */
/* One launch measurement against the references, as of a time. */
#include "audit/compare.h"

#include <stdio.h>

/* A product's or version's name and a byte behind it. */
#define AU_NAME_TEXT 65

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

/* A reference with the value. */
struct hit {
	const struct au_listed *listed; /* NULL: none */
	const struct au_measurement *entry;
	const struct au_status *status;
};

/* What one walk over the references found. */
struct found {
	struct au_comparison result;
	struct hit best;	       /* among those asked for */
	struct hit unvouched;	       /* the same, with an objection */
	char objection[260];	       /* to it */
	struct hit outside;	       /* among the others */
	const struct au_listed *asked; /* of that product, other value */
	const struct au_status *asked_status;
	size_t n_asked;
	const struct au_listed *later; /* has the value, after T */
};

/* The worst state first, then the default, then the order of paths. */
static void keep_better(const struct hit *new, struct hit *kept)
{
	bool better;

	if (kept->listed == NULL)
		better = true;
	else if (new->status->state != kept->status->state)
		better = new->status->state > kept->status->state;
	else
		better = new->entry->is_default && !kept->entry->is_default;
	if (better)
		*kept = *new;
}

/* Bad news needs nobody who vouches for it. */
static void keep_vouched(const struct hit *hit, const struct au_question *q,
			 struct found *f)
{
	const char *objection = NULL;

	if (q->objector != NULL && hit->status->state == AU_GOOD)
		objection = q->objector->objection(q->objector->state,
						   hit->listed, q->at);
	if (objection == NULL) {
		keep_better(hit, &f->best);
	} else if (f->unvouched.listed == NULL) {
		f->unvouched = *hit;
		/* The next one may be told in the same place. */
		snprintf(f->objection, sizeof(f->objection), "%s", objection);
	}
}

static void look_at(const struct au_listed *listed, const struct au_question *q,
		    struct found *f)
{
	const struct au_reference *ref = &listed->reference;
	const struct hit hit = { .listed = listed,
				 .entry = find_value(ref, q),
				 .status = au_reference_status(ref, q->at) };

	if (!is_asked_for(ref, q)) {
		if (hit.entry != NULL && hit.status != NULL)
			keep_better(&hit, &f->outside);
		return;
	}
	if (hit.status == NULL) {
		f->result.n_later++;
		if (hit.entry != NULL && f->later == NULL)
			f->later = listed;
		return;
	}
	f->result.n_considered++;
	if (hit.entry != NULL)
		keep_vouched(&hit, q, f);
	if (q->product.n > 0 && has_register(ref, q)) {
		if (f->n_asked++ == 0) {
			f->asked = listed;
			f->asked_status = hit.status;
		}
	}
}

static bool is_bad(const struct hit *hit)
{
	return hit->listed != NULL && hit->status->state != AU_GOOD;
}

/* Not good, and what was asked for has no state as bad. */
static bool is_worse(const struct hit *outside, const struct hit *best)
{
	return is_bad(outside) &&
	       (best->listed == NULL ||
		outside->status->state > best->status->state);
}

/* "PRODUCT VERSION" */
static const char *name_of(const struct au_listed *listed,
			   char out[2 * AU_NAME_TEXT])
{
	const struct au_reference *ref = &listed->reference;

	snprintf(out, 2 * AU_NAME_TEXT, "%.*s %.*s", (int)ref->product.n,
		 (const char *)ref->product.p, (int)ref->version.n,
		 (const char *)ref->version.p);
	return out;
}

static void decide(const struct hit *hit, enum au_result result,
		   struct au_comparison *c)
{
	c->result = result;
	c->listed = hit->listed;
	c->entry = hit->entry;
	c->status = hit->status;
}

/* What was not asked for and is not good: another name for the same bytes. */
static void say_bad_outside(struct found *f)
{
	struct au_comparison *c = &f->result;
	char bad[2 * AU_NAME_TEXT], good[2 * AU_NAME_TEXT];
	const char *state = au_state_name(f->outside.status->state);

	decide(&f->outside, AU_DIFFERS_EXPLAINED, c);
	name_of(f->outside.listed, bad);
	if (f->best.listed != NULL)
		snprintf(c->reason, sizeof(c->reason),
			 "%s has this value, but so has %s, which is %s",
			 name_of(f->best.listed, good), bad, state);
	else
		snprintf(c->reason, sizeof(c->reason),
			 "%s has this value, which was not asked for and is %s",
			 bad, state);
}

/* What became of a reference after T. */
static const struct au_status *fall_of(const struct au_reference *ref,
				       const struct au_status *in_force)
{
	const struct au_status *end = ref->status + ref->n_status;

	for (const struct au_status *s = in_force + 1; s < end; s++) {
		if (s->state != AU_GOOD)
			return s;
	}
	return NULL;
}

/* The value is in a reference that was asked for. */
static void say_found(struct found *f)
{
	struct au_comparison *c = &f->result;
	char name[2 * AU_NAME_TEXT];

	name_of(f->best.listed, name);
	if (is_bad(&f->best)) {
		decide(&f->best, AU_DIFFERS_EXPLAINED, c);
		snprintf(c->reason, sizeof(c->reason),
			 "%s has this value, but is %s", name,
			 au_state_name(c->status->state));
		return;
	}
	decide(&f->best,
	       f->best.entry->is_default ? AU_MATCH : AU_MATCH_WITH_VARIANT, c);
	c->later = fall_of(&c->listed->reference, c->status);
	snprintf(c->reason, sizeof(c->reason), "%s has this value%s%s", name,
		 c->later != NULL ? ", but was later " : "",
		 c->later != NULL ? au_state_name(c->later->state) : "");
}

/* "; it is that of ...", where a reference that was not asked for has it. */
static void add_outside(const struct found *f, struct au_comparison *c)
{
	size_t n = strlen(c->reason);
	char name[2 * AU_NAME_TEXT];

	if (f->outside.listed != NULL)
		snprintf(c->reason + n, sizeof(c->reason) - n,
			 "; it is that of %s",
			 name_of(f->outside.listed, name));
}

static void say_differs(struct found *f)
{
	struct au_comparison *c = &f->result;
	const struct au_reference *ref = &f->asked->reference;

	c->result = AU_DIFFERS_UNEXPLAINED;
	c->listed = f->asked;
	c->status = f->asked_status;
	snprintf(c->reason, sizeof(c->reason),
		 "%zu reference%s of %.*s, none has this value", f->n_asked,
		 f->n_asked == 1 ? "" : "s", (int)ref->product.n,
		 (const char *)ref->product.p);
	add_outside(f, c);
}

/* The value is known, but not on a word that counts. */
static void say_unvouched(struct found *f)
{
	struct au_comparison *c = &f->result;
	char name[2 * AU_NAME_TEXT];

	c->result = AU_NO_REFERENCE;
	snprintf(c->reason, sizeof(c->reason),
		 "%.129s has this value, but %.240s",
		 name_of(f->unvouched.listed, name), f->objection);
}

static void say_no_reference(struct found *f)
{
	struct au_comparison *c = &f->result;

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
	add_outside(f, c);
}

struct au_comparison au_compare(const struct au_references *refs,
				const struct au_question *question)
{
	struct found f = { 0 };

	if (question->not_comparable != NULL) {
		f.result.result = AU_NOT_COMPARABLE;
		snprintf(f.result.reason, sizeof(f.result.reason), "%s",
			 question->not_comparable);
		return f.result;
	}
	for (size_t i = 0; i < refs->n; i++)
		look_at(&refs->listed[i], question, &f);
	if (is_worse(&f.outside, &f.best))
		say_bad_outside(&f);
	else if (f.best.listed != NULL)
		say_found(&f);
	else if (f.unvouched.listed != NULL)
		say_unvouched(&f);
	else if (f.asked != NULL)
		say_differs(&f);
	else
		say_no_reference(&f);
	return f.result;
}

const struct au_listed *
au_reference_of_artifact(const struct au_references *refs,
			 const struct au_question *question,
			 const uint8_t sha256[32])
{
	for (size_t i = 0; i < refs->n; i++) {
		const struct au_reference *ref = &refs->listed[i].reference;

		if (is_asked_for(ref, question) &&
		    has_register(ref, question) &&
		    au_reference_status(ref, question->at) != NULL &&
		    memcmp(ref->artifact_sha256, sha256, 32) == 0)
			return &refs->listed[i];
	}
	return NULL;
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
