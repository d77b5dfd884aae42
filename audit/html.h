/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTML page that stands alone: no script, nothing from elsewhere, made for
 * a phone, a desk and paper, light and dark.
 */
#ifndef AU_HTML_H
#define AU_HTML_H

#include "evidence/base/buffer.h"

/* Appends text so that it is text between tags and in quotes alike. */
void au_html_text(struct ev_buffer *out, const char *text);
/* The same of a printf-like line. */
void au_html_printf(struct ev_buffer *out, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* <tag class="class">text</tag>; class NULL: none. */
void au_html_element(struct ev_buffer *out, const char *tag, const char *class,
		     const char *text);

/* Everything before the content, with the style, and what closes it. */
void au_html_begin(struct ev_buffer *out, const char *title);
void au_html_end(struct ev_buffer *out);

#endif
