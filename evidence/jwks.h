/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key set of a token service (RFC 7517, 5): each key as its numbers, as a
 * certificate chain, or both.  Read, never verified here: whose keys they are
 * is said by whoever archived them.
 */
#ifndef EV_JWKS_H
#define EV_JWKS_H

#include "evidence/base/json_node.h"
#include "evidence/base/public_key.h"

struct ev_jwk {
	/* Why it is no key that a token can be verified by; EV_OK: it is one.
	 * A set is not refused for one key (RFC 7517, 5). */
	struct ev_error refused;
	const struct ev_node *node;
	uint64_t offset, size; /* of the key's object in the item */
	/* Decoded; p NULL where absent. */
	struct ev_span kid, alg, use;
	const struct ev_node *key_ops; /* array of strings, or NULL */
	struct ev_public_key key;  /* of n and e or x and y, else of x5c[0] */
	bool has_numbers;	   /* n and e, or x and y, are there */
	const struct ev_node *x5c; /* array of strings, or NULL */
	struct ev_span cert_der;   /* x5c[0], decoded; empty: none */
	struct ev_span spki;	   /* DER, of cert_der; empty: none */
	bool key_twice_equal; /* numbers and x5c[0] agree, or one is absent */
};

struct ev_jwks {
	struct ev_span item;
	struct ev_nodes nodes; /* owned */
	struct ev_jwk *key;    /* owned, in the order of the item */
	size_t n;
	uint8_t *storage; /* owned: what was decoded */
};

/* Refuses what is no object with an array "keys" of objects, a member twice,
 * more than EV_JWKS_KEYS_MAX keys.  Free with ev_jwks_free. */
enum ev_code ev_jwks_parse(struct ev_span item, struct ev_jwks *out,
			   struct ev_error *err);
void ev_jwks_free(struct ev_jwks *jwks);

/* The keys of that kid: *n of them, the first is returned (NULL: none). */
const struct ev_jwk *ev_jwks_find(const struct ev_jwks *jwks,
				  struct ev_span kid, size_t *n);

/* The set lets the key verify signatures (RFC 7517, 4.2 and 4.3): neither use
 * nor key_ops says that it is for something else. */
bool ev_jwk_may_verify(const struct ev_jwk *key);

#endif
