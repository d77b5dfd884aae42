/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing in a replay, in words. */
#ifndef RP_GAPS_H
#define RP_GAPS_H

#include "evidence/base/json_write.h"
#include "replay/case.h"

/* Something here says what a machine ran, and is judged: a quote, a
 * paravisor's report or a TPM quote. */
bool rp_holds_evidence(const struct rp_case *c);

/* Writes the member "gaps" of the report (ecart-report(5)). */
void rp_gaps_write(const struct rp_case *c, struct ev_writer *w);

#endif
