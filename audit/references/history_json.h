/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Histories and vouchers as JSON (ecart-reference(5), HISTORIES): the same for
 * the same repository, with no clock, path or locale in it.  Members that say
 * nothing are left out.  The caller owns what is returned; NULL: out of memory.
 */
#ifndef AU_HISTORY_JSON_H
#define AU_HISTORY_JSON_H

#include "audit/references/vouching.h"

/* {state, kind, object, signature, principals, key, algorithm, time, reason} */
json_t *au_voucher_json(const struct au_voucher *voucher);

/* {kind, commit, time, author, signature, state, status, measurements, members,
 * restores, timeGoesBack, fromUnreadable, reason} */
json_t *au_event_json(const struct au_event *event);

/* {state, commit, reason}; commit is what was asked for. */
json_t *au_known_json(const struct au_known *known, const char *commit);

/* {path, product, version, present, end, dropped, signature, events}: events
 * oldest first, product and version where the path has its shape. */
json_t *au_vouched_json(const char *path, const struct au_vouched *vouched);

/* What a commit claims; "@SECONDS" for what no year from 1 to 9999 has. */
#define AU_CLAIMED_TIME 32
void au_claimed_time(int64_t time, char out[AU_CLAIMED_TIME]);

#endif
