/* SPDX-License-Identifier: Apache-2.0 */
/* "withheld: items/... (reason)", by name. */
#include "replay/withheld.h"

#include "evidence/limits.h"

#include <stdio.h>

/* What items of a kind are subjects of (case.c); a certificate may have been
 * anybody's. */
static const struct {
	const char *kind;
	enum rp_subject_type type;
} subjects[] = {
	{ "tdx-quote", RP_QUOTE },
	{ "sgx-quote", RP_QUOTE },
	{ "dcap-issuer-chain", RP_CHAIN },
	{ "crl-der", RP_CRL },
	{ "crl-pem", RP_CRL },
	{ "crl-hex", RP_CRL },
	{ "dcap-tcbinfo", RP_TCB_INFO },
	{ "dcap-qe-identity", RP_QE_IDENTITY },
	{ "snp-report", RP_SNP },
	{ "azure-hcl-report", RP_SNP },
	{ "azure-hcl-report", RP_HCL },
	{ "azure-runtime-data", RP_HCL },
	{ "tpm-quote-attest", RP_TPM_QUOTE },
	{ "azure-imds-attested", RP_IMDS },
	{ "owner-endorsement", RP_ENDORSEMENT },
	{ "tcg-eventlog", RP_LOG },
	{ "tcg-eventlog", RP_REGISTER_PCR },
	{ "tdx-eventlog-ccel", RP_LOG },
	{ "tdx-eventlog-ccel", RP_REGISTER_RTMR },
	{ "acpi-ccel-table", RP_CCEL_TABLE },
	{ "ima-log-binary", RP_LOG },
	{ "ima-log-binary", RP_REGISTER_IMA },
	{ "cel-tlv", RP_LOG },
	{ "cel-json", RP_LOG },
	{ "maa-token", RP_TOKEN_MAA },
	{ "ita-token", RP_TOKEN_ITA },
	{ "google-token", RP_TOKEN_GOOGLE },
	{ "poc-tls-transcript", RP_ROUNDTRIP },
	{ "poc-registry", RP_REGISTRY },
};

/* As bits; 0: what is judged of another item, if at all. */
static uint64_t subjects_of(const char *kind)
{
	uint64_t types = 0;

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++)
		if (strcmp(subjects[i].kind, kind) == 0)
			types |= RP_SUBJECTS(subjects[i].type);
	return types;
}

static const struct ev_redactions *redactions_of(const struct rp_case *c)
{
	static const struct ev_redactions none = { .n = 0 };

	return c->archive != NULL ? &c->archive->manifest.redactions : &none;
}

const struct ev_redaction *rp_withheld_for(const struct rp_case *c,
					   const struct rp_check *check)
{
	const struct ev_redactions *r = redactions_of(c);

	for (size_t i = 0; i < r->n; i++)
		if ((subjects_of(r->list[i].kind) & check->subjects) != 0)
			return &r->list[i];
	return NULL;
}

void rp_withheld_write(const struct rp_case *c, struct ev_writer *w)
{
	const struct ev_redactions *r = redactions_of(c);
	char line[EV_PATH_TEXT + EV_REDACTION_TEXT_MAX + 16];

	for (size_t i = 0; i < r->n; i++) {
		snprintf(line, sizeof(line), "withheld: %s (%s)",
			 r->list[i].name, r->list[i].reason);
		ev_write_shown(w, NULL, line);
	}
}
