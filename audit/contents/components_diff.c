/* SPDX-License-Identifier: Apache-2.0 */
/* All components of two launches, side by side. */
#include "audit/contents/component.h"
#include "audit/contents/contents_walk.h"
#include "audit/contents/part_pairs.h"
#include "audit/contents/shared_memory.h"

#include <stdlib.h>

/* The parts of a list as if they were inside one, so that they are aligned as
 * any parts are.  They are the list's: lent, and given back opened. */
static bool lend(const struct au_components *list, struct au_part *root)
{
	*root = (struct au_part){ .n = list->n };
	root->inside = calloc(list->n + 1, sizeof(*root->inside));
	if (root->inside == NULL)
		return false;
	for (size_t i = 0; i < list->n; i++)
		root->inside[i] = list->item[i].part;
	return true;
}

static void give_back(struct au_components *list, struct au_part *root)
{
	for (size_t i = 0; root->inside != NULL && i < list->n; i++)
		list->item[i].part = root->inside[i];
	free(root->inside);
}

struct sides {
	const struct au_components *a, *b;
	struct au_part root_a, root_b;
	struct au_shared_memory shared_a, shared_b;
};

static const struct au_component *of(const struct au_components *list,
				     const struct au_part *root,
				     const struct au_part *part)
{
	return part == NULL ? NULL : &list->item[part - root->inside];
}

/* Who speaks for shared memory, in both images. */
static bool page_speaks(const struct sides *s)
{
	return s->shared_a.page == AU_MATCHES && s->shared_b.page == AU_MATCHES;
}

static bool table_speaks(const struct sides *s)
{
	return s->shared_a.table == AU_MATCHES &&
	       s->shared_b.table == AU_MATCHES;
}

static void add_speakers(const struct sides *s, struct ev_buffer *text)
{
	bool page = page_speaks(s), table = table_speaks(s);

	ev_buffer_add_str(text, "; no measured page holds it");
	if (page)
		ev_buffer_add_str(text, "; the hash page does");
	if (table)
		ev_buffer_add_str(text, page ? ", and the hash table"
					     : "; the hash table does");
	if (!page && !table)
		ev_buffer_add_str(text, " or its digest");
}

/* Memory whose contents do not enter the measurement, and yet differ. */
static void walk_unmeasured(struct au_walk *w, const struct sides *s,
			    const struct au_component *c,
			    struct au_part_pair *p)
{
	struct au_finding_draft draft = au_finding_draft_of(
		AU_FOUND_CHANGED, p->a, p->b, w->depth, w->where);
	ev_auto_buffer struct ev_buffer text = { 0 };
	size_t index;

	if (ev_span_eq(p->a->bytes, p->b->bytes) ||
	    au_finding_begin(w->out, &index, w->err) != EV_OK)
		return;
	w->depth++;
	au_walk_parts(w, p->a, p->b);
	w->depth--;
	if (w->err->code != EV_OK)
		return;
	draft.at = au_first_difference(p->a->bytes, p->b->bytes);
	au_finding_subject(p->a, &text);
	if (c->shared) {
		ev_buffer_add_str(&text, " (shared pages) differs");
		add_speakers(s, &text);
	} else {
		ev_buffer_add_str(
			&text, " (unmeasured pages) differs; its contents are "
			       "not marked as measured");
	}
	au_finding_end(w->out, index, &draft, &text, w->err);
}

/* Whether the measurement takes it, or the digest that it takes does. */
static bool is_covered(const struct sides *s, const struct au_component *c)
{
	return c != NULL && (c->measured || (c->shared && (page_speaks(s) ||
							   table_speaks(s))));
}

static void walk_pair(struct au_walk *w, const struct sides *s,
		      struct au_part_pair *p, bool covered)
{
	const struct au_component *a = of(s->a, &s->root_a, p->a);
	const struct au_component *b = of(s->b, &s->root_b, p->b);

	if ((is_covered(s, a) || is_covered(s, b)) != covered)
		return;
	if (a == NULL || b == NULL)
		au_walk_only(w, p->a, p->b);
	else if (a->measured || b->measured)
		au_walk_parts(w, p->a, p->b);
	else
		walk_unmeasured(w, s, a, p);
}

/* What no digest covers last: the sentence has room for few, and that explains
 * nothing. */
static void walk_all(struct au_walk *w, struct sides *s)
{
	struct au_part_pairs pairs;

	if (au_part_pairs_of(&s->root_a, &s->root_b, &pairs, w->err) != EV_OK)
		return;
	for (int covered = 1; covered >= 0; covered--)
		for (size_t i = 0; i < pairs.n && w->err->code == EV_OK; i++)
			walk_pair(w, s, &pairs.item[i], covered == 1);
	au_part_pairs_free(&pairs);
}

static void add_at_odds(struct au_walk *w, const char *image,
			const struct au_shared_memory *shared)
{
	ev_auto_buffer struct ev_buffer page = { 0 }, table = { 0 };

	ev_buffer_printf(&page,
			 "image %s: the hash page does not match the %llu "
			 "shared pages",
			 image, (unsigned long long)shared->pages);
	if (shared->page == AU_AT_ODDS)
		au_walk_add_named(w, AU_FOUND_AT_ODDS, AU_PART_HASH_PAGE, image,
				  0, 0, EV_NO_BYTE, &page);
	ev_buffer_printf(&table,
			 "image %s: the hash table does not match the shared "
			 "pages",
			 image);
	if (shared->first_wrong != UINT64_MAX)
		ev_buffer_printf(&table, ", first that at 0x%llx",
				 (unsigned long long)shared->first_wrong);
	if (shared->table == AU_AT_ODDS)
		au_walk_add_named(w, AU_FOUND_AT_ODDS, AU_PART_HASH_TABLE,
				  image, 0, 0, EV_NO_BYTE, &table);
}

/* Alike where each byte, its place and whether it is measured are. */
static bool alike(const struct au_components *a, const struct au_components *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct au_component *x = &a->item[i], *y = &b->item[i];

		if (x->gpa != y->gpa || x->size != y->size ||
		    x->measured != y->measured || x->shared != y->shared ||
		    !ev_span_eq(x->part.bytes, y->part.bytes))
			return false;
	}
	return true;
}

static void compare(struct au_walk *w, struct sides *s,
		    struct ev_crypto *crypto)
{
	if (au_shared_memory_check(s->a, crypto, &s->shared_a, w->err) !=
		    EV_OK ||
	    au_shared_memory_check(s->b, crypto, &s->shared_b, w->err) != EV_OK)
		return;
	add_at_odds(w, "A", &s->shared_a);
	add_at_odds(w, "B", &s->shared_b);
	walk_all(w, s);
	if (w->err->code == EV_OK)
		au_first_screen(w->out, w->sizes > 0 && w->sizes == w->rooms,
				w->err);
}

enum ev_code au_contents_diff_launches(struct au_components *a,
				       struct au_components *b,
				       struct ev_crypto *crypto,
				       struct au_contents_diff *out,
				       struct ev_error *err)
{
	struct sides s = { .a = a, .b = b };
	struct au_walk w = { .out = out,
			     .a = au_part_budget(),
			     .b = au_part_budget(),
			     .where = "",
			     .err = err };
	bool lent_a = lend(a, &s.root_a), lent_b = lend(b, &s.root_b);

	*out = (struct au_contents_diff){ .equal = alike(a, b) };
	if (lent_a && lent_b)
		compare(&w, &s, crypto);
	else
		ev_fail_trouble(err, "contents", "out of memory");
	give_back(a, &s.root_a);
	give_back(b, &s.root_b);
	if (err->code != EV_OK)
		au_contents_diff_free(out);
	return err->code;
}
