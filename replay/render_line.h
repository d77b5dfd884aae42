/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of the text report: words, broken before the 80th column. */
#ifndef RP_RENDER_LINE_H
#define RP_RENDER_LINE_H

#include "evidence/base/buffer.h"

#define RP_LINE_COLUMNS 79
#define RP_LINE_INDENT	15

/* Appends `begin`, padded to `indent` columns, and the text, continued under
 * itself.  A longer `begin`, and a word that fits in no line, have a line of
 * their own. */
void rp_render_words(struct ev_buffer *out, const char *begin, size_t indent,
		     const char *text);

/* An entry of the first screen: "  label        text". */
void rp_render_line(struct ev_buffer *out, const char *label,
		    const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
