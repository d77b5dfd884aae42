/* SPDX-License-Identifier: Apache-2.0 */
/* The text of a reply: its header fields (RFC 9112) and media types. */
#ifndef CO_HTTP_TEXT_H
#define CO_HTTP_TEXT_H

#include "evidence/base/bytes.h"

/* White space at both ends cut. */
struct ev_span co_http_trim(struct ev_span in);

/* ASCII letters of either case are equal. */
bool co_http_same_word(struct ev_span a, struct ev_span b);

/* The value of the first field of that name in a status line and headers;
 * false where there is none, or where it goes on in the next line (which
 * RFC 9112, 5.2 forbids), since half a value is none. */
bool co_http_field(struct ev_span headers, const char *name,
		   struct ev_span *value);

/* Whether a Content-Type value names one of the media types, which are
 * separated by spaces; parameters ("; charset=utf-8") do not count. */
bool co_http_is_type(struct ev_span content_type, const char *types);

/* Whether a body begins as an HTML page does, whatever its type says. */
bool co_http_is_html(struct ev_span body);

#endif
