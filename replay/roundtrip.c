/* SPDX-License-Identifier: Apache-2.0 */
/* Round trips: the record as a subject, and what its times come to. */
#include "replay/roundtrip.h"

#include "replay/link.h"
#include "replay/subject.h"

#include <stdlib.h>

const char *const rp_roundtrip_assumptions[] = {
	"A1: the clock that was read is honest",
	"A2: kernel and collector were what they ought to be, and wrote down "
	"what they measured",
	"A3: the host's key lies where one thinks, and nowhere else",
	"A4: the challenges went out from the machine that the evidence is of, "
	"and not through a relay",
	NULL,
};

const char *const rp_roundtrip_limits[] = {
	"where the key lies: edges and anycast of many providers hold copies of "
	"it around the world, and nobody attests that a key stays in a region",
	"a relay: a rented machine beside the host, or a laboratory beside the "
	"data centre, shows nearly the same times",
	"custody: who owns the building, a neighbour in it and an insider are "
	"as near as the machine",
	"an honest clock: the processor guards its counter for a TDX guest and, "
	"with Secure TSC, for an SEV-SNP one; elsewhere, with a clock of the "
	"hypervisor, and below a paravisor, somebody else sets it",
	"honest software: unless kernel and collector were measured, the "
	"numbers are the word of whoever runs the guest",
	"slowness: a host can delay answers at will and keep the best of many "
	"runs; it cannot hasten one, and all tries of this run are counted",
	"who holds the key: it may be used from afar, by a key server behind "
	"the endpoint; only full handshakes count here",
	NULL,
};

uint64_t rp_roundtrip_km(uint64_t ns)
{
	/* 150 km a millisecond is 150 m a microsecond. */
	uint64_t metres = (ns * 3 + 19) / 20;

	return (metres + 999) / 1000;
}

uint64_t rp_roundtrip_quartile(const struct rp_roundtrip *r, unsigned int q)
{
	size_t rank = (r->n_sorted * q + 3) / 4;

	return r->sorted[rank == 0 ? 0 : rank - 1];
}

bool rp_roundtrip_is_strange(const struct rp_roundtrip *r)
{
	return ev_try_ns(r->fastest) / 1000 < r->fastest->tcp_rtt_us;
}

static int compare_ns(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool sort_times(struct rp_roundtrip *r)
{
	r->sorted = calloc(r->record.n_tries + 1, sizeof(*r->sorted));
	if (r->sorted == NULL)
		return false;
	for (size_t i = 0; i < r->record.n_tries; i++) {
		const struct ev_try *one = &r->record.tries[i];

		if (one->failed != NULL)
			continue;
		r->sorted[r->n_sorted++] = ev_try_ns(one);
		r->n_retried += one->flight.retried;
		if (r->fastest == NULL ||
		    ev_try_ns(one) < ev_try_ns(r->fastest))
			r->fastest = one;
	}
	qsort(r->sorted, r->n_sorted, sizeof(*r->sorted), compare_ns);
	return true;
}

enum ev_code rp_roundtrip_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_roundtrip *r =
		rp_object_add(c, RP_ROUNDTRIP, item, sizeof(*r));

	if (r == NULL)
		return EV_TROUBLE;
	r->parsed.code =
		ev_roundtrip_parse(item->bytes, &r->record, &r->parsed.err);
	if (r->parsed.code == EV_TROUBLE)
		return EV_TROUBLE;
	return r->parsed.code != EV_OK || sort_times(r) ? EV_OK : EV_TROUBLE;
}

void rp_roundtrip_free(struct rp_roundtrip *r)
{
	ev_roundtrip_free(&r->record);
	free(r->sorted);
}

void rp_link_roundtrips(struct rp_case *c)
{
	for (struct rp_subject *s = c->first[RP_ROUNDTRIP]; s != NULL;
	     s = s->next)
		for (size_t i = 0; i < c->n_items; i++) {
			struct rp_item *item = &c->items[i];

			if (s->roundtrip->times != NULL ||
			    !rp_is_kind(item, RP_TIMES_KIND) ||
			    !rp_relates_to(item, "values-of", s->item))
				continue;
			s->roundtrip->times = item;
			item->linked = true;
		}
}
