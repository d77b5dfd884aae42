/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates of certification authorities that were parsed before: the
 * chains of one replay, and of a fleet's, end in the same two or three.  One is
 * found by all of its bytes, and what is kept is what they say, never whether
 * somebody signed them.  The eight that were kept last are known.
 */
#ifndef EV_KNOWN_CAS_H
#define EV_KNOWN_CAS_H

#include "evidence/cert.h"

#define EV_KNOWN_CAS	8
#define EV_KNOWN_CA_MAX 4096 /* bytes of DER; Intel's have about 700 */

/* Start from { 0 }; free with ev_known_cas_free. */
struct ev_known_cas {
	struct ev_cert cert[EV_KNOWN_CAS]; /* of copies that are owned */
	size_t next;			   /* the one that gives way */
};

/* The certificate with these bytes, borrowing from der as if it had been
 * parsed from it; false, and *out not written, where it is not known. */
bool ev_known_cas_find(const struct ev_known_cas *known, struct ev_span der,
		       struct ev_cert *out);

/* Keeps a parsed certificate, with its digest where that is known.  One that
 * is no authority's, is larger than what is kept, or that memory does not
 * suffice for is not kept. */
void ev_known_cas_keep(struct ev_known_cas *known, const struct ev_cert *cert);

void ev_known_cas_free(struct ev_known_cas *known);

#endif
