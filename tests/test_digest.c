/* SPDX-License-Identifier: Apache-2.0 */
/* Digests against the examples of FIPS 180-4 and 202 and of GB/T 32905. */
#include "evidence/base/digest.h"

#include "evidence/base/crypto_state.h"
#include "evidence/base/hex.h"
#include "evidence/tpm.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	enum ev_digest_alg alg;
	const char *name;
	size_t size;
	const char *abc;
} cases[] = {
	{ EV_SHA1, "sha1", 20, "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ EV_SHA256, "sha256", 32,
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ EV_SHA384, "sha384", 48,
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7" },
	{ EV_SHA512, "sha512", 64,
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ EV_SM3_256, "sm3_256", 32,
	  "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" },
	{ EV_SHA3_256, "sha3_256", 32,
	  "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532" },
	{ EV_SHA3_384, "sha3_384", 48,
	  "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
	  "98d88cea927ac7f539f1edf228376d25" },
	{ EV_SHA3_512, "sha3_512", 64,
	  "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
	  "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0" },
};
#define N_CASES (sizeof(cases) / sizeof(cases[0]))

static void assert_abc(size_t i, const uint8_t *digest)
{
	char hex[2 * EV_DIGEST_MAX + 1];

	ev_hex_encode(ev_span_of(digest, cases[i].size), hex);
	assert_string_equal(hex, cases[i].abc);
}

static void one_shot_gives_the_published_values(void **state)
{
	struct ev_crypto *crypto = *state;
	uint8_t out[EV_DIGEST_MAX];

	for (size_t i = 0; i < N_CASES; i++) {
		assert_int_equal(ev_digest_size(cases[i].alg), cases[i].size);
		assert_string_equal(ev_digest_name(cases[i].alg),
				    cases[i].name);
		assert_true(ev_digest_has(crypto, cases[i].alg));
		assert_non_null(ev_digest_md(crypto, cases[i].alg));
		assert_true(ev_digest(crypto, cases[i].alg, ev_span_str("abc"),
				      out));
		assert_abc(i, out);
	}
}

static void parts_are_hashed_as_if_joined(void **state)
{
	struct ev_crypto *crypto = *state;
	const struct ev_span parts[] = {
		{ NULL, 0 },
		EV_SPAN_LITERAL("a"),
		{ NULL, 0 },
		EV_SPAN_LITERAL("bc"),
	};
	uint8_t out[EV_DIGEST_MAX];

	for (size_t i = 0; i < N_CASES; i++) {
		assert_true(
			ev_digest_parts(crypto, cases[i].alg, parts, 4, out));
		assert_abc(i, out);
	}
}

static void streams_may_be_interleaved(void **state)
{
	struct ev_crypto *crypto = *state;
	struct ev_digest_stream *s[N_CASES];
	uint8_t out[EV_DIGEST_MAX];

	for (size_t i = 0; i < N_CASES; i++) {
		s[i] = ev_digest_begin(crypto, cases[i].alg);
		assert_non_null(s[i]);
		assert_true(ev_digest_update(s[i], ev_span_str("ab")));
	}
	for (size_t i = 0; i < N_CASES; i++) {
		assert_true(ev_digest_update(s[i], ev_span_str("")));
		assert_true(ev_digest_update(s[i], ev_span_str("c")));
		assert_true(ev_digest_finish(s[i], out));
		assert_abc(i, out);
		ev_digest_free(s[i]);
	}
	ev_digest_free(NULL);
}

static void nothing_has_a_digest_too(void **state)
{
	struct ev_crypto *crypto = *state;
	uint8_t out[32];
	char hex[65];

	assert_true(
		ev_digest(crypto, EV_SHA256, (struct ev_span){ NULL, 0 }, out));
	ev_hex_encode(EV_SPAN(out), hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb924"
				 "27ae41e4649b934ca495991b7852b855");
}

static void every_bank_of_a_tpm_has_its_digest(void **state)
{
	static const struct {
		uint16_t alg; /* TPM 2.0 Part 2, 6.3 */
		const char *name;
	} banks[] = {
		{ 0x0004, "sha1" },	{ 0x000b, "sha256" },
		{ 0x000c, "sha384" },	{ 0x000d, "sha512" },
		{ 0x0012, "sm3_256" },	{ 0x0027, "sha3_256" },
		{ 0x0028, "sha3_384" }, { 0x0029, "sha3_512" },
	};
	enum ev_digest_alg alg;

	(void)state;
	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++) {
		assert_true(ev_tpm_digest_alg(banks[i].alg, &alg));
		assert_string_equal(ev_digest_name(alg), banks[i].name);
	}
	assert_false(ev_tpm_digest_alg(0, &alg));
	assert_false(ev_tpm_digest_alg(0x0010, &alg));
}

static void a_digest_that_is_absent_is_trouble_and_no_other(void **state)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = ev_crypto_new();
	uint8_t out[EV_DIGEST_MAX];

	(void)state;
	assert_non_null(crypto);
	assert_true(ev_digest(crypto, EV_SHA256, ev_span_str("abc"), out));
	crypto->absent[EV_SM3_256] = true; /* as of a provider without it */
	assert_false(ev_digest_has(crypto, EV_SM3_256));
	assert_false(ev_digest(crypto, EV_SM3_256, ev_span_str("abc"), out));
	assert_null(ev_digest_begin(crypto, EV_SM3_256));
	assert_true(ev_digest(crypto, EV_SHA256, ev_span_str("abc"), out));
}

static void a_copied_stream_goes_its_own_way(void **state)
{
	struct ev_digest_stream *s = ev_digest_begin(*state, EV_SHA384), *copy;
	uint8_t out[48], want[48];

	assert_non_null(s);
	assert_true(ev_digest_update(s, ev_span_str("ab")));
	copy = ev_digest_copy(s);
	assert_non_null(copy);
	assert_true(ev_digest_update(copy, ev_span_str("c")));
	assert_true(ev_digest_update(s, ev_span_str("x")));
	assert_true(ev_digest_finish(copy, out));
	assert_true(ev_digest(*state, EV_SHA384, ev_span_str("abc"), want));
	assert_memory_equal(out, want, sizeof(out));
	assert_true(ev_digest_finish(s, out));
	assert_true(ev_digest(*state, EV_SHA384, ev_span_str("abx"), want));
	assert_memory_equal(out, want, sizeof(out));
	ev_digest_free(s);
	ev_digest_free(copy);
}

static int setup(void **state)
{
	*state = ev_crypto_new();
	return *state == NULL;
}

static int teardown(void **state)
{
	ev_crypto_free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_shot_gives_the_published_values),
		cmocka_unit_test(parts_are_hashed_as_if_joined),
		cmocka_unit_test(streams_may_be_interleaved),
		cmocka_unit_test(a_copied_stream_goes_its_own_way),
		cmocka_unit_test(nothing_has_a_digest_too),
		cmocka_unit_test(every_bank_of_a_tpm_has_its_digest),
		cmocka_unit_test(
			a_digest_that_is_absent_is_trouble_and_no_other),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
