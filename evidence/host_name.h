/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a server's certificate is for a host (RFC 6125, 6.4): a dNSName of
 * its subjectAltName equals the name, ASCII letters in either case, or has
 * "*" in the place of its whole first label.  Common names, and addresses,
 * name nobody.
 */
#ifndef EV_HOST_NAME_H
#define EV_HOST_NAME_H

#include "evidence/path.h"

bool ev_x509_names_host(const struct ev_x509 *cert, struct ev_span host);

/* One name of a certificate against a host. */
bool ev_host_name_matches(struct ev_span name, struct ev_span host);

#endif
