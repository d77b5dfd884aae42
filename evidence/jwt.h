/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token in compact form (RFC 7515, 7.1; RFC 7519): three base64url parts
 * with dots between them.  One spelling for one token, since it is the
 * token's bytes that a signature and a digest are over.  Read, never verified
 * here.
 */
#ifndef EV_JWT_H
#define EV_JWT_H

#include "evidence/base/error.h"

struct ev_jwt {
	struct ev_span item;
	/* Text, where it stands in item. */
	struct ev_span header_text, payload_text, signature_text;
	uint8_t *storage;	/* owned: what follows is in it */
	struct ev_span header;	/* JSON object */
	struct ev_span payload; /* JSON object */
};

/* Refuses more or fewer parts, empty ones, padding, white space, bits that
 * are not used and not zero, what is no JSON object.  Free with ev_jwt_free. */
enum ev_code ev_jwt_parse(struct ev_span item, struct ev_jwt *out,
			  struct ev_error *err);
void ev_jwt_free(struct ev_jwt *jwt);

/* A claim that is text, without its quotes, as it is spelled (escapes are not
 * undone): of the payload where path has one name, of the object named first
 * where it has more (NULL-terminated).  False where one is not there, or
 * twice, or no text. */
bool ev_jwt_text(const struct ev_jwt *jwt, const char *const *path,
		 struct ev_span *out);

#endif
