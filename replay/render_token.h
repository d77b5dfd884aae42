/* SPDX-License-Identifier: Apache-2.0 */
/* What tokens of verifier services say, and what follows from it, as lines. */
#ifndef RP_RENDER_TOKEN_H
#define RP_RENDER_TOKEN_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* Of a whole report: each token, what vouches for its key, and what it is no
 * word for.  full: the claims that nobody can recompute, by name. */
void rp_render_tokens(const json_t *report, bool full, struct ev_buffer *out);

/* The table of one token's claims: result and name, then the value in the
 * token, the value recomputed, and the bytes it was recomputed from.  Nothing
 * where the report tells of no such token. */
void rp_render_claims(const json_t *report, const char *item,
		      struct ev_buffer *out);

#endif
