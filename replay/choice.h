/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The set of collateral that a policy names, where an archive holds several
 * for one platform (ecart-policy(5), collateral): by what its recorded address
 * asked for, by its evaluation number, or by both.
 */
#ifndef RP_CHOICE_H
#define RP_CHOICE_H

#include "evidence/base/json.h"

struct rp_choice {
	const char *update; /* "standard", "early", static; NULL: either */
	bool has_number;
	uint64_t number; /* tcbEvaluationDataNumber, up to UINT32_MAX */
};

/* Refuses what is no object, an empty one, unknown members, other words, and
 * numbers that no TCB info can have.  On failure *out is not written. */
enum ev_code rp_choice_read(const json_t *v, struct rp_choice *out,
			    struct ev_error *err);

/* False: the policy leaves it to the rule for all. */
bool rp_choice_is_made(const struct rp_choice *choice);

/* A TCB info of that number, from that address (NULL: none is recorded), is
 * of the set that is named. */
bool rp_choice_takes(const struct rp_choice *choice, uint64_t number,
		     const char *uri);

/* "update early, evaluation number 21". */
#define RP_CHOICE_TEXT 64
void rp_choice_format(const struct rp_choice *choice, char out[RP_CHOICE_TEXT]);

/* The address asked PCS-API for this update: its first query parameter of
 * that name has the word. */
bool rp_asked_for(const char *uri, const char *word);

#endif
