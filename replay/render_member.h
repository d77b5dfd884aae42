/* SPDX-License-Identifier: Apache-2.0 */
/* Members of a report, read back for the texts that are made of it. */
#ifndef RP_RENDER_MEMBER_H
#define RP_RENDER_MEMBER_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* NULL: not a report of ours, or no memory; owned by the caller. */
json_t *rp_report_load(struct ev_span report);

/* PASS, FAIL or INCOMPLETE. */
const char *rp_verdict_word(const json_t *report);

/* A text member reached by up to three names (NULL: no more); "" where it is
 * not there. */
const char *rp_member_text(const json_t *v, const char *a, const char *b,
			   const char *c);
json_int_t rp_member_int(const json_t *v, const char *name);
bool rp_member_is_true(const json_t *v, const char *name);

/* What is said behind facts that no check carries; "" behind those that one
 * does, and where there are none. */
const char *rp_member_mark(const json_t *v);
/* Room for a digest, whole or cut. */
typedef char rp_digest_text[132];
/* Hex, cut unless all of it is wanted; out is returned. */
const char *rp_member_digest(const json_t *v, const char *name, bool full,
			     rp_digest_text out);

/* The nth object of an area of facts, which has one or a list of them; NULL
 * behind the last. */
const json_t *rp_area_nth(const json_t *facts, const char *area, size_t n);
/* The nth of those whose text member is this one. */
const json_t *rp_area_of(const json_t *facts, const char *area,
			 const char *member, const char *text, size_t n);

/* An object of facts, but NULL for a set of collateral that does not decide: it
 * is shown beside and speaks for no machine. */
const json_t *rp_unless_beside(const json_t *v);

/* An anchor that the report rests on is SIMULATED; what is then said. */
#define RP_SIMULATED "SIMULATED anchors: this says nothing about a real machine"
bool rp_rests_on_simulated(const json_t *report);

#endif
