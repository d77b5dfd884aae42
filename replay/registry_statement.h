/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of registries in a case, each beside the quote that it answers. */
#ifndef RP_REGISTRY_STATEMENT_H
#define RP_REGISTRY_STATEMENT_H

#include "evidence/jwks.h"
#include "evidence/registry.h"
#include "replay/case.h"

struct rp_registry {
	struct rp_parsed parsed;
	struct ev_registry reply;
	const struct rp_subject *quote; /* that was sent to it, or NULL */
	/* A key set that the manifest calls the answer's, or that holds its
	 * token's key; NULL: nobody archived one. */
	const struct rp_item *keys_item;
	struct ev_jwks keys;	  /* owned */
	const struct ev_jwk *key; /* by kid; NULL: none, or several */
	const char *signature;	  /* "not judged"; place.registry says else */
};

/* Parses an item and makes a subject of it. */
enum ev_code rp_registry_parse(struct rp_case *c, const struct rp_item *item);
void rp_registry_free(struct rp_registry *r);
/* Gives each its key set, and the quote that the manifest says it answers, else
 * the first.  EV_TROUBLE or EV_OK. */
enum ev_code rp_link_registry(struct rp_case *c);

#endif
