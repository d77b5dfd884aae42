/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Name of a certificate as text (RFC 2253, last RDN first), by a table of
 * our own, so that the text does not change with the version of libcrypto.
 */
#ifndef EV_NAME_H
#define EV_NAME_H

#include "evidence/base/bytes.h"

#define EV_NAME_TEXT 256

/*
 * name: the whole DER element.  Printable ASCII only: a byte outside it is
 * written \XX, a value that is no plain string as # and hex.  Too long a text
 * ends in "...".  False, with out "", where name is no strict DER Name.
 */
bool ev_name_format(struct ev_span name, char out[EV_NAME_TEXT]);

/* The content octets of an OID in dotted form; false, with out "", where they
 * are none or do not fit. */
bool ev_oid_format(struct ev_span oid, char *out, size_t size);

#endif
