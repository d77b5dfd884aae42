/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token in compact form (RFC 7515, 7.1; RFC 7519): three base64url parts
 * with dots between them.  One spelling for one token, since it is the
 * token's bytes that a signature and a digest are over.  Read, never verified
 * here.
 */
#ifndef EV_JWT_H
#define EV_JWT_H

#include "evidence/base/json_node.h"

struct ev_jwt {
	struct ev_span item;
	/* Text, where it stands in item. */
	struct ev_span header_text, payload_text, signature_text;
	uint8_t *storage;	  /* owned: the three parts are in it */
	struct ev_span header;	  /* JSON object */
	struct ev_span payload;	  /* JSON object */
	struct ev_span signature; /* empty: alg is "none" */
	/* Owned.  Numbers are of ev_nodes_parse_numbers; places are those in
	 * header and payload. */
	struct ev_nodes header_nodes, payload_nodes;
	/* Of the header, decoded; p is NULL where absent, but for alg. */
	struct ev_span alg, kid, typ, jku;
	const struct ev_node *x5c; /* an array, or NULL */
};

/*
 * Refuses more or fewer parts, empty ones, padding, white space, bits that
 * are not used and not zero, what is no JSON object, a member that stands
 * twice at any depth, a header without alg, one with crit or b64 (it would
 * change what is signed, RFC 7797), and members of it of another type than is
 * said above.  A signature may be empty where alg is "none" alone.  Offsets of
 * "jwt" are those in item, of "jwt.header" and "jwt.payload" those in the
 * decoded part.  Free with ev_jwt_free.
 */
enum ev_code ev_jwt_parse(struct ev_span item, struct ev_jwt *out,
			  struct ev_error *err);
void ev_jwt_free(struct ev_jwt *jwt);

/* A claim: of the payload where path has one name, of the object named first
 * where it has more (NULL-terminated).  NULL where there is none. */
const struct ev_node *ev_jwt_claim(const struct ev_jwt *jwt,
				   const char *const *path);

/* The same of a claim that is text, decoded.  False where there is none, or
 * another type. */
bool ev_jwt_text(const struct ev_jwt *jwt, const char *const *path,
		 struct ev_span *out);

/* What is signed: the first two parts and the dot between them, as they stand
 * in the item (RFC 7515, 5.2). */
struct ev_span ev_jwt_signed(const struct ev_jwt *jwt);

/* iat, nbf, exp (RFC 7519, 4.1).  EV_OK with has_* false where absent; the
 * refusal is ev_numeric_date_read's. */
struct ev_jwt_times {
	bool has_iat, has_nbf, has_exp;
	int64_t iat, nbf, exp;
};
enum ev_code ev_jwt_times(const struct ev_jwt *jwt, struct ev_jwt_times *out,
			  struct ev_error *err);

#endif
