/* SPDX-License-Identifier: Apache-2.0 */
/* Two builds of one firmware program, compared without what only moves. */
#include "audit/contents/pe_difference.h"

#include "audit/contents/pe_view.h"

enum {
	BLANK_ROOM = AU_PE_DEBUG_ENTRY + 16, /* with the header NB10 */
	PAGE = 4096,
};

/* The file's bytes of section i, and those up to the next one or the end, so
 * that none is left out; false where sections do not stand in order. */
static bool extent(const struct au_pe_view *v, size_t i, size_t *from,
		   size_t *to)
{
	size_t next = v->n;

	for (size_t k = i + 1; k < v->image.n; k++) {
		if (v->image.section[k].bytes.n == 0)
			continue;
		next = (size_t)v->image.section[k].offset;
		break;
	}
	*from = (size_t)v->image.section[i].offset;
	*to = next;
	if (v->image.section[i].bytes.n == 0)
		*from = *to;
	return *from + v->image.section[i].bytes.n <= *to;
}

/* One range of both files; c->at is left alone where nothing differs. */
static void compare(const struct au_pe_view *a, size_t a_from, size_t a_to,
		    const struct au_pe_view *b, size_t b_from, size_t b_to,
		    uint64_t address, struct au_pe_change *c)
{
	size_t n_a = a_to - a_from, n_b = b_to - b_from;
	size_t n = n_a > n_b ? n_a : n_b;

	for (size_t i = 0; i < n; i++) {
		/* Padding is zero, so that the shorter one goes on as zeros. */
		uint8_t x = i < n_a ? a->copy[a_from + i] : 0;
		uint8_t y = i < n_b ? b->copy[b_from + i] : 0;

		if (x == y)
			continue;
		if (c->n++ == 0)
			c->at = address + i;
	}
}

/* What a loader takes of the file: no more than either size says. */
static size_t loaded(const struct au_pe_section *s)
{
	return s->virtual_size != 0 && s->virtual_size < s->bytes.n
		       ? (size_t)s->virtual_size
		       : s->bytes.n;
}

/* What one version loads and the other cuts: zeros alone make no difference,
 * though the file has the rest of both. */
static void compare_loaded(const struct au_pe_section *a,
			   const struct au_pe_section *b,
			   struct au_pe_change *c)
{
	size_t in_a = loaded(a), in_b = loaded(b);
	struct ev_span longer = in_a > in_b ? a->bytes : b->bytes;
	size_t from = in_a < in_b ? in_a : in_b;
	size_t to = in_a < in_b ? in_b : in_a;

	for (size_t i = from; i < to; i++) {
		if (longer.p[i] == 0)
			continue;
		if (c->n++ == 0)
			c->at = a->address + i;
	}
}

static bool holds_path(const struct au_pe_view *v, size_t from, size_t to)
{
	return v->path_n > 0 && v->entry >= from &&
	       v->path >= v->entry + AU_PE_DEBUG_ENTRY &&
	       v->path + v->path_n <= to;
}

/* From the path on, to the end of its section. */
static bool ends_blank(const struct au_pe_view *v, size_t to)
{
	return ev_span_is_zero(ev_span_of(v->copy + v->path, to - v->path));
}

static bool path_is_blank(const struct au_pe_view *v)
{
	return ev_span_is_zero(ev_span_of(v->copy + v->path, v->path_n));
}

/* Rooms of two sizes move nothing: nothing is behind them. */
static bool are_rooms(const struct au_pe_view *a, size_t a_from, size_t a_to,
		      const struct au_pe_view *b, size_t b_from, size_t b_to)
{
	return holds_path(a, a_from, a_to) && holds_path(b, b_from, b_to) &&
	       path_is_blank(a) && path_is_blank(b) &&
	       (a->path_n == b->path_n ||
		(ends_blank(a, a_to) && ends_blank(b, b_to)));
}

static void compare_section(const struct au_pe_view *a,
			    const struct au_pe_view *b, size_t i,
			    struct au_pe_difference *out)
{
	const struct au_pe_section *s = &a->image.section[i];
	struct au_pe_change c = { .size_a = s->bytes.n,
				  .size_b = b->image.section[i].bytes.n };
	size_t fa, ta, fb, tb;
	bool ordered = extent(a, i, &fa, &ta);

	memcpy(c.name, s->name, sizeof(c.name));
	out->resized = out->resized || c.size_a != c.size_b ||
		       s->virtual_size != b->image.section[i].virtual_size ||
		       s->address != b->image.section[i].address;
	ordered = extent(b, i, &fb, &tb) && ordered;
	if (!ordered) {
		c.n = 1;
	} else if (are_rooms(a, fa, ta, b, fb, tb)) {
		compare(a, fa, a->path, b, fb, b->path, s->address, &c);
		compare(a, a->path + a->path_n, ta, b, b->path + b->path_n, tb,
			s->address + (a->path + a->path_n - fa), &c);
		out->path_room = a->path_n != b->path_n;
	} else {
		compare(a, fa, ta, b, fb, tb, s->address, &c);
	}
	compare_loaded(s, &b->image.section[i], &c);
	if (c.n > 0)
		out->change[out->n++] = c;
}

static size_t zeros_at_end(struct ev_span in)
{
	size_t n = 0;

	while (n < in.n && in.p[in.n - 1 - n] == 0)
		n++;
	return n;
}

/* GenFw blanks entry, header, path and the directory with them. */
static bool is_blank_room(const struct au_pe_view *a,
			  const struct au_pe_view *b)
{
	size_t n = 0;

	if (a->image.debug.size != 0 || b->image.debug.size != 0)
		return false;
	for (size_t i = 0; i < a->image.n; i++) {
		struct ev_span x = a->image.section[i].bytes;
		struct ev_span y = b->image.section[i].bytes;

		if (x.n == y.n)
			continue;
		if (zeros_at_end(x) < BLANK_ROOM ||
		    zeros_at_end(y) < BLANK_ROOM)
			return false;
		n++;
	}
	return n == 1;
}

/* In front of the first raw data; all of a file without any. */
static size_t header_end(const struct au_pe_view *v)
{
	size_t end = v->n;

	for (size_t i = 0; i < v->image.n; i++)
		if (v->image.section[i].bytes.n > 0 &&
		    v->image.section[i].offset < end)
			end = (size_t)v->image.section[i].offset;
	return end;
}

/* Both at the same place of the same section, or else at one address. */
static bool directory_stays(const struct au_pe_view *a,
			    struct au_pe_directory x,
			    const struct au_pe_view *b,
			    struct au_pe_directory y)
{
	struct ev_span in_a, in_b;
	size_t i = 0, k = 0;
	bool found = au_pe_image_at(&a->image, x.address, x.size, &in_a, &i);

	if (x.size != y.size ||
	    au_pe_image_at(&b->image, y.address, y.size, &in_b, &k) != found)
		return false;
	if (x.size == 0 || !found)
		return x.address == y.address;
	return i == k && x.address - a->image.section[i].address ==
				 y.address - b->image.section[k].address;
}

/* What is in front has the same size, so that this has the same address; or
 * it follows as closely as the alignment lets it. */
static bool section_stays(const struct au_pe_view *a,
			  const struct au_pe_view *b, size_t i)
{
	const struct au_pe_view *both[] = { a, b };
	bool same = true;

	for (size_t k = 0; k < i && k < b->image.n; k++)
		same = same &&
		       a->image.section[k].bytes.n ==
			       b->image.section[k].bytes.n &&
		       a->image.section[k].virtual_size ==
			       b->image.section[k].virtual_size;
	if (same)
		return a->image.section[i].address ==
		       b->image.section[i].address;
	for (size_t v = 0; v < 2; v++) {
		const struct au_pe_image *m = &both[v]->image;
		const struct au_pe_section *before = &m->section[i - 1];
		uint64_t raw = before->bytes.n, size = before->virtual_size;
		uint64_t end = before->address + (raw > size ? raw : size);
		uint64_t most = m->alignment != 0 ? m->alignment : PAGE;

		if (m->section[i].address < end ||
		    m->section[i].address - end >= most)
			return false;
	}
	return true;
}

/* Addresses that the headers say, which compare as blank, mean the same. */
static bool layout_stays(const struct au_pe_view *a, const struct au_pe_view *b)
{
	const struct au_pe_image *x = &a->image, *y = &b->image;

	for (size_t i = 0; i < x->n && i < y->n; i++)
		if (!section_stays(a, b, i))
			return false;
	return directory_stays(a, x->resources, b, y->resources) &&
	       directory_stays(a, x->relocations, b, y->relocations) &&
	       directory_stays(a, x->debug, b, y->debug);
}

static void compare_views(const struct au_pe_view *a,
			  const struct au_pe_view *b,
			  struct au_pe_difference *out)
{
	struct au_pe_change c = { .name = "header" };

	c.size_a = header_end(a);
	c.size_b = header_end(b);
	compare(a, 0, c.size_a, b, 0, c.size_b, 0, &c);
	if (c.n == 0 && (a->image.n != b->image.n || !layout_stays(a, b))) {
		c.n = 1;
		c.at = a->image.directories_at;
	}
	if (c.n > 0)
		out->change[out->n++] = c;
	for (size_t i = 0; i < a->image.n && i < b->image.n; i++)
		compare_section(a, b, i, out);
	out->rebased = a->image.base != b->image.base;
	out->moved_by = b->image.base - a->image.base;
	out->verdict = out->n > 0 ? AU_PE_OTHER : AU_PE_SIZES;
	if (out->verdict == AU_PE_SIZES && is_blank_room(a, b))
		out->path_room = true;
}

/* Nothing moved, and yet the files differ: in fields that compare as blank
 * since what moves sets them. */
static void compare_blank(struct ev_span a, struct ev_span b,
			  const struct au_pe_view *v,
			  struct au_pe_difference *out)
{
	struct au_pe_change c = { .size_a = a.n, .size_b = b.n };
	size_t n = a.n < b.n ? a.n : b.n;

	if (out->n > 0 || out->resized || out->rebased || out->path_room)
		return;
	c.at = n;
	for (size_t i = n; i > 0; i--) {
		if (a.p[i - 1] == b.p[i - 1])
			continue;
		c.n++;
		c.at = i - 1;
	}
	if (c.at < header_end(v))
		memcpy(c.name, "header", 7);
	else
		memcpy(c.name, "file", 5);
	out->verdict = AU_PE_OTHER;
	out->change[out->n++] = c;
}

enum ev_code au_pe_difference_of(struct ev_span a, struct ev_span b,
				 struct au_pe_difference *out,
				 struct ev_error *err)
{
	struct au_pe_view va = { .n = 0 }, vb = { .n = 0 };

	*out = (struct au_pe_difference){ .verdict = AU_PE_SAME };
	if (au_pe_view_of(a, &va, err) == EV_OK &&
	    au_pe_view_of(b, &vb, err) == EV_OK && !ev_span_eq(a, b)) {
		compare_views(&va, &vb, out);
		compare_blank(a, b, &va, out);
	}
	au_pe_view_free(&va);
	au_pe_view_free(&vb);
	return err->code;
}
