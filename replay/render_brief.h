/* SPDX-License-Identifier: Apache-2.0 */
/* What a row is made of, read back from a report as nodes: rows are made by
 * the thousand, and texts one at a time (render_member.h). */
#ifndef RP_RENDER_BRIEF_H
#define RP_RENDER_BRIEF_H

#include "evidence/base/json_node.h"

struct rp_brief {
	struct ev_nodes nodes;
	struct ev_span checks; /* most of a report: their text alone */
	const struct ev_node *facts;
};

/* facts, asOf, verdict, anchors and the archive's id.  False: no report of
 * ours, or no memory.  Free with rp_brief_free. */
bool rp_brief_load(struct ev_span report, struct rp_brief *out);
void rp_brief_free(struct rp_brief *brief);

/* A text member reached by up to two names (NULL: no more); "" where it is not
 * there.  v may be NULL. */
const char *rp_brief_text(const struct ev_node *v, const char *a,
			  const char *b);
bool rp_brief_is_true(const struct ev_node *v, const char *name);

/* The nth object of an area of facts, which has one or a list of them; NULL
 * behind the last. */
const struct ev_node *rp_brief_nth(const struct rp_brief *brief,
				   const char *area, size_t n);
/* The first, but NULL for a set of collateral that does not decide: it is
 * shown beside and speaks for no machine. */
const struct ev_node *rp_brief_first(const struct rp_brief *brief,
				     const char *area);

/* An anchor that the report rests on is SIMULATED. */
bool rp_brief_is_simulated(const struct rp_brief *brief);

#endif
