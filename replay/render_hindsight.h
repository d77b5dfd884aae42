/* SPDX-License-Identifier: Apache-2.0 */
/* What was provable then beside what is known later, for people. */
#ifndef RP_RENDER_HINDSIGHT_H
#define RP_RENDER_HINDSIGHT_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* Nothing where the report has no hindsight. */
void rp_render_hindsight(const json_t *report, struct ev_buffer *out);

#endif
