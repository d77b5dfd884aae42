/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Key sets of a case, and the certificates of their keys: read once, however
 * many tokens ask.
 */
#ifndef RP_KEY_SET_H
#define RP_KEY_SET_H

#include "evidence/jwks.h"
#include "evidence/path.h"
#include "replay/case.h"

/* Those of one x5c, leaf first; none where parsed is a refusal. */
struct rp_x5c {
	struct rp_parsed parsed;
	struct ev_x509 cert[EV_PATH_MAX];
	size_t n;
	uint8_t *der; /* owned: what cert borrows from */
};

/* list: an x5c in base64, or in PEM as Google has it.  NULL: trouble. */
struct rp_x5c *rp_x5c_read(struct ev_crypto *crypto,
			   const struct ev_node *list);
void rp_x5c_free(struct rp_x5c *x5c);

/* What is found out of a key beside what the set says. */
struct rp_set_key {
	/* Its kid is the digest of the key, or of its certificate (tokens page
	 * 3.3 and 4): nobody can make another that bears it. */
	bool kid_of_key, kid_of_cert;
	struct rp_x5c *x5c; /* owned; NULL: none was asked for */
};

struct rp_key_set {
	const struct rp_item *item;
	struct rp_parsed parsed;
	struct ev_jwks keys;	/* owned */
	struct rp_set_key *key; /* owned: of each of keys */
};

/* Reads those of the case, once.  EV_TROUBLE or EV_OK. */
enum ev_code rp_key_sets_read(struct rp_case *c);
void rp_key_sets_free(struct rp_case *c);

#endif
