/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One claim of a token held against the evidence: each function sets what is
 * recomputed and the result, or leaves the claim not recomputable where the
 * evidence says nothing of it.  A claim that has a result and no text
 * recomputed is trouble.
 */
#ifndef RP_CLAIM_JUDGE_H
#define RP_CLAIM_JUDGE_H

#include "replay/claim.h"

/* By the rows of rp_claim_rows; a name of another TEE's differs. */
void rp_claim_by_table(const struct rp_claim_evidence *evidence,
		       const struct ev_node *claim, struct rp_claim *c);

/* As the hash of a quote, or of collateral of the kind that its name says. */
void rp_claim_by_hash(const struct rp_claim_evidence *evidence,
		      const struct ev_node *claim, struct rp_claim *c);

/* twin: what the paravisor's report has in the claim's place, or NULL. */
void rp_claim_by_twin(const struct rp_claim_evidence *evidence,
		      const struct ev_node *claim, const struct ev_node *twin,
		      struct rp_claim *c);

/* Where a guest's token says it beside the TEE's claims: the VM's id. */
void rp_claim_of_guest(const struct rp_claim_evidence *evidence,
		       const struct ev_node *claim, struct rp_claim *c);

/* A name under which a service says one value, so that a container is none:
 * hash: that of a hash, else one of the table or the VM's id. */
bool rp_claim_is_known(const char *name, bool hash);

#endif
