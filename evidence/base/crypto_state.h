/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of struct ev_crypto, for the modules of this folder that do the
 * cryptography (crypto.c, digest.c, sig.c); everybody else includes crypto.h.
 */
#ifndef EV_CRYPTO_STATE_H
#define EV_CRYPTO_STATE_H

#include "evidence/base/digest.h"
#include "evidence/base/sig.h"

#include <openssl/evp.h>
#include <openssl/provider.h>

#define EV_DIGEST_ALGS	   8
#define EV_REMEMBERED_SETS 1024
#define EV_REMEMBERED_WAYS 4

/* One set of the table of remembered results, the last one asked for first;
 * the last one gives way. */
struct ev_remembered {
	uint8_t key[EV_REMEMBERED_WAYS][32];
	uint8_t used;
};

struct ev_crypto {
	OSSL_LIB_CTX *libctx;
	OSSL_PROVIDER *provider;
	/* By enum ev_digest_alg: SHA-1 and SHA-2 from the beginning, the
	 * others when they are asked for. */
	EVP_MD *md[EV_DIGEST_ALGS];
	bool absent[EV_DIGEST_ALGS]; /* asked for, and not there */
	struct ev_release release;   /* of what is hashed */
	EVP_MD_CTX *md_ctx;	     /* reused by every one-shot digest */

	/* The one P-256 key object; its point changes.  p256_ctx is of it, and
	 * where p256_loaded was initialised for verification after the last
	 * change of the point, to p256_point. */
	EVP_PKEY *p256;
	EVP_PKEY_CTX *p256_ctx;
	bool p256_loaded;
	uint8_t p256_point[EV_P256_POINT];

	struct ev_remembered remembered[EV_REMEMBERED_SETS];
	uint64_t verifications, remembrances;
};

#endif
