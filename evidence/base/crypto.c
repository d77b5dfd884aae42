/* SPDX-License-Identifier: Apache-2.0 */
/* The library context of our own, and the memory of good signatures. */
#include "evidence/base/crypto.h"

#include "evidence/base/crypto_state.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

static bool fetch_digests(struct ev_crypto *crypto)
{
	static const enum ev_digest_alg always[] = { EV_SHA1, EV_SHA256,
						     EV_SHA384, EV_SHA512 };

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (!ev_digest_has(crypto, always[i]))
			return false;
	crypto->md_ctx = EVP_MD_CTX_new();
	return crypto->md_ctx != NULL;
}

/* A P-256 key without a point: later only the point is set, which costs a
 * tenth of making a key. */
static bool make_p256(struct ev_crypto *crypto)
{
	char group[] = "prime256v1";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
						 group, 0),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *ctx =
		EVP_PKEY_CTX_new_from_name(crypto->libctx, "EC", NULL);
	bool ok = ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 &&
		  EVP_PKEY_fromdata(ctx, &crypto->p256, EVP_PKEY_KEY_PARAMETERS,
				    params) == 1;

	EVP_PKEY_CTX_free(ctx);
	if (ok)
		crypto->p256_ctx = EVP_PKEY_CTX_new_from_pkey(
			crypto->libctx, crypto->p256, NULL);
	return crypto->p256_ctx != NULL;
}

struct ev_crypto *ev_crypto_new(void)
{
	struct ev_crypto *crypto = calloc(1, sizeof(*crypto));

	if (crypto == NULL)
		return NULL;
	/* Some functions of libcrypto (TS_) fall back to the default context:
	 * that one must not read a configuration file either. */
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	crypto->libctx = OSSL_LIB_CTX_new();
	if (crypto->libctx != NULL)
		crypto->provider =
			OSSL_PROVIDER_load(crypto->libctx, "default");
	if (crypto->provider == NULL || !fetch_digests(crypto) ||
	    !make_p256(crypto)) {
		ERR_clear_error();
		ev_crypto_free(crypto);
		return NULL;
	}
	return crypto;
}

void ev_crypto_release(struct ev_crypto *crypto, struct ev_release release)
{
	crypto->release = release;
}

void ev_crypto_free(struct ev_crypto *crypto)
{
	if (crypto == NULL)
		return;
	EVP_PKEY_CTX_free(crypto->p256_ctx);
	EVP_PKEY_free(crypto->p256);
	EVP_MD_CTX_free(crypto->md_ctx);
	for (size_t i = 0; i < EV_DIGEST_ALGS; i++)
		EVP_MD_free(crypto->md[i]);
	if (crypto->provider != NULL)
		OSSL_PROVIDER_unload(crypto->provider);
	OSSL_LIB_CTX_free(crypto->libctx);
	free(crypto);
}

OSSL_LIB_CTX *ev_crypto_libctx(struct ev_crypto *crypto)
{
	return crypto->libctx;
}

/* The key is a SHA-256: its bytes are spread evenly already. */
static struct ev_remembered *set_of(struct ev_crypto *crypto,
				    const uint8_t key[32])
{
	return &crypto->remembered[(key[0] | key[1] << 8) % EV_REMEMBERED_SETS];
}

/* Puts it first, in front of n others, over the one behind them. */
static void put_first(struct ev_remembered *set, size_t n,
		      const uint8_t key[32])
{
	memmove(set->key[1], set->key[0], n * sizeof(set->key[0]));
	memcpy(set->key[0], key, sizeof(set->key[0]));
}

bool ev_crypto_remembered(struct ev_crypto *crypto, const uint8_t key[32])
{
	struct ev_remembered *set = set_of(crypto, key);

	for (size_t i = 0; i < set->used; i++) {
		if (memcmp(set->key[i], key, 32) != 0)
			continue;
		put_first(set, i, key);
		crypto->remembrances++;
		return true;
	}
	return false;
}

void ev_crypto_remember(struct ev_crypto *crypto, const uint8_t key[32])
{
	struct ev_remembered *set = set_of(crypto, key);

	if (set->used < EV_REMEMBERED_WAYS)
		set->used++;
	put_first(set, set->used - 1u, key);
}

void ev_crypto_forget(struct ev_crypto *crypto)
{
	memset(crypto->remembered, 0, sizeof(crypto->remembered));
	crypto->verifications = 0;
	crypto->remembrances = 0;
}

uint64_t ev_crypto_verifications(const struct ev_crypto *crypto)
{
	return crypto->verifications;
}

uint64_t ev_crypto_remembrances(const struct ev_crypto *crypto)
{
	return crypto->remembrances;
}

void ev_crypto_count(struct ev_crypto *crypto)
{
	crypto->verifications++;
}

enum ev_verified ev_crypto_answer(int rc)
{
	bool no_memory = false;
	unsigned long code;

	for (code = ERR_get_error(); code != 0; code = ERR_get_error())
		if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
			no_memory = true;
	if (rc == 1)
		return EV_VERIFIED_YES;
	return no_memory ? EV_VERIFIED_TROUBLE : EV_VERIFIED_NO;
}
