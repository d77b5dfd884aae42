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
/* EV_SESSION_MAX; host facts are some KiB. */
#define SESSION_MAX (1 * MIB)

const struct ev_kind ev_kinds[] = {
	{ "tdx-quote", EV_FOR_EVIDENCE, OCTETS, "bin", "TDX quote",
	  "Intel TDX DCAP Quoting Library API, appendix A", QUOTE_MAX,
	  ev_show_tdx_quote, ev_is_tdx_quote },
	{ "sgx-quote", EV_FOR_EVIDENCE, OCTETS, "bin", "SGX quote",
	  "Intel SGX ECDSA Quote Library API, appendix A", QUOTE_MAX,
	  ev_show_sgx_quote, ev_is_sgx_quote },
	{ "sgx-report", EV_FOR_EVIDENCE, OCTETS, "bin", "SGX report body",
	  "Intel SDM, volume 3D, REPORT", REPORT_MAX, NULL, NULL },
	{ "snp-report", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "SEV-SNP attestation report",
	  "AMD SEV-SNP Firmware ABI, ATTESTATION_REPORT", REPORT_MAX,
	  ev_show_snp_report, ev_is_snp_report },
	{ "tsm-auxblob", EV_FOR_COLLATERAL, OCTETS, "bin",
	  "auxiliary blob of configfs-tsm", "Linux, configfs-tsm-report",
	  AUX_MAX, NULL, NULL },
	{ "tsm-manifestblob", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "service manifest of configfs-tsm", "Linux, configfs-tsm-report",
	  AUX_MAX, NULL, NULL },
	{ "tdx-measurements", EV_FOR_EVIDENCE, TEXT, "txt",
	  "TDX measurement registers from sysfs",
	  "Linux, tdx_guest measurements", REPORT_MAX, NULL, NULL },
	{ "tdx-report", EV_FOR_EVIDENCE, OCTETS, "bin", "TDREPORT of the CPU",
	  "Intel TDX Module ABI, TDREPORT_STRUCT", REPORT_MAX, NULL, NULL },
	{ "tdx-eventlog-ccel", EV_FOR_LOG, OCTETS, "bin",
	  "confidential-computing event log",
	  "UEFI 2.10, section 38; ACPI 6.5, CCEL", LOG_MAX, ev_show_ccel_log,
	  ev_is_ccel_log },
	{ "acpi-ccel-table", EV_FOR_LOG, OCTETS, "bin", "ACPI table CCEL",
	  "ACPI 6.5, section 5.2.34", REPORT_MAX, ev_show_ccel_table,
	  ev_is_ccel_table },
	{ "azure-hcl-report", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "report of Azure's paravisor", "microsoft/openvmm, igvm_attest",
	  HCL_MAX, ev_show_hcl, ev_is_hcl_report },
	{ "azure-runtime-data", EV_FOR_EVIDENCE, JSON, "json",
	  "runtime claims of Azure's paravisor",
	  "microsoft/openvmm, igvm_attest", HCL_MAX, ev_show_runtime_data,
	  ev_is_runtime_data },
	{ "azure-tdquote-response", EV_FOR_EVIDENCE, JSON, "json",
	  "reply of Azure's quote service", "Azure IMDS, acc/tdquote",
	  COLLATERAL_MAX, NULL, NULL },
	{ "azure-thim-amd", EV_FOR_COLLATERAL, JSON, "json",
	  "AMD certificates from Azure", "Azure THIM, amd/certification",
	  COLLATERAL_MAX, ev_show_thim_amd, ev_is_thim_amd },
	{ "tpm-quote-attest", EV_FOR_EVIDENCE, OCTETS, "bin", "TPM quote",
	  "TPM 2.0 Part 2, 10.12.12, TPMS_ATTEST", TPM_MAX, ev_show_tpm_quote,
	  ev_is_tpm_quote },
	{ "tpm-quote-signature", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "signature of a TPM quote", "TPM 2.0 Part 2, 11.3.4, TPMT_SIGNATURE",
	  TPM_MAX, ev_show_tpm_signature, ev_is_tpm_signature },
	{ "tpm2b-public", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "public area of a TPM key", "TPM 2.0 Part 2, 12.2.4, TPMT_PUBLIC",
	  TPM_MAX, ev_show_tpm_public, ev_is_tpm_public },
	{ "tpm-pcrs", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "PCR values of a quote, joined", "TPM 2.0 Part 3, 18.4, TPM2_Quote",
	  PCRS_MAX, ev_show_tpm_pcrs, NULL },
	{ "tpm-pcrs-serialized", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "PCR file of tpm2-tools",
	  "tpm2-tools, tpm2_quote -o, -F serialized or marshaled", PCRS_MAX,
	  ev_show_tpm_pcrs_serialized, ev_is_tpm_pcrs_serialized },
	{ "tpm-pcrread", EV_FOR_META, OCTETS, "bin",
	  "PCR values of all banks, unsigned", "tpm2-tools, tpm2_pcrread -o",
	  PCRS_MAX, NULL, NULL },
	{ "tpm-tool-output", EV_FOR_META, TEXT, "txt", "text of TPM tools",
	  "tpm2-tools", COLLATERAL_MAX, NULL, NULL },
	{ "key-pem", EV_FOR_EVIDENCE, OCTETS, "pem", "public key",
	  "RFC 5280, SubjectPublicKeyInfo; RFC 7468", REPORT_MAX, NULL,
	  ev_is_key_pem },
	{ "tcg-eventlog", EV_FOR_LOG, OCTETS, "bin", "boot event log",
	  "TCG PC Client Platform Firmware Profile", LOG_MAX, ev_show_tcg_log,
	  ev_is_tcg_log },
	{ "ima-log-ascii", EV_FOR_LOG, TEXT, "txt", "IMA log, text",
	  "Linux, Documentation/security/IMA-templates", LOG_MAX, NULL,
	  ev_is_ima_text },
	{ "ima-log-binary", EV_FOR_LOG, OCTETS, "bin", "IMA log, binary",
	  "Linux, Documentation/security/IMA-templates", LOG_MAX,
	  ev_show_ima_log, ev_is_ima_log },
	{ "cel-tlv", EV_FOR_LOG, OCTETS, "bin", "canonical event log, TLV",
	  "TCG Canonical Event Log 1.0", LOG_MAX, ev_show_cel_tlv,
	  ev_is_cel_tlv },
	{ "cel-json", EV_FOR_LOG, "application/json-seq", "json",
	  "canonical event log, JSON", "TCG Canonical Event Log 1.0; RFC 7464",
	  LOG_MAX, ev_show_systemd_log, ev_is_cel_json },
	{ "dstack-eventlog", EV_FOR_LOG, JSON, "json",
	  "runtime event log of dstack", "Dstack-TEE/dstack", LOG_MAX, NULL,
	  NULL },
	{ "dcap-tcbinfo", EV_FOR_COLLATERAL, JSON, "json", "TCB info",
	  "Intel PCS API v4, Get TCB Info", COLLATERAL_MAX, ev_show_tcb_info,
	  ev_is_tcb_info },
	{ "dcap-qe-identity", EV_FOR_COLLATERAL, JSON, "json",
	  "identity of a quoting enclave",
	  "Intel PCS API v4, Get Quoting Enclave Identity", COLLATERAL_MAX,
	  ev_show_qe_identity, ev_is_qe_identity },
	{ "dcap-tcb-eval-numbers", EV_FOR_COLLATERAL, JSON, "json",
	  "TCB evaluation data numbers",
	  "Intel PCS API v4, Get TCB Evaluation Data Numbers", COLLATERAL_MAX,
	  NULL, NULL },
	{ "dcap-issuer-chain", EV_FOR_COLLATERAL, PEM_CHAIN, "pem",
	  "issuer chain of collateral",
	  "Intel PCS API v4, issuer chain headers", COLLATERAL_MAX,
	  ev_show_issuer_chain, ev_is_issuer_chain },
	{ "crl-der", EV_FOR_COLLATERAL, "application/pkix-crl", "crl",
	  "CRL, DER", "RFC 5280, section 5", COLLATERAL_MAX, ev_show_crl,
	  ev_is_crl_der },
	{ "crl-pem", EV_FOR_COLLATERAL, TEXT, "pem", "CRL, PEM",
	  "RFC 7468, section 6", COLLATERAL_MAX, ev_show_crl, ev_is_crl_pem },
	{ "crl-hex", EV_FOR_COLLATERAL, TEXT, "txt", "CRL, hex text of the DER",
	  "Intel PCCS, pckcrl and rootcacrl", COLLATERAL_MAX, ev_show_crl,
	  ev_is_crl_hex },
	{ "cert-der", EV_FOR_COLLATERAL, "application/pkix-cert", "der",
	  "certificate, DER", "RFC 5280, section 4", COLLATERAL_MAX,
	  ev_show_cert_der, ev_is_cert_der },
	{ "cert-pem", EV_FOR_COLLATERAL, PEM_CHAIN, "pem", "certificates, PEM",
	  "RFC 7468, section 5", COLLATERAL_MAX, ev_show_cert_pem,
	  ev_is_cert_pem },
	{ "ocsp-response", EV_FOR_COLLATERAL, "application/ocsp-response",
	  "der", "OCSP response", "RFC 6960, section 4.2", COLLATERAL_MAX, NULL,
	  NULL },
	{ "maa-token", EV_FOR_EVIDENCE, JWT, "jwt",
	  "token of Microsoft Azure Attestation", "RFC 7519", COLLATERAL_MAX,
	  ev_show_token, ev_is_maa_token },
	{ "ita-token", EV_FOR_EVIDENCE, JWT, "jwt",
	  "token of Intel Trust Authority", "RFC 7519", COLLATERAL_MAX,
	  ev_show_token, ev_is_ita_token },
	{ "google-token", EV_FOR_EVIDENCE, JWT, "jwt",
	  "token of Google Cloud Attestation", "RFC 7519", COLLATERAL_MAX,
	  ev_show_token, ev_is_google_token },
	{ "maa-request", EV_FOR_COLLATERAL, JSON, "json",
	  "request that an MAA token answers", "Azure Attestation REST API",
	  COLLATERAL_MAX, NULL, NULL },
	{ "ita-nonce", EV_FOR_COLLATERAL, JSON, "json",
	  "nonce of Intel Trust Authority", "Intel Trust Authority REST API",
	  COLLATERAL_MAX, NULL, NULL },
	{ "jwks", EV_FOR_COLLATERAL, "application/jwk-set+json", "json",
	  "key set of a token service", "RFC 7517, section 5", COLLATERAL_MAX,
	  ev_show_jwks, ev_is_jwks },
	{ "oidc-config", EV_FOR_COLLATERAL, JSON, "json",
	  "configuration of a token service", "OpenID Connect Discovery 1.0",
	  COLLATERAL_MAX, ev_show_oidc_config, ev_is_oidc_config },
	{ "azure-imds-attested", EV_FOR_EVIDENCE, JSON, "json",
	  "attested document of Azure", "Azure IMDS, attested/document",
	  COLLATERAL_MAX, ev_show_imds_attested, ev_is_imds_attested },
	{ "azure-imds-instance", EV_FOR_EVIDENCE, JSON, "json",
	  "instance metadata of Azure", "Azure IMDS, instance", COLLATERAL_MAX,
	  NULL, NULL },
	{ "cms", EV_FOR_EVIDENCE, "application/cms", "p7", "CMS signed data",
	  "RFC 5652", COLLATERAL_MAX, ev_show_cms, ev_is_cms },
	{ "eat-cwt", EV_FOR_EVIDENCE, "application/eat+cwt", "cbor",
	  "entity attestation token, CWT", "RFC 9711; RFC 9782", COLLATERAL_MAX,
	  NULL, NULL },
	{ "eat-jwt", EV_FOR_EVIDENCE, "application/eat+jwt", "jwt",
	  "entity attestation token, JWT", "RFC 9711; RFC 9782", COLLATERAL_MAX,
	  NULL, NULL },
	{ "cmw", EV_FOR_EVIDENCE, "application/cmw+json", "bin",
	  "conceptual message wrapper", "RFC 9999", BLOB_MAX, NULL, NULL },
	{ "corim", EV_FOR_REFERENCE, "application/rim+cbor", "cbor",
	  "reference integrity manifest", "IETF draft-ietf-rats-corim",
	  BLOB_MAX, NULL, NULL },
	{ "cose-sign1", EV_FOR_REFERENCE, "application/cose", "cose",
	  "COSE signed statement", "RFC 9052, section 4.2", BLOB_MAX, NULL,
	  NULL },
	{ "igvm", EV_FOR_IMAGE, OCTETS, "bin", "IGVM image",
	  "microsoft/igvm, igvm_defs", IMAGE_MAX, NULL, NULL },
	{ "igvm-pe", EV_FOR_IMAGE, OCTETS, "bin",
	  "PE file that carries an IGVM image",
	  "PE Format; microsoft/igvm, igvm_defs", IMAGE_MAX, NULL, NULL },
	{ "uefi-firmware", EV_FOR_IMAGE, OCTETS, "bin", "UEFI firmware image",
	  "UEFI PI 1.8, volume 3", IMAGE_MAX, NULL, NULL },
	{ "reference-values", EV_FOR_REFERENCE, OCTETS, "bin",
	  "list of reference values", "as its publisher says", BLOB_MAX, NULL,
	  NULL },
	{ "gce-launch-endorsement", EV_FOR_REFERENCE, OCTETS, "bin",
	  "launch endorsement of Google",
	  "google/gce-tcb-verifier, endorsement.proto", BLOB_MAX, NULL, NULL },
	{ "dsse", EV_FOR_REFERENCE, JSON, "json", "DSSE envelope",
	  "secure-systems-lab/dsse, protocol 1.0.2", BLOB_MAX, NULL, NULL },
	{ "poc-tls-transcript", EV_FOR_EVIDENCE, JSON, "json",
	  "TLS handshake messages of the round trips",
	  "ecart-archive(5); RFC 8446, section 4", BLOB_MAX, ev_show_roundtrip,
	  ev_is_roundtrip },
	{ "poc-tls-times", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "times of the round trips", "ecart-archive(5)", REPORT_MAX,
	  ev_show_roundtrip_times, NULL },
	{ "poc-registry", EV_FOR_EVIDENCE, JSON, "json",
	  "reply of a platform registry", "proofofcloud/trust-server, get_jwt",
	  COLLATERAL_MAX, ev_show_registry, ev_is_registry_reply },
	{ "owner-endorsement", EV_FOR_EVIDENCE, OCTETS, "bin",
	  "statement of a site's owner", "as its publisher says", BLOB_MAX,
	  NULL, NULL },
	{ "ecart-session", EV_FOR_META, JSON, "json", "session of a collection",
	  "ecart-archive(5)", SESSION_MAX, ev_show_session, NULL },
	{ "collect-log", EV_FOR_META, TEXT, "txt", "log of a collection",
	  "ecart-archive(5)", BLOB_MAX, NULL, NULL },
	{ "salt", EV_FOR_META, OCTETS, "bin", "salt of redacted items",
	  "ecart-archive(5)", SALT_SIZE, NULL, NULL },
	{ "wrapper", EV_FOR_META, OCTETS, "bin", "file of another tool",
	  "ecart-pack(1)", BLOB_MAX, NULL, NULL },
	{ "http-headers", EV_FOR_META, TEXT, "txt",
	  "headers of one HTTP response", "RFC 9112", COLLATERAL_MAX, NULL,
	  NULL },
	{ "rfc3161-response", EV_FOR_EVIDENCE, "application/timestamp-reply",
	  "tsr", "time-stamp response", "RFC 3161, section 2.4.2",
	  COLLATERAL_MAX, NULL, NULL },
	{ "tlog-checkpoint", EV_FOR_EVIDENCE, TEXT, "txt",
	  "checkpoint of a transparency log", "C2SP tlog-checkpoint",
	  COLLATERAL_MAX, NULL, NULL },
	{ "tlog-proof", EV_FOR_EVIDENCE, TEXT, "txt",
	  "proof of a transparency log", "C2SP tlog-proof", COLLATERAL_MAX,
	  NULL, NULL },
};

const size_t ev_n_kinds = sizeof(ev_kinds) / sizeof(ev_kinds[0]);

const char *ev_kind_use_word(enum ev_kind_use use)
{
	static const char *const words[] = {
		[EV_FOR_EVIDENCE] = "evidence",
		[EV_FOR_COLLATERAL] = "collateral",
		[EV_FOR_LOG] = "log",
		[EV_FOR_REFERENCE] = "reference",
		[EV_FOR_IMAGE] = "image",
		[EV_FOR_META] = "meta",
	};

	return words[use];
}

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
