/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The certificates above one: fetched from the addresses that certificates
 * name themselves (authority information access, caIssuers: RFC 5280,
 * 4.2.2.1), since nobody will serve them when the archive is replayed.
 */
#ifndef CO_AIA_H
#define CO_AIA_H

#include "collect/collection.h"

/* Above a leaf; real chains have two. */
#define CO_AIA_DEPTH 4

/*
 * Fetches the issuers of one DER certificate (zero padding behind it is
 * fine), until a self-issued one or one that names no address; each is
 * gathered as cert-der, issuer-of `of`.  *n is how many.  False: one could
 * not be had, why is one line; those before it are kept.
 */
bool co_aia_fetch(struct co_collection *c, struct ev_span cert, size_t of,
		  size_t *n, char why[CO_WHY_TEXT]);

#endif
