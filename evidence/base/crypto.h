/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one object through which the project uses libcrypto: a library context
 * of its own with the default provider and no configuration file, so that
 * OPENSSL_CONF cannot change a verdict; digests and key objects are fetched
 * once.  One object serves one thread.  Passed down, never global.
 *
 * Positive results of pure signature checks are remembered under SHA-256 over
 * algorithm, key, signature and message, so that the same check asked twice
 * in one run costs one verification; windows, revocation and verdicts never.
 */
#ifndef EV_CRYPTO_H
#define EV_CRYPTO_H

#include "evidence/base/bytes.h"
#include "evidence/base/cleanup.h"
#include "evidence/base/release.h"

#include <openssl/types.h>

struct ev_crypto;

/* NULL when memory ran out or the default provider cannot be loaded. */
struct ev_crypto *ev_crypto_new(void);
void ev_crypto_free(struct ev_crypto *crypto);
EV_DEFINE_CLEANUP(struct ev_crypto *, ev_crypto_free)

/* Whom one-shot digests tell of the pieces of a large input that they have
 * read; { 0 }: nobody.  Its user must outlive the digests. */
void ev_crypto_release(struct ev_crypto *crypto, struct ev_release release);

/* Borrowed; for modules that hand structures to libcrypto themselves. */
OSSL_LIB_CTX *ev_crypto_libctx(struct ev_crypto *crypto);

/* The answer of a cryptographic question.  Trouble is memory or libcrypto
 * and says nothing about the evidence. */
enum ev_verified {
	EV_VERIFIED_NO = 0,
	EV_VERIFIED_YES = 1,
	EV_VERIFIED_TROUBLE = -1,
};

/*
 * What a verification function of libcrypto answered: 1 is yes; everything
 * else is no, unless the thread's error queue, which is emptied, says that
 * memory ran out.
 */
enum ev_verified ev_crypto_answer(int rc);

/* Remembering of positive signature results; used by sig.c.  The key is
 * SHA-256 as described above.  Bounded: old results give way. */
bool ev_crypto_remembered(struct ev_crypto *crypto, const uint8_t key[32]);
void ev_crypto_remember(struct ev_crypto *crypto, const uint8_t key[32]);

/* Forgets them all, and begins to count anew. */
void ev_crypto_forget(struct ev_crypto *crypto);

/* Signature verifications that reached libcrypto, and those that did not have
 * to, for scripts/bench. */
uint64_t ev_crypto_verifications(const struct ev_crypto *crypto);
uint64_t ev_crypto_remembrances(const struct ev_crypto *crypto);
void ev_crypto_count(struct ev_crypto *crypto);

#endif
