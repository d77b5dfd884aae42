/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 (RFC 4648).  Strict: no white space, no foreign characters, unused
 * bits zero, so that one byte string has one spelling per alphabet.
 */
#ifndef EV_BASE64_H
#define EV_BASE64_H

#include "evidence/base/bytes.h"

enum ev_base64 {
	EV_BASE64_STD,	   /* + and /, padding required */
	EV_BASE64_URL,	   /* - and _, padding refused (JOSE) */
	EV_BASE64_URL_PAD, /* - and _, padding optional */
	EV_BASE64_ANY,	   /* either alphabet, not mixed, padding optional */
};

/* Room for the decoded bytes of n characters. */
size_t ev_base64_decoded_max(size_t n);

/* False where in is not base64 of that form.  out holds
 * ev_base64_decoded_max(in.n) bytes; *n is what was decoded. */
bool ev_base64_decode(enum ev_base64 form, struct ev_span in, uint8_t *out,
		      size_t *n);

/* Standard alphabet with padding; out holds 4 * ((in.n + 2) / 3) + 1. */
void ev_base64_encode(struct ev_span in, char *out);
/* EV_BASE64_URL; how many characters it is, out holds as many as above. */
size_t ev_base64_encode_url(struct ev_span in, char *out);

#endif
