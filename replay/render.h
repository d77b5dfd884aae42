/* SPDX-License-Identifier: Apache-2.0 */
/* Reports for people, made from the canonical JSON and from nothing else. */
#ifndef RP_RENDER_H
#define RP_RENDER_H

#include "evidence/base/buffer.h"

/* Appends the text report: the first screen, and with full every check, on
 * whose word it rests, and every window.  False: not a report of ours. */
bool rp_render_text(struct ev_span report, bool full, struct ev_buffer *out);

/* One line for --table: verdict, as-of, MRTD, FMSPC, TCB status, name. */
bool rp_render_row(struct ev_span report, const char *name,
		   struct ev_buffer *out);
void rp_render_row_header(struct ev_buffer *out);
/* The same as a flat JSON object with a newline: ecart-replay(1), Many
 * archives.  report empty: there is none, and verdict says why. */
bool rp_render_flat(struct ev_span report, const char *verdict,
		    const char *name, struct ev_buffer *out);
/* The same for an archive that has no report: "unreadable". */
void rp_render_row_without(const char *verdict, const char *name,
			   struct ev_buffer *out);

#endif
