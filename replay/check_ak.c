/* SPDX-License-Identifier: Apache-2.0 */
/* tpm.ak.certificate, .match: on whose word a key is a vTPM's. */
#include "replay/ak.h"
#include "replay/certified.h"
#include "replay/checks.h"

#include "evidence/purpose.h"

static void cert_input(struct rp_finding *f, const struct rp_ak_cert *cert)
{
	rp_input_add(f, cert->item->name, cert->offset, cert->size);
}

enum rp_outcome rp_check_tpm_ak_certificate(struct rp_case *c,
					    const struct rp_subject *s,
					    struct rp_finding *f)
{
	struct rp_ak_cert *cert = s->ak_cert;
	const struct rp_leaf leaf = {
		.cert = &cert->cert,
		.item = cert->item,
		.title = "AK certificate",
		.use = RP_ANCHOR_AZURE_VTPM_ROOT,
	};
	enum rp_outcome outcome;
	const char *why;

	if (cert->parsed.code != EV_OK) {
		cert_input(f, cert);
		return rp_refused(f, "certificate", &cert->parsed.err);
	}
	/* A root of an operator vouches for more than keys of vTPMs; where none
	 * vouches, what the certificate says of itself does not matter. */
	outcome = rp_certify(c, &leaf, &cert->certified, f);
	why = ev_no_attestation_key(&cert->cert);
	if (outcome != RP_PASS)
		return outcome;
	if (why != NULL)
		return rp_fail(f,
			       "usage: the AK certificate is not for an "
			       "attestation key: %s",
			       why);
	if (!cert->cert.purposed)
		rp_set_got(f, "good; it names no purpose (no extended key "
			      "usage)");
	return RP_PASS;
}

enum rp_outcome rp_check_tpm_ak_match(struct rp_case *c,
				      const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_subject *cert = s->tpm_quote->ak_cert;
	struct rp_ak ak;

	(void)c;
	if (cert == NULL)
		return rp_skip(f, "absent: no AK certificate");
	if (!rp_ak_of(s, &ak))
		return rp_skip(f, "absent: no key of the quote");
	/* Signed by a key that nothing vouches for: this says what it is
	 * worth. */
	if (!s->tpm_quote->verified)
		return rp_skip(f, "after: tpm.quote.signature did not pass");
	rp_input_add(f, ak.item->name, ak.offset, ak.length);
	cert_input(f, cert->ak_cert);
	if (rp_expect_key(f, &ak.key, &cert->ak_cert->cert.key) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "mismatch: the AK certificate is for another key "
			  "than the one that signed the quote (AK not "
			  "certified)");
}
