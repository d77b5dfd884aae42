/* SPDX-License-Identifier: Apache-2.0 */
/* facts.snp as lines. */
#ifndef RP_RENDER_SNP_H
#define RP_RENDER_SNP_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* snp: an object of that area; azure: the paravisor's report that holds it, or
 * NULL. */
void rp_render_snp(const json_t *snp, const json_t *azure, bool full,
		   struct ev_buffer *out);

#endif
