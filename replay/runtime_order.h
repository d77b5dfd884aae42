/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paravisor's runtime claims, put back into the bytes that the hardware
 * report commits to: a token prints them with sorted members.  In which order
 * each generation of the paravisor wrote them is known (docs/sources.md,
 * OPENHCL; ecart's azure page 2.2).
 */
#ifndef RP_RUNTIME_ORDER_H
#define RP_RUNTIME_ORDER_H

#include "evidence/base/buffer.h"
#include "evidence/base/json_node.h"

extern const size_t rp_n_runtime_orders;

/* "legacy HCL", "OpenHCL". */
const char *rp_runtime_order_name(size_t order);

/*
 * Writes v, which text holds, compactly and in that order; values stand as
 * they are spelled.  False where a member is not of the order: *unknown then
 * is its name, and what was written counts for nothing.
 */
bool rp_runtime_rebuild(const struct ev_node *v, struct ev_span text,
			size_t order, struct ev_buffer *out,
			const char **unknown);

#endif
