/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3161 tokens: a TSA of our own and Sigstore's conformance set. */
#include "evidence/timestamp.h"

#include "evidence/base/buffer.h"
#include "evidence/base/pem.h"
#include "evidence/tst_info.h"
#include "tests/lcg.h"
#include "tests/sigstore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t LOCAL_TIME = INT64_C(1795461972); /* 2026-11-23T19:26:12 */

static struct ev_span vector(const char *rel)
{
	struct ev_span out;

	assert_true(vectors_read(rel, &out));
	return out;
}

static struct ev_span pem_of(const char *rel, struct ev_pem_list *list)
{
	struct ev_error err = { EV_OK };

	assert_int_equal(
		ev_pem_list_parse(vector(rel), 0, "CERTIFICATE", list, &err),
		EV_OK);
	return list->block[0].der;
}

/* At the token's own time, unless trust says another. */
static enum ev_verified verify(struct ev_crypto *crypto,
			       const struct ev_timestamp *t,
			       struct ev_span data,
			       struct ev_timestamp_trust trust,
			       struct ev_timestamp_answer *answer)
{
	if (trust.at == 0)
		trust.at = t->gen_time;
	return ev_timestamp_verify(crypto, t, data, &trust, answer);
}

static void assert_chain(struct ev_crypto *crypto,
			 const struct ev_timestamp_answer *answer,
			 struct ev_span leaf, struct ev_span root)
{
	ev_auto_buffer struct ev_buffer all = { 0 };
	uint8_t digest[32];

	ev_buffer_add(&all, leaf);
	ev_buffer_add(&all, root);
	assert_true(ev_digest(crypto, EV_SHA256, ev_buffer_span(&all), digest));
	assert_memory_equal(answer->chain_sha256, digest, 32);
}

static void the_local_token_verifies_in_both_forms(void **state)
{
	static const char *const forms[] = { "archive/tsa-local/r.tsr",
					     "archive/tsa-local/r.tst" };
	struct ev_span data, ca, tsa, other = EV_SPAN_LITERAL("{}");
	struct ev_pem_list ca_pem, tsa_pem;
	struct ev_timestamp_answer answer;

	vectors_need();
	data = vector("archive/tsa-local/data.json");
	ca = pem_of("archive/tsa-local/ca.pem", &ca_pem);
	tsa = pem_of("archive/tsa-local/tsa.pem", &tsa_pem);
	for (size_t i = 0; i < 2; i++) {
		struct ev_error err = { EV_OK };
		struct ev_timestamp t;

		assert_int_equal(ev_timestamp_parse(vector(forms[i]), &t, &err),
				 EV_OK);
		assert_int_equal(t.gen_time, LOCAL_TIME);
		assert_string_equal(t.gen_time_text, "20261123192612Z");
		assert_int_equal(t.imprint_alg, EV_SHA256);
		print_message("# tsa %s, policy %s, serial %s\n", t.tsa,
			      t.policy, t.serial);
		assert_int_equal(verify(*state, &t, data,
					(struct ev_timestamp_trust){
						.roots = &ca, .n_roots = 1 },
					&answer),
				 EV_VERIFIED_YES);
		assert_string_equal(answer.reason, "");
		assert_true(answer.has_chain);
		assert_string_equal(answer.tsa, t.tsa);
		assert_chain(*state, &answer, tsa, ca);
		assert_int_equal(verify(*state, &t, other,
					(struct ev_timestamp_trust){
						.roots = &ca, .n_roots = 1 },
					&answer),
				 EV_VERIFIED_NO);
		assert_string_equal(answer.reason,
				    "the token is over other data");
		assert_false(answer.untrusted);
		/* Embedded and extra certificates are not trust. */
		assert_int_equal(verify(*state, &t, data,
					(struct ev_timestamp_trust){
						.extra = &tsa, .n_extra = 1 },
					&answer),
				 EV_VERIFIED_NO);
		assert_non_null(strstr(answer.reason, "trusted root"));
		assert_true(answer.untrusted);
		assert_false(answer.has_chain);
		ev_timestamp_free(&t);
		assert_null(t.token);
	}
	ev_pem_list_free(&ca_pem);
	ev_pem_list_free(&tsa_pem);
}

/* The chain is judged at the time that is asked for and no other. */
static void the_chain_is_judged_at_the_time_asked_for(void **state)
{
	static const struct {
		int64_t at;
		const char *reason;
	} cases[] = {
		{ INT64_C(4954915572), "had expired at 2127-01-06" },
		{ INT64_C(1), "not yet valid at 1970" },
	};
	struct ev_error err = { EV_OK };
	struct ev_pem_list ca_pem;
	struct ev_timestamp_answer answer;
	struct ev_timestamp t;
	struct ev_span ca;

	vectors_need();
	ca = pem_of("archive/tsa-local/ca.pem", &ca_pem);
	assert_int_equal(
		ev_timestamp_parse(vector("archive/tsa-local/r.tsr"), &t, &err),
		EV_OK);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_timestamp_trust trust = { .roots = &ca,
						    .n_roots = 1,
						    .at = cases[i].at };

		assert_int_equal(verify(*state, &t,
					vector("archive/tsa-local/data.json"),
					trust, &answer),
				 EV_VERIFIED_NO);
		assert_non_null(strstr(answer.reason, cases[i].reason));
		assert_false(answer.untrusted);
	}
	ev_timestamp_free(&t);
	ev_pem_list_free(&ca_pem);
}

/* 1 verified, 0 refused */
static int judge(struct ev_crypto *crypto, const char *folder,
		 struct ev_timestamp_answer *said)
{
	struct ev_error err = { EV_OK };
	struct sigstore_case c;
	struct ev_timestamp t;
	int answer;

	sigstore_open(&c, folder);
	assert_true(c.has_token);
	assert_int_equal(ev_timestamp_parse(c.token, &t, &err), EV_OK);
	answer = verify(crypto, &t, c.data,
			(struct ev_timestamp_trust){ .roots = c.roots,
						     .n_roots = c.n_roots,
						     .extra = c.extra,
						     .n_extra = c.n_extra },
			said);
	ev_timestamp_free(&t);
	sigstore_close(&c);
	return answer;
}

/* What the token says at its own time; the window of the trust root
 * (test_stamps.c) and the envelope's signature are not its business. */
static void sigstore_tokens_are_judged_as_published(void **state)
{
	static const struct {
		const char *folder;
		int answer;
		const char *reason;
		bool untrusted;
	} cases[] = {
		{ "rekor2-happy-path", 1, "" },
		{ "rekor2-dsse-happy-path", 1, "" },
		{ "rekor2-timestamp-with-embedded-cert", 1, "" },
		{ "rekor2-timestamp-without-embedded-cert", 1, "" },
		{ "rekor2-timestamp-with-expired-cert-chain", 1, "" },
		{ "rekor2-timestamp-outside-tsa-cert-validity_fail", 0,
		  "had expired at 2025-08-07" },
		{ "rekor2-timestamp-outside-trust-root-tsa-validity_fail", 1,
		  "" },
		{ "rekor2-timestamp-payload-mismatch_fail", 0, "other data" },
		{ "rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail", 0,
		  "trusted root", true },
		{ "rekor2-dsse-invalid-sig_fail", 1, "" },
		{ "rekor2-checkpoint-cosigned", 1, "" },
		{ "rekor2-checkpoint-multiple-cosigs", 1, "" },
		{ "rekor2-checkpoint-missing-size_fail", 1, "" },
		{ "rekor2-checkpoint-missing-root-hash_fail", 1, "" },
		{ "rekor2-no-inclusion-proof_fail", 1, "" },
	};

	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct ev_timestamp_answer said = { 0 };
		int answer = judge(*state, cases[i].folder, &said);

		print_message("# %s: %d %s\n", cases[i].folder, answer,
			      said.reason);
		assert_int_equal(answer, cases[i].answer);
		assert_non_null(strstr(said.reason, cases[i].reason));
		assert_int_equal(said.untrusted, cases[i].untrusted);
	}
}

static void every_prefix_and_a_trailing_byte_are_refused(void **state)
{
	struct ev_span item;

	(void)state;
	vectors_need();
	item = vector("archive/tsa-local/r.tsr");
	for (size_t n = 0; n <= item.n + 1; n++) {
		struct ev_error err = { EV_OK };
		struct ev_timestamp t = { .gen_time = 12 };
		uint8_t *copy = calloc(1, n + 1);

		assert_non_null(copy);
		memcpy(copy, item.p, n < item.n ? n : item.n);
		assert_int_equal(ev_timestamp_parse(ev_span_of(copy, n), &t,
						    &err) == EV_OK,
				 n == item.n);
		if (n == item.n)
			ev_timestamp_free(&t);
		else
			assert_int_equal(t.gen_time, 12);
		free(copy);
	}
}

static void a_response_without_a_token_is_refused(void **state)
{
	/* granted, and nothing; then rejection */
	static const uint8_t granted[] = { 0x30, 0x05, 0x30, 0x03,
					   0x02, 0x01, 0x00 };
	static const uint8_t rejected[] = { 0x30, 0x05, 0x30, 0x03,
					    0x02, 0x01, 0x02 };
	struct ev_error err = { EV_OK };
	struct ev_timestamp t;

	(void)state;
	assert_int_equal(ev_timestamp_parse(EV_SPAN(granted), &t, &err),
			 EV_MISSING);
	assert_string_equal(err.field, "timeStampToken");
	err = (struct ev_error){ EV_OK };
	assert_int_equal(ev_timestamp_parse(EV_SPAN(rejected), &t, &err),
			 EV_VALUE);
	assert_string_equal(err.field, "status");
}

static void mutations_never_verify(void **state)
{
	struct ev_span item, data, ca;
	struct ev_pem_list ca_pem;
	uint64_t seed = 23;
	unsigned int parsed = 0;

	vectors_need();
	item = vector("archive/tsa-local/r.tst");
	data = vector("archive/tsa-local/data.json");
	ca = pem_of("archive/tsa-local/ca.pem", &ca_pem);
	for (unsigned int i = 0; i < 4000; i++) {
		struct ev_error err = { EV_OK };
		struct ev_timestamp t;
		uint8_t *copy = malloc(item.n);
		size_t at = lcg_below(&seed, (uint32_t)item.n);

		assert_non_null(copy);
		memcpy(copy, item.p, item.n);
		copy[at] ^= (uint8_t)(1 + lcg_below(&seed, 255));
		if (ev_timestamp_parse(ev_span_of(copy, item.n), &t, &err) ==
		    EV_OK) {
			struct ev_timestamp_answer answer;
			enum ev_verified v =
				verify(*state, &t, data,
				       (struct ev_timestamp_trust){
					       .roots = &ca, .n_roots = 1 },
				       &answer);

			parsed++;
			/* What no signature covers may change: the digest
			 * list and versions outside the signed parts. */
			if (v == EV_VERIFIED_YES)
				assert_int_equal(t.gen_time, LOCAL_TIME);
			else
				assert_true(answer.reason[0] != '\0');
			ev_timestamp_free(&t);
		}
		free(copy);
	}
	print_message("# %u of the changed tokens parse\n", parsed);
	ev_pem_list_free(&ca_pem);
}

/* A TSTInfo with this genTime, built around a SHA-256 imprint. */
static enum ev_code with_time(const char *text, uint8_t alg,
			      struct ev_timestamp *t, struct ev_error *err)
{
	uint8_t der[128] = {
		0x30, 0,    0x02, 0x01, 0x01, 0x06, 0x02, 0x2a, 0x03,
		0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48,
		0x01, 0x65, 0x03, 0x04, 0x02, alg,  0x04, 0x20,
	};
	size_t n = 26 + 32;

	der[n++] = 0x02;
	der[n++] = 0x01;
	der[n++] = 0x2a;
	der[n++] = 0x18;
	der[n++] = (uint8_t)strlen(text);
	memcpy(der + n, text, strlen(text));
	n += strlen(text);
	der[1] = (uint8_t)(n - 2);
	*err = (struct ev_error){ EV_OK };
	*t = (struct ev_timestamp){ .gen_time = 0 };
	return ev_tst_info_parse(ev_span_of(der, n), t, err);
}

static void gen_time_is_spelled_strictly(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "20261123192612Z", true },
		{ "20261123192612.5Z", true },
		{ "20261123192612.123456789Z", true },
		{ "20261123192612.50Z", false },
		{ "20261123192612.Z", false },
		{ "20261123192612,5Z", false },
		{ "202611231926Z", false },
		{ "20261123192612", false },
		{ "20261123192612+0000", false },
		{ "20261123192660Z", false },
		{ "20260229192612Z", false },
		{ "20261123192612.5xZ", false },
		{ "2026112319261 Z", false },
		{ "", false },
		{ "20261123192612.1234567890123456789012345Z", false },
	};
	struct ev_timestamp t;
	struct ev_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		enum ev_code code = with_time(cases[i].text, 1, &t, &err);

		assert_int_equal(code, cases[i].good ? EV_OK : EV_SYNTAX);
		if (code != EV_OK) {
			assert_string_equal(err.field, "genTime");
			continue;
		}
		assert_int_equal(t.gen_time, LOCAL_TIME);
		assert_string_equal(t.gen_time_text, cases[i].text);
		assert_string_equal(t.policy, "1.2.3");
		assert_string_equal(t.serial, "2a");
		assert_false(t.has_accuracy);
	}
	/* SHA-224 is number 4 of the same arc. */
	assert_int_equal(with_time(cases[0].text, 4, &t, &err), EV_VALUE);
	assert_string_equal(err.field, "hashAlgorithm");
	assert_int_equal(with_time(cases[0].text, 2, &t, &err), EV_VALUE);
	assert_string_equal(err.field, "hashedMessage");
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
		cmocka_unit_test(the_local_token_verifies_in_both_forms),
		cmocka_unit_test(the_chain_is_judged_at_the_time_asked_for),
		cmocka_unit_test(sigstore_tokens_are_judged_as_published),
		cmocka_unit_test(every_prefix_and_a_trailing_byte_are_refused),
		cmocka_unit_test(a_response_without_a_token_is_refused),
		cmocka_unit_test(mutations_never_verify),
		cmocka_unit_test(gen_time_is_spelled_strictly),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
