/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking over JSON text (RFC 8259) without building anything: for what must
 * be known before jansson parses, and for slices, since jansson keeps no
 * offsets.  Refuses what jansson refuses (other bytes than UTF-8, unpaired
 * surrogates, U+0000), but for duplicate members and too large integers.
 */
#ifndef EV_JSON_SCAN_H
#define EV_JSON_SCAN_H

#include "evidence/base/error.h"

struct ev_json_scan {
	struct ev_span text;
	size_t at;	       /* the next byte; the one at fault on refusal */
	struct ev_span member; /* the last name passed, as spelled */
	bool integers_only;    /* refuse fractions, exponents and -0 */
	size_t depth;
	size_t n_values;
	enum ev_code code; /* EV_OK until something is refused */
	const char *field; /* of the refusal: "text", "depth", ... */
	const char *want;  /* of the refusal */
};

/* Passes white space; whether a byte is left. */
bool ev_json_scan_space(struct ev_json_scan *s);

/* Passes white space and one value; false on refusal. */
bool ev_json_scan_value(struct ev_json_scan *s);

#endif
