/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TLS round trips of a case: the record, its file of times, and what the
 * tries come to.  Circumstantial: they bound the distance to some holder of
 * the host's key, and say nothing else about where a machine stands.
 */
#ifndef RP_ROUNDTRIP_H
#define RP_ROUNDTRIP_H

#include "evidence/roundtrip.h"
#include "replay/case.h"

/* "circumstantial": the grade of all place.* findings. */
#define RP_CIRCUMSTANTIAL "circumstantial"

/* The kind of a record's file of times. */
#define RP_TIMES_KIND "poc-tls-times"

struct rp_roundtrip {
	struct rp_parsed parsed;
	struct ev_roundtrip record;
	const struct rp_item *times; /* poc-tls-times beside it, or NULL */
	/* Of the tries that came to an end; NULL and 0 where none did. */
	const struct ev_try *fastest;
	uint64_t *sorted; /* owned: their times, ascending */
	size_t n_sorted;
	size_t n_retried; /* with a HelloRetryRequest */
};

/* Parses an item and makes a subject of it. */
enum ev_code rp_roundtrip_parse(struct rp_case *c, const struct rp_item *item);
void rp_roundtrip_free(struct rp_roundtrip *r);
/* Gives each record its file of times. */
void rp_link_roundtrips(struct rp_case *c);

/* Kilometres that light in vacuum goes in half of it, 150 a millisecond,
 * rounded up. */
uint64_t rp_roundtrip_km(uint64_t ns);
/* The quartile q (0 to 4) of the sorted times, by nearest rank. */
uint64_t rp_roundtrip_quartile(const struct rp_roundtrip *r, unsigned int q);

/* The fastest try took less than TCP's own round trip over its connection,
 * which is a mean of several: odd, and no proof of anything. */
bool rp_roundtrip_is_strange(const struct rp_roundtrip *r);

/* Under which the bound holds, and what even then it does not show: lists
 * that end with NULL. */
extern const char *const rp_roundtrip_assumptions[];
extern const char *const rp_roundtrip_limits[];

#endif
