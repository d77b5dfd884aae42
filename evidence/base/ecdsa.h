/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two spellings of an ECDSA signature: raw r then s, big-endian of the
 * curve's width, and DER ECDSA-Sig-Value (RFC 3279 2.2.3), strict.
 */
#ifndef EV_ECDSA_H
#define EV_ECDSA_H

#include "evidence/base/bytes.h"

/* Room for the DER of two 66-byte integers. */
#define EV_ECDSA_DER_MAX 141

/* raw holds two integers of width bytes (at most 66); the DER goes to out,
 * its size is returned. */
size_t ev_ecdsa_der_from_raw(const uint8_t *raw, size_t width,
			     uint8_t out[EV_ECDSA_DER_MAX]);

/* False where der is not exactly one ECDSA-Sig-Value with minimal integers
 * that are not negative and fit width; raw gets 2 * width bytes. */
bool ev_ecdsa_raw_from_der(struct ev_span der, size_t width, uint8_t *raw);

#endif
