/* SPDX-License-Identifier: Apache-2.0 */
/* A finding as it stands in a report's `checks` (ecart-report(5)). */
#ifndef RP_REPORT_FINDING_H
#define RP_REPORT_FINDING_H

#include "evidence/base/buffer.h"
#include "replay/case.h"

/* Appends the object's canonical bytes.  They are most of a report: they are
 * put down as they come to stand, without a writer that would sort them. */
void rp_report_finding(const struct rp_case *c, const struct rp_finding *f,
		       struct ev_buffer *out);

/* The word of an outcome: "pass". */
const char *rp_outcome_word(enum rp_outcome outcome);

#endif
