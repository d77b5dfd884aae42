/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TPM 2.0 quotes, big-endian (TCG, Trusted Platform Module Library Part 2:
 * Structures, rev. 1.59): TPMS_ATTEST 10.12.12, TPMT_SIGNATURE 11.3.4,
 * TPMT_PUBLIC 12.2.4.
 */
#ifndef EV_TPM_H
#define EV_TPM_H

#include "evidence/base/public_key.h"
#include "evidence/base/reader.h"
#include "evidence/tpm_alg.h"

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

/* Bare TPMS_ATTEST or TPM2B_ATTEST; type must be TPM_ST_ATTEST_QUOTE.  A bank
 * listed twice, which no TPM does, is refused: then the same register would
 * have two values. */
enum ev_code ev_tpm_quote_parse(struct ev_span item, struct ev_tpm_quote *out,
				struct ev_error *err);

/* Whether the quote covers a register: its bit is set in its bank (a valid
 * quote may select nothing, CVE-2022-0317).  values are those that were quoted,
 * joined as pcrDigest takes them: bank by bank in the order of the selection,
 * ascending inside (Part 3, 18.4).  *value becomes the register's part of
 * them, or empty where they are not as many bytes as the selection has, or a
 * bank of it has no known digest; it is not written where the answer is
 * false. */
bool ev_tpm_quoted(const struct ev_tpm_quote *q, struct ev_span values,
		   uint16_t alg, unsigned int pcr, struct ev_span *value);

struct ev_tpm_signature {
	uint16_t scheme;     /* RSASSA for a bare one */
	uint16_t hash;	     /* SHA-256 for a bare one */
	struct ev_span rsa;  /* of RSASSA and RSAPSS; or: */
	struct ev_span r, s; /* of ECDSA, ECDAA, SM2 and ECSCHNORR; or: */
	struct ev_span hmac;
};

/* Whether it is of a scheme that can be verified here by a public key: RSASSA,
 * RSAPSS or ECDSA, then over a digest of ours. */
bool ev_tpm_signature_is_ours(const struct ev_tpm_signature *signature);

/* Whether the key made the signature over the attest; a key of the other
 * family made none. */
enum ev_verified
ev_tpm_signature_verify(struct ev_crypto *crypto,
			const struct ev_tpm_signature *signature,
			const struct ev_public_key *key, struct ev_span attest);

/* TPMT_SIGNATURE, or, where bare_rsassa_sha256 says so or the bytes are no
 * TPMT_SIGNATURE but 256..512 bytes, the bare RSA signature. */
enum ev_code ev_tpm_signature_parse(struct ev_span item,
				    bool bare_rsassa_sha256,
				    struct ev_tpm_signature *out,
				    struct ev_error *err);

struct ev_tpm_public {	     /* TPMT_PUBLIC of an RSA or ECC signing key */
	struct ev_span area; /* TPMT_PUBLIC bytes: what the Name hashes */
	uint16_t type, name_alg;
	uint16_t scheme, scheme_hash; /* EV_TPM_ALG_NULL: any, none */
	uint32_t attributes;	      /* TPMA_OBJECT */
	struct ev_span modulus;	      /* RSA, big-endian */
	uint32_t exponent;	      /* 65537 where the area says 0 */
	uint16_t curve;
	struct ev_span x, y;
};

/* TPMT_PUBLIC or TPM2B_PUBLIC. */
enum ev_code ev_tpm_public_parse(struct ev_span item, struct ev_tpm_public *out,
				 struct ev_error *err);

/* The key of a public area: none where its curve is not ours or its numbers do
 * not fit.  The modulus borrows from the area. */
struct ev_public_key ev_tpm_public_key(const struct ev_tpm_public *p);

/* What TPMA_OBJECT (8.3) must say of a key whose quotes prove anything: it
 * stays in its TPM, was made there, and signs only what the TPM made. */
#define EV_TPM_FIXED_TPM	     UINT32_C(0x00000002)
#define EV_TPM_FIXED_PARENT	     UINT32_C(0x00000010)
#define EV_TPM_SENSITIVE_DATA_ORIGIN UINT32_C(0x00000020)
#define EV_TPM_RESTRICTED	     UINT32_C(0x00010000)
#define EV_TPM_DECRYPT		     UINT32_C(0x00020000) /* must not */
#define EV_TPM_SIGN		     UINT32_C(0x00040000)

/* TPMA_OBJECT of the platform's AK: fixedTPM | fixedParent |
 * sensitiveDataOrigin | userWithAuth | noDA | restricted | sign. */
#define EV_TPM_AK_ATTRIBUTES UINT32_C(0x00050472)

/*
 * tpm2_quote -o: selection, then lists of values.  Format "serialized" is the
 * C structures as they lay in memory, integers little-endian (azure page 6);
 * "marshaled" of later tools the same as a TPM spells it, big-endian, without
 * unused room; the first byte tells.  Gives the values joined in the file's
 * order, in *values (caller frees).  The selection is nobody's word
 * (CVE-2024-29039): nothing is to be concluded from it.
 */
enum ev_code ev_tpm_pcrs_serialized_parse(struct ev_span item,
					  struct ev_pcr_selection *bank,
					  size_t *n_banks, uint8_t **values,
					  size_t *n_values,
					  struct ev_error *err);

#endif
