/* SPDX-License-Identifier: Apache-2.0 */
/* The report ecart-report/1 of a case whose checks were asked. */
#ifndef RP_REPORT_H
#define RP_REPORT_H

#include "replay/replay.h"

enum rp_time_basis {
	RP_TIME_GIVEN,
	RP_TIME_PROVEN,
	RP_TIME_CLAIMED,
	RP_TIME_ISSUED
};

enum rp_verdict rp_verdict_of(const struct rp_case *c);

/* NULL when memory ran out; owned by the caller. */
char *rp_report_write(const struct rp_case *c, enum rp_time_basis basis,
		      bool has_basis, size_t *n);

/* In the report: a required check, and a failure that the policy waives. */
bool rp_is_required(const struct rp_case *c, const struct rp_finding *f);
bool rp_is_waived(const struct rp_case *c, const struct rp_finding *f);

#endif
