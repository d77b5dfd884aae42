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

/* A value that was passed; what is inside a container follows it. */
struct ev_json_note {
	struct ev_span name; /* as spelled, without quotes; empty: no member */
	size_t at, end;	     /* of the value in the text */
	uint32_t n_inside;   /* members or elements */
	uint32_t extent;     /* notes with all that is inside, itself counted */
};

struct ev_json_scan {
	struct ev_span text;
	size_t at;	       /* the next byte; the one at fault on refusal */
	struct ev_span member; /* the last name passed, as spelled */
	bool integers_only;    /* refuse fractions, exponents and -0 */
	bool takes_notes;      /* into note, in the order of the text */
	struct ev_json_note *note; /* the caller's (free), on refusal too */
	size_t n_notes, room;
	struct ev_span name; /* of the member whose value comes next */
	size_t depth;
	size_t n_values;
	enum ev_code code; /* EV_OK until something is refused; EV_TROUBLE where
			    * there was no memory for a note */
	const char *field; /* of the refusal: "text", "depth", ... */
	const char *want;  /* of the refusal */
};

/* Passes white space; whether a byte is left. */
bool ev_json_scan_space(struct ev_json_scan *s);

/* Passes white space and one value; false on refusal. */
bool ev_json_scan_value(struct ev_json_scan *s);

/* Passes the whole text, one value with white space around it; what is
 * refused is in *err, with the bytes at fault and the member before them. */
enum ev_code ev_json_scan_whole(struct ev_json_scan *s, const char *object,
				struct ev_error *err);

#endif
