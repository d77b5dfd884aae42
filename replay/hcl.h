/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a paravisor says, as subjects: its report, runtime claims that came
 * without one, and an SEV-SNP report, inside it or alone.  EV_TROUBLE or
 * EV_OK: bad evidence is kept as a parse result.
 */
#ifndef RP_HCL_H
#define RP_HCL_H

#include "replay/case.h"

enum ev_code rp_hcl_parse(struct rp_case *c, const struct rp_item *item);
enum ev_code rp_claims_parse(struct rp_case *c, const struct rp_item *item);
enum ev_code rp_snp_parse(struct rp_case *c, const struct rp_item *item);

#endif
