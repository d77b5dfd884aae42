/* SPDX-License-Identifier: Apache-2.0 */
/* Lines about registers: which the logs give, and what the others are. */
#ifndef RP_RENDER_REGISTERS_H
#define RP_RENDER_REGISTERS_H

#include "replay/render_member.h"

/* One entry for registers of a quote and bank that have one answer; those
 * that no quote has with full alone. */
void rp_render_registers(const json_t *report, bool full,
			 struct ev_buffer *out);

#endif
