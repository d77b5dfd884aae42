/* SPDX-License-Identifier: Apache-2.0 */
/* Two versions of a firmware program, as findings. */
#include "audit/contents/contents_walk.h"
#include "audit/contents/pe_difference.h"

static void add_change(struct au_walk *w, const struct au_pe_change *c)
{
	ev_auto_buffer struct ev_buffer text = { 0 };

	ev_buffer_printf(&text, "%s differs in %llu %s, first at 0x%llx",
			 c->name, (unsigned long long)c->n,
			 c->n == 1 ? "byte" : "bytes",
			 (unsigned long long)c->at);
	if (c->size_a != c->size_b)
		ev_buffer_printf(&text, ", %llu bytes in A and %llu in B",
				 (unsigned long long)c->size_a,
				 (unsigned long long)c->size_b);
	au_walk_add_named(w, AU_FOUND_CHANGED, AU_PART_SECTION, c->name,
			  c->size_a, c->size_b, c->at, &text);
}

static void add_sizes(struct au_walk *w, const struct au_part *a,
		      const struct au_part *b, const struct au_pe_difference *d)
{
	bool moved = d->rebased && !d->resized && !d->path_room;
	ev_auto_buffer struct ev_buffer text = { 0 };

	if (!moved) {
		ev_buffer_add_str(&text, "section sizes and what they move");
		w->sizes++;
		w->rooms += d->path_room;
	}
	if (d->path_room)
		ev_buffer_add_str(&text, ", room for the build path");
	if (d->rebased)
		ev_buffer_printf(&text, "%simage base and relocated words",
				 moved ? "" : ", ");
	au_walk_add(w, moved ? AU_FOUND_MOVED : AU_FOUND_SIZE, a, b, EV_NO_BYTE,
		    &text);
}

/* A program is laid out for where it stands in its volume: with a base that
 * went elsewhere, its relocated words point elsewhere. */
static void add_base(struct au_walk *w, const struct au_part *a,
		     const struct au_part *b, const struct au_pe_difference *d)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	uint64_t at_a = w->at_a + a->offset, at_b = w->at_b + b->offset;

	if (d->moved_by == at_b - at_a)
		return;
	ev_buffer_printf(&text, "image base moves by %lld, the program by %lld",
			 (long long)d->moved_by, (long long)(at_b - at_a));
	au_walk_add_named(w, AU_FOUND_CHANGED, AU_PART_SECTION, "image base", 0,
			  0, EV_NO_BYTE, &text);
}

void au_program_compare(struct au_walk *w, struct au_part *a, struct au_part *b)
{
	struct ev_error refused = { 0 };
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct au_pe_difference d;
	char why[512];

	if (au_pe_difference_of(a->bytes, b->bytes, &d, &refused) ==
	    EV_TROUBLE) {
		*w->err = refused;
		return;
	}
	if (refused.code != EV_OK) {
		ev_error_format(&refused, why, sizeof(why));
		ev_buffer_printf(&text, "cannot be read: %s", why);
		au_walk_add(w, AU_FOUND_UNREAD, a, b,
			    au_first_difference(a->bytes, b->bytes), &text);
		return;
	}
	if (d.rebased)
		add_base(w, a, b, &d);
	if (d.verdict == AU_PE_SIZES)
		add_sizes(w, a, b, &d);
	for (size_t i = 0; i < d.n; i++)
		add_change(w, &d.change[i]);
}
