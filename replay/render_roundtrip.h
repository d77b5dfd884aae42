/* SPDX-License-Identifier: Apache-2.0 */
/* Lines about round trips and registries: circumstantial, and what they do
 * not show. */
#ifndef RP_RENDER_ROUNDTRIP_H
#define RP_RENDER_ROUNDTRIP_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* full: assumptions and limits, a line each; else how many there are. */
void rp_render_roundtrips(const json_t *report, bool full,
			  struct ev_buffer *out);

#endif
