/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a TCB level come to. */
#ifndef RP_RENDER_TOGETHER_H
#define RP_RENDER_TOGETHER_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* The merged status with its date and the advisories; nothing of an object of
 * facts.tcb that is UpToDate without any.  mark: what stands behind each. */
void rp_render_together(const json_t *tcb, const char *mark, bool full,
			struct ev_buffer *out);

#endif
