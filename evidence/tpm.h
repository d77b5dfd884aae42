/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPM 2.0 quotes, big-endian (TCG, Trusted Platform Module Library Part 2:
 * Structures, rev. 1.59): TPMS_ATTEST 10.12.12, TPMT_SIGNATURE 11.3.4,
 * TPMT_PUBLIC 12.2.4.
 */
#ifndef EV_TPM_H
#define EV_TPM_H

#include "evidence/base/digest.h"
#include "evidence/base/reader.h"

enum ev_tpm_alg {
	EV_TPM_ALG_RSA = 0x0001,
	EV_TPM_ALG_SHA1 = 0x0004,
	EV_TPM_ALG_SHA256 = 0x000b,
	EV_TPM_ALG_SHA384 = 0x000c,
	EV_TPM_ALG_SHA512 = 0x000d,
	EV_TPM_ALG_NULL = 0x0010,
	EV_TPM_ALG_SM3_256 = 0x0012,
	EV_TPM_ALG_RSASSA = 0x0014,
	EV_TPM_ALG_RSAPSS = 0x0016,
	EV_TPM_ALG_ECDSA = 0x0018,
	EV_TPM_ALG_ECC = 0x0023,
	EV_TPM_ALG_SHA3_256 = 0x0027,
	EV_TPM_ALG_SHA3_384 = 0x0028,
	EV_TPM_ALG_SHA3_512 = 0x0029,
};

/* False where the digest is none of ours. */
bool ev_tpm_digest_alg(uint16_t alg, enum ev_digest_alg *out);

#define EV_TPM_BANKS_MAX 16
#define EV_TPM_PCRS_MAX	 32

struct ev_pcr_selection {
	uint16_t alg;  /* TPMI_ALG_HASH */
	uint32_t pcrs; /* bit n: PCR n is selected */
	unsigned int n_pcrs;
};

struct ev_tpm_quote {
	struct ev_span item;
	struct ev_span attest; /* TPMS_ATTEST: what the AK signs */
	struct ev_span qualified_signer;
	struct ev_span extra_data; /* qualifyingData: the nonce */
	uint64_t clock;		   /* milliseconds */
	uint32_t reset_count, restart_count;
	bool safe;
	uint64_t firmware_version;
	struct ev_pcr_selection bank[EV_TPM_BANKS_MAX];
	size_t n_banks;
	struct ev_span pcr_digest;
	uint64_t selection_offset; /* of pcrSelect in the item */
	size_t selection_size;
};

/* Bare TPMS_ATTEST or TPM2B_ATTEST; type must be TPM_ST_ATTEST_QUOTE. */
enum ev_code ev_tpm_quote_parse(struct ev_span item, struct ev_tpm_quote *out,
				struct ev_error *err);

/* Whether the quote covers a register: its bit is set in its bank (a valid
 * quote may select nothing, CVE-2022-0317).  values are those that were quoted,
 * joined as pcrDigest takes them: bank by bank in the order of the selection,
 * ascending inside (Part 3, 18.4).  *value becomes the register's part of
 * them, or empty where they do not reach it, or where a bank before it has no
 * known digest; it is not written where the answer is false. */
bool ev_tpm_quoted(const struct ev_tpm_quote *q, struct ev_span values,
		   uint16_t alg, unsigned int pcr, struct ev_span *value);

struct ev_tpm_signature {
	uint16_t scheme;    /* RSASSA, RSAPSS, ECDSA; RSASSA for a bare one */
	uint16_t hash;	    /* SHA-256 for a bare one */
	struct ev_span rsa; /* or: */
	struct ev_span r, s;
};

/* TPMT_SIGNATURE, or, where bare_rsassa_sha256 says so or the bytes are no
 * TPMT_SIGNATURE but 256..512 bytes, the bare RSA signature. */
enum ev_code ev_tpm_signature_parse(struct ev_span item,
				    bool bare_rsassa_sha256,
				    struct ev_tpm_signature *out,
				    struct ev_error *err);

struct ev_tpm_public {	     /* TPMT_PUBLIC of an RSA or ECC signing key */
	struct ev_span area; /* TPMT_PUBLIC bytes: what the Name hashes */
	uint16_t type, name_alg;
	uint32_t attributes;	/* TPMA_OBJECT */
	struct ev_span modulus; /* RSA, big-endian */
	uint32_t exponent;	/* 65537 where the area says 0 */
	uint16_t curve;
	struct ev_span x, y;
};

/* TPMT_PUBLIC or TPM2B_PUBLIC. */
enum ev_code ev_tpm_public_parse(struct ev_span item, struct ev_tpm_public *out,
				 struct ev_error *err);

/* TPMA_OBJECT of the platform's AK: fixedTPM | fixedParent |
 * sensitiveDataOrigin | userWithAuth | noDA | restricted | sign. */
#define EV_TPM_AK_ATTRIBUTES UINT32_C(0x00050472)

/* The TPMT_PUBLIC that Azure's template gives an RSA-2048 key with this
 * modulus (256 bytes), azure page 6.3; out holds EV_TPM_AK_AREA bytes. */
#define EV_TPM_AK_AREA (24 + 256)
void ev_tpm_ak_area(const uint8_t modulus[256], uint8_t out[EV_TPM_AK_AREA]);

/* qualifiedSigner of a primary key in the endorsement hierarchy: 34 bytes,
 * 000b || SHA-256(4000000B || 000b || SHA-256(area)).  False is trouble. */
bool ev_tpm_qualified_name(struct ev_crypto *crypto, struct ev_span area,
			   uint8_t out[34]);

/* tpm2_quote -o, default format, little-endian C dump (azure page 6): gives
 * the values joined in ascending order, in *values (caller frees). */
enum ev_code ev_tpm_pcrs_serialized_parse(struct ev_span item,
					  struct ev_pcr_selection *bank,
					  size_t *n_banks, uint8_t **values,
					  size_t *n_values,
					  struct ev_error *err);

#endif
