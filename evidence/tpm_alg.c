/* SPDX-License-Identifier: Apache-2.0 */
/* The table of algorithms of TPMs. */
#include "evidence/tpm_alg.h"

static const struct {
	uint16_t alg;
	const char *name;
	bool is_ours; /* digest is how it is computed here */
	enum ev_digest_alg digest;
} algs[] = {
	{ EV_TPM_ALG_RSA, "rsa", false, 0 },
	{ EV_TPM_ALG_SHA1, "sha1", true, EV_SHA1 },
	{ EV_TPM_ALG_HMAC, "hmac", false, 0 },
	{ EV_TPM_ALG_AES, "aes", false, 0 },
	{ EV_TPM_ALG_SHA256, "sha256", true, EV_SHA256 },
	{ EV_TPM_ALG_SHA384, "sha384", true, EV_SHA384 },
	{ EV_TPM_ALG_SHA512, "sha512", true, EV_SHA512 },
	{ EV_TPM_ALG_NULL, "null", false, 0 },
	{ EV_TPM_ALG_SM3_256, "sm3_256", true, EV_SM3_256 },
	{ EV_TPM_ALG_SM4, "sm4", false, 0 },
	{ EV_TPM_ALG_RSASSA, "rsassa", false, 0 },
	{ EV_TPM_ALG_RSAES, "rsaes", false, 0 },
	{ EV_TPM_ALG_RSAPSS, "rsapss", false, 0 },
	{ EV_TPM_ALG_OAEP, "oaep", false, 0 },
	{ EV_TPM_ALG_ECDSA, "ecdsa", false, 0 },
	{ EV_TPM_ALG_ECDH, "ecdh", false, 0 },
	{ EV_TPM_ALG_ECDAA, "ecdaa", false, 0 },
	{ EV_TPM_ALG_SM2, "sm2", false, 0 },
	{ EV_TPM_ALG_ECSCHNORR, "ecschnorr", false, 0 },
	{ EV_TPM_ALG_ECC, "ecc", false, 0 },
	{ EV_TPM_ALG_CAMELLIA, "camellia", false, 0 },
	{ EV_TPM_ALG_SHA3_256, "sha3_256", true, EV_SHA3_256 },
	{ EV_TPM_ALG_SHA3_384, "sha3_384", true, EV_SHA3_384 },
	{ EV_TPM_ALG_SHA3_512, "sha3_512", true, EV_SHA3_512 },
};
#define N_ALGS (sizeof(algs) / sizeof(algs[0]))

const char *ev_tpm_alg_name(uint16_t alg)
{
	for (size_t i = 0; i < N_ALGS; i++)
		if (algs[i].alg == alg)
			return algs[i].name;
	return NULL;
}

bool ev_tpm_digest_alg(uint16_t alg, enum ev_digest_alg *out)
{
	for (size_t i = 0; i < N_ALGS; i++) {
		if (algs[i].alg != alg || !algs[i].is_ours)
			continue;
		*out = algs[i].digest;
		return true;
	}
	return false;
}

bool ev_tpm_common_digest_alg(uint16_t alg, enum ev_digest_alg *out)
{
	enum ev_digest_alg found;

	if (!ev_tpm_digest_alg(alg, &found) || found > EV_SHA512)
		return false;
	*out = found;
	return true;
}
