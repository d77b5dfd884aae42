/* SPDX-License-Identifier: Apache-2.0 */
/* Where the machine stands, as far as anybody has said so, in words. */
#ifndef RP_RENDER_PLACE_H
#define RP_RENDER_PLACE_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* A whole report; nothing is appended where it tells of no place.  full: every
 * level with its meaning, statements whole. */
void rp_render_place(const json_t *report, bool full, struct ev_buffer *out);

#endif
