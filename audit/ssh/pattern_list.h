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

bool au_pattern_matches(struct ev_span pattern, struct ev_span text);

/* A pattern of the list matches, and none that forbids does. */
bool au_pattern_list_allows(struct ev_span list, struct ev_span text);

#endif
