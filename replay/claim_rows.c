/* SPDX-License-Identifier: Apache-2.0 */
/*
 * THE table of claims: where the evidence says what a token claims.  Offsets
 * are those of the report's body (docs/sources.md, SGX-QL, TDX-QGL, SNP-ABI).
 */
#include "replay/claim.h"

#include "evidence/snp_report.h"

#define HEX(name, body, at, size)                                              \
	{                                                                      \
		name, RP_CLAIM_OF_##body, RP_CLAIM_HEX, at, size, NULL, false  \
	}
#define MEASURED(name, body, at, size)                                         \
	{                                                                      \
		name, RP_CLAIM_OF_##body, RP_CLAIM_HEX, at, size, NULL, true   \
	}
#define INTEGER(name, body, at, size)                                          \
	{                                                                      \
		name, RP_CLAIM_OF_##body, RP_CLAIM_INTEGER, at, size, NULL,    \
			false                                                  \
	}
#define BIT(name, body, at, bit)                                               \
	{                                                                      \
		name, RP_CLAIM_OF_##body, RP_CLAIM_BIT, at, bit, NULL, false   \
	}
#define STATE(name, body, at, bit)                                             \
	{                                                                      \
		name, RP_CLAIM_OF_##body, RP_CLAIM_STATE, at, bit, NULL, false \
	}
#define WORD(name, body, word)                                                 \
	{                                                                      \
		name, RP_CLAIM_OF_##body, RP_CLAIM_WORD, 0, 0, word, false     \
	}

const struct rp_claim_row rp_claim_rows[] = {
	/* Azure Attestation of SGX, with the names of 2020. */
	MEASURED("x-ms-sgx-mrenclave", SGX, 64, 32),
	MEASURED("sgx-mrenclave", SGX, 64, 32),
	HEX("x-ms-sgx-mrsigner", SGX, 128, 32),
	HEX("sgx-mrsigner", SGX, 128, 32),
	INTEGER("x-ms-sgx-product-id", SGX, 256, 2),
	INTEGER("product-id", SGX, 256, 2),
	INTEGER("x-ms-sgx-svn", SGX, 258, 2),
	INTEGER("svn", SGX, 258, 2),
	BIT("x-ms-sgx-is-debuggable", SGX, 48, 1),
	BIT("is-debuggable", SGX, 48, 1),
	MEASURED("x-ms-sgx-report-data", SGX, 320, 64),
	HEX("x-ms-sgx-config-id", SGX, 192, 64),
	INTEGER("x-ms-sgx-config-svn", SGX, 260, 2),
	HEX("x-ms-sgx-isv-extended-product-id", SGX, 32, 16),
	HEX("x-ms-sgx-isv-family-id", SGX, 304, 16),
	WORD("tee", SGX, "sgx"),
	WORD("x-ms-attestation-type", SGX, "sgx"),

	/* Intel Trust Authority of SGX. */
	MEASURED("sgx_mrenclave", SGX, 64, 32),
	HEX("sgx_mrsigner", SGX, 128, 32),
	INTEGER("sgx_isvprodid", SGX, 256, 2),
	INTEGER("sgx_isvsvn", SGX, 258, 2),
	MEASURED("sgx_report_data", SGX, 320, 64),
	BIT("sgx_is_debuggable", SGX, 48, 1),
	STATE("dbgstat", SGX, 48, 1),
	WORD("attester_type", SGX, "SGX"),

	/* Both services of TDX. */
	HEX("tdx_tee_tcb_svn", TD, 0, 16),
	HEX("tdx_mrseam", TD, 16, 48),
	HEX("tdx_mrsignerseam", TD, 64, 48),
	HEX("tdx_seam_attributes", TD, 112, 8),
	HEX("tdx_td_attributes", TD, 120, 8),
	HEX("tdx_xfam", TD, 128, 8),
	MEASURED("tdx_mrtd", TD, 136, 48),
	HEX("tdx_mrconfigid", TD, 184, 48),
	HEX("tdx_mrowner", TD, 232, 48),
	HEX("tdx_mrownerconfig", TD, 280, 48),
	HEX("tdx_rtmr0", TD, 328, 48),
	HEX("tdx_rtmr1", TD, 376, 48),
	HEX("tdx_rtmr2", TD, 424, 48),
	HEX("tdx_rtmr3", TD, 472, 48),
	MEASURED("tdx_report_data", TD, 520, 64),
	/* The module's SVN; no real token tells the two apart. */
	INTEGER("tdx_seamsvn", TD, 0, 1),
	INTEGER("tdx_seamsvn", TD, 0, 2),
	BIT("tdx_is_debuggable", TD, 120, 0),
	BIT("tdx_td_attributes_debug", TD, 120, 0),
	BIT("tdx_td_attributes_septve_disable", TD, 120, 28),
	BIT("tdx_td_attributes_protection_keys", TD, 120, 30),
	BIT("tdx_td_attributes_key_locker", TD, 120, 31),
	BIT("tdx_td_attributes_perfmon", TD, 120, 63),
	STATE("dbgstat", TD, 120, 0),
	WORD("x-ms-attestation-type", TD, "tdxvm"),
	WORD("attester_type", TD, "TDX"),

	/* Azure Attestation of SEV-SNP; the SVNs are of reported_tcb. */
	INTEGER("x-ms-sevsnpvm-guestsvn", SNP, 0x04, 4),
	BIT("x-ms-sevsnpvm-is-debuggable", SNP, 0x08, EV_SNP_POLICY_DEBUG),
	BIT("x-ms-sevsnpvm-migration-allowed", SNP, 0x08,
	    EV_SNP_POLICY_MIGRATE_MA),
	BIT("x-ms-sevsnpvm-smt-allowed", SNP, 0x08, EV_SNP_POLICY_SMT),
	HEX("x-ms-sevsnpvm-familyId", SNP, 0x10, 16),
	HEX("x-ms-sevsnpvm-imageId", SNP, 0x20, 16),
	INTEGER("x-ms-sevsnpvm-vmpl", SNP, 0x30, 4),
	MEASURED("x-ms-sevsnpvm-reportdata", SNP, 0x50, 64),
	MEASURED("x-ms-sevsnpvm-launchmeasurement", SNP, 0x90, 48),
	HEX("x-ms-sevsnpvm-hostdata", SNP, 0xc0, 32),
	HEX("x-ms-sevsnpvm-idkeydigest", SNP, 0xe0, 48),
	HEX("x-ms-sevsnpvm-authorkeydigest", SNP, 0x110, 48),
	HEX("x-ms-sevsnpvm-reportid", SNP, 0x140, 32),
	INTEGER("x-ms-sevsnpvm-bootloader-svn", SNP_MILAN, 0x180, 1),
	INTEGER("x-ms-sevsnpvm-tee-svn", SNP_MILAN, 0x181, 1),
	INTEGER("x-ms-sevsnpvm-snpfw-svn", SNP_MILAN, 0x186, 1),
	INTEGER("x-ms-sevsnpvm-microcode-svn", SNP_MILAN, 0x187, 1),
	INTEGER("x-ms-sevsnpvm-bootloader-svn", SNP_TURIN, 0x181, 1),
	INTEGER("x-ms-sevsnpvm-tee-svn", SNP_TURIN, 0x182, 1),
	INTEGER("x-ms-sevsnpvm-snpfw-svn", SNP_TURIN, 0x183, 1),
	INTEGER("x-ms-sevsnpvm-microcode-svn", SNP_TURIN, 0x187, 1),
	WORD("x-ms-attestation-type", SNP, "sevsnpvm"),
};

const size_t rp_n_claim_rows = sizeof(rp_claim_rows) / sizeof(rp_claim_rows[0]);
