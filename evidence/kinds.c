/* SPDX-License-Identifier: Apache-2.0 */
/* The table of evidence kinds, in the order of ecart-archive(5). */
#include "evidence/kind.h"
#include "evidence/recognise.h"
#include "evidence/show.h"

#define KIB	  UINT64_C(1024)
#define MIB	  (1024 * KIB)
#define OCTETS	  "application/octet-stream"
#define JSON	  "application/json"
#define TEXT	  "text/plain"
#define JWT	  "application/jwt"
#define PEM_CHAIN "application/pem-certificate-chain" /* RFC 8555 */

/* A quote is 5 KiB and its buffers 8 KiB; QE authentication data may add 64
 * KiB, a chain as much. */
#define QUOTE_MAX (256 * KIB)
/* Structures of a fixed size of 4 KiB or less, as binary or as text. */
#define REPORT_MAX (64 * KIB)
/* Certificate tables and service manifests of the host. */
#define AUX_MAX (4 * MIB)
#define HCL_MAX (64 * KIB) /* EV_HCL_MAX */
/* One response of a TPM is at most 4096 bytes. */
#define TPM_MAX (4 * KIB)
/* 16 banks of 32 registers in 32 lists of tpm2-tools: 17 160 bytes. */
#define PCRS_MAX (64 * KIB)
/* Replies of services: EV_COLLATERAL_MAX, where Intel's library stops. */
#define COLLATERAL_MAX (1 * MIB)
/* Statements of others, of which the largest seen are some 100 KiB. */
#define BLOB_MAX (64 * MIB)
/* An IMA log of a busy server is tens of MiB. */
#define LOG_MAX	  (1024 * MIB)
#define IMAGE_MAX (1024 * MIB)
#define SALT_SIZE 32

const struct ev_kind ev_kinds[] = {
	{ "tdx-quote", OCTETS, "bin", "TDX quote",
	  "Intel TDX DCAP Quoting Library API, appendix A", QUOTE_MAX,
	  ev_show_tdx_quote, ev_is_tdx_quote },
	{ "sgx-quote", OCTETS, "bin", "SGX quote",
	  "Intel SGX ECDSA Quote Library API, appendix A", QUOTE_MAX,
	  ev_show_sgx_quote, ev_is_sgx_quote },
	{ "sgx-report", OCTETS, "bin", "SGX report body",
	  "Intel SDM, volume 3D, REPORT", REPORT_MAX, NULL, NULL },
	{ "snp-report", OCTETS, "bin", "SEV-SNP attestation report",
	  "AMD SEV-SNP Firmware ABI, ATTESTATION_REPORT", REPORT_MAX, NULL,
	  NULL },
	{ "tsm-auxblob", OCTETS, "bin", "auxiliary blob of configfs-tsm",
	  "Linux, configfs-tsm-report", AUX_MAX, NULL, NULL },
	{ "tsm-manifestblob", OCTETS, "bin", "service manifest of configfs-tsm",
	  "Linux, configfs-tsm-report", AUX_MAX, NULL, NULL },
	{ "tdx-measurements", TEXT, "txt",
	  "TDX measurement registers from sysfs",
	  "Linux, tdx_guest measurements", REPORT_MAX, NULL, NULL },
	{ "tdx-report", OCTETS, "bin", "TDREPORT of the CPU",
	  "Intel TDX Module ABI, TDREPORT_STRUCT", REPORT_MAX, NULL, NULL },
	{ "tdx-eventlog-ccel", OCTETS, "bin",
	  "confidential-computing event log",
	  "UEFI 2.10, section 38; ACPI 6.5, CCEL", LOG_MAX, NULL, NULL },
	{ "acpi-ccel-table", OCTETS, "bin", "ACPI table CCEL",
	  "ACPI 6.5, section 5.2.34", REPORT_MAX, NULL, NULL },
	{ "azure-hcl-report", OCTETS, "bin", "report of Azure's paravisor",
	  "microsoft/openvmm, igvm_attest", HCL_MAX, ev_show_hcl,
	  ev_is_hcl_report },
	{ "azure-runtime-data", JSON, "json",
	  "runtime claims of Azure's paravisor",
	  "microsoft/openvmm, igvm_attest", HCL_MAX, ev_show_runtime_data,
	  ev_is_runtime_data },
	{ "azure-tdquote-response", JSON, "json",
	  "reply of Azure's quote service", "Azure IMDS, acc/tdquote",
	  COLLATERAL_MAX, NULL, NULL },
	{ "azure-thim-amd", JSON, "json", "AMD certificates from Azure",
	  "Azure THIM, amd/certification", COLLATERAL_MAX, NULL, NULL },
	{ "tpm-quote-attest", OCTETS, "bin", "TPM quote",
	  "TPM 2.0 Part 2, 10.12.12, TPMS_ATTEST", TPM_MAX, ev_show_tpm_quote,
	  ev_is_tpm_quote },
	{ "tpm-quote-signature", OCTETS, "bin", "signature of a TPM quote",
	  "TPM 2.0 Part 2, 11.3.4, TPMT_SIGNATURE", TPM_MAX,
	  ev_show_tpm_signature, ev_is_tpm_signature },
	{ "tpm2b-public", OCTETS, "bin", "public area of a TPM key",
	  "TPM 2.0 Part 2, 12.2.4, TPMT_PUBLIC", TPM_MAX, ev_show_tpm_public,
	  ev_is_tpm_public },
	{ "tpm-pcrs", OCTETS, "bin", "PCR values of a quote, joined",
	  "TPM 2.0 Part 3, 18.4, TPM2_Quote", PCRS_MAX, ev_show_tpm_pcrs,
	  NULL },
	{ "tpm-pcrs-serialized", OCTETS, "bin", "PCR file of tpm2-tools",
	  "tpm2-tools, tpm2_quote -o", PCRS_MAX, ev_show_tpm_pcrs_serialized,
	  ev_is_tpm_pcrs_serialized },
	{ "tpm-pcrread", OCTETS, "bin", "PCR values of all banks, unsigned",
	  "tpm2-tools, tpm2_pcrread -o", PCRS_MAX, NULL, NULL },
	{ "tpm-tool-output", TEXT, "txt", "text of TPM tools", "tpm2-tools",
	  COLLATERAL_MAX, NULL, NULL },
	{ "key-pem", OCTETS, "pem", "public key",
	  "RFC 5280, SubjectPublicKeyInfo; RFC 7468", REPORT_MAX, NULL,
	  ev_is_key_pem },
	{ "tcg-eventlog", OCTETS, "bin", "boot event log",
	  "TCG PC Client Platform Firmware Profile", LOG_MAX, NULL, NULL },
	{ "ima-log-ascii", TEXT, "txt", "IMA log, text",
	  "Linux, Documentation/security/IMA-templates", LOG_MAX, NULL, NULL },
	{ "ima-log-binary", OCTETS, "bin", "IMA log, binary",
	  "Linux, Documentation/security/IMA-templates", LOG_MAX, NULL, NULL },
	{ "cel-tlv", OCTETS, "bin", "canonical event log, TLV",
	  "TCG Canonical Event Log 1.0", LOG_MAX, NULL, NULL },
	{ "cel-json", "application/json-seq", "json",
	  "canonical event log, JSON", "TCG Canonical Event Log 1.0; RFC 7464",
	  LOG_MAX, NULL, NULL },
	{ "dstack-eventlog", JSON, "json", "runtime event log of dstack",
	  "Dstack-TEE/dstack", LOG_MAX, NULL, NULL },
	{ "dcap-tcbinfo", JSON, "json", "TCB info",
	  "Intel PCS API v4, Get TCB Info", COLLATERAL_MAX, ev_show_tcb_info,
	  ev_is_tcb_info },
	{ "dcap-qe-identity", JSON, "json", "identity of a quoting enclave",
	  "Intel PCS API v4, Get Quoting Enclave Identity", COLLATERAL_MAX,
	  ev_show_qe_identity, ev_is_qe_identity },
	{ "dcap-tcb-eval-numbers", JSON, "json", "TCB evaluation data numbers",
	  "Intel PCS API v4, Get TCB Evaluation Data Numbers", COLLATERAL_MAX,
	  NULL, NULL },
	{ "dcap-issuer-chain", PEM_CHAIN, "pem", "issuer chain of collateral",
	  "Intel PCS API v4, issuer chain headers", COLLATERAL_MAX,
	  ev_show_issuer_chain, ev_is_issuer_chain },
	{ "crl-der", "application/pkix-crl", "crl", "CRL, DER",
	  "RFC 5280, section 5", COLLATERAL_MAX, ev_show_crl, ev_is_crl_der },
	{ "crl-pem", TEXT, "pem", "CRL, PEM", "RFC 7468, section 6",
	  COLLATERAL_MAX, ev_show_crl, ev_is_crl_pem },
	{ "crl-hex", TEXT, "txt", "CRL, hex text of the DER",
	  "Intel PCCS, pckcrl and rootcacrl", COLLATERAL_MAX, ev_show_crl,
	  ev_is_crl_hex },
	{ "cert-der", "application/pkix-cert", "der", "certificate, DER",
	  "RFC 5280, section 4", COLLATERAL_MAX, ev_show_cert_der,
	  ev_is_cert_der },
	{ "cert-pem", PEM_CHAIN, "pem", "certificates, PEM",
	  "RFC 7468, section 5", COLLATERAL_MAX, ev_show_cert_pem,
	  ev_is_cert_pem },
	{ "ocsp-response", "application/ocsp-response", "der", "OCSP response",
	  "RFC 6960, section 4.2", COLLATERAL_MAX, NULL, NULL },
	{ "maa-token", JWT, "jwt", "token of Microsoft Azure Attestation",
	  "RFC 7519", COLLATERAL_MAX, NULL, NULL },
	{ "ita-token", JWT, "jwt", "token of Intel Trust Authority", "RFC 7519",
	  COLLATERAL_MAX, NULL, NULL },
	{ "google-token", JWT, "jwt", "token of Google Cloud Attestation",
	  "RFC 7519", COLLATERAL_MAX, NULL, NULL },
	{ "maa-request", JSON, "json", "request that an MAA token answers",
	  "Azure Attestation REST API", COLLATERAL_MAX, NULL, NULL },
	{ "ita-nonce", JSON, "json", "nonce of Intel Trust Authority",
	  "Intel Trust Authority REST API", COLLATERAL_MAX, NULL, NULL },
	{ "jwks", "application/jwk-set+json", "json",
	  "key set of a token service", "RFC 7517, section 5", COLLATERAL_MAX,
	  NULL, ev_is_jwks },
	{ "oidc-config", JSON, "json", "configuration of a token service",
	  "OpenID Connect Discovery 1.0", COLLATERAL_MAX, NULL,
	  ev_is_oidc_config },
	{ "azure-imds-attested", JSON, "json", "attested document of Azure",
	  "Azure IMDS, attested/document", COLLATERAL_MAX, NULL,
	  ev_is_imds_attested },
	{ "azure-imds-instance", JSON, "json", "instance metadata of Azure",
	  "Azure IMDS, instance", COLLATERAL_MAX, NULL, NULL },
	{ "cms", "application/cms", "p7", "CMS signed data", "RFC 5652",
	  COLLATERAL_MAX, NULL, ev_is_cms },
	{ "eat-cwt", "application/eat+cwt", "cbor",
	  "entity attestation token, CWT", "RFC 9711; RFC 9782", COLLATERAL_MAX,
	  NULL, NULL },
	{ "eat-jwt", "application/eat+jwt", "jwt",
	  "entity attestation token, JWT", "RFC 9711; RFC 9782", COLLATERAL_MAX,
	  NULL, NULL },
	{ "cmw", "application/cmw+json", "bin", "conceptual message wrapper",
	  "RFC 9999", BLOB_MAX, NULL, NULL },
	{ "corim", "application/rim+cbor", "cbor",
	  "reference integrity manifest", "IETF draft-ietf-rats-corim",
	  BLOB_MAX, NULL, NULL },
	{ "cose-sign1", "application/cose", "cose", "COSE signed statement",
	  "RFC 9052, section 4.2", BLOB_MAX, NULL, NULL },
	{ "igvm", OCTETS, "bin", "IGVM image", "microsoft/igvm, igvm_defs",
	  IMAGE_MAX, NULL, NULL },
	{ "igvm-pe", OCTETS, "bin", "PE file that carries an IGVM image",
	  "PE Format; microsoft/igvm, igvm_defs", IMAGE_MAX, NULL, NULL },
	{ "uefi-firmware", OCTETS, "bin", "UEFI firmware image",
	  "UEFI PI 1.8, volume 3", IMAGE_MAX, NULL, NULL },
	{ "reference-values", OCTETS, "bin", "list of reference values",
	  "as its publisher says", BLOB_MAX, NULL, NULL },
	{ "gce-launch-endorsement", OCTETS, "bin",
	  "launch endorsement of Google",
	  "google/gce-tcb-verifier, endorsement.proto", BLOB_MAX, NULL, NULL },
	{ "dsse", JSON, "json", "DSSE envelope",
	  "secure-systems-lab/dsse, protocol 1.0.2", BLOB_MAX, NULL, NULL },
	{ "poc-tls-transcript", OCTETS, "bin",
	  "TLS handshake messages of the round trips", "RFC 8446, section 4",
	  BLOB_MAX, NULL, NULL },
	{ "poc-tls-times", OCTETS, "bin", "times of the round trips",
	  "ecart-archive(5)", BLOB_MAX, NULL, NULL },
	{ "poc-registry", JSON, "json", "reply of a platform registry",
	  "as its publisher says", BLOB_MAX, NULL, NULL },
	{ "owner-endorsement", OCTETS, "bin", "statement of a site's owner",
	  "as its publisher says", BLOB_MAX, NULL, NULL },
	{ "ecart-session", JSON, "json", "session of a collection",
	  "ecart-archive(5)", BLOB_MAX, NULL, NULL },
	{ "collect-log", TEXT, "txt", "log of a collection", "ecart-archive(5)",
	  BLOB_MAX, NULL, NULL },
	{ "salt", OCTETS, "bin", "salt of redacted items", "ecart-archive(5)",
	  SALT_SIZE, NULL, NULL },
	{ "wrapper", OCTETS, "bin", "file of another tool", "ecart-pack(1)",
	  BLOB_MAX, NULL, NULL },
	{ "http-headers", TEXT, "txt", "headers of one HTTP response",
	  "RFC 9112", COLLATERAL_MAX, NULL, NULL },
	{ "rfc3161-response", "application/timestamp-reply", "tsr",
	  "time-stamp response", "RFC 3161, section 2.4.2", COLLATERAL_MAX,
	  NULL, NULL },
	{ "tlog-checkpoint", TEXT, "txt", "checkpoint of a transparency log",
	  "C2SP tlog-checkpoint", COLLATERAL_MAX, NULL, NULL },
	{ "tlog-proof", TEXT, "txt", "proof of a transparency log",
	  "C2SP tlog-proof", COLLATERAL_MAX, NULL, NULL },
};

const size_t ev_n_kinds = sizeof(ev_kinds) / sizeof(ev_kinds[0]);

const struct ev_kind *ev_kind_find(struct ev_span name)
{
	for (size_t i = 0; i < ev_n_kinds; i++) {
		if (ev_span_eq(name, ev_span_str(ev_kinds[i].kind)))
			return &ev_kinds[i];
	}
	return NULL;
}

const struct ev_kind *ev_kind_recognise(struct ev_span item)
{
	for (size_t i = 0; i < ev_n_kinds; i++) {
		if (ev_kinds[i].recognise != NULL &&
		    ev_kinds[i].recognise(item))
			return &ev_kinds[i];
	}
	return NULL;
}
