/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instants: int64_t seconds since 1970-01-01T00:00:00Z, no leap seconds, no
 * clock, no zone but UTC.  Years 1970 to 9999 unless said otherwise.
 */
#ifndef EV_TIME_H
#define EV_TIME_H

#include "evidence/base/bytes.h"

#define EV_TIME_TEXT 21 /* "2026-06-08T12:42:41Z" and NUL */

/* What ev_time_format can write: years 0001 to 9999. */
static const int64_t EV_TIME_MIN = -INT64_C(62135596800);
static const int64_t EV_TIME_MAX = INT64_C(253402300799);

/* RFC 3339 with Z and whole seconds; second 60 is refused. */
bool ev_time_parse_rfc3339(struct ev_span text, int64_t *out);

/* RFC 3339 as above with "." and 1 to 9 digits allowed, 0 at the end among
 * them; the fraction is cut. */
bool ev_time_parse_fraction(struct ev_span text, int64_t *out);

/* "@SECONDS" or RFC 3339: what --at and --time take (cli.md). */
bool ev_time_parse_argument(const char *text, int64_t *out);

/* DER UTCTime YYMMDDHHMMSSZ (RFC 5280, 4.1.2.5.1) and GeneralizedTime
 * YYYYMMDDHHMMSSZ (4.1.2.5.2): content octets, no fraction.  UTCTime is 1950
 * to 2049. */
bool ev_time_parse_utctime(struct ev_span content, int64_t *out);
bool ev_time_parse_generalized(struct ev_span content, int64_t *out);

/* "MM/DD/YY HH:MM:SS -0000" of Azure's attested document, years 2000 to
 * 2099. */
bool ev_time_parse_imds(struct ev_span text, int64_t *out);
/* Writes RFC 3339; t must lie in EV_TIME_MIN..EV_TIME_MAX. */
void ev_time_format(int64_t t, char out[EV_TIME_TEXT]);

#endif
