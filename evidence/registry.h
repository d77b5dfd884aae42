/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer of a registry of machines (kind poc-registry): a statement that
 * members of it know the platform of a quote by a label, with a token that
 * says so (proofofcloud/trust-server, POST /get_jwt).  The registry's word,
 * read and never verified here.
 */
#ifndef EV_REGISTRY_H
#define EV_REGISTRY_H

#include "evidence/base/json_node.h"
#include "evidence/jwt.h"

struct ev_registry {
	struct ev_nodes nodes; /* owned: text borrows from it */
	struct ev_span machine_id, label, jwt;
	struct ev_jwt token; /* owned: of jwt */
	/* Claims that are text; empty where it has them not. */
	struct ev_span issuer, token_machine_id, quote_hash;
};

/* Refuses what is no object with these three members as text, and a token
 * that ev_jwt_parse refuses.  Free with ev_registry_free. */
enum ev_code ev_registry_parse(struct ev_span item, struct ev_registry *out,
			       struct ev_error *err);
void ev_registry_free(struct ev_registry *registry);

#endif
