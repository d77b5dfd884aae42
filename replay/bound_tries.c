/* SPDX-License-Identifier: Apache-2.0 */
/* The nonces of a record of round trips, one a try. */
#include "replay/bound_tries.h"

#include "replay/roundtrip.h"

/* The try of that number; NULL where there is none, or it failed. */
static const struct ev_try *try_of(const struct ev_roundtrip *r,
				   const struct ev_nonce_use *u)
{
	if (u->index >= r->n_tries || r->tries[u->index].failed != NULL)
		return NULL;
	return &r->tries[u->index];
}

static struct ev_span held_by_try(const struct ev_roundtrip *r,
				  const struct ev_nonce_use *u)
{
	const struct ev_try *one = try_of(r, u);

	return one != NULL ? one->flight.nonce : (struct ev_span){ NULL, 0 };
}

/* Its hello, of which that is a part; else all of the record. */
static struct ev_span part_of_try(const struct rp_item *item,
				  const struct ev_nonce_use *u)
{
	const struct ev_try *one = try_of(&item->subject->roundtrip->record, u);

	return one != NULL ? ev_span_sub(item->bytes, one->hello_at,
					 one->hello_size)
			   : item->bytes;
}

/* As many as tries came to an end, in their order: who leaves some out of the
 * binding leaves out tries. */
static void count_tries(const struct rp_case *c, const struct rp_item *item,
			struct rp_bound *b)
{
	const struct ev_roundtrip *r = &item->subject->roundtrip->record;
	const struct ev_binding *binding = &c->session->binding;
	const struct ev_nonce_use *last = NULL;
	size_t n = 0;

	for (size_t i = 0; i < binding->n_nonces; i++) {
		const struct ev_nonce_use *u = &binding->nonces[i];

		if (strcmp(u->item, item->name) != 0)
			continue;
		if (last != NULL && u->index <= last->index)
			ev_fail_u64(&b->refused.err, EV_VALUE, "nonce", "index",
				    0, last->index + 1, u->index);
		last = u;
		n++;
	}
	if (n != r->n_tries - r->n_failed)
		ev_fail_u64(&b->refused.err, EV_MISSING, "nonce", "tries", 0,
			    r->n_tries - r->n_failed, n);
	b->refused.code = b->refused.err.code;
}

enum ev_code rp_bound_tries(struct rp_case *c, const struct rp_item *item,
			    struct rp_bound *b)
{
	const struct ev_roundtrip *r = &item->subject->roundtrip->record;
	struct rp_session *s = c->session;
	bool differs = false;

	for (size_t i = 0; i < s->binding.n_nonces; i++) {
		const struct ev_nonce_use *u = &s->binding.nonces[i];
		struct rp_nonce want;

		if (strcmp(u->item, item->name) != 0)
			continue;
		if (rp_session_nonce(c, u, item, &want) != EV_OK)
			return EV_TROUBLE;
		s->result[i] = ev_span_eq(ev_span_of(want.bytes, want.n),
					  held_by_try(r, u))
				       ? RP_BOUND_EQUAL
				       : RP_BOUND_DIFFERS;
		if (b->want.n == 0 ||
		    (!differs && s->result[i] == RP_BOUND_DIFFERS)) {
			b->want = want;
			b->got = held_by_try(r, u);
			b->part = part_of_try(item, u);
		}
		differs |= s->result[i] == RP_BOUND_DIFFERS;
	}
	if (!differs && b->refused.code == EV_OK)
		count_tries(c, item, b);
	return EV_OK;
}
