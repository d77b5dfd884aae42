/* SPDX-License-Identifier: Apache-2.0 */
/* White space out of base64 text, then the strict decoder. */
#include "audit/ssh/ssh_base64.h"

#include "evidence/base/base64.h"

#define CHUNK 1024 /* characters, whole groups of four */

/* A piece of whole groups; only the last one may be padded. */
static bool decode_piece(const uint8_t *text, size_t n_text, uint8_t *out,
			 size_t *n)
{
	size_t got = 0;

	if (!ev_base64_decode(EV_BASE64_STD, ev_span_of(text, n_text), out + *n,
			      &got))
		return false;
	*n += got;
	return true;
}

bool au_ssh_base64_decode(struct ev_span text, uint8_t *out, size_t *n)
{
	uint8_t piece[CHUNK];
	size_t held = 0;

	*n = 0;
	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.p[i];

		if (c == ' ' || (c >= '\t' && c <= '\r'))
			continue;
		if (held == CHUNK) {
			/* Padding ends the text, and here it goes on. */
			if (piece[CHUNK - 1] == '=' ||
			    !decode_piece(piece, held, out, n))
				return false;
			held = 0;
		}
		piece[held++] = c;
	}
	return decode_piece(piece, held, out, n);
}
