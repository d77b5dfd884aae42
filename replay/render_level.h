/* SPDX-License-Identifier: Apache-2.0 */
/* How far a platform is from the nearest TCB level, as a small table. */
#ifndef RP_RENDER_LEVEL_H
#define RP_RENDER_LEVEL_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* Of facts.tcb, .platform and .tdx (or NULL) those of one quote; appends
 * nothing where the platform reached a level. */
void rp_render_level(const json_t *tcb, const json_t *platform,
		     const json_t *tdx, struct ev_buffer *out);

#endif
