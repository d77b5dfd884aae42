/* SPDX-License-Identifier: Apache-2.0 */
/* DSSE envelopes: encoding, leniency of the reader, verification. */
#include "evidence/dsse.h"

#include "evidence/base/base64.h"
#include "evidence/base/json.h"
#include "evidence/base/pem.h"
#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ev_crypto *crypto;

static void assert_pae(const char *type, const char *payload, const char *want)
{
	ev_auto_buffer struct ev_buffer b = { 0 };

	ev_dsse_pae(ev_span_str(type), ev_span_str(payload), &b);
	assert_true(ev_span_eq(ev_buffer_span(&b), ev_span_str(want)));
}

static void pae_counts_bytes_in_decimal(void **state)
{
	(void)state;
	assert_pae("http://example.com/HelloWorld", "hello world",
		   "DSSEv1 29 http://example.com/HelloWorld 11 hello world");
	assert_pae("", "", "DSSEv1 0  0 ");
	assert_pae("123456789", "123456789", "DSSEv1 9 123456789 9 123456789");
	assert_pae("1234567890", "1234567890",
		   "DSSEv1 10 1234567890 10 1234567890");
	assert_pae("\xc3\xa9", "\xc3\xa9", "DSSEv1 2 \xc3\xa9 2 \xc3\xa9");
}

static void pae_crosses_from_99_to_100(void **state)
{
	char payload[101], want[200];

	(void)state;
	for (size_t n = 99; n <= 100; n++) {
		memset(payload, 'p', n);
		payload[n] = 0;
		snprintf(want, sizeof(want), "DSSEv1 1 t %zu %s", n, payload);
		assert_pae("t", payload, want);
	}
}

/* The SubjectPublicKeyInfo in a PEM file of the vectors. */
static void read_key(const char *file, struct ev_pem_list *list)
{
	struct ev_error err = { 0 };
	struct ev_span pem;

	assert_true(vectors_read(file, &pem));
	assert_int_equal(ev_pem_list_parse(pem, 0, "PUBLIC KEY", list, &err),
			 EV_OK);
}

static void envelope_of_the_vectors_verifies(void **state)
{
	struct ev_span envelope, manifest, pae, id;
	struct ev_error err = { 0 };
	struct ev_pem_list key;
	struct ev_dsse d;
	ev_auto_buffer struct ev_buffer b = { 0 };
	char keyid[65];
	size_t index = 9;

	(void)state;
	vectors_need();
	read_key("archive/dsse-local/k.pub", &key);
	assert_true(
		vectors_read("archive/dsse-local/env.dsse.json", &envelope));
	assert_true(
		vectors_read("archive/dsse-local/manifest.json", &manifest));
	assert_true(vectors_read("archive/dsse-local/pae", &pae));
	assert_int_equal(ev_dsse_parse(envelope, &d, &err), EV_OK);
	assert_true(ev_span_eq(d.payload, manifest));
	assert_true(ev_span_eq(d.payload_type, ev_span_str(EV_DSSE_TYPE)));
	ev_dsse_pae(d.payload_type, d.payload, &b);
	assert_true(ev_span_eq(ev_buffer_span(&b), pae));
	assert_true(ev_key_id(crypto, key.block[0].der, keyid));
	id = d.signature[0].keyid;
	assert_true(ev_span_eq(id, ev_span_str(keyid)));
	assert_int_equal(
		ev_dsse_signed_by(crypto, &d, key.block[0].der, &index),
		EV_VERIFIED_YES);
	assert_int_equal(index, 0);
	ev_dsse_free(&d);
	ev_pem_list_free(&key);
}

static void other_key_and_other_payload_do_not_verify(void **state)
{
	struct ev_span envelope;
	struct ev_error err = { 0 };
	struct ev_pem_list key, other;
	struct ev_dsse d;

	(void)state;
	vectors_need();
	read_key("archive/dsse-local/k.pub", &key);
	read_key("archive/dsse-local/tpm.pub", &other);
	assert_true(
		vectors_read("archive/dsse-local/env.dsse.json", &envelope));
	assert_int_equal(ev_dsse_parse(envelope, &d, &err), EV_OK);
	assert_int_equal(
		ev_dsse_signed_by(crypto, &d, other.block[0].der, NULL),
		EV_VERIFIED_NO);
	d.payload.n--;
	assert_int_equal(ev_dsse_signed_by(crypto, &d, key.block[0].der, NULL),
			 EV_VERIFIED_NO);
	d.payload.n++;
	d.payload_type.n--;
	assert_int_equal(ev_dsse_signed_by(crypto, &d, key.block[0].der, NULL),
			 EV_VERIFIED_NO);
	ev_dsse_free(&d);
	ev_pem_list_free(&key);
	ev_pem_list_free(&other);
}

/* An envelope with these signature lines over the vector's manifest. */
static void make_envelope(struct ev_buffer *b, struct ev_span payload,
			  const struct ev_span *sigs, size_t n)
{
	char *text = malloc(4 * (payload.n + 3) / 3 + 8);

	assert_non_null(text);
	ev_base64_encode(payload, text);
	ev_buffer_printf(b,
			 "{\"payload\":\"%s\",\"payloadType\":\"%s\","
			 "\"signatures\":[",
			 text, EV_DSSE_TYPE);
	for (size_t i = 0; i < n; i++) {
		char sig[200];

		assert_true(sigs[i].n <= 140);
		ev_base64_encode(sigs[i], sig);
		ev_buffer_printf(b, "%s{\"sig\":\"%s\"}", i > 0 ? "," : "",
				 sig);
	}
	ev_buffer_add_str(b, "]}");
	free(text);
}

static void several_signers_in_one_envelope_are_told_apart(void **state)
{
	ev_auto_buffer struct ev_buffer b = { 0 };
	struct ev_pem_list key, tpm;
	struct ev_error err = { 0 };
	struct ev_span manifest, sigs[3];
	struct ev_dsse d;
	size_t index;

	(void)state;
	vectors_need();
	read_key("archive/dsse-local/k.pub", &key);
	read_key("archive/dsse-local/tpm.pub", &tpm);
	assert_true(
		vectors_read("archive/dsse-local/manifest.json", &manifest));
	sigs[0] = EV_SPAN_LITERAL("nonsense");
	assert_true(vectors_read("archive/dsse-local/sig", &sigs[1]));
	assert_true(vectors_read("archive/dsse-local/tsig", &sigs[2]));
	make_envelope(&b, manifest, sigs, 3);
	assert_int_equal(ev_dsse_parse(ev_buffer_span(&b), &d, &err), EV_OK);
	assert_int_equal(d.n_signatures, 3);
	assert_int_equal(d.signature[0].keyid.n, 0);
	assert_int_equal(
		ev_dsse_signed_by(crypto, &d, key.block[0].der, &index),
		EV_VERIFIED_YES);
	assert_int_equal(index, 1);
	assert_int_equal(
		ev_dsse_signed_by(crypto, &d, tpm.block[0].der, &index),
		EV_VERIFIED_YES);
	assert_int_equal(index, 2);
	assert_int_equal(ev_dsse_verify(crypto, &d, 0, key.block[0].der),
			 EV_VERIFIED_NO);
	ev_dsse_free(&d);
	ev_pem_list_free(&key);
	ev_pem_list_free(&tpm);
}

struct spelling {
	const char *text;
	bool ok;
};

#define ENVELOPE(payload, sig)                                                 \
	"{\"payload\":\"" payload "\",\"payloadType\":\"t\",\"signatures\":"   \
	"[{\"sig\":\"" sig "\"}]}"

static const struct spelling spellings[] = {
	{ ENVELOPE("+/8=", "AA=="), true },
	{ ENVELOPE("-_8=", "AA"), true },
	{ ENVELOPE("+/8", "AA"), true },
	{ ENVELOPE("", ""), true },
	{ ENVELOPE("+_8=", "AA=="), false },
	{ ENVELOPE("+/8 =", "AA=="), false },
	{ ENVELOPE("A", "AA=="), false },
	{ ENVELOPE("AA==", "AB=="), false },
	{ " {\"x\":1, \"signatures\":[{\"x\":[],\"sig\":\"AA==\",\"keyid\":"
	  "\"k\"}],\"payloadType\":\"t\",\"payload\":\"\"}\n",
	  true },
	{ "{\"weight\":1.5,\"x\":[-0,1e-9,123456789012345678901234567890,null],"
	  "\"signatures\":[{\"sig\":\"AA==\",\"t\":-0.25}],\"payloadType\":"
	  "\"t\",\"payload\":\"\"}",
	  true },
	{ "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":"
	  "[{\"sig\":\"\",\"keyid\":1.5}]}",
	  false },
	{ "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":"
	  "[{\"sig\":\"\"}],\"x\":1e309}",
	  false },
	{ "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[]}", false },
	{ "{\"payload\":\"\",\"payloadType\":\"t\"}", false },
	{ "{\"payload\":\"\",\"signatures\":[{\"sig\":\"\"}]}", false },
	{ "{\"payloadType\":\"t\",\"signatures\":[{\"sig\":\"\"}]}", false },
	{ "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[1]}",
	  false },
	{ "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":[{}]}",
	  false },
	{ "{\"payload\":\"\",\"payload\":\"\",\"payloadType\":\"t\","
	  "\"signatures\":[{\"sig\":\"\"}]}",
	  false },
	{ "{\"payload\":1,\"payloadType\":\"t\",\"signatures\":"
	  "[{\"sig\":\"\"}]}",
	  false },
	{ "{\"payload\":\"\",\"payloadType\":\"t\",\"signatures\":"
	  "[{\"sig\":\"\",\"keyid\":1}]}",
	  false },
	/* Names and texts that are spelled with escapes. */
	{ "{\"payload\":\"QQ==\",\"p\\u0061yload\":\"Qg==\",\"payloadType\":"
	  "\"t\",\"signatures\":[{\"sig\":\"\"}]}",
	  false },
	{ "{\"payload\":\"QQ==\",\"x\":{\"a\":1,\"a\":2},\"payloadType\":"
	  "\"t\",\"signatures\":[{\"sig\":\"\"}]}",
	  false },
	{ "{\"p\\u0061yload\":\"Qg==\",\"payloadType\":\"t\","
	  "\"signatures\":[{\"sig\":\"\"}]}",
	  true },
	{ "{\"payload\":\"\\u0051Q\\u003d=\",\"payloadType\":\"t\","
	  "\"signatures\":[{\"sig\":\"\"}]}",
	  true },
	{ "{\"payload\":\"QU\\/B\",\"payloadType\":\"t\","
	  "\"signatures\":[{\"sig\":\"\"}]}",
	  true },
	{ "{\"payload\":\"QU?B\",\"payloadType\":\"t\","
	  "\"signatures\":[{\"sig\":\"\"}]}",
	  false },
	{ "[]", false },
	{ "", false },
};

static void reader_is_as_lenient_as_dsse_demands(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		struct ev_error err = { 0 };
		struct ev_dsse d;
		bool ok = ev_dsse_parse(ev_span_str(spellings[i].text), &d,
					&err) == EV_OK;

		if (ok != spellings[i].ok)
			fail_msg("row %zu: %s", i, err.field);
		if (ok)
			ev_dsse_free(&d);
	}
}

/* Every number of an envelope is a real one, as it always was called. */
static void a_number_is_refused_as_a_real_one(void **state)
{
	struct ev_error err = { 0 };
	struct ev_dsse d;

	(void)state;
	assert_int_equal(
		ev_dsse_parse(EV_SPAN_LITERAL("{\"payloadType\":1}"), &d, &err),
		EV_SYNTAX);
	assert_string_equal(err.field, "payloadType");
	assert_string_equal(err.found, "a real number");
}

static void sixty_four_signatures_are_the_most(void **state)
{
	struct ev_span sigs[EV_DSSE_SIGNATURES_MAX + 1] = { 0 };

	(void)state;
	for (size_t n = EV_DSSE_SIGNATURES_MAX; n <= EV_DSSE_SIGNATURES_MAX + 1;
	     n++) {
		ev_auto_buffer struct ev_buffer b = { 0 };
		struct ev_error err = { 0 };
		struct ev_dsse d;

		make_envelope(&b, EV_SPAN_LITERAL("x"), sigs, n);
		if (n == EV_DSSE_SIGNATURES_MAX) {
			assert_int_equal(
				ev_dsse_parse(ev_buffer_span(&b), &d, &err),
				EV_OK);
			ev_dsse_free(&d);
		} else {
			assert_int_equal(
				ev_dsse_parse(ev_buffer_span(&b), &d, &err),
				EV_LIMIT);
		}
	}
}

static void every_prefix_is_refused(void **state)
{
	struct ev_span envelope;

	(void)state;
	vectors_need();
	assert_true(
		vectors_read("archive/dsse-local/env.dsse.json", &envelope));
	for (size_t n = 0; n < envelope.n; n++) {
		uint8_t *copy = malloc(n + 1);
		struct ev_error err = { 0 };
		struct ev_dsse d;

		assert_non_null(copy);
		memcpy(copy, envelope.p, n);
		if (ev_dsse_parse(ev_span_of(copy, n), &d, &err) == EV_OK) {
			/* A final newline is no part of the value. */
			assert_int_equal(n, envelope.n - 1);
			assert_int_equal(envelope.p[n], '\n');
			ev_dsse_free(&d);
		}
		free(copy);
	}
}

/* The leaf certificate's or hinted key's signature is checked in other
 * tests; here, that real bundles' envelopes parse. */
static void envelopes_of_sigstore_bundles_parse(void **state)
{
	static const char *const files[] = {
		"archive/sigstore-conformance/rekor2-dsse-happy-path/"
		"bundle.sigstore.json",
		"archive/sigstore-conformance/rekor2-dsse-invalid-sig_fail/"
		"bundle.sigstore.json",
	};

	(void)state;
	vectors_need();
	for (size_t i = 0; i < 2; i++) {
		struct ev_error err = { 0 };
		struct ev_span bundle, envelope;
		struct ev_dsse d;

		assert_true(vectors_read(files[i], &bundle));
		assert_true(ev_json_member(bundle, "dsseEnvelope", &envelope));
		assert_int_equal(ev_dsse_parse(envelope, &d, &err), EV_OK);
		assert_int_equal(d.n_signatures, 1);
		assert_true(
			ev_span_eq(d.payload_type, ev_span_str(EV_DSSE_TYPE)));
		ev_dsse_free(&d);
	}
}

static int set_up(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pae_counts_bytes_in_decimal),
		cmocka_unit_test(pae_crosses_from_99_to_100),
		cmocka_unit_test(envelope_of_the_vectors_verifies),
		cmocka_unit_test(other_key_and_other_payload_do_not_verify),
		cmocka_unit_test(
			several_signers_in_one_envelope_are_told_apart),
		cmocka_unit_test(reader_is_as_lenient_as_dsse_demands),
		cmocka_unit_test(a_number_is_refused_as_a_real_one),
		cmocka_unit_test(sixty_four_signatures_are_the_most),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(envelopes_of_sigstore_bundles_parse),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
