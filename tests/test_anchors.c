/* SPDX-License-Identifier: Apache-2.0 */
/* Anchor files: header lines, one key, its digest. */
#include "replay/anchors.h"

#include "tests/replay_case.h"

static const char intel[] = "testdata/anchors/simulated/intel-sgx-root.pem";

/* The text with the first `from` replaced; the caller frees it. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	char *out = NULL;

	assert_non_null(at);
	assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to,
			     at + strlen(from)) > 0);
	return out;
}

static void refuses(struct ev_crypto *crypto, const char *text,
		    enum ev_code code, const char *field)
{
	struct rp_anchors anchors = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(
		rp_anchors_add(crypto, ev_span_str(text), &anchors, &err),
		code);
	assert_string_equal(err.field, field);
	assert_int_equal(anchors.n, 0);
}

static void an_anchor_says_what_it_is_for(void **state)
{
	struct replay_case r;

	(void)state;
	replay_open(&r, NULL);
	assert_int_equal(r.anchors.n, 9);
	assert_int_equal(r.anchors.anchor[0].use, RP_ANCHOR_INTEL_SGX_ROOT);
	assert_int_equal(r.anchors.anchor[1].use, RP_ANCHOR_AZURE_VTPM_ROOT);
	assert_int_equal(r.anchors.anchor[2].use, RP_ANCHOR_TSA_ROOT);
	assert_int_equal(r.anchors.anchor[3].use, RP_ANCHOR_AZURE_IMDS_ROOT);
	assert_int_equal(r.anchors.anchor[5].use, RP_ANCHOR_ITA_ROOT);
	assert_int_equal(r.anchors.anchor[6].use, RP_ANCHOR_GOOGLE_ROOT);
	assert_int_equal(r.anchors.anchor[7].use, RP_ANCHOR_AMD_ARK);
	assert_int_equal(r.anchors.anchor[8].use, RP_ANCHOR_TLS_ROOT);
	assert_true(r.anchors.anchor[0].simulated);
	assert_false(r.anchors.anchor[0].used);
	assert_non_null(strstr(r.anchors.anchor[1].subject, "CN="));
	assert_string_equal(rp_anchor_use_word(RP_ANCHOR_TSA_ROOT), "tsa-root");
	assert_string_equal(rp_anchor_use_word(RP_ANCHOR_TLS_ROOT), "tls-root");
	replay_close(&r);
}

static void a_key_is_found_by_its_point_and_use(void **state)
{
	struct replay_case r;
	uint8_t key[64];
	struct ev_span der[RP_ANCHORS_MAX];
	struct rp_anchor *which[RP_ANCHORS_MAX];

	(void)state;
	replay_open(&r, NULL);
	memcpy(key, r.anchors.anchor[0].der.p + 27, 64);
	assert_ptr_equal(
		rp_anchors_find_p256(&r.anchors, RP_ANCHOR_INTEL_SGX_ROOT, key),
		&r.anchors.anchor[0]);
	assert_null(rp_anchors_find_p256(&r.anchors, RP_ANCHOR_TSA_ROOT, key));
	key[63] ^= 1;
	assert_null(rp_anchors_find_p256(&r.anchors, RP_ANCHOR_INTEL_SGX_ROOT,
					 key));
	assert_int_equal(
		rp_anchors_of(&r.anchors, RP_ANCHOR_TSA_ROOT, der, which), 1);
	assert_ptr_equal(which[0], &r.anchors.anchor[2]);
	replay_close(&r);
}

static void a_file_that_says_less_is_refused(void **state)
{
	static const struct {
		const char *from, *to;
		enum ev_code code;
		const char *field;
	} cases[] = {
		{ "Name: ", "Nam: ", EV_MISSING, "Name" },
		{ "Name: S", "Name: \t", EV_VALUE, "Name" },
		{ "Owner: ", "Owner:", EV_MISSING, "Owner" },
		{ "intel-sgx-root", "intel-sgx", EV_VALUE, "For" },
		{ "intel-sgx-root", "tsa-root", EV_SYNTAX, NULL },
		{ "Spki-Sha256: ", "Spki: ", EV_MISSING, "Spki-Sha256" },
		{ "-----BEGIN", "----BEGIN", EV_MISSING, "PEM block" },
	};
	struct ev_crypto *crypto = ev_crypto_new();
	size_t n;
	char *text = replay_read(intel, &n);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *changed = replaced(text, cases[i].from, cases[i].to);
		struct rp_anchors anchors = { 0 };
		struct ev_error err = { 0 };

		if (cases[i].field != NULL)
			refuses(crypto, changed, cases[i].code, cases[i].field);
		else
			assert_int_not_equal(
				rp_anchors_add(crypto, ev_span_str(changed),
					       &anchors, &err),
				EV_OK);
		assert_int_equal(anchors.n, 0);
		free(changed);
	}
	free(text);
	ev_crypto_free(crypto);
}

static void the_digest_is_that_of_the_key(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	size_t n;
	char *text = replay_read(intel, &n);
	char *at = strstr(text, "Spki-Sha256: ") + strlen("Spki-Sha256: ");
	char *twice;

	(void)state;
	*at = *at == '0' ? '1' : '0';
	refuses(crypto, text, EV_VALUE, "Spki-Sha256");
	*at = 'x';
	refuses(crypto, text, EV_MISSING, "Spki-Sha256");
	free(text);
	text = replay_read(intel, &n);
	assert_true(asprintf(&twice, "%s%s", text, strstr(text, "-----BEGIN")) >
		    0);
	refuses(crypto, twice, EV_VALUE, "PEM blocks");
	free(twice);
	free(text);
	ev_crypto_free(crypto);
}

static void terms_are_a_tsa_roots_and_spelled_right(void **state)
{
	static const struct {
		const char *to;
		enum ev_code code;
		const char *field;
	} cases[] = {
		{ "Valid-To: 2026-06-08T12:42:41Z\nConfirm: ", EV_OK, NULL },
		{ "Valid-To: 2026-06-08\nConfirm: ", EV_SYNTAX, "Valid-To" },
		{ "Valid-From: @12\nConfirm: ", EV_SYNTAX, "Valid-From" },
		{ "Valid-To:\nConfirm: ", EV_VALUE, "header" },
		{ "Valid-Till: 2026-06-08T12:42:41Z\nConfirm: ", EV_VALUE,
		  "header" },
		{ "Policies: 1.2.3, 1.2.4\nConfirm: ", EV_SYNTAX, "Policies" },
		{ "Policies: 1.2.3\nPolicies: 1.2.4\nConfirm: ", EV_DUPLICATE,
		  "Policies" },
		{ "a line without a field\nConfirm: ", EV_VALUE, "header" },
		{ "\na line behind the empty one: ", EV_OK, NULL },
	};
	static const char window[] =
		"Valid-To: 2026-06-08T12:42:41Z\nConfirm: ";
	struct ev_crypto *crypto = ev_crypto_new();
	size_t n;
	char *tsa = replay_read("testdata/anchors/simulated/tsa-root.pem", &n);
	char *text = replay_read(intel, &n), *other;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *changed = replaced(tsa, "Confirm: ", cases[i].to);
		struct rp_anchors anchors = { 0 };
		struct ev_error err = { 0 };

		if (cases[i].code != EV_OK)
			refuses(crypto, changed, cases[i].code, cases[i].field);
		else
			assert_int_equal(rp_anchors_add(crypto,
							ev_span_str(changed),
							&anchors, &err),
					 EV_OK);
		rp_anchors_free(&anchors);
		free(changed);
	}
	other = replaced(text, "Confirm: ", window);
	refuses(crypto, other, EV_VALUE, "Valid-To");
	free(other);
	free(text);
	free(tsa);
	ev_crypto_free(crypto);
}

static void a_key_stands_once_for_one_use(void **state)
{
	struct replay_case r;
	struct ev_error err = { 0 };
	size_t n;
	char *text = replay_read(intel, &n);
	char *other = replaced(text, "intel-sgx-root", "azure-vtpm-root");

	(void)state;
	replay_open(&r, NULL);
	assert_int_equal(
		rp_anchors_add(r.crypto, ev_span_of(text, n), &r.anchors, &err),
		EV_DUPLICATE);
	assert_int_equal(r.anchors.n, 9);
	err = (struct ev_error){ 0 };
	assert_int_equal(
		rp_anchors_add(r.crypto, ev_span_str(other), &r.anchors, &err),
		EV_OK);
	assert_int_equal(r.anchors.n, 10);
	r.anchors.n = RP_ANCHORS_MAX;
	assert_int_equal(
		rp_anchors_add(r.crypto, ev_span_of(text, n), &r.anchors, &err),
		EV_LIMIT);
	r.anchors.n = 10;
	replay_close(&r);
	free(other);
	free(text);
}

static void every_prefix_is_refused_or_whole(void **state)
{
	struct ev_crypto *crypto = ev_crypto_new();
	size_t n;
	char *text = replay_read(intel, &n);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct rp_anchors anchors = { 0 };
		struct ev_error err = { 0 };
		char *copy = malloc(i + 1); /* so that reads behind it show */

		assert_non_null(copy);
		memcpy(copy, text, i);
		if (i < n - 1)
			assert_int_not_equal(rp_anchors_add(crypto,
							    ev_span_of(copy, i),
							    &anchors, &err),
					     EV_OK);
		free(copy);
		rp_anchors_free(&anchors);
	}
	free(text);
	ev_crypto_free(crypto);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_anchor_says_what_it_is_for),
		cmocka_unit_test(a_key_is_found_by_its_point_and_use),
		cmocka_unit_test(a_file_that_says_less_is_refused),
		cmocka_unit_test(the_digest_is_that_of_the_key),
		cmocka_unit_test(terms_are_a_tsa_roots_and_spelled_right),
		cmocka_unit_test(a_key_stands_once_for_one_use),
		cmocka_unit_test(every_prefix_is_refused_or_whole),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
