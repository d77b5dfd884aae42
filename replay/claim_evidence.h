/* SPDX-License-Identifier: Apache-2.0 */
/* The raw evidence that a token speaks of, put together out of a case. */
#ifndef RP_CLAIM_EVIDENCE_H
#define RP_CLAIM_EVIDENCE_H

#include "replay/claim.h"
#include "replay/token.h"

/* The object of a payload that speaks of the TEE: the payload itself, or what
 * a guest's token has inside. */
const struct ev_node *rp_token_tee(const struct ev_jwt *jwt);

/* The report data that a token claims, decoded from hex.  False where it
 * claims none. */
bool rp_token_report_data(const struct ev_jwt *jwt, uint8_t out[64]);

/* The report data of a quote or an SEV-SNP report that could be read; empty
 * of any other subject, NULL among them. */
struct ev_span rp_evidence_report_data(const struct rp_subject *s);

/* The paravisor's report that such evidence is the hardware's word for, or
 * NULL. */
const struct rp_subject *rp_evidence_hcl(const struct rp_case *c,
					 const struct rp_subject *s);

/* Once quotes and paravisors' reports are linked: what each token speaks of,
 * and its claims.  Of several pieces of evidence it is the one whose report
 * data the token claims, else the one that the manifest says it answers, else
 * the first of the TEE that it names.  EV_TROUBLE or EV_OK. */
enum ev_code rp_link_claims(struct rp_case *c);

#endif
