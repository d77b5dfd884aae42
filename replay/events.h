/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The events of firmware's log beside their digests: how many of them are
 * bound to their data, and the first that is not what its digest is of.
 */
#ifndef RP_EVENTS_H
#define RP_EVENTS_H

#include "evidence/event_digest.h"
#include "replay/registers.h"

/* Events of which what was found is kept; logs seen have at most 203. */
#define RP_EVENTS_KEPT 4096

struct rp_events {
	uint64_t n_bound; /* a digest is of the data */
	uint64_t n_open;  /* of others that are measured: none can be */
	uint64_t n_bad;	  /* the type demands it, and one is not */
	/* The first of these. */
	struct rp_bad_event {
		uint64_t number, offset, size;
		uint32_t type;
		uint16_t bank; /* TPMI_ALG_HASH */
	} bad;
	/* Owned: of the first n_kept events, over all banks. */
	struct ev_event_digest *kept;
	size_t n_kept;
};

/*
 * Reads an opened log of n events, of which r was replayed, from its beginning
 * to its end, once, with one digest or few an event and bank; what no register
 * of r is extended by is neither bound nor bad.  False: trouble; *out must be
 * freed either way.
 */
bool rp_events_judge(struct ev_crypto *crypto, struct ev_tcg_log *log,
		     uint64_t n, const struct rp_registers *r,
		     struct rp_events *out);

void rp_events_free(struct rp_events *events);

#endif
