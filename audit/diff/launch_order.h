/* SPDX-License-Identifier: Apache-2.0 */
/* What stands at another place: of two orders of the same things, the fewest
 * that have to be moved to make one of the other. */
#ifndef AU_LAUNCH_ORDER_H
#define AU_LAUNCH_ORDER_H

#include "evidence/base/error.h"

/*
 * place[i] is where the i-th thing of one order stands in the other; all
 * differ.  moved[i] is set for each that is outside a longest ascending
 * subsequence.  EV_OK or trouble.  n log n.
 */
enum ev_code au_order_moved(const uint32_t *place, size_t n, bool *moved,
			    struct ev_error *err);

#endif
