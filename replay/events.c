/* SPDX-License-Identifier: Apache-2.0 */
/* Events beside their digests. */
#include "replay/events.h"

#include <stdlib.h>

static void blame(struct rp_events *events, const struct ev_tcg_log *log,
		  const struct ev_tcg_event *e, const struct ev_event_digest *d)
{
	if (events->n_bad++ == 0)
		events->bad = (struct rp_bad_event){ e->number, e->offset,
						     e->size, e->type,
						     log->bank[d->bank].alg };
}

static void take(struct rp_events *events, const struct ev_tcg_log *log,
		 const struct ev_tcg_event *e, const struct ev_event_digest *d)
{
	if (e->number <= events->n_kept)
		events->kept[e->number - 1] = *d;
	switch (d->verdict) {
	case EV_EVENT_MATCHES:
	case EV_EVENT_EXPLAINED:
		events->n_bound++;
		return;
	case EV_EVENT_NOT_RECOMPUTABLE:
		events->n_open++;
		return;
	case EV_EVENT_MISMATCH:
		break;
	}
	blame(events, log, e, d);
}

bool rp_events_judge(struct ev_crypto *crypto, struct ev_tcg_log *log,
		     uint64_t n, const struct rp_registers *r,
		     struct rp_events *out)
{
	static const struct ev_event_digest nowhere = {
		EV_EVENT_NOT_RECOMPUTABLE, "not extended", 0
	};
	struct ev_tcg_event e;
	struct ev_event_digest d;

	*out = (struct rp_events){ 0 };
	if (n > 0) {
		out->n_kept = n < RP_EVENTS_KEPT ? (size_t)n : RP_EVENTS_KEPT;
		out->kept = calloc(out->n_kept, sizeof(*out->kept));
		if (out->kept == NULL)
			return false;
	}
	while (ev_tcg_log_next(log, &e)) {
		if (e.number <= out->n_kept)
			out->kept[e.number - 1] = nowhere;
		if (!rp_event_extends(r, &e))
			continue;
		if (!ev_event_digest_check_all(crypto, log, &e, &d))
			return false;
		take(out, log, &e, &d);
	}
	return true;
}

void rp_events_free(struct rp_events *events)
{
	free(events->kept);
	*events = (struct rp_events){ 0 };
}
