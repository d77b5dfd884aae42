/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A site owner's statement: opaque.  Whom it calls its issuer is read where it
 * is JSON or a token, and is nobody's until somebody checks it elsewhere.
 */
#ifndef RP_ENDORSEMENT_H
#define RP_ENDORSEMENT_H

#include "evidence/base/buffer.h"
#include "replay/case.h"

/* What is shown of one verbatim; the item has all. */
#define RP_ENDORSEMENT_SHOWN 4096

/* Appends the issuer as it is spelled; *from is then where it stands:
 * "statement" (member issuer or iss of it), "token" (iss of its payload),
 * "manifest" (the source that the archive's maker noted).  NULL, and nothing
 * is appended: nobody says. */
void rp_endorsement_issuer(const struct rp_item *item, struct ev_buffer *out,
			   const char **from);

#endif
