/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hosts that a certificate is for: dNSNames of its subjectAltName (RFC
 * 5280, 4.2.1.6), and the commonNames of its subject, which count only where
 * there is no subjectAltName (RFC 6125, 6.4.4).
 */
#ifndef EV_CERT_HOSTS_H
#define EV_CERT_HOSTS_H

#include "evidence/base/error.h"

/* Those of a metadata service have two or three; a guard. */
#define EV_CERT_HOSTS_MAX 64

struct ev_cert_hosts {
	struct ev_span name[EV_CERT_HOSTS_MAX]; /* as spelled, in the DER */
	size_t n;
	size_t n_common; /* of them commonNames; these stand first */
	size_t first;	 /* of those that count: 0 or n_common */
};

/* der: one certificate, which libcrypto has read.  Refuses what is no strict
 * DER as far as the names are, and more of them than can be kept. */
enum ev_code ev_cert_hosts_read(struct ev_span der, struct ev_cert_hosts *out,
				struct ev_error *err);

/* Whether a host is `domain` or one below it, "*" as its first label among
 * them; letters of either case.  What is no name (host_name.h) is of none. */
bool ev_host_is_of(struct ev_span host, const char *domain);

#endif
