/* SPDX-License-Identifier: Apache-2.0 */
/* Names of keys: RFC 7638's example, and those of real key sets. */
#include "evidence/key_digest.h"

#include "evidence/base/base64.h"
#include "evidence/jwks.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void read_set(const char *text, struct ev_jwks *out)
{
	struct ev_error err = { 0 };

	assert_int_equal(ev_jwks_parse(ev_span_str(text), out, &err), EV_OK);
	assert_int_equal(out->key[0].refused.code, EV_OK);
}

static void expect_url(const uint8_t digest[32], const char *want)
{
	char text[4 * 11 + 1];

	assert_int_equal(ev_base64_encode_url(ev_span_of(digest, 32), text),
			 43);
	assert_string_equal(text, want);
}

/* RFC 7638, 3.1. */
static void the_example_of_the_rfc(void **state)
{
	static const char set[] =
		"{\"keys\":[{\"kty\":\"RSA\",\"n\":\""
		"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86"
		"zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5"
		"JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQ"
		"MicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyr"
		"dkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF4"
		"4-csFCur-kEgU8awapJzKnqDKgw\",\"e\":\"AQAB\",\"alg\":\"RS256\","
		"\"kid\":\"2011-04-29\"}]}";
	uint8_t digest[32];
	struct ev_jwks j;

	read_set(set, &j);
	assert_true(ev_key_thumbprint(*state, &j.key[0].key, digest));
	expect_url(digest, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
	ev_jwks_free(&j);
}

/* The key of RFC 7515, A.3; computed with sha256sum of
 * {"crv":"P-256","kty":"EC","x":X,"y":Y}. */
static void a_thumbprint_of_a_curve(void **state)
{
	static const char set[] =
		"{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
		"\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":"
		"\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";
	uint8_t digest[32];
	struct ev_jwks j;

	read_set(set, &j);
	assert_true(ev_key_thumbprint(*state, &j.key[0].key, digest));
	expect_url(digest, "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U");
	ev_jwks_free(&j);
}

/* tokens page 3.3: of three instance keys; the others are platform keys. */
static void real_kids_commit_to_their_keys(void **state)
{
	static const char *const paths[] = {
		"tokens/maa-sgx1-jwks.json",
		"tokens/maa-sgx0-jwks-2020.json",
	};
	size_t n = 0;

	vectors_need();
	for (size_t i = 0; i < 2; i++) {
		struct ev_error err = { 0 };
		struct ev_span item;
		struct ev_jwks j;

		assert_true(vectors_read(paths[i], &item));
		assert_int_equal(ev_jwks_parse(item, &j, &err), EV_OK);
		for (size_t k = 0; k < j.n; k++) {
			uint8_t digest[32];
			char text[4 * 11 + 1];
			bool equal;

			assert_true(ev_key_commitment(*state, j.key[k].spki,
						      digest));
			ev_base64_encode(EV_SPAN(digest), text);
			equal = ev_span_eq(j.key[k].kid, ev_span_str(text));
			assert_int_equal(equal, j.key[k].x5c->n == 1);
			n += equal;
		}
		ev_jwks_free(&j);
	}
	assert_int_equal(n, 3);
}

static int begin(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int end(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_the_rfc),
		cmocka_unit_test(a_thumbprint_of_a_curve),
		cmocka_unit_test(real_kids_commit_to_their_keys),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
