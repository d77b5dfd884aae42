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

/* The same of text that was put together, which is then empty. */
void au_html_words(struct ev_buffer *out, const char *tag, const char *class,
		   struct ev_buffer *text);

/* Everything before the content, with the style, and what closes it. */
void au_html_begin(struct ev_buffer *out, const char *title);
/* The same with rules of the page's own behind the style of all. */
void au_html_begin_styled(struct ev_buffer *out, const char *title,
			  const char *rules);
void au_html_end(struct ev_buffer *out);

#endif
