/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evidence that can be asked for more than once in a run: a service whose
 * nonce must be in the report needs a report of its own, the second round
 * (ecart-archive(5), BINDING).
 */
#ifndef CO_ROUND_H
#define CO_ROUND_H

#include "collect/collection.h"

struct co_round {
	const char *use;      /* of the binding: "hcl", "report-data", "ita" */
	unsigned int number;  /* 1, 2 */
	const char *hint;     /* of the items: NULL, "round2" */
	struct ev_span nonce; /* 64 bytes; empty: not asked for */
};

/* An HCL report that carries the nonce. */
bool co_round_hcl(struct co_collection *c, const struct co_round *round,
		  char why[CO_WHY_TEXT]);
/* The quote over the last HCL report. */
bool co_round_azure_quote(struct co_collection *c, const struct co_round *round,
			  char why[CO_WHY_TEXT]);
/* A quote of the kernel that carries the nonce. */
enum co_outcome co_round_tsm(struct co_collection *c,
			     const struct co_round *round,
			     char why[CO_WHY_TEXT]);

#endif
