/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One TLS handshake of a round trip, judged: the names in it, who signed it
 * (RFC 8446, 4.4.3), and on whose word the key is the host's.
 */
#ifndef RP_HANDSHAKE_H
#define RP_HANDSHAKE_H

#include "evidence/path.h"
#include "evidence/roundtrip.h"
#include "replay/case.h"

struct rp_handshake {
	struct ev_x509 cert[EV_TLS_CERTS_MAX]; /* the leaf first, owned */
	size_t n_certs;			       /* that were parsed */
	enum ev_path_result path_result;
	struct ev_path path;
	struct rp_anchor *anchor; /* that the path ends at, or NULL */
};

/* Certificates and their path as of the case's time.  False is trouble;
 * parsed says what was refused. */
bool rp_handshake_open(struct rp_case *c, const struct ev_tls_flight *flight,
		       struct rp_handshake *out, struct rp_parsed *parsed);
void rp_handshake_free(struct rp_handshake *h);

/* CertificateVerify by the leaf's key over the transcript. */
enum ev_verified rp_handshake_verify(struct rp_case *c,
				     const struct ev_tls_flight *flight,
				     const struct ev_x509 *leaf);

#endif
