/* SPDX-License-Identifier: Apache-2.0 */
/* Two versions of a part, walked side by side as far as they differ. */
#include "audit/contents/contents_diff.h"

#include "audit/contents/command_page.h"
#include "audit/contents/contents.h"
#include "audit/contents/contents_walk.h"
#include "audit/contents/kernel.h"
#include "audit/contents/part_pairs.h"

#include <stdlib.h>

enum { TYPE_VOLUME = 0x0b }; /* of an FFS file */

static const unsigned int serious =
	1U << AU_FOUND_CHANGED | 1U << AU_FOUND_ONLY_A | 1U << AU_FOUND_ONLY_B |
	1U << AU_FOUND_UNREAD;

static void walk(struct au_walk *w, struct au_part *a, struct au_part *b,
		 unsigned int level);

uint64_t au_first_difference(struct ev_span a, struct ev_span b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;

	while (i < n && a.p[i] == b.p[i])
		i++;
	return i;
}

static void add_draft(struct au_walk *w, const struct au_finding_draft *draft,
		      struct ev_buffer *sentence)
{
	w->seen |= 1U << draft->found;
	au_finding_add(w->out, draft, sentence, w->err);
}

void au_walk_add(struct au_walk *w, enum au_finding_class found,
		 const struct au_part *a, const struct au_part *b, uint64_t at,
		 struct ev_buffer *sentence)
{
	struct au_finding_draft d =
		au_finding_draft_of(found, a, b, w->depth, w->where);

	d.at = at;
	add_draft(w, &d, sentence);
}

void au_walk_add_named(struct au_walk *w, enum au_finding_class found,
		       enum au_part_kind kind, const char *name,
		       uint64_t size_a, uint64_t size_b, uint64_t at,
		       struct ev_buffer *sentence)
{
	struct au_finding_draft d = { .found = found,
				      .kind = kind,
				      .depth = w->depth,
				      .where = w->where,
				      .name = name,
				      .size_a = size_a,
				      .size_b = size_b,
				      .at = at };

	add_draft(w, &d, sentence);
}

/* They only hold what stands for itself in a list, as a file that is a volume
 * does. */
static const bool only_holds[AU_PART_N] = {
	[AU_PART_FIRMWARE] = true,	 [AU_PART_VOLUME] = true,
	[AU_PART_PACKED_SECTION] = true, [AU_PART_STREAM] = true,
	[AU_PART_CPIO] = true,
};

static bool is_unit(const struct au_part *part)
{
	if (part->kind == AU_PART_VOLUME_FILE)
		return part->attributes >> 8 != TYPE_VOLUME;
	return !only_holds[part->kind];
}

/* Else nothing that was compared stands for its bytes: too deep, or empty. */
static bool holds_something(const struct au_part *a, const struct au_part *b)
{
	return a->n > 0 || b->n > 0 || a->refused.code != EV_OK ||
	       b->refused.code != EV_OK;
}

void au_walk_only(struct au_walk *w, const struct au_part *a,
		  const struct au_part *b)
{
	const struct au_part *part = a != NULL ? a : b;
	ev_auto_buffer struct ev_buffer text = { 0 };

	au_finding_subject(part, &text);
	ev_buffer_printf(&text, ", %zu bytes, only in %s", part->bytes.n,
			 a != NULL ? "A" : "B");
	au_walk_add(w, a != NULL ? AU_FOUND_ONLY_A : AU_FOUND_ONLY_B, a, b,
		    EV_NO_BYTE, &text);
}

static void add_packed(struct au_walk *w, const struct au_part *a,
		       const struct au_part *b, const char *what)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	au_finding_subject(a, &text);
	ev_buffer_printf(&text, ": %s", what);
	au_walk_add(w, AU_FOUND_PACKED, a, b, EV_NO_BYTE, &text);
}

static void add_unread(struct au_walk *w, const struct au_part *a,
		       const struct au_part *b)
{
	const struct au_part *bad = a->refused.code != EV_OK ? a : b;
	ev_auto_buffer struct ev_buffer text = { 0 };
	char why[512];

	ev_error_format(&bad->refused, why, sizeof(why));
	au_finding_subject(a, &text);
	ev_buffer_printf(&text, " differs and cannot be read in %s: %s",
			 bad == a ? "A" : "B", why);
	au_walk_add(w, AU_FOUND_UNREAD, a, b,
		    au_first_difference(a->bytes, b->bytes), &text);
}

static void walk_pairs(struct au_walk *w, struct au_part *a, struct au_part *b,
		       unsigned int level)
{
	struct au_part_pairs pairs;

	if (au_part_pairs_of(a, b, &pairs, w->err) != EV_OK)
		return;
	for (size_t i = 0; i < pairs.n && w->err->code == EV_OK; i++) {
		struct au_part_pair *p = &pairs.item[i];

		if (p->a != NULL && p->b != NULL)
			walk(w, p->a, p->b, level + 1);
		else
			au_walk_only(w, p->a, p->b);
	}
	if (pairs.reordered && w->err->code == EV_OK)
		add_packed(w, a, b, "what it holds stands in another order");
	au_part_pairs_free(&pairs);
}

/* "BFV / DXEFV"; the caller puts the old one back. */
static char *deeper(const struct au_walk *w, const struct au_part *part)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_add_str(&text, w->where);
	if (text.n > 0)
		ev_buffer_add_str(&text, " / ");
	if (part->name[0] != '\0')
		ev_buffer_add_str(&text, part->name);
	else
		au_finding_subject(part, &text);
	return ev_buffer_take(&text, NULL);
}

/* A volume is laid out by itself, and what is unpacked as well. */
static uint64_t begin_of(const struct au_part *part, uint64_t holder)
{
	if (part->kind == AU_PART_VOLUME || part->unpacked != NULL)
		return 0;
	return holder + part->offset;
}

/* What is inside both, at the walk's depth. */
static void walk_inside(struct au_walk *w, struct au_part *a, struct au_part *b,
			unsigned int level)
{
	const struct au_walk before = *w;
	char *here;

	if (a->refused.code != EV_OK || b->refused.code != EV_OK) {
		add_unread(w, a, b);
		return;
	}
	here = deeper(w, a);
	if (here == NULL) {
		ev_fail_trouble(w->err, "contents", "out of memory");
		return;
	}
	w->where = here;
	w->at_a = begin_of(a, w->at_a);
	w->at_b = begin_of(b, w->at_b);
	walk_pairs(w, a, b, level);
	w->where = before.where;
	w->at_a = before.at_a;
	w->at_b = before.at_b;
	free(here);
}

/* The first byte that no part inside stands for, where all of them are alike
 * and stand at the same places of both; EV_NO_BYTE where something moved. */
static uint64_t differs_between(const struct au_part *a,
				const struct au_part *b)
{
	uint64_t at;

	if (a->bytes.n != b->bytes.n || a->n != b->n || a->unpacked != NULL ||
	    b->unpacked != NULL)
		return EV_NO_BYTE;
	for (size_t i = 0; i < a->n; i++)
		if (a->inside[i].offset != b->inside[i].offset ||
		    a->inside[i].bytes.n != b->inside[i].bytes.n)
			return EV_NO_BYTE;
	at = au_first_difference(a->bytes, b->bytes);
	return at < a->bytes.n ? at : EV_NO_BYTE;
}

static void add_between(struct au_walk *w, const struct au_part *a,
			const struct au_part *b, uint64_t at)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	au_finding_subject(a, &text);
	ev_buffer_printf(&text,
			 " differs outside of all that it holds: first at "
			 "0x%llx",
			 (unsigned long long)at);
	au_walk_add(w, AU_FOUND_CHANGED, a, b, at, &text);
}

/* A holder whose contents are all alike has them placed otherwise, unless they
 * stand where they stood. */
static void walk_holder(struct au_walk *w, struct au_part *a, struct au_part *b,
			unsigned int level)
{
	unsigned int before = w->seen;

	w->seen = 0;
	au_attributes_compare(w, a, b);
	walk_inside(w, a, b, level);
	if (w->seen == 0 && w->err->code == EV_OK) {
		uint64_t at = differs_between(a, b);

		if (at != EV_NO_BYTE)
			add_between(w, a, b, at);
		else
			add_packed(w, a, b,
				   "the same contents, placed otherwise");
	}
	w->seen |= before;
}

/* What the first serious finding behind index says, in short. */
static void add_brief(const struct au_walk *w, size_t index,
		      struct ev_buffer *text)
{
	const struct au_finding *first = NULL;
	size_t n = 0;

	for (size_t i = index + 1; i < w->out->n; i++) {
		const struct au_finding *f = &w->out->item[i];

		if (f->depth != w->depth + 1 || (serious & 1U << f->found) == 0)
			continue;
		if (first == NULL)
			first = f;
		n++;
	}
	if (first == NULL)
		return;
	ev_buffer_add_str(text, ": ");
	if (first->found != AU_FOUND_CHANGED || first->at == EV_NO_BYTE)
		ev_buffer_add_str(text, first->sentence);
	else
		ev_buffer_printf(text, "%s, first at 0x%llx", first->name,
				 (unsigned long long)first->at);
	if (n > 1)
		ev_buffer_printf(text, ", and %zu more", n - 1);
}

static void add_first(const struct au_part *a, const struct au_part *b,
		      uint64_t at, struct ev_buffer *text)
{
	ev_buffer_printf(text, ": first at 0x%llx", (unsigned long long)at);
	if (a->bytes.n != b->bytes.n)
		ev_buffer_printf(text, ", %zu bytes in A and %zu in B",
				 a->bytes.n, b->bytes.n);
}

/* The draft and sentence of a unit, from what was found inside. */
static void sum_up(const struct au_walk *w, size_t index,
		   const struct au_part *a, const struct au_part *b,
		   struct au_finding_draft *draft, struct ev_buffer *text)
{
	au_finding_subject(a, text);
	if ((w->seen & serious) != 0) {
		draft->found = AU_FOUND_CHANGED;
		ev_buffer_add_str(text, " differs");
		add_brief(w, index, text);
	} else if ((w->seen & 1U << AU_FOUND_SIZE) != 0) {
		draft->found = AU_FOUND_SIZE;
		ev_buffer_add_str(text, " differs only in section size");
	} else if ((w->seen & 1U << AU_FOUND_MOVED) != 0) {
		draft->found = AU_FOUND_MOVED;
		ev_buffer_add_str(text, " differs only in the address");
	} else if (a->kind != AU_PART_ELF && (a->n > 0 || b->n > 0) &&
		   differs_between(a, b) == EV_NO_BYTE) {
		draft->found = AU_FOUND_PACKED;
		ev_buffer_add_str(text,
				  ": the same contents, placed otherwise");
	} else {
		draft->found = AU_FOUND_CHANGED;
		draft->at = au_first_difference(a->bytes, b->bytes);
		ev_buffer_add_str(text, " differs");
		add_first(a, b, draft->at, text);
	}
}

static const au_comparison comparisons[AU_PART_N] = {
	[AU_PART_PE] = au_program_compare,
	[AU_PART_COMMAND_LINE] = au_command_page_compare,
	[AU_PART_KERNEL] = au_kernel_compare,
};

static void walk_unit(struct au_walk *w, struct au_part *a, struct au_part *b,
		      unsigned int level)
{
	struct au_finding_draft draft =
		au_finding_draft_of(AU_FOUND_CHANGED, a, b, w->depth, w->where);
	ev_auto_buffer struct ev_buffer text = { 0 };
	unsigned int before = w->seen;
	size_t index;

	if (au_finding_begin(w->out, &index, w->err) != EV_OK)
		return;
	w->seen = 0;
	w->depth++;
	au_attributes_compare(w, a, b);
	if (a->kind == b->kind && comparisons[a->kind] != NULL)
		comparisons[a->kind](w, a, b);
	else if (!ev_span_eq(a->bytes, b->bytes))
		walk_inside(w, a, b, level);
	w->depth--;
	if (w->err->code != EV_OK)
		return;
	sum_up(w, index, a, b, &draft, &text);
	w->seen = before | 1U << draft.found;
	au_finding_end(w->out, index, &draft, &text, w->err);
}

static void walk(struct au_walk *w, struct au_part *a, struct au_part *b,
		 unsigned int level)
{
	if (au_attributes_alike(a, b) && ev_span_eq(a->bytes, b->bytes))
		return;
	if (level < AU_PARTS_DEPTH &&
	    (au_contents_open(a, &w->a, w->err) != EV_OK ||
	     au_contents_open(b, &w->b, w->err) != EV_OK))
		return;
	/* A program is compared as part of the module around it. */
	if (a->kind == AU_PART_PE && w->depth > 0)
		au_program_compare(w, a, b);
	else if (is_unit(a) || !holds_something(a, b))
		walk_unit(w, a, b, level);
	else
		walk_holder(w, a, b, level);
}

void au_walk_parts(struct au_walk *w, struct au_part *a, struct au_part *b)
{
	if (a->kind == b->kind)
		walk(w, a, b, 0);
	else if (!ev_span_eq(a->bytes, b->bytes))
		walk_unit(w, a, b, AU_PARTS_DEPTH);
}

enum ev_code au_contents_diff_parts(struct au_part *a, struct au_part *b,
				    struct au_contents_diff *out,
				    struct ev_error *err)
{
	struct au_walk w = { .out = out,
			     .a = au_part_budget(),
			     .b = au_part_budget(),
			     .where = "",
			     .err = err };

	*out = (struct au_contents_diff){ .equal = ev_span_eq(a->bytes,
							      b->bytes) };
	au_walk_parts(&w, a, b);
	if (err->code == EV_OK)
		au_first_screen(out, w.sizes > 0 && w.sizes == w.rooms, err);
	if (err->code != EV_OK)
		au_contents_diff_free(out);
	return err->code;
}
