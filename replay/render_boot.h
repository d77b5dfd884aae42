/* SPDX-License-Identifier: Apache-2.0 */
/* The boot in the text report: Secure Boot, what was started, and how. */
#ifndef RP_RENDER_BOOT_H
#define RP_RENDER_BOOT_H

#include "evidence/base/buffer.h"

#include <jansson.h>

/* A paragraph for each log of facts.boot; full: nothing is cut. */
void rp_render_boot(const json_t *report, bool full, struct ev_buffer *out);

#endif
