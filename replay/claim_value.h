/* SPDX-License-Identifier: Apache-2.0 */
/* What one row of the table of claims says of a body, and whether a token's
 * claim is that. */
#ifndef RP_CLAIM_VALUE_H
#define RP_CLAIM_VALUE_H

#include "replay/claim.h"

struct rp_claim_value {
	enum ev_node_type type; /* a string, an integer or a truth */
	char text[2 * 64 + 1];	/* as a token spells it, without quotes */
	int64_t integer;
	bool truth;
	struct rp_input input;
};

/* body is there. */
struct rp_claim_value rp_claim_value_of(const struct rp_claim_row *row,
					const struct rp_claim_bytes *body);

/* Equal or not, in type and value; *note: what there is to say beside it, or
 * NULL.  hex: letters in upper case are another spelling of the same. */
enum rp_claim_result rp_claim_value_compare(const struct rp_claim_value *v,
					    const struct ev_node *claim,
					    bool hex, const char **note);

/* text is lower where A to F are a to f. */
bool rp_claim_is_upper(struct ev_span text, const char *lower);

#endif
