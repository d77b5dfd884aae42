/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record of TLS round trips to one host (kind poc-tls-transcript,
 * ecart-archive(5), ROUND TRIPS), JSON: what was asked of whom, by which
 * clocks, and of each try the handshake messages in base64.  Only parsed; what
 * the tries prove is for replay.
 */
#ifndef EV_ROUNDTRIP_H
#define EV_ROUNDTRIP_H

#include "evidence/base/json_node.h"
#include "evidence/tls_flight.h"

#define EV_ROUNDTRIP_FORMAT "ecart-roundtrip/1"

/* As many tries as a manifest binds nonces, less those of other uses. */
#define EV_ROUNDTRIP_TRIES_MAX ((size_t)1000)
/* A try that takes longer was no measurement: ten minutes. */
static const uint64_t EV_ROUNDTRIP_NS_MAX = UINT64_C(600000000000);

/* One reading of the clocks. */
struct ev_reading {
	uint64_t ns;	  /* CLOCK_MONOTONIC_RAW */
	uint64_t counter; /* of the processor; 0 where it has none */
};

struct ev_try {
	const char *failed; /* why no handshake came; NULL: one came */
	/* What follows is of a try that did not fail. */
	const char *peer; /* address and port */
	/* Before the ClientHello was handed to the kernel; after the last byte
	 * of the server's flight came from it. */
	struct ev_reading start, end;
	uint64_t tcp_rtt_us; /* TCP_INFO, smoothed */
	struct ev_tls_flight flight;
	/* Where the item has its first message: base64 in quotes. */
	uint64_t hello_at, hello_size;
};

struct ev_roundtrip {
	struct ev_nodes nodes; /* owned: text borrows from it */
	uint8_t *storage;      /* owned: messages borrow from it */
	const char *host;      /* as it was asked for */
	uint64_t port;
	const char *clocksource; /* of the kernel */
	const char *counter;	 /* "tsc", "none" */
	uint64_t counter_hz;	 /* as the processor says; 0: it does not */
	struct ev_try *tries;	 /* owned, as they were made */
	size_t n_tries, n_failed;
};

/* Refuses other members' types, tries that are not numbered from 0 on, an end
 * before its start, and what ev_tls_flight_parse refuses, whose offsets are
 * those of the message.  Free with ev_roundtrip_free. */
enum ev_code ev_roundtrip_parse(struct ev_span item, struct ev_roundtrip *out,
				struct ev_error *err);
void ev_roundtrip_free(struct ev_roundtrip *roundtrip);

/* Nanoseconds of a try; UINT64_MAX of one that failed, as poc-tls-times has
 * it. */
uint64_t ev_try_ns(const struct ev_try *one);

#endif
