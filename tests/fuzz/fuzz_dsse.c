/* SPDX-License-Identifier: Apache-2.0 */
/* DSSE envelopes: parsed, encoded again, asked for a signer. */
#include "evidence/dsse.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* A key that signed nothing here: the base point of Ed25519. */
static const uint8_t spki[] = {
	0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21,
	0x00, 0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;
	ev_auto_buffer struct ev_buffer pae = { 0 };
	struct ev_error err = { 0 };
	struct ev_dsse d;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	require(crypto != NULL);
	if (ev_dsse_parse(ev_span_of(bytes, n), &d, &err) != EV_OK) {
		require(err.code != EV_OK && err.code != EV_TROUBLE);
		return 0;
	}
	require(d.n_signatures > 0 &&
		d.n_signatures <= EV_DSSE_SIGNATURES_MAX && d.payload.n < n);
	ev_dsse_pae(d.payload_type, d.payload, &pae);
	require(ev_buffer_ok(&pae) && pae.n > d.payload.n);
	require(ev_dsse_signed_by(crypto, &d, EV_SPAN(spki), NULL) ==
		EV_VERIFIED_NO);
	ev_dsse_free(&d);
	return 0;
}
