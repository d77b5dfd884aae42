/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What later collateral changes: two reports of the same evidence, as of then
 * and as of later, become one, whose member `hindsight` has what the second
 * one says otherwise.  The verdict stays that of then (ecart-report(5)).
 */
#ifndef RP_HINDSIGHT_H
#define RP_HINDSIGHT_H

#include "evidence/base/bytes.h"

/* Canonical JSON, owned by the caller (free); NULL: no memory, or not two
 * reports of ours. */
char *rp_hindsight_merge(struct ev_span then, struct ev_span later, size_t *n);

#endif
