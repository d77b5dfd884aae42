/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 as OpenSSH reads it in keys and armour: white space anywhere, the
 * padding required, its unused bits zero, nothing but white space behind it.
 */
#ifndef AU_SSH_BASE64_H
#define AU_SSH_BASE64_H

#include "evidence/base/bytes.h"

/* False where text is not that.  out holds ev_base64_decoded_max(text.n)
 * bytes, *n is what was decoded. */
bool au_ssh_base64_decode(struct ev_span text, uint8_t *out, size_t *n);

#endif
