/* SPDX-License-Identifier: Apache-2.0 */
/* Digests through the fetched algorithms of struct ev_crypto. */
#include "evidence/base/digest.h"

#include "evidence/base/crypto_state.h"

#include <openssl/err.h>

struct ev_digest_stream {
	EVP_MD_CTX *ctx;
};

static const struct {
	const char *name;
	const char *fetched; /* of OpenSSL's default provider */
	size_t size;
} algs[EV_DIGEST_ALGS] = {
	[EV_SHA1] = { "sha1", "SHA1", 20 },
	[EV_SHA256] = { "sha256", "SHA256", 32 },
	[EV_SHA384] = { "sha384", "SHA384", 48 },
	[EV_SHA512] = { "sha512", "SHA512", 64 },
	[EV_SM3_256] = { "sm3_256", "SM3", 32 },
	[EV_SHA3_256] = { "sha3_256", "SHA3-256", 32 },
	[EV_SHA3_384] = { "sha3_384", "SHA3-384", 48 },
	[EV_SHA3_512] = { "sha3_512", "SHA3-512", 64 },
};

size_t ev_digest_size(enum ev_digest_alg alg)
{
	assert(alg < EV_DIGEST_ALGS);
	return algs[alg].size;
}

const char *ev_digest_name(enum ev_digest_alg alg)
{
	assert(alg < EV_DIGEST_ALGS);
	return algs[alg].name;
}

const EVP_MD *ev_digest_md(struct ev_crypto *crypto, enum ev_digest_alg alg)
{
	assert(alg < EV_DIGEST_ALGS);
	if (crypto->md[alg] == NULL && !crypto->absent[alg]) {
		crypto->md[alg] =
			EVP_MD_fetch(crypto->libctx, algs[alg].fetched, NULL);
		crypto->absent[alg] = crypto->md[alg] == NULL;
		if (crypto->absent[alg])
			ERR_clear_error();
	}
	return crypto->md[alg];
}

bool ev_digest_has(struct ev_crypto *crypto, enum ev_digest_alg alg)
{
	return ev_digest_md(crypto, alg) != NULL;
}

/* Given no digest, libcrypto would take the one of the last time. */
static bool begin(struct ev_crypto *crypto, enum ev_digest_alg alg,
		  EVP_MD_CTX *ctx)
{
	const EVP_MD *md = ev_digest_md(crypto, alg);

	return md != NULL && EVP_DigestInit_ex2(ctx, md, NULL) == 1;
}

bool ev_digest(struct ev_crypto *crypto, enum ev_digest_alg alg,
	       struct ev_span in, uint8_t *out)
{
	return ev_digest_parts(crypto, alg, &in, 1, out);
}

/* A large input is let go of piece by piece. */
static bool update(struct ev_crypto *crypto, EVP_MD_CTX *ctx, struct ev_span in)
{
	uint64_t at = 0, done = 0;

	if (in.n < EV_RELEASE_STEP || crypto->release.let_go == NULL)
		return EVP_DigestUpdate(ctx, in.p, in.n) == 1;
	while (at < in.n) {
		size_t n = in.n - at < EV_RELEASE_STEP ? in.n - (size_t)at
						       : EV_RELEASE_STEP;

		if (EVP_DigestUpdate(ctx, in.p + at, n) != 1)
			return false;
		at += n;
		ev_release_to(&crypto->release, in, at, &done);
	}
	return true;
}

bool ev_digest_parts(struct ev_crypto *crypto, enum ev_digest_alg alg,
		     const struct ev_span *parts, size_t n_parts, uint8_t *out)
{
	EVP_MD_CTX *ctx = crypto->md_ctx;
	bool ok = begin(crypto, alg, ctx);

	for (size_t i = 0; ok && i < n_parts; i++)
		ok = parts[i].n == 0 || update(crypto, ctx, parts[i]);
	ok = ok && EVP_DigestFinal_ex(ctx, out, NULL) == 1;
	if (!ok)
		ERR_clear_error();
	return ok;
}

bool ev_sha256_learn(struct ev_crypto *crypto, struct ev_span in,
		     struct ev_sha256 *digest)
{
	if (!digest->known)
		digest->known = ev_digest(crypto, EV_SHA256, in, digest->value);
	return digest->known;
}

bool ev_sha384_learn(struct ev_crypto *crypto, struct ev_span in,
		     struct ev_digests *digests)
{
	if (!digests->sha384.known)
		digests->sha384.known =
			ev_digest(crypto, EV_SHA384, in, digests->sha384.value);
	return digests->sha384.known;
}

bool ev_sha256_learn_both(struct ev_crypto *crypto, struct ev_span in, size_t n,
			  struct ev_sha256 *first, struct ev_sha256 *all)
{
	EVP_MD_CTX *ctx = crypto->md_ctx, *ahead;
	bool ok;

	assert(n <= in.n);
	if (n == in.n) {
		ok = ev_sha256_learn(crypto, in, all);
		*first = *all;
		return ok;
	}
	if (first->known || all->known)
		return ev_sha256_learn(crypto, ev_span_sub(in, 0, n), first) &&
		       ev_sha256_learn(crypto, in, all);
	ahead = EVP_MD_CTX_new();
	ok = ahead != NULL &&
	     EVP_DigestInit_ex2(ctx, ev_digest_md(crypto, EV_SHA256), NULL) ==
		     1 &&
	     EVP_DigestUpdate(ctx, in.p, n) == 1 &&
	     EVP_MD_CTX_copy_ex(ahead, ctx) == 1 &&
	     EVP_DigestFinal_ex(ctx, first->value, NULL) == 1 &&
	     EVP_DigestUpdate(ahead, in.p + n, in.n - n) == 1 &&
	     EVP_DigestFinal_ex(ahead, all->value, NULL) == 1;
	EVP_MD_CTX_free(ahead);
	if (!ok)
		ERR_clear_error();
	first->known = all->known = ok;
	return ok;
}

bool ev_sha256_of(struct ev_crypto *crypto, struct ev_span in,
		  const struct ev_sha256 *known, uint8_t out[32])
{
	if (!known->known)
		return ev_digest(crypto, EV_SHA256, in, out);
	memcpy(out, known->value, sizeof(known->value));
	return true;
}

struct ev_digest_stream *ev_digest_begin(struct ev_crypto *crypto,
					 enum ev_digest_alg alg)
{
	struct ev_digest_stream *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return NULL;
	s->ctx = EVP_MD_CTX_new();
	if (s->ctx == NULL || !begin(crypto, alg, s->ctx)) {
		ERR_clear_error();
		ev_digest_free(s);
		return NULL;
	}
	return s;
}

struct ev_digest_stream *ev_digest_copy(const struct ev_digest_stream *s)
{
	struct ev_digest_stream *copy = calloc(1, sizeof(*copy));

	if (copy == NULL)
		return NULL;
	copy->ctx = EVP_MD_CTX_new();
	if (copy->ctx != NULL && EVP_MD_CTX_copy_ex(copy->ctx, s->ctx) == 1)
		return copy;
	ERR_clear_error();
	ev_digest_free(copy);
	return NULL;
}

bool ev_digest_update(struct ev_digest_stream *s, struct ev_span in)
{
	if (in.n == 0 || EVP_DigestUpdate(s->ctx, in.p, in.n) == 1)
		return true;
	ERR_clear_error();
	return false;
}

bool ev_digest_finish(struct ev_digest_stream *s, uint8_t *out)
{
	if (EVP_DigestFinal_ex(s->ctx, out, NULL) == 1)
		return true;
	ERR_clear_error();
	return false;
}

void ev_digest_free(struct ev_digest_stream *s)
{
	if (s == NULL)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}
