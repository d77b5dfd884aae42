/* SPDX-License-Identifier: Apache-2.0 */
/* An audited report for people, made from its JSON and from nothing else. */
#ifndef AU_RENDER_H
#define AU_RENDER_H

#include "evidence/base/buffer.h"

/* Appends the text: the sentence that answers first, then on what it rests.
 * full: digests in full, and every check.  False: not a report of ours, or
 * memory ran out. */
bool au_render_text(struct ev_span report, bool full, struct ev_buffer *out);

#endif
