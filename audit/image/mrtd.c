/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MRTD: one SHA-384 over records of 128 and 384 bytes, a page that is measured
 * handed over in one piece (measurement page, sections 1, 2.3 and 3.4; Intel
 * TDX Module Base Architecture, TDH.MEM.PAGE.ADD and TDH.MR.EXTEND).
 */
#include "audit/image/measuring.h"
#include "audit/image/td_hob.h"

#define ADD    ((size_t)128) /* bytes of a record */
#define EXTEND ((size_t)128 + AU_CHUNK)
#define CHUNKS (AU_PAGE / AU_CHUNK)
#define GPA_AT ((size_t)16) /* in both records */

/* What is made of an operation. */
struct step {
	bool add, extend;
	bool two_pass; /* all ADDs first */
	bool beyond;   /* the file goes on where data end */
	const struct au_shape *hob;
	bool early_accept;
};

static struct step step_of(const struct au_operation *op,
			   const struct au_rule *rule)
{
	struct step s = { 0 };

	if (op->shared || (op->kind != AU_PAGES && op->kind != AU_INSERT))
		return s;
	s.add = !(op->aug && rule->aug_skips);
	s.extend = op->kind == AU_PAGES && (op->measured || rule->measure_all);
	if (!s.extend)
		return s;
	s.two_pass = s.add && rule->two_pass && op->size > AU_PAGE;
	if (au_td_hob_is(op) && rule->hob != NULL) {
		s.hob = rule->hob;
		s.early_accept = rule->early_accept;
	}
	s.beyond = rule->file_beyond && !ev_span_is_zero(op->beyond);
	return s;
}

static bool alike(const struct au_operation *op, const struct au_rule *a,
		  const struct au_rule *b)
{
	struct step x = step_of(op, a), y = step_of(op, b);

	return x.add == y.add && x.extend == y.extend &&
	       x.two_pass == y.two_pass && x.beyond == y.beyond &&
	       x.hob == y.hob && x.early_accept == y.early_accept;
}

/* Contents of an operation: spans one after the other, then zeros. */
struct contents {
	struct ev_span first, then;
};

static void copy_part(struct ev_span from, uint64_t at, uint8_t *out, size_t n)
{
	size_t k;

	if (at >= from.n)
		return;
	k = from.n - at < n ? from.n - (size_t)at : n;
	memcpy(out, from.p + at, k);
}

/* The chunk at byte `at` of the contents. */
static void copy_chunk(const struct contents *c, uint64_t at,
		       uint8_t out[AU_CHUNK])
{
	size_t split = 0;

	if (at + AU_CHUNK <= c->first.n) {
		memcpy(out, c->first.p + at, AU_CHUNK);
		return;
	}
	memset(out, 0, AU_CHUNK);
	copy_part(c->first, at, out, AU_CHUNK);
	if (at < c->first.n)
		split = c->first.n - (size_t)at;
	copy_part(c->then, at + split - c->first.n, out + split,
		  AU_CHUNK - split);
}

static void put_gpa(uint8_t *record, uint64_t gpa)
{
	for (size_t i = 0; i < 8; i++)
		record[GPA_AT + i] = (uint8_t)(gpa >> (8 * i));
}

/* The records of a page: ADD, then sixteen EXTENDs. */
struct records {
	uint8_t add[ADD];
	uint8_t extend[CHUNKS][EXTEND];
};

static void prepare(struct records *r)
{
	memset(r, 0, sizeof(*r));
	memcpy(r->add, "MEM.PAGE.ADD", 12);
	for (size_t i = 0; i < CHUNKS; i++)
		memcpy(r->extend[i], "MR.EXTEND", 9);
}

static void fill_extends(struct records *r, const struct au_operation *op,
			 const struct contents *c, uint64_t at)
{
	for (size_t i = 0; i < CHUNKS; i++) {
		uint64_t chunk = at + i * AU_CHUNK;

		put_gpa(r->extend[i], op->gpa + chunk);
		copy_chunk(c, chunk, r->extend[i] + ADD);
	}
}

static bool hash(struct au_measuring *m, const void *p, size_t n)
{
	return ev_digest_update(m->stream, ev_span_of(p, n));
}

static bool add_pages(struct au_measuring *m, const struct au_operation *op,
		      const struct step *s, const struct contents *c)
{
	struct records r;
	bool ok = true;

	prepare(&r);
	for (uint64_t at = 0; ok && at < op->size && s->add; at += AU_PAGE) {
		put_gpa(r.add, op->gpa + at);
		if (s->extend && !s->two_pass) {
			fill_extends(&r, op, c, at);
			ok = hash(m, &r, sizeof(r));
		} else {
			ok = hash(m, r.add, sizeof(r.add));
		}
	}
	if (!s->extend || (s->add && !s->two_pass))
		return ok;
	for (uint64_t at = 0; ok && at < op->size; at += AU_PAGE) {
		fill_extends(&r, op, c, at);
		ok = hash(m, r.extend, sizeof(r.extend));
	}
	return ok;
}

static bool add(struct au_measuring *m, const struct au_operation *op,
		const struct au_rule *rule)
{
	ev_auto_buffer struct ev_buffer hob = { 0 };
	const struct step s = step_of(op, rule);
	struct contents c = { op->data, { NULL, 0 } };

	if (s.beyond)
		c.then = op->beyond;
	if (s.hob != NULL) {
		au_td_hob_write(m->launch, s.hob, s.early_accept, &hob);
		if (!ev_buffer_ok(&hob))
			return false;
		c.first = ev_buffer_span(&hob);
	}
	return add_pages(m, op, &s, &c);
}

static bool finish(struct au_measuring *m, uint8_t *out)
{
	return ev_digest_finish(m->stream, out);
}

const struct au_method au_mrtd = {
	.platform = AU_TDX,
	.add = add,
	.finish = finish,
	.alike = alike,
};
