/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digests.  Output sizes: SHA-1 20, SHA-256, SM3 and SHA3-256 32, SHA-384 and
 * SHA3-384 48, SHA-512 and SHA3-512 64.
 */
#ifndef EV_DIGEST_H
#define EV_DIGEST_H

#include "evidence/base/crypto.h"

enum ev_digest_alg {
	EV_SHA1,
	EV_SHA256,
	EV_SHA384,
	EV_SHA512,
	/* Of PCR banks alone: not every libcrypto has them (ev_digest_has). */
	EV_SM3_256,
	EV_SHA3_256,
	EV_SHA3_384,
	EV_SHA3_512,
};

#define EV_DIGEST_MAX 64

size_t ev_digest_size(enum ev_digest_alg alg);
const char *ev_digest_name(enum ev_digest_alg alg); /* "sha256", "sm3_256" */

/* Whether libcrypto has the digest; always true of SHA-1 and SHA-2.  The
 * functions below answer trouble for one that it has not. */
bool ev_digest_has(struct ev_crypto *crypto, enum ev_digest_alg alg);

/* Borrowed EVP_MD, fetched once from the object's own library context; NULL
 * where libcrypto has not the digest. */
const EVP_MD *ev_digest_md(struct ev_crypto *crypto, enum ev_digest_alg alg);

/* out holds ev_digest_size(alg) bytes; false is trouble. */
bool ev_digest(struct ev_crypto *crypto, enum ev_digest_alg alg,
	       struct ev_span in, uint8_t *out);

/* Pieces in order, hashed as if joined. */
bool ev_digest_parts(struct ev_crypto *crypto, enum ev_digest_alg alg,
		     const struct ev_span *parts, size_t n_parts, uint8_t *out);

/* A SHA-256 of bytes that their owner keeps beside them, once it is known, so
 * that no byte is hashed twice. */
struct ev_sha256 {
	bool known;
	uint8_t value[32];
};
/* The two that a manifest has of every item. */
struct ev_digests {
	struct ev_sha256 sha256;
	struct {
		bool known;
		uint8_t value[48];
	} sha384;
};
/* Computes it unless it is known; false is trouble. */
bool ev_sha256_learn(struct ev_crypto *crypto, struct ev_span in,
		     struct ev_sha256 *digest);
bool ev_sha384_learn(struct ev_crypto *crypto, struct ev_span in,
		     struct ev_digests *digests);
/* That of the first n bytes and that of all, in one pass; false is trouble. */
bool ev_sha256_learn_both(struct ev_crypto *crypto, struct ev_span in, size_t n,
			  struct ev_sha256 *first, struct ev_sha256 *all);
/* The known one, else computed into out; false is trouble. */
bool ev_sha256_of(struct ev_crypto *crypto, struct ev_span in,
		  const struct ev_sha256 *known, uint8_t out[32]);

/* Streaming: NULL / false is trouble.  ev_digest_finish frees nothing. */
struct ev_digest_stream;
struct ev_digest_stream *ev_digest_begin(struct ev_crypto *crypto,
					 enum ev_digest_alg alg);
/* A second stream that has read the same; NULL is trouble. */
struct ev_digest_stream *ev_digest_copy(const struct ev_digest_stream *s);
bool ev_digest_update(struct ev_digest_stream *s, struct ev_span in);
bool ev_digest_finish(struct ev_digest_stream *s, uint8_t *out);
void ev_digest_free(struct ev_digest_stream *s);
EV_DEFINE_CLEANUP(struct ev_digest_stream *, ev_digest_free)

#endif
