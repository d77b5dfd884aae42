/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items that carry a nonce of the session, one subject each: what is in the
 * item, and what must be there.  Read and compared, never verified: whether
 * the item's bytes are anybody's word is the matter of other checks.
 */
#ifndef RP_BOUND_H
#define RP_BOUND_H

#include "evidence/imds.h"
#include "evidence/jwt.h"
#include "replay/session.h"

struct rp_bound {
	const struct ev_nonce_use *nonce; /* NULL: the manifest names none */
	struct rp_nonce want;		  /* n is 0 where it is not known */
	/* What the item holds; where it holds none, refused says why. */
	struct ev_span got;
	struct rp_parsed refused;
	bool is_text;
	struct ev_span part; /* the bytes of the item that got is from */
	/* Owned, got borrows from them. */
	struct ev_imds imds;
	struct ev_jwt jwt;
	uint8_t decoded[EV_SESSION_ROOT_SIZE];
};

/*
 * Adds subjects once every item is parsed: for each use, the items that the
 * binding names and those of its kind that it does not; where the manifest
 * says nothing that can be read, manifest.json stands for all of them
 * (bound is NULL then).  EV_TROUBLE or EV_OK.
 */
enum ev_code rp_bound_build(struct rp_case *c);
void rp_bound_free(struct rp_bound *bound);

#endif
