/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which service a token says it is of (tokens page 3 to 5), and the addresses
 * of Azure Attestation, which are its name.
 */
#ifndef EV_TOKEN_ISSUER_H
#define EV_TOKEN_ISSUER_H

#include "evidence/jwt.h"

enum ev_token_issuer {
	EV_ISSUER_OTHER,
	EV_ISSUER_MAA,	  /* https://INSTANCE.attest.azure.net */
	EV_ISSUER_ITA,	  /* Intel Trust Authority */
	EV_ISSUER_GOOGLE, /* https://confidentialcomputing.googleapis.com */
};

/* By the text of iss. */
enum ev_token_issuer ev_token_issuer_of(struct ev_span iss);

/* The claim iss; p is NULL where it is absent or no text. */
struct ev_span ev_token_iss(const struct ev_jwt *jwt);

/*
 * The host of an address that is "https://HOST" and nothing or a path behind
 * it: lower-case letters, digits, dots and hyphens.  False for another scheme,
 * user information, a port, a query, a fragment, or a host that ends or begins
 * with a dot.
 */
bool ev_https_host(struct ev_span address, struct ev_span *host);

#endif
