/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pattern lists (ssh_config(5), "PATTERNS"): patterns separated by commas, in
 * each "*" for any number of bytes, "?" for one; "!" before a pattern forbids
 * what it matches.  Case counts.
 */
#ifndef AU_PATTERN_LIST_H
#define AU_PATTERN_LIST_H

#include "evidence/base/bytes.h"

/* Of a pattern in a list: one that is longer matches nothing, and lets the
 * whole list match nothing, as in OpenSSH. */
#define AU_PATTERN_MAX ((size_t)1022)

/* Steps that may still be taken, lowered by each; a list of a thousand patterns
 * for one of a thousand names takes some ten million. */
struct au_pattern_work {
	uint64_t left;
};
#define AU_PATTERN_STEPS_MAX (UINT64_C(1) << 26)

/* Where no step is left nothing matches, and no list allows. */
bool au_pattern_matches(struct ev_span pattern, struct ev_span text,
			struct au_pattern_work *work);

/* A pattern of the list matches, and none that forbids does. */
bool au_pattern_list_allows(struct ev_span list, struct ev_span text,
			    struct au_pattern_work *work);

#endif
