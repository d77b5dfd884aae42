/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a certificate says that its key is for: basicConstraints, keyUsage,
 * extKeyUsage (RFC 5280, 4.2.1.9, .3, .12).
 */
#ifndef EV_PURPOSE_H
#define EV_PURPOSE_H

#include "evidence/path.h"

/* rest: of tbsCertificate, what stands behind the public key.  Fills the
 * members of *cert from ca to tls_server.  Extensions that are not strict DER
 * say nothing good: no purpose is met by them. */
void ev_purpose_read(struct ev_span rest, struct ev_x509 *cert);

/* Why the certificate is none of that purpose, in words; NULL: it is one.
 *
 * Attestation key of a TPM (EK-PROFILE; TCG's Credential Profiles): no CA,
 * digitalSignature and tcg-kp-AIKCertificate where keyUsage and extKeyUsage
 * are present.  One without an extKeyUsage names no purpose (purposed): it is
 * for the caller to say so.
 *
 * TLS server (RFC 5280, 4.2.1.12; RFC 8446, 4.4.2.2): no CA, digitalSignature
 * and serverAuth where keyUsage and extKeyUsage are present. */
const char *ev_no_attestation_key(const struct ev_x509 *cert);
const char *ev_no_tls_server(const struct ev_x509 *cert);

/* The first CA of a path whose extended key usage leaves TLS servers out, which
 * binds what is below it; NULL: there is none. */
const struct ev_x509 *ev_path_no_tls(const struct ev_path *path);

#endif
