/* SPDX-License-Identifier: Apache-2.0 */
/* An audited report for people, made from its JSON and from nothing else. */
#ifndef AU_RENDER_H
#define AU_RENDER_H

#include "evidence/base/buffer.h"

/* Appends the text: the verdict and the question that it answers on the first
 * line, then each measurement, then the checks that keep the report from a
 * pass.  At most 80 columns; with full, digests and other words are not
 * broken, and every check is there.  False: not a report of ours, or memory
 * ran out. */
bool au_render_text(struct ev_span report, bool full, struct ev_buffer *out);

#endif
