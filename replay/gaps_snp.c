/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing or not looked at behind SEV-SNP reports. */
#include "replay/gaps.h"

#include "replay/enclave.h"
#include "replay/link.h"
#include "replay/token.h"

/* A token's key whose enclave is a guest of SEV-SNP. */
static const struct rp_enclave *next_enclave(const struct rp_case *c,
					     const struct rp_subject **s)
{
	while ((*s = rp_next_subject(c, RP_TOKEN_MAA, *s)) != NULL) {
		const struct rp_enclave *e = &(*s)->token->enclave;

		if (rp_enclave_is_read(e) && e->evidence.form == EV_MAA_SNP)
			return e;
	}
	return NULL;
}

static bool is_vlek(const struct rp_snp *snp)
{
	return snp->parsed.code == EV_OK &&
	       snp->report.signing_key == EV_SNP_VLEK;
}

bool rp_gap_no_vcek(const struct rp_case *c)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_SNP, s)) != NULL)
		if (s->snp->parsed.code == EV_OK && s->snp->vcek == NULL &&
		    !is_vlek(s->snp))
			return true;
	return false;
}

bool rp_gap_vlek(const struct rp_case *c)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_SNP, s)) != NULL)
		if (is_vlek(s->snp))
			return true;
	return false;
}

bool rp_gap_no_amd_crl(const struct rp_case *c)
{
	const struct rp_subject *s = NULL;

	while ((s = rp_next_subject(c, RP_SNP, s)) != NULL)
		if (s->snp->parsed.code == EV_OK && s->snp->vcek != NULL &&
		    !is_vlek(s->snp))
			return true;
	return next_enclave(c, &s) != NULL;
}

bool rp_gap_uvm(const struct rp_case *c)
{
	const struct rp_subject *s = NULL;
	const struct rp_enclave *e;
	bool beside = rp_next_subject(c, RP_SNP, NULL) != NULL;

	while ((e = next_enclave(c, &s)) != NULL) {
		if (e->evidence.endorsements.n > 0)
			return true;
		beside = true;
	}
	for (size_t i = 0; beside && i < c->n_items; i++)
		if (rp_is_kind(&c->items[i], "cose-sign1"))
			return true;
	return false;
}
