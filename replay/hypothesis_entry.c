/* SPDX-License-Identifier: Apache-2.0 */
/* Hypotheses on the entries that the log has, as it has them. */
#include "replay/hypothesis.h"

#include <inttypes.h>

bool rp_try_locality(struct rp_try *t)
{
	static const uint8_t localities[] = { 0, 3, 4 };
	size_t size = ev_digest_size(t->q->alg);
	uint8_t value[EV_DIGEST_MAX];

	if (t->q->set != RP_PCRS || t->q->index != 0)
		return false;
	for (size_t i = 0; i < sizeof(localities); i++) {
		memset(value, 0, sizeof(value));
		value[size - 1] = localities[i];
		if (memcmp(value, t->q->initial, size) == 0)
			continue;
		if (!rp_try_run(t, value, &t->own, 0, t->own.n))
			return false;
		if (rp_try_is(t, value))
			return rp_try_hit(
				t, "equal if the startup locality was %u",
				localities[i]);
	}
	return false;
}

/* The entries from i on are those before i once more: the table of final
 * events was read as well. */
static bool repeats(const struct rp_try *t, size_t i)
{
	size_t n = t->own.n - i;

	for (size_t k = i; k < t->own.n; k++)
		if (n > i ||
		    memcmp(t->own.entry[k].digest, t->own.entry[k - n].digest,
			   t->own.size) != 0)
			return false;
	return true;
}

bool rp_try_prefix(struct rp_try *t)
{
	uint8_t value[EV_DIGEST_MAX];

	rp_try_start(t, value);
	for (size_t i = 0; i < t->own.n; i++) {
		if (rp_try_is(t, value))
			return rp_try_hit(
				t,
				"equal before event %" PRIu64
				": of %zu entries %zu were extended%s",
				t->own.entry[i].event, t->own.n, i,
				repeats(t, i) ? ", and the others repeat them"
					      : "");
		if (!rp_try_extend(t, value, t->own.entry[i].digest))
			return false;
	}
	return false;
}

/* Extends what stands in the place of entry i, and says with which entry the
 * log goes on; 0: there is nothing to try at i. */
typedef size_t change_fn(struct rp_try *t, uint8_t *value, size_t i);

static size_t leave_out(struct rp_try *t, uint8_t *value, size_t i)
{
	(void)t;
	(void)value;
	return i + 1;
}

static size_t repeat(struct rp_try *t, uint8_t *value, size_t i)
{
	rp_try_run(t, value, &t->own, i, i + 1);
	rp_try_run(t, value, &t->own, i, i + 1);
	return i + 1;
}

static size_t swap(struct rp_try *t, uint8_t *value, size_t i)
{
	const struct rp_entry *e = t->own.entry;

	if (i + 1 == t->own.n ||
	    memcmp(e[i].digest, e[i + 1].digest, t->own.size) == 0)
		return 0;
	rp_try_run(t, value, &t->own, i + 1, i + 2);
	rp_try_run(t, value, &t->own, i, i + 1);
	return i + 2;
}

/* The first entry at which the change gives the value, or own.n. */
static size_t change_one(struct rp_try *t, change_fn *change)
{
	uint8_t before[EV_DIGEST_MAX], value[EV_DIGEST_MAX];

	rp_try_start(t, before);
	for (size_t i = 0; i < t->own.n; i++) {
		size_t next;

		memcpy(value, before, sizeof(value));
		next = change(t, value, i);
		if (next > 0 && rp_try_run(t, value, &t->own, next, t->own.n) &&
		    rp_try_is(t, value))
			return i;
		if (!rp_try_extend(t, before, t->own.entry[i].digest))
			break;
	}
	return t->own.n;
}

bool rp_try_extra(struct rp_try *t)
{
	size_t i = change_one(t, leave_out);

	return i < t->own.n &&
	       rp_try_hit(t, "equal if event %" PRIu64 " was not extended",
			  t->own.entry[i].event);
}

bool rp_try_twice(struct rp_try *t)
{
	size_t i = change_one(t, repeat);

	return i < t->own.n &&
	       rp_try_hit(t, "equal if event %" PRIu64 " was extended twice",
			  t->own.entry[i].event);
}

bool rp_try_swapped(struct rp_try *t)
{
	size_t i = change_one(t, swap);

	return i < t->own.n &&
	       rp_try_hit(t,
			  "equal if event %" PRIu64
			  " was extended before event %" PRIu64,
			  t->own.entry[i + 1].event, t->own.entry[i].event);
}
