/* SPDX-License-Identifier: Apache-2.0 */
/* What the evidence says of each machine, a block for each quote. */
#ifndef RP_RENDER_MACHINE_H
#define RP_RENDER_MACHINE_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* Of a whole report; with full, digests are not cut. */
void rp_render_machines(const json_t *report, bool full, struct ev_buffer *out);

#endif
