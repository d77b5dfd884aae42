/* SPDX-License-Identifier: Apache-2.0 */
/* What a collection's nonces answer, and what carries them, as lines. */
#ifndef RP_RENDER_SESSION_H
#define RP_RENDER_SESSION_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* A whole report.  Where no session stands in it, that is said of evidence;
 * nothing is appended where there is none either. */
void rp_render_session(const json_t *report, bool full, struct ev_buffer *out);

#endif
