/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A time as somebody stated it, no more exact than that: a year "2024", a month
 * "2025-10", a day "2026-06-30", or an instant of RFC 3339 with Z.  UTC.
 */
#ifndef AU_STATED_TIME_H
#define AU_STATED_TIME_H

#include "evidence/base/time.h"

struct au_stated_time {
	int64_t first, last; /* the seconds that it may be, both included */
	char text[EV_TIME_TEXT];
};

/* Years 1970 to 9999; false, and *out not written, where it is none of the
 * four, or there is no such day. */
bool au_stated_time_parse(struct ev_span text, struct au_stated_time *out);

#endif
