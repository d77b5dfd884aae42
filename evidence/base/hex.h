/* SPDX-License-Identifier: Apache-2.0 */
/* Hexadecimal: written in lower case, read in either. */
#ifndef EV_HEX_H
#define EV_HEX_H

#include "evidence/base/bytes.h"

/* Writes 2 * in.n digits and a NUL; out holds 2 * in.n + 1 bytes. */
void ev_hex_encode(struct ev_span in, char *out);

/* in must be exactly 2 * n digits; false (out then unspecified) if not. */
bool ev_hex_decode(struct ev_span in, uint8_t *out, size_t n);

/* Whether ev_hex_decode would read it. */
bool ev_hex_fits(struct ev_span in, size_t n);

/* The value of one digit, or -1. */
int ev_hex_digit(uint8_t c);

#endif
