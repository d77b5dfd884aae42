/* SPDX-License-Identifier: Apache-2.0 */
/* Replies that parse and are not the answer. */
#include "collect/fresh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct ev_span quote, hcl, message, signature;

static struct ev_span read_loose(const char *name)
{
	const char *root = getenv("ECART_SOURCE_ROOT");
	char path[512];
	uint8_t *bytes = calloc(1, 65536);
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/testdata/loose/%s",
		 root != NULL ? root : ".", name);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_non_null(bytes);
	n = fread(bytes, 1, 65536, f);
	fclose(f);
	return ev_span_of(bytes, n);
}

static void a_quote_answers_its_own_report_data_alone(void **state)
{
	char why[CO_WHY_TEXT] = "";
	uint8_t other[64] = { 0 };
	struct ev_quote q;
	struct ev_span data;

	(void)state;
	assert_true(co_fresh_quote(quote, EV_TEE_TDX, (struct ev_span){ 0 }, &q,
				   why));
	data = q.td.report_data;
	assert_true(co_fresh_quote(quote, EV_TEE_TDX, data, &q, why));
	memcpy(other, data.p, 64);
	other[63] ^= 1;
	assert_false(
		co_fresh_quote(quote, EV_TEE_TDX, EV_SPAN(other), &q, why));
	assert_non_null(strstr(why, "REPORTDATA"));
	assert_false(co_fresh_quote(quote, EV_TEE_SGX, data, &q, why));
	assert_non_null(strstr(why, "another kind of TEE"));
	assert_false(co_fresh_quote(ev_span_sub(quote, 0, 700), EV_TEE_TDX,
				    data, &q, why));
	assert_non_null(strstr(why, "quote"));
}

static void a_report_answers_its_own_user_data_alone(void **state)
{
	char why[CO_WHY_TEXT] = "";
	uint8_t zero[64] = { 0 }, other[64] = { 1 };
	struct ev_hcl parsed;

	(void)state;
	assert_true(co_fresh_hcl(hcl, EV_SPAN(zero), &parsed, why));
	assert_true(co_fresh_hcl(hcl, (struct ev_span){ 0 }, &parsed, why));
	assert_false(co_fresh_hcl(hcl, EV_SPAN(other), &parsed, why));
	assert_non_null(strstr(why, "user-data"));
	assert_false(co_fresh_hcl(ev_span_sub(hcl, 0, 1000), EV_SPAN(zero),
				  &parsed, why));
	assert_non_null(strstr(why, "hcl"));
}

static void a_tpm_quote_answers_its_nonce_and_its_registers(void **state)
{
	char why[CO_WHY_TEXT] = "";
	struct ev_pcr_selection bank;
	struct ev_error err = { 0 };
	struct ev_tpm_quote q, again;
	uint8_t nonce[32];

	(void)state;
	assert_int_equal(ev_tpm_quote_parse(message, &q, &err), EV_OK);
	bank = q.bank[0];
	assert_true(
		co_fresh_tpm_quote(message, q.extra_data, &bank, &again, why));
	memcpy(nonce, q.extra_data.p, sizeof(nonce));
	nonce[0] ^= 0x80;
	assert_false(co_fresh_tpm_quote(message, EV_SPAN(nonce), &bank, &again,
					why));
	assert_non_null(strstr(why, "our nonce"));
	bank.pcrs ^= 1;
	assert_false(
		co_fresh_tpm_quote(message, q.extra_data, &bank, &again, why));
	assert_non_null(strstr(why, "other PCRs"));
	bank = q.bank[0];
	bank.alg = EV_TPM_ALG_SHA384;
	assert_false(
		co_fresh_tpm_quote(message, q.extra_data, &bank, &again, why));
	assert_false(co_fresh_tpm_quote(ev_span_sub(message, 0, 60),
					q.extra_data, &bank, &again, why));
	assert_non_null(strstr(why, "tpm"));
}

static void a_piece_of_a_signature_is_none(void **state)
{
	/* TPMT_SIGNATURE: RSASSA, SHA-256, the size. */
	uint8_t whole[6 + 256] = { 0x00, 0x14, 0x00, 0x0b, 0x01, 0x00 };
	char why[CO_WHY_TEXT] = "";

	(void)state;
	assert_int_equal(signature.n, 256);
	memcpy(whole + 6, signature.p, 256);
	assert_true(co_fresh_tpm_signature(EV_SPAN(whole), why));
	for (size_t n = 0; n < sizeof(whole); n++) {
		why[0] = 0;
		assert_false(co_fresh_tpm_signature(ev_span_of(whole, n), why));
		assert_true(why[0] != 0);
	}
	/* Bare: not what the tool was asked for. */
	assert_false(co_fresh_tpm_signature(signature, why));
}

static int begin(void **state)
{
	(void)state;
	json_object_seed(1);
	quote = read_loose("quote.bin");
	hcl = read_loose("hcl.bin");
	message = read_loose("tpm-message.bin");
	signature = read_loose("tpm-signature.bin");
	return 0;
}

static int end(void **state)
{
	(void)state;
	free((void *)(uintptr_t)quote.p);
	free((void *)(uintptr_t)hcl.p);
	free((void *)(uintptr_t)message.p);
	free((void *)(uintptr_t)signature.p);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quote_answers_its_own_report_data_alone),
		cmocka_unit_test(a_report_answers_its_own_user_data_alone),
		cmocka_unit_test(
			a_tpm_quote_answers_its_nonce_and_its_registers),
		cmocka_unit_test(a_piece_of_a_signature_is_none),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, begin, end);
}
