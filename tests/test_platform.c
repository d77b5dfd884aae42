/* SPDX-License-Identifier: Apache-2.0 */
/* Platforms of real quotes, of quotes without a PCK chain, and of half ones. */
#include "collect/platform.h"

#include "tests/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct {
	const char *folder;
	enum ev_tee tee;
	const char *fmspc, *ca, *word;
} real[] = {
	{ "tdx-v4-uptodate", EV_TEE_TDX, "b0c06f000000", "platform", "tdx" },
	{ "tdx-v5-uptodate", EV_TEE_TDX, "90c06f000000", "platform", "tdx" },
	{ "sgx-v3-platform-ood", EV_TEE_SGX, "00606a000000", "platform",
	  "sgx" },
	{ "sgx-v3-processor-ood", EV_TEE_SGX, "00906ed50000", "processor",
	  "sgx" },
};
#define N_REAL (sizeof(real) / sizeof(real[0]))

static struct ev_span quote_of(const char *folder)
{
	char path[128];
	struct ev_span quote;

	snprintf(path, sizeof(path), "dcap/%s/quote.bin", folder);
	assert_true(vectors_read(path, &quote));
	return quote;
}

static void a_quote_names_its_platform(void **state)
{
	char why[CO_WHY_TEXT] = "";
	struct co_platform p[N_REAL];

	(void)state;
	vectors_need();
	for (size_t i = 0; i < N_REAL; i++) {
		assert_true(
			co_platform_of(quote_of(real[i].folder), &p[i], why));
		assert_int_equal(p[i].tee, real[i].tee);
		assert_string_equal(p[i].fmspc, real[i].fmspc);
		assert_string_equal(p[i].ca, real[i].ca);
		assert_string_equal(co_platform_tee(&p[i]), real[i].word);
		for (size_t j = 0; j <= i; j++)
			assert_int_equal(co_platform_same(&p[i], &p[j]),
					 i == j);
	}
}

static void a_quote_without_a_chain_names_none(void **state)
{
	char why[CO_WHY_TEXT] = "";
	struct co_platform p;
	struct ev_span whole;

	(void)state;
	vectors_need();
	assert_false(
		co_platform_of(quote_of("x-sgx-v3-certdata3-eppid"), &p, why));
	assert_non_null(strstr(why, "no PCK chain"));
	whole = quote_of("tdx-v4-uptodate");
	/* Behind them are zeros, which no quote needs. */
	for (size_t n = 0; n < 4096; n += 97) {
		why[0] = 0;
		assert_false(co_platform_of(ev_span_sub(whole, 0, n), &p, why));
		assert_true(why[0] != 0);
	}
}

static void a_tcb_info_is_of_one_platform(void **state)
{
	char why[CO_WHY_TEXT];
	struct co_platform ours, sgx, other;
	struct ev_tcb_info info = { 0 };
	struct ev_error err = { 0 };
	struct ev_span body;

	(void)state;
	vectors_need();
	assert_true(vectors_read("http/pccs/tdx-tcb.body", &body));
	assert_int_equal(ev_tcb_info_parse(body, &info, &err), EV_OK);
	assert_true(co_platform_of(quote_of("tdx-v4-uptodate"), &ours, why));
	assert_true(co_platform_of(quote_of("tdx-v4-azure"), &other, why));
	assert_true(co_platform_is(&ours, &info));
	assert_false(co_platform_is(&other, &info));
	sgx = ours;
	sgx.tee = EV_TEE_SGX;
	assert_false(co_platform_is(&sgx, &info));
	ev_tcb_info_free(&info);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_quote_names_its_platform),
		cmocka_unit_test(a_quote_without_a_chain_names_none),
		cmocka_unit_test(a_tcb_info_is_of_one_platform),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
