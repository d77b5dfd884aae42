/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of two images drawn side by side, from the JSON of their
 * comparison. */
#ifndef AU_RENDER_DIFF_MAP_H
#define AU_RENDER_DIFF_MAP_H

#include "evidence/base/buffer.h"
#include "evidence/base/json.h"

/* Appends an inline SVG and its legend.  platform: an element of "platforms";
 * id: sets the ids in it apart from others of the page; words: what the
 * drawing says, for those who cannot see it. */
void au_render_diff_map(const json_t *platform, size_t id, const char *words,
			struct ev_buffer *out);

#endif
