/* SPDX-License-Identifier: Apache-2.0 */
/* Keys written out in one spelling, and hashed. */
#include "evidence/key_digest.h"

#include "evidence/base/base64.h"
#include "evidence/base/buffer.h"

static void add_url(struct ev_buffer *b, const char *before,
		    struct ev_span number)
{
	uint8_t *to;

	ev_buffer_add_str(b, before);
	to = ev_buffer_grow(b, 4 * ((number.n + 2) / 3) + 1);
	if (to != NULL)
		b->n += ev_base64_encode_url(number, (char *)to);
}

bool ev_key_thumbprint(struct ev_crypto *crypto,
		       const struct ev_public_key *key, uint8_t out[32])
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	size_t width;

	assert(ev_public_key_is_there(key));
	if (key->curve != NULL) {
		width = key->curve->width;
		ev_buffer_add_str(&b, "{\"crv\":\"");
		ev_buffer_add_str(&b, key->curve->name);
		add_url(&b, "\",\"kty\":\"EC\",\"x\":\"",
			ev_span_of(key->point, width));
		add_url(&b, "\",\"y\":\"",
			ev_span_of(key->point + width, width));
	} else {
		add_url(&b, "{\"e\":\"",
			ev_span_of(key->exponent, key->exponent_size));
		add_url(&b, "\",\"kty\":\"RSA\",\"n\":\"", key->modulus);
	}
	ev_buffer_add_str(&b, "\"}");
	return ev_buffer_ok(&b) &&
	       ev_digest(crypto, EV_SHA256, ev_buffer_span(&b), out);
}

bool ev_key_commitment(struct ev_crypto *crypto, struct ev_span spki,
		       uint8_t out[32])
{
	enum { LINE = 48 }; /* bytes in 64 characters */
	ev_auto_buffer struct ev_buffer b = { 0 };
	char line[64 + 1];

	ev_buffer_add_str(&b, "-----BEGIN PUBLIC KEY-----\n");
	for (size_t at = 0; at < spki.n; at += LINE) {
		size_t left = spki.n - at;

		ev_base64_encode(
			ev_span_sub(spki, at, left < LINE ? left : LINE), line);
		ev_buffer_add_str(&b, line);
		ev_buffer_add_byte(&b, '\n');
	}
	ev_buffer_add_str(&b, "-----END PUBLIC KEY-----\n");
	ev_buffer_add_byte(&b, '\0');
	return ev_buffer_ok(&b) &&
	       ev_digest(crypto, EV_SHA256, ev_buffer_span(&b), out);
}
