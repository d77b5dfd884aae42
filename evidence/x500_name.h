/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A Name (RFC 5280 4.1.2.4) of Intel's fixed PKI profile, in a certificate or
 * a CRL: UTF8Strings and PrintableStrings, one commonName among them.
 */
#ifndef EV_X500_NAME_H
#define EV_X500_NAME_H

#include "evidence/base/reader.h"

/* The next element, whole.  Refuses another string type, characters that its
 * type does not have, an empty value or RDN, and any number of commonNames but
 * one; *cn, empty before, becomes its characters. */
struct ev_span ev_x500_name_read(struct ev_reader *r, const char *field,
				 struct ev_span *cn);

#endif
