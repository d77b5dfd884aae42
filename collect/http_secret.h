/* SPDX-License-Identifier: Apache-2.0 */
/* A secret in the text of somebody else, however it is spelled there. */
#ifndef CO_HTTP_SECRET_H
#define CO_HTTP_SECRET_H

#include "evidence/base/bytes.h"

/*
 * Whether text holds the secret: as it is; in base64 of either alphabet,
 * alone or within a longer string; and any of these with the escapes of JSON
 * or of percent for some of its characters.  Other spellings, and a part of
 * it, are not seen.  True where memory runs out.
 */
bool co_http_secret_in(struct ev_span text, struct ev_span secret);

#endif
