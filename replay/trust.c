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

/* Of an SEV-SNP report, which the chip's key signs without a helper. */
static const char *const snp_grounds[] = {
	"snp.signature",
	"snp.chain",
	"snp.tcb",
};

const char *rp_quote_doubt(const struct rp_case *c,
			   const struct rp_subject *quote)
{
	bool snp = quote->type == RP_SNP;
	const char *const *ground = snp ? snp_grounds : grounds;
	size_t n = snp ? sizeof(snp_grounds) / sizeof(snp_grounds[0])
		       : sizeof(grounds) / sizeof(grounds[0]);

	for (size_t i = 0; i < n; i++)
		if (rp_outcome_of(c, ground[i], quote) != RP_PASS)
			return ground[i];
	return NULL;
}

bool rp_quote_trusted(const struct rp_case *c, const struct rp_subject *quote)
{
	return rp_quote_doubt(c, quote) == NULL;
}
