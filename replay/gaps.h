/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing in a replay, in words. */
#ifndef RP_GAPS_H
#define RP_GAPS_H

#include "evidence/base/json_write.h"
#include "replay/case.h"

/* Something here says what a machine ran, and is judged: a quote, a
 * paravisor's report or a TPM quote. */
bool rp_holds_evidence(const struct rp_case *c);

/* gaps_snp.c.  An SEV-SNP report has no certificate of the chip's key; is
 * signed with the cloud's; rests on AMD's certificates, whose CRL nobody looks
 * at; has endorsements of its MEASUREMENT beside it, or in a token's
 * certificate. */
bool rp_gap_no_vcek(const struct rp_case *c);
bool rp_gap_vlek(const struct rp_case *c);
bool rp_gap_no_amd_crl(const struct rp_case *c);
bool rp_gap_uvm(const struct rp_case *c);

/* Writes the member "gaps" of the report (ecart-report(5)). */
void rp_gaps_write(const struct rp_case *c, struct ev_writer *w);

#endif
