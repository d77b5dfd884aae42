/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a machine stands, as far as anybody has said so: a level, never a yes.
 * Each level has a condition of its own, which outcomes of checks answer; the
 * level reached is the highest below which every condition holds.
 */
#ifndef RP_STANDING_H
#define RP_STANDING_H

#include "evidence/limits.h"
#include "replay/case.h"

#define RP_STANDING_LEVELS 6 /* L0 to L5 */

struct rp_standing_level {
	const char *means;    /* "a genuine processor signed a quote" */
	const char *rests[8]; /* ids of checks, up to NULL */
};
extern const struct rp_standing_level rp_standing_levels[RP_STANDING_LEVELS];

enum rp_standing_answer {
	RP_STANDING_NO,
	RP_STANDING_YES,
	RP_STANDING_UNTOLD, /* nothing here says it, either way */
};
/* "no", "yes", "untold". */
const char *rp_standing_answer_word(enum rp_standing_answer answer);

struct rp_standing_step {
	enum rp_standing_answer holds;
	char why[400]; /* where it is not yes */
};

/* What a place is of; NULL where there is none. */
struct rp_standing_of {
	const struct rp_subject *quote, *snp, *hcl;
};

struct rp_standing {
	struct rp_standing_of of;
	/* What was found to speak for it, the best of each; NULL: none. */
	const struct rp_subject *tpm_quote, *ak_cert, *imds;
	struct rp_standing_step step[RP_STANDING_LEVELS];
	int level; /* -1: not even L0 */
};

/* One for each paravisor's report, then for each quote that no report is
 * linked to and each SEV-SNP report that none holds; where there is none of
 * these, one for TPM quotes and attested documents.  How many there are, of
 * which the first EV_PLACES_MAX are in out. */
size_t rp_standing_find(const struct rp_case *c,
			struct rp_standing_of out[EV_PLACES_MAX]);

/* After every check was asked. */
void rp_standing_judge(const struct rp_case *c, struct rp_standing_of of,
		       struct rp_standing *out);

#endif
