/* SPDX-License-Identifier: Apache-2.0 */
/* The nonces of a record of round trips: each try that came to an end holds its
 * own, and the binding leaves none out. */
#ifndef RP_BOUND_TRIES_H
#define RP_BOUND_TRIES_H

#include "replay/bound.h"

/* Compares every nonce that the binding names for the item, whose record is
 * parsed or was refused.  want and got are those of the first try that
 * differs, else of the first.  The session has a root.  EV_TROUBLE or EV_OK. */
enum ev_code rp_bound_tries(struct rp_case *c, const struct rp_item *item,
			    struct rp_bound *b);

#endif
