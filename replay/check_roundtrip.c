/* SPDX-License-Identifier: Apache-2.0 */
/* place.tls: what a record of round trips shows, and no more. */
#include "evidence/base/reader.h"
#include "evidence/host_name.h"
#include "evidence/purpose.h"
#include "evidence/tls_numbers.h"
#include "replay/certified.h"
#include "replay/checks.h"
#include "replay/handshake.h"
#include "replay/roundtrip.h"

#include <inttypes.h>
#include <stdio.h>

/* --- times --- */

/* The file beside the record says the same. */
static enum rp_outcome compare_times(const struct rp_roundtrip *r,
				     struct rp_finding *f)
{
	struct ev_error err = { 0 };
	struct ev_reader in;

	if (r->times == NULL)
		return RP_PASS;
	rp_input_add(f, r->times->name, 0, r->times->bytes.n);
	if (r->times->bytes.n != 8 * r->record.n_tries)
		return rp_fail(f,
			       "times: the file has %zu bytes, and the record "
			       "%zu tries",
			       r->times->bytes.n, r->record.n_tries);
	in = ev_reader_init(r->times->bytes, 0, "times", &err);
	for (size_t i = 0; i < r->record.n_tries; i++)
		if (ev_read_u64le(&in, "time") !=
		    ev_try_ns(&r->record.tries[i]))
			return rp_fail(f,
				       "times: that of try %zu is not the "
				       "record's",
				       i);
	return RP_PASS;
}

/* No try begins before the one before it ended. */
static enum rp_outcome check_order(const struct rp_roundtrip *r,
				   struct rp_finding *f)
{
	const struct ev_try *last = NULL;

	for (size_t i = 0; i < r->record.n_tries; i++) {
		const struct ev_try *one = &r->record.tries[i];

		if (one->failed != NULL)
			continue;
		if (last != NULL && (one->start.ns < last->end.ns ||
				     one->start.counter < last->end.counter))
			return rp_fail(f,
				       "order: try %zu begins before the one "
				       "before it ended",
				       i);
		last = one;
	}
	return RP_PASS;
}

/* What the counter says of a try in nanoseconds; UINT64_MAX where that is more
 * than can be, as with a frequency that no processor has. */
static uint64_t counter_ns(const struct ev_try *one, uint64_t hz)
{
	uint64_t ticks = one->end.counter - one->start.counter, whole, part;

	if (__builtin_mul_overflow(ticks / hz, 1000000000, &whole) ||
	    __builtin_mul_overflow(ticks % hz, 1000000000, &part) ||
	    __builtin_add_overflow(whole, part / hz, &whole))
		return UINT64_MAX;
	return whole;
}

/* Both clocks are read one after the other, and what the processor says of its
 * frequency is rounded. */
static bool clocks_agree(uint64_t ns, uint64_t other)
{
	uint64_t apart = ns > other ? ns - other : other - ns;

	return apart <= ns / 50 + 20000;
}

/* No answer takes no time, and the counter, where it tells its frequency, says
 * about what the clock says. */
static enum rp_outcome check_clocks(const struct rp_roundtrip *r,
				    struct rp_finding *f)
{
	for (size_t i = 0; i < r->record.n_tries; i++) {
		const struct ev_try *one = &r->record.tries[i];
		uint64_t ns = ev_try_ns(one), hz = r->record.counter_hz, other;

		if (one->failed != NULL)
			continue;
		if (ns == 0)
			return rp_fail(f, "times: try %zu took no time", i);
		if (hz == 0)
			continue;
		other = counter_ns(one, hz);
		if (!clocks_agree(ns, other))
			return rp_fail(f,
				       "clocks: try %zu took %" PRIu64
				       " ns, and %" PRIu64 " ns by the counter",
				       i, ns, other);
	}
	return RP_PASS;
}

/* --- who answered --- */

static enum rp_outcome path_outcome(struct rp_case *c,
				    const struct rp_handshake *h, size_t i,
				    struct rp_finding *f)
{
	struct rp_anchor *which[RP_ANCHORS_MAX];
	struct ev_span anchors[RP_ANCHORS_MAX];
	bool none = rp_anchors_of(c->anchors, RP_ANCHOR_TLS_ROOT, anchors,
				  which) == 0;

	switch (h->path_result) {
	case EV_PATH_GOOD:
		h->anchor->used = true;
		return rp_path_of_servers(f, &h->path);
	case EV_PATH_MISSING_ISSUER:
		return rp_skip(f, "unknown-root: try %zu: %s", i,
			       h->path.reason);
	case EV_PATH_UNTRUSTED:
		return none ? rp_skip(f, "unknown-root: no anchor is given "
					 "for tls-root (--anchors)")
			    : rp_fail(f, "unknown-root: try %zu: %s", i,
				      h->path.reason);
	case EV_PATH_BAD:
	case EV_PATH_EXPIRED:
	case EV_PATH_NOT_YET_VALID:
		return rp_fail(f, "path: try %zu: %s", i, h->path.reason);
	case EV_PATH_TROUBLE:
		break;
	}
	return RP_TROUBLE;
}

static enum rp_outcome judge_names(const struct ev_roundtrip *r, size_t i,
				   const struct ev_x509 *leaf,
				   struct rp_finding *f)
{
	struct ev_span host = ev_span_str(r->host);
	const char *why = ev_no_tls_server(leaf);

	if (!ev_span_eq(r->tries[i].flight.server_name, host))
		return rp_fail(f, "server-name: try %zu asked another host", i);
	if (!ev_x509_names_host(leaf, host))
		return rp_fail(f,
			       "host-name: the certificate of try %zu does not "
			       "name the host",
			       i);
	if (why != NULL)
		return rp_fail(f,
			       "usage: the certificate of try %zu is no TLS "
			       "server's: %s",
			       i, why);
	return RP_PASS;
}

static enum rp_outcome judge_signature(struct rp_case *c,
				       const struct ev_roundtrip *r, size_t i,
				       const struct ev_x509 *leaf,
				       struct rp_finding *f)
{
	const struct ev_tls_flight *flight = &r->tries[i].flight;
	char why[100];

	snprintf(why, sizeof(why),
		 "of try %zu does not verify by the leaf's key (%s)", i,
		 ev_tls_scheme_name(flight->scheme));
	return rp_signature(f, rp_handshake_verify(c, flight, leaf),
			    "signature", why);
}

/* All but the path, of which an unknown root must not hide a bad signature. */
static enum rp_outcome judge_try(struct rp_case *c, struct rp_roundtrip *r,
				 size_t i, const struct rp_handshake *h,
				 struct rp_finding *f)
{
	enum rp_outcome state = judge_names(&r->record, i, &h->cert[0], f);

	return state == RP_PASS
		       ? judge_signature(c, &r->record, i, &h->cert[0], f)
		       : state;
}

static struct ev_span certificate_of(const struct ev_tls_flight *f)
{
	return f->message[f->certificate];
}

/* The certificates of a try, which are mostly those of the last one. */
static enum rp_outcome open_try(struct rp_case *c,
				const struct ev_tls_flight *last,
				const struct ev_tls_flight *flight,
				struct rp_handshake *h, struct rp_finding *f)
{
	struct rp_parsed parsed;

	if (last != NULL &&
	    ev_span_eq(certificate_of(last), certificate_of(flight)))
		return RP_PASS;
	rp_handshake_free(h);
	if (!rp_handshake_open(c, flight, h, &parsed))
		return RP_TROUBLE;
	return parsed.code == EV_OK ? RP_PASS
				    : rp_refused(f, "certificate", &parsed.err);
}

/* Every try, then what the first path that is not good came to. */
static enum rp_outcome judge_all(struct rp_case *c, struct rp_roundtrip *r,
				 struct rp_handshake *h, struct rp_finding *f)
{
	const struct ev_tls_flight *last = NULL;
	enum rp_outcome state = RP_PASS, paths = RP_PASS;

	for (size_t i = 0; state == RP_PASS && i < r->record.n_tries; i++) {
		const struct ev_try *one = &r->record.tries[i];

		if (one->failed != NULL)
			continue;
		state = open_try(c, last, &one->flight, h, f);
		if (state == RP_PASS)
			state = judge_try(c, r, i, h, f);
		if (state == RP_PASS && paths == RP_PASS)
			paths = path_outcome(c, h, i, f);
		last = &one->flight;
	}
	return state == RP_PASS ? paths : state;
}

/* --- the bound --- */

static void say_bound(const struct rp_roundtrip *r, struct rp_finding *f)
{
	char host[300];

	ev_show(ev_span_str(r->record.host), host, sizeof(host));
	rp_set_want(f,
		    RP_CIRCUMSTANTIAL
		    ": each try signed by the certified key of %s, in order, "
		    "with its nonce",
		    host);
	rp_set_got(f,
		   "upper bound on distance to a holder of the key of %s: "
		   "%" PRIu64 " km, under assumptions A1..A4%s",
		   host, rp_roundtrip_km(ev_try_ns(r->fastest)),
		   rp_roundtrip_is_strange(r)
			   ? "; its time is less than its connection's own"
			   : "");
}

enum rp_outcome rp_check_place_tls(struct rp_case *c,
				   const struct rp_subject *s,
				   struct rp_finding *f)
{
	struct rp_roundtrip *r = s->roundtrip;
	struct rp_handshake h = { .n_certs = 0 };
	enum rp_outcome state;

	rp_input_add(f, s->name, 0, s->item->bytes.n);
	if (r->parsed.code != EV_OK)
		return rp_refused(f, "roundtrip", &r->parsed.err);
	if (s->partner[0] == NULL)
		return rp_skip(f, "unbound: nothing says which session the "
				  "tries were made for");
	if (r->fastest == NULL)
		return rp_fail(f, "tries: none of %zu came to an end",
			       r->record.n_tries);
	state = compare_times(r, f);
	if (state == RP_PASS)
		state = check_order(r, f);
	if (state == RP_PASS)
		state = check_clocks(r, f);
	if (state == RP_PASS)
		state = judge_all(c, r, &h, f);
	rp_handshake_free(&h);
	if (state == RP_PASS)
		say_bound(r, f);
	return state;
}
