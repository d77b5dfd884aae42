/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens under anchors with terms: Sigstore's set, by policy. */
#include "replay/stamps.h"

#include "evidence/base/buffer.h"
#include "evidence/base/time.h"
#include "tests/replay_case.h"
#include "tests/sigstore.h"

/* An anchor file for a root, with these lines of terms. */
static void add_root(struct ev_crypto *crypto, struct rp_anchors *anchors,
		     struct ev_span der, const char *terms)
{
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct ev_error err = { 0 };
	char *base64 = malloc(4 * ((der.n + 2) / 3) + 1);

	assert_non_null(base64);
	ev_base64_encode(der, base64);
	ev_buffer_printf(&text, "Name: TSA\nOwner: tests\nFor: tsa-root\n%s\n",
			 terms);
	ev_buffer_add_str(&text, "-----BEGIN CERTIFICATE-----\n");
	for (size_t i = 0; i < strlen(base64); i += 64)
		ev_buffer_printf(&text, "%.64s\n", base64 + i);
	ev_buffer_add_str(&text, "-----END CERTIFICATE-----\n");
	assert_true(ev_buffer_ok(&text));
	assert_int_equal(
		rp_anchors_add(crypto, ev_buffer_span(&text), anchors, &err),
		EV_OK);
	free(base64);
}

/* The case's token as a seal's only one. */
struct sealed {
	struct sigstore_case c;
	struct rp_seal_file file;
	struct rp_seal_token token;
	struct rp_seal seal;
};

static void open_sealed(struct sealed *s, const char *folder)
{
	struct ev_error err = { 0 };

	*s = (struct sealed){ 0 };
	sigstore_open(&s->c, folder);
	assert_true(s->c.has_token);
	s->token.file = &s->file;
	snprintf(s->file.name, sizeof(s->file.name), "sig/manifest.0.tsr");
	s->token.covers_name = "data";
	s->token.covers = s->c.data;
	s->file.data = s->c.token;
	assert_int_equal(ev_timestamp_parse(s->c.token, &s->token.ts, &err),
			 EV_OK);
	s->seal.tokens = &s->token;
	s->seal.n_tokens = 1;
	for (size_t i = 0; i < s->c.n_extra; i++)
		s->seal.cert[s->seal.n_certs++] = s->c.extra[i];
}

static void close_sealed(struct sealed *s)
{
	ev_timestamp_free(&s->token.ts);
	sigstore_close(&s->c);
}

/* The outcome with roots under these terms; NULL: those of the trust root. */
static struct rp_stamp judge(struct sealed *s, const char *terms, bool *used)
{
	struct ev_crypto *crypto = ev_crypto_new();
	struct rp_anchors anchors = { 0 };
	struct rp_stamps stamps = { 0 };
	struct rp_stamp out;

	assert_non_null(crypto);
	for (size_t i = 0; i < s->c.n_roots; i++) {
		char window[200] = "";

		if (s->c.from[i] != NULL)
			snprintf(window, sizeof(window), "Valid-From: %s\n",
				 s->c.from[i]);
		if (s->c.to[i] != NULL)
			snprintf(window + strlen(window),
				 sizeof(window) - strlen(window),
				 "Valid-To: %s\n", s->c.to[i]);
		add_root(crypto, &anchors, s->c.roots[i],
			 terms != NULL ? terms : window);
	}
	assert_true(rp_stamps_judge(crypto, &s->seal, &anchors, &stamps));
	assert_int_equal(stamps.n, 1);
	out = stamps.stamp[0];
	*used = false;
	for (size_t i = 0; i < anchors.n; i++)
		*used = *used || anchors.anchor[i].used;
	rp_stamps_free(&stamps);
	rp_anchors_free(&anchors);
	ev_crypto_free(crypto);
	return out;
}

/* The set's own verdict on the time stamp, the trust root's window included,
 * which libcrypto knows nothing of. */
static void sigstore_tokens_are_judged_under_their_trust_root(void **state)
{
	static const struct {
		const char *folder;
		enum rp_outcome outcome;
		const char *reason;
	} cases[] = {
		{ "rekor2-happy-path", RP_PASS, "" },
		{ "rekor2-dsse-happy-path", RP_PASS, "" },
		{ "rekor2-timestamp-with-embedded-cert", RP_PASS, "" },
		{ "rekor2-timestamp-without-embedded-cert", RP_PASS, "" },
		{ "rekor2-timestamp-with-expired-cert-chain", RP_PASS, "" },
		{ "rekor2-timestamp-outside-tsa-cert-validity_fail", RP_FAIL,
		  "token: a certificate of the TSA had expired" },
		{ "rekor2-timestamp-outside-trust-root-tsa-validity_fail",
		  RP_FAIL, "token: TSA is trusted until 2025-06-01T00:00:00Z" },
		{ "rekor2-timestamp-payload-mismatch_fail", RP_FAIL,
		  "token: the token is over other data" },
		{ "rekor2-timestamp-untrusted-tsa-with-embedded-cert_fail",
		  RP_SKIP, "token-untrusted: " },
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rp_stamp stamp;
		struct sealed s;
		bool used;

		open_sealed(&s, cases[i].folder);
		stamp = judge(&s, NULL, &used);
		print_message("# %s: %s\n", cases[i].folder, stamp.reason);
		assert_int_equal(stamp.outcome, cases[i].outcome);
		assert_int_equal(used, cases[i].outcome == RP_PASS);
		assert_memory_equal(stamp.reason, cases[i].reason,
				    strlen(cases[i].reason));
		close_sealed(&s);
	}
}

static void terms_hold_to_the_second_and_the_policy(void **state)
{
	struct sealed s;
	char at[EV_TIME_TEXT], before[EV_TIME_TEXT], after[EV_TIME_TEXT];
	char terms[6][300];
	bool used;

	(void)state;
	vectors_need();
	open_sealed(&s, "rekor2-happy-path");
	ev_time_format(s.token.ts.gen_time - 1, before);
	ev_time_format(s.token.ts.gen_time, at);
	ev_time_format(s.token.ts.gen_time + 1, after);
	/* Even ones admit, odd ones do not. */
	snprintf(terms[0], 300, "Valid-From: %s\nValid-To: %s\n", at, at);
	snprintf(terms[1], 300, "Valid-From: %s\n", after);
	snprintf(terms[2], 300, "Policies: 1.2.3 %s\n", s.token.ts.policy);
	snprintf(terms[3], 300, "Valid-To: %s\n", before);
	snprintf(terms[4], 300, "Valid-From: %s\nPolicies: %s\n", before,
		 s.token.ts.policy);
	snprintf(terms[5], 300, "Policies: 1.2.3 %s.1\n", s.token.ts.policy);
	for (size_t i = 0; i < 6; i++) {
		struct rp_stamp stamp = judge(&s, terms[i], &used);

		assert_int_equal(stamp.outcome, i % 2 == 0 ? RP_PASS : RP_FAIL);
		assert_int_equal(used, i % 2 == 0);
	}
	close_sealed(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			sigstore_tokens_are_judged_under_their_trust_root),
		cmocka_unit_test(terms_hold_to_the_second_and_the_policy),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
