/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a server's certificate is for a host (RFC 9525, 6.3): a dNSName of
 * its subjectAltName equals the name, ASCII letters in either case, or has
 * "*" in the place of its whole first label.  Common names, and addresses,
 * name nobody.
 */
#ifndef EV_HOST_NAME_H
#define EV_HOST_NAME_H

#include "evidence/path.h"

bool ev_x509_names_host(const struct ev_x509 *cert, struct ev_span host);

/* Labels of 1 to 63 letters, digits and hyphens, these not at an end, and dots
 * between them (RFC 1123, 2.1); at most 253 bytes.  The last label is no
 * number, since an address is no name: 192.0.2.1, 0x7f000001, 127.1. */
bool ev_host_is_name(struct ev_span host);

/* The name without a "*." that begins it. */
struct ev_span ev_host_behind_star(struct ev_span name);

/* One name of a certificate against a host; both are names, or none matches. */
bool ev_host_name_matches(struct ev_span name, struct ev_span host);

#endif
