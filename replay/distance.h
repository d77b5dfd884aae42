/* SPDX-License-Identifier: Apache-2.0 */
/* How far a platform is from the newest level, in the words people copy. */
#ifndef RP_DISTANCE_H
#define RP_DISTANCE_H

#include "replay/tcb.h"

#define RP_DISTANCE_TEXT 208 /* fits a reason, behind any status */

/*
 * "to the newest level (2025-05-14T00:00:00Z) sgx 7 is 0, needs 3, ...": as
 * many whole pairs as there is room for, then how many more there are.  svn:
 * TEE_TCB_SVN, NULL for SGX.
 */
void rp_distance_format(const struct ev_tcb_info *info,
			const struct ev_pck *pck, const uint8_t *svn,
			char out[RP_DISTANCE_TEXT]);

#endif
