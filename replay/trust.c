/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what a quote says is to be believed. */
#include "replay/case.h"

/* The chain of words from the platform's key to the quote, and nobody on it
 * revoked or open to debugging.  The checks that these come after passed as
 * well. */
static const char *const grounds[] = {
	"dcap.quote.signature",	  "dcap.pck.revocation",
	"dcap.pck-ca.revocation", "dcap.qe-identity.match",
	"dcap.qe.debug",
};

const char *rp_quote_doubt(const struct rp_case *c,
			   const struct rp_subject *quote)
{
	for (size_t i = 0; i < sizeof(grounds) / sizeof(grounds[0]); i++)
		if (rp_outcome_of(c, grounds[i], quote) != RP_PASS)
			return grounds[i];
	return NULL;
}

bool rp_quote_trusted(const struct rp_case *c, const struct rp_subject *quote)
{
	return rp_quote_doubt(c, quote) == NULL;
}
