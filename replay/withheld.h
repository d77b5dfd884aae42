/* SPDX-License-Identifier: Apache-2.0 */
/* What was withheld from an archive, and which checks went with it. */
#ifndef RP_WITHHELD_H
#define RP_WITHHELD_H

#include "replay/case.h"

/* The first withheld item of a kind that this check asks about, NULL where
 * there is none.  Where nothing of that kind is left, the check is asked of
 * the item all the same, and cannot be answered. */
const struct ev_redaction *rp_withheld_for(const struct rp_case *c,
					   const struct rp_check *check);

/* Into the array of gaps that is open in w: one line a withheld item. */
void rp_withheld_write(const struct rp_case *c, struct ev_writer *w);

#endif
