/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Algorithms by the numbers that TPMs give them (TCG Algorithm Registry, rev.
 * 1.32, table 3; Trusted Platform Module Library Part 2, rev. 1.59, table 9).
 */
#ifndef EV_TPM_ALG_H
#define EV_TPM_ALG_H

#include "evidence/base/digest.h"

enum ev_tpm_alg {
	EV_TPM_ALG_RSA = 0x0001,
	EV_TPM_ALG_SHA1 = 0x0004,
	EV_TPM_ALG_HMAC = 0x0005,
	EV_TPM_ALG_AES = 0x0006,
	EV_TPM_ALG_SHA256 = 0x000b,
	EV_TPM_ALG_SHA384 = 0x000c,
	EV_TPM_ALG_SHA512 = 0x000d,
	EV_TPM_ALG_NULL = 0x0010,
	EV_TPM_ALG_SM3_256 = 0x0012,
	EV_TPM_ALG_SM4 = 0x0013,
	EV_TPM_ALG_RSASSA = 0x0014,
	EV_TPM_ALG_RSAES = 0x0015,
	EV_TPM_ALG_RSAPSS = 0x0016,
	EV_TPM_ALG_OAEP = 0x0017,
	EV_TPM_ALG_ECDSA = 0x0018,
	EV_TPM_ALG_ECDH = 0x0019,
	EV_TPM_ALG_ECDAA = 0x001a,
	EV_TPM_ALG_SM2 = 0x001b,
	EV_TPM_ALG_ECSCHNORR = 0x001c,
	EV_TPM_ALG_ECC = 0x0023,
	EV_TPM_ALG_CAMELLIA = 0x0026,
	EV_TPM_ALG_SHA3_256 = 0x0027,
	EV_TPM_ALG_SHA3_384 = 0x0028,
	EV_TPM_ALG_SHA3_512 = 0x0029,
};

/* "rsassa", "sha256", ...; NULL for a number that is none of the above. */
const char *ev_tpm_alg_name(uint16_t alg);

/* False where the digest is none of ours. */
bool ev_tpm_digest_alg(uint16_t alg, enum ev_digest_alg *out);

/* The same of those that every libcrypto has, SHA-1 and SHA-2: the others are
 * digests of banks, and no signature, name or pcrDigest is made with them. */
bool ev_tpm_common_digest_alg(uint16_t alg, enum ev_digest_alg *out);

#endif
