/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The subject of a certificate that a log or a variable holds (RFC 5280,
 * 4.1.2.6), without judging the certificate: firmware takes others than the
 * profiles that we verify.
 */
#ifndef EV_CERT_SUBJECT_H
#define EV_CERT_SUBJECT_H

#include "evidence/name.h"

/* Bytes may follow the certificate.  False, with out "", where der begins with
 * none, or its subject cannot be spelled. */
bool ev_cert_subject(struct ev_span der, char out[EV_NAME_TEXT]);

#endif
