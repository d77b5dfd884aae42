/* SPDX-License-Identifier: Apache-2.0 */
/* What a difference is, in words for people: ASCII, no full stop. */
#ifndef AU_DIFFERENCE_WORDS_H
#define AU_DIFFERENCE_WORDS_H

#include "audit/diff/difference.h"
#include "evidence/base/buffer.h"

/* Appends what is not told by class, address and component: "shared in A,
 * private in B"; "RIP: 0x1000 in A, 0x2000 in B".  Nothing for DATA. */
void au_difference_words(const struct au_difference *d, struct ev_buffer *out);

/* Appends where a page of DATA differs: "chunk 0x800d300, byte 0x345". */
void au_difference_where(const struct au_difference *d, struct ev_buffer *out);

/* Appends what it is called of its register: "RIP", "register 0x90001". */
void au_difference_register(const struct au_difference *d,
			    struct ev_buffer *out);

#endif
