/* SPDX-License-Identifier: Apache-2.0 */
/* What it means that a check answers otherwise in hindsight. */
#ifndef RP_RENDER_MEANING_H
#define RP_RENDER_MEANING_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* A check of the later report; NULL before: it was not asked then. */
struct rp_change {
	const json_t *check, *before;
};

struct rp_changes {
	struct rp_change *row; /* owned by the caller */
	size_t n;
};

bool rp_check_fails(const json_t *check);

void rp_render_meaning(const struct rp_changes *changes, struct ev_buffer *out);

#endif
