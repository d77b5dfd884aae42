/* SPDX-License-Identifier: Apache-2.0 */
/* Two launches: aligned, compared page by page. */
#include "audit/diff/launch_diff.h"

#include "audit/diff/launch_first.h"
#include "audit/diff/launch_order.h"
#include "audit/diff/register_diff.h"

#include <stdlib.h>

/* Units that both launches have and that their digests take: number of each in
 * the order of a's digest, and its number in b's. */
struct pairs {
	uint32_t *in_b; /* owned, by number in a; UINT32_MAX: none */
	bool *moved;	/* owned */
};

struct comparing {
	const struct au_register *reg;
	struct au_units a, b;
	struct pairs pairs;
	struct au_differences *out;
	struct ev_crypto *crypto;
	struct ev_error *err;
};

static bool contents_enter(const struct comparing *c, const struct au_unit *u)
{
	return au_operation_contents_enter(c->reg, u->op);
}

static bool same_name(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

static bool flags_alike(const struct au_operation *a,
			const struct au_operation *b)
{
	return a->shared == b->shared && a->type == b->type &&
	       a->measured == b->measured && a->aug == b->aug &&
	       same_name(a->name, b->name);
}

static struct au_difference base_of(const struct au_unit *a,
				    const struct au_unit *b, size_t occurrence)
{
	const struct au_unit *u = a != NULL ? a : b;
	struct au_difference d = {
		.gpa = u->gpa,
		.size = u->op->kind == AU_PAGES ? AU_PAGE : u->op->size,
		.occurrence = (uint32_t)occurrence,
	};

	if (a != NULL) {
		d.a = a->op;
		d.page_a = a->page;
		d.place_a = a->place;
	}
	if (b != NULL) {
		d.b = b->op;
		d.page_b = b->page;
		d.place_b = b->place;
	}
	return d;
}

/* Whether d is the next page of the sections that last is about: a section of
 * four gigabytes is a line of a file.  Data are told page by page. */
static bool continues(const struct au_difference *last,
		      const struct au_difference *d)
{
	uint64_t n = last->size / AU_PAGE;

	return last->class == d->class && d->class != AU_DIFF_DATA &&
	       last->measured == d->measured && last->a == d->a &&
	       last->b == d->b && au_difference_op(d) != NULL &&
	       au_difference_op(d)->kind == AU_PAGES &&
	       last->gpa + last->size == d->gpa &&
	       (d->a == NULL || last->page_a + n == d->page_a) &&
	       (d->b == NULL || last->page_b + n == d->page_b);
}

static enum ev_code add(struct comparing *c, struct au_difference d,
			enum au_difference_class class, bool measured)
{
	struct au_differences *out = c->out;

	d.class = class;
	d.measured = measured;
	if (out->n > 0 && continues(&out->item[out->n - 1], &d)) {
		out->item[out->n - 1].size += AU_PAGE;
		return EV_OK;
	}
	return au_differences_add(out, &d, c->err);
}

static enum ev_code compare_page(struct comparing *c, const struct au_unit *a,
				 const struct au_unit *b,
				 struct au_difference d)
{
	/* Told once of a section (2.3: some loaders take what follows). */
	bool beyond = a->page == 0 && b->page == 0 &&
		      !ev_span_eq(a->op->beyond, b->op->beyond);
	bool taken = !au_unit_taken_alike(c->reg, a, b) ||
		     (beyond && contents_enter(c, a));

	if ((beyond || !flags_alike(a->op, b->op)) &&
	    add(c, d, AU_DIFF_FLAGS, taken) != EV_OK)
		return c->err->code;
	d.chunks = au_unit_chunks(a, b);
	if (d.chunks == 0)
		return EV_OK;
	return add(c, d, AU_DIFF_DATA,
		   contents_enter(c, a) || contents_enter(c, b));
}

/* Memory that the host fills: its size, and what the image has there before,
 * which no digest takes. */
static enum ev_code compare_area(struct comparing *c, const struct au_unit *a,
				 const struct au_unit *b,
				 struct au_difference d)
{
	uint64_t n = a->op->size < b->op->size ? a->op->size : b->op->size;
	struct au_unit x = *a, y = *b;

	if (a->op->size != b->op->size &&
	    add(c, d, AU_DIFF_PARAMETER_AREA,
		au_operation_enters(c->reg, a->op)) != EV_OK)
		return c->err->code;
	if (a->op->data.n == 0 && b->op->data.n == 0)
		return EV_OK;
	for (uint64_t i = 0; i < n / AU_PAGE; i++) {
		x.page = y.page = d.page_a = d.page_b = (uint32_t)i;
		d.gpa = a->gpa + i * AU_PAGE;
		d.size = AU_PAGE;
		d.chunks = au_unit_chunks(&x, &y);
		if (d.chunks != 0 && add(c, d, AU_DIFF_DATA, false) != EV_OK)
			return c->err->code;
	}
	return EV_OK;
}

static enum ev_code compare_pair(struct comparing *c, const struct au_unit *a,
				 const struct au_unit *b, size_t occurrence)
{
	struct au_difference d = base_of(a, b, occurrence);

	switch (a->op->kind) {
	case AU_PAGES:
		return compare_page(c, a, b, d);
	case AU_INSERT:
	case AU_ERROR_RANGE:
		return compare_area(c, a, b, d);
	case AU_VMSA:
		d.measured = au_operation_enters(c->reg, a->op);
		return au_register_diff_vmsa(&d, c->out, c->err);
	case AU_REGISTERS:
	default:
		d.measured = au_operation_enters(c->reg, a->op);
		return au_register_diff_list(&d, c->out, c->err);
	}
}

static enum ev_code only(struct comparing *c, const struct au_unit *a,
			 const struct au_unit *b, size_t occurrence)
{
	const struct au_unit *u = a != NULL ? a : b;

	/* Pages of PAGE.AUG are added by some loaders (2.3), so that they may
	 * explain a digest that the default rule does not give. */
	return add(c, base_of(a, b, occurrence),
		   a != NULL ? AU_DIFF_ONLY_A : AU_DIFF_ONLY_B,
		   au_operation_enters(c->reg, u->op) ||
			   (c->reg != NULL && u->op->aug));
}

/* The heads of both sorted lists: i-th of a, j-th of b. */
static enum ev_code step(struct comparing *c, size_t *i, size_t *j,
			 size_t occurrence)
{
	const struct au_unit *a = NULL, *b = NULL;
	int order;

	if (*i < c->a.n)
		a = &c->a.unit[c->a.sorted[*i]];
	if (*j < c->b.n)
		b = &c->b.unit[c->b.sorted[*j]];
	order = a == NULL ? 1 : b == NULL ? -1 : au_unit_cmp(a, b);
	*i += order <= 0;
	*j += order >= 0;
	if (order < 0)
		return only(c, a, NULL, occurrence);
	if (order > 0)
		return only(c, NULL, b, occurrence);
	if (au_operation_enters(c->reg, a->op) &&
	    au_operation_enters(c->reg, b->op))
		c->pairs.in_b[c->a.sorted[*i - 1]] = c->b.sorted[*j - 1];
	return compare_pair(c, a, b, occurrence);
}

/* Whether the two heads are about another address than those before. */
static bool is_new(const struct comparing *c, size_t i, size_t j,
		   const struct au_unit *before)
{
	const struct au_unit *a =
		i < c->a.n ? &c->a.unit[c->a.sorted[i]] : NULL;
	const struct au_unit *b =
		j < c->b.n ? &c->b.unit[c->b.sorted[j]] : NULL;

	return before == NULL || ((a == NULL || au_unit_cmp(a, before) != 0) &&
				  (b == NULL || au_unit_cmp(b, before) != 0));
}

static enum ev_code align(struct comparing *c)
{
	const struct au_unit *before = NULL;
	size_t i = 0, j = 0, occurrence = 0;

	while (i < c->a.n || j < c->b.n) {
		size_t was_i = i;

		occurrence = is_new(c, i, j, before) ? 0 : occurrence + 1;
		if (step(c, &i, &j, occurrence) != EV_OK)
			return c->err->code;
		before = i > was_i ? &c->a.unit[c->a.sorted[i - 1]]
				   : &c->b.unit[c->b.sorted[j - 1]];
	}
	return EV_OK;
}

/* place and which: room for all units of a. */
static enum ev_code add_moved(struct comparing *c, uint32_t *place,
			      uint32_t *which)
{
	size_t n = 0;

	for (uint32_t i = 0; i < c->a.n; i++) {
		if (c->pairs.in_b[i] == UINT32_MAX)
			continue;
		which[n] = i;
		place[n++] = c->pairs.in_b[i];
	}
	if (au_order_moved(place, n, c->pairs.moved, c->err) != EV_OK)
		return c->err->code;
	for (size_t k = 0; k < n; k++) {
		if (c->pairs.moved[k] &&
		    add(c,
			base_of(&c->a.unit[which[k]], &c->b.unit[place[k]], 0),
			AU_DIFF_ORDER, true) != EV_OK)
			return c->err->code;
	}
	return EV_OK;
}

static enum ev_code compare_order(struct comparing *c)
{
	uint32_t *room = calloc(2 * c->a.n + 1, sizeof(*room));
	enum ev_code code;

	if (room == NULL)
		return ev_fail_trouble(c->err, "image differences", "memory");
	code = add_moved(c, room, room + c->a.n);
	free(room);
	return code;
}

static enum ev_code add_word(struct comparing *c, const char *word,
			     struct ev_span a, struct ev_span b)
{
	const struct au_difference d = {
		.word = word,
		.says_a = a,
		.says_b = b,
	};

	if (ev_span_eq(a, b))
		return EV_OK;
	return add(c, d, AU_DIFF_POLICY, false);
}

static struct ev_span policy_of(const struct au_launch *launch)
{
	if (!launch->policy.present)
		return (struct ev_span){ NULL, 0 };
	return ev_span_of(&launch->policy.value, sizeof(launch->policy.value));
}

static enum ev_code compare_words(struct comparing *c,
				  const struct au_launch *a,
				  const struct au_launch *b)
{
	const struct {
		const char *word;
		struct ev_span a, b;
	} words[] = {
		{ "guest policy", policy_of(a), policy_of(b) },
		{ "SNP ID block", a->id_block, b->id_block },
		{ "CoRIM document", a->corim, b->corim },
		{ "CoRIM signature", a->corim_signature, b->corim_signature },
		{ "VBS measurement", a->vbs_measurement, b->vbs_measurement },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (add_word(c, words[i].word, words[i].a, words[i].b) != EV_OK)
			return c->err->code;
	}
	return EV_OK;
}

static enum ev_code compare_digests(struct comparing *c,
				    struct au_launch_diff *out)
{
	uint64_t same;

	if (c->reg == NULL)
		return EV_OK;
	if (au_checkpoints_of(out->a, &c->a, c->crypto, &out->checkpoints_a,
			      c->err) != EV_OK ||
	    au_checkpoints_of(out->b, &c->b, c->crypto, &out->checkpoints_b,
			      c->err) != EV_OK)
		return c->err->code;
	same = au_checkpoints_same(&out->checkpoints_a, &out->checkpoints_b);
	out->has_first =
		au_launch_first(c->reg, &c->a, &c->b, same, &out->first);
	return EV_OK;
}

static enum ev_code compare(struct comparing *c, struct au_launch_diff *out)
{
	c->pairs.in_b = calloc(c->a.n + 1, sizeof(*c->pairs.in_b));
	c->pairs.moved = calloc(c->a.n + 1, sizeof(*c->pairs.moved));
	if (c->pairs.in_b == NULL || c->pairs.moved == NULL)
		return ev_fail_trouble(c->err, "image differences", "memory");
	memset(c->pairs.in_b, 0xff, c->a.n * sizeof(*c->pairs.in_b));
	if (align(c) != EV_OK || compare_order(c) != EV_OK ||
	    compare_words(c, out->a, out->b) != EV_OK)
		return c->err->code;
	return compare_digests(c, out);
}

enum ev_code au_launch_diff(const struct au_launch *a,
			    const struct au_launch *b, struct ev_crypto *crypto,
			    struct au_launch_diff *out, struct ev_error *err)
{
	struct comparing c = { .reg = a->reg,
			       .out = &out->differences,
			       .crypto = crypto,
			       .err = err };
	enum ev_code code;

	*out = (struct au_launch_diff){ .a = a, .b = b };
	code = au_units_of(a, &c.a, err);
	if (code == EV_OK)
		code = au_units_of(b, &c.b, err);
	if (code == EV_OK)
		code = compare(&c, out);
	out->operations_a = c.a.operations;
	out->operations_b = c.b.operations;
	au_units_free(&c.a);
	au_units_free(&c.b);
	free(c.pairs.in_b);
	free(c.pairs.moved);
	if (code != EV_OK)
		au_launch_diff_free(out);
	return code;
}

void au_launch_diff_free(struct au_launch_diff *diff)
{
	au_differences_free(&diff->differences);
	au_checkpoints_free(&diff->checkpoints_a);
	au_checkpoints_free(&diff->checkpoints_b);
	*diff = (struct au_launch_diff){ 0 };
}
