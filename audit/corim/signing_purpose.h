/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a certificate may sign statements (RFC 5280, 4.2.1.3, 4.2.1.9 and
 * 4.2.1.12).  No document names a purpose for signers of CoRIM, so what is
 * asked is that the certificate names no other one alone.
 */
#ifndef AU_SIGNING_PURPOSE_H
#define AU_SIGNING_PURPOSE_H

#include "evidence/base/error.h"

/*
 * der is one certificate.  False, with a sentence in why, where it is a CA's,
 * where its key usage is there without digitalSignature, where its extended
 * key usages are there and all of other trades (TLS, mail, time stamps,
 * OCSP), and where its extensions are not strict DER.
 */
bool au_signing_purpose_fits(struct ev_span der, char *why, size_t size);

#endif
