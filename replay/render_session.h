/* SPDX-License-Identifier: Apache-2.0 */
/* What a collection's nonces answer, and what carries them, as lines. */
#ifndef RP_RENDER_SESSION_H
#define RP_RENDER_SESSION_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* A whole report; appends nothing where no session stands in it. */
void rp_render_session(const json_t *report, bool full, struct ev_buffer *out);

#endif
