/* SPDX-License-Identifier: Apache-2.0 */
/* Fuzz target: a token, a line feed, and the key set it is verified by, with
 * every key and every algorithm. */
#include "evidence/base/jws.h"
#include "evidence/jwks.h"
#include "evidence/jwt.h"
#include "evidence/key_digest.h"
#include "tests/fuzz/target.h"

#include <stdlib.h>

static void verify(struct ev_crypto *crypto, const struct ev_jwt *t,
		   const struct ev_jwk *k)
{
	static const char *const names[] = { "RS256", "PS384", "ES256",
					     "ES384" };
	uint8_t digest[32];

	if (k->refused.code != EV_OK)
		return;
	(void)ev_key_thumbprint(crypto, &k->key, digest);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct ev_jws_algorithm *a =
			ev_jws_algorithm_named(ev_span_str(names[i]));
		enum ev_jws_key is = ev_jws_key_for(a, &k->key);
		enum ev_verified v = ev_jws_verify(
			crypto, a, &k->key, ev_jwt_signed(t), t->signature);

		/* No key that is none of the algorithm verifies anything. */
		if (v == EV_VERIFIED_YES && is != EV_JWS_KEY_GOOD &&
		    is != EV_JWS_KEY_WEAK)
			abort();
	}
}

static void verify_all(struct ev_crypto *crypto, const struct ev_jwt *t,
		       struct ev_span set)
{
	struct ev_error err = { 0 };
	struct ev_jwks j;

	if (ev_jwks_parse(set, &j, &err) != EV_OK)
		return;
	/* An RSA key of 8192 bits costs a millisecond. */
	for (size_t i = 0; i < j.n && i < 4; i++)
		verify(crypto, t, &j.key[i]);
	ev_jwks_free(&j);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static struct ev_crypto *crypto;
	const uint8_t *end = n > 0 ? memchr(bytes, '\n', n) : NULL;
	struct ev_error err = { 0 };
	struct ev_jwt_times times;
	struct ev_jwt t;
	size_t size;

	if (crypto == NULL)
		crypto = ev_crypto_new();
	if (crypto == NULL || end == NULL)
		return 0;
	size = (size_t)(end - bytes);
	if (ev_jwt_parse(ev_span_of(bytes, size), &t, &err) != EV_OK)
		return 0;
	(void)ev_jwt_times(&t, &times, &err);
	verify_all(crypto, &t, ev_span_of(end + 1, n - size - 1));
	ev_jwt_free(&t);
	return 0;
}
