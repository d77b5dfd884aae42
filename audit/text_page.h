/* SPDX-License-Identifier: Apache-2.0 */
/* A page of labelled lines for people: text at a column, broken at blanks
 * before column 80. */
#ifndef AU_TEXT_PAGE_H
#define AU_TEXT_PAGE_H

#include "evidence/base/buffer.h"
#include "evidence/base/json.h"

struct au_page {
	struct ev_buffer *out;
	bool full; /* digests in full, every check, no word is broken */
	size_t column;
};

/* A label and text behind it; a label too long stands alone. */
void au_page_line(struct au_page *p, const char *label, const char *text);
/* The same, with the text taken from a buffer. */
void au_page_line_of(struct au_page *p, const char *label,
		     struct ev_buffer *text);
/* Two texts with a blank between. */
void au_page_line_two(struct au_page *p, const char *label, const char *a,
		      const char *b);

/* The first 16 digits of a digest, or all of them. */
const char *au_page_digest(const char *hex, bool full, char out[136]);
/* A member's text, "" where there is none; borrowed. */
const char *au_page_text_of(const json_t *obj, const char *member);

#endif
