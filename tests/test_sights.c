/* SPDX-License-Identifier: Apache-2.0 */
/* What a report says of measurements: counted, not counted, refused. */
#include "audit/history/sights.h"
#include "evidence/base/hex.h"
#include "tests/history_sample.h"

#define T "2026-06-08T12:42:41Z"

static struct ev_crypto *crypto;

static int open_crypto(void **state)
{
	(void)state;
	crypto = ev_crypto_new();
	return crypto == NULL;
}

static int close_crypto(void **state)
{
	(void)state;
	ev_crypto_free(crypto);
	return 0;
}

static void an_authenticated_quote_is_an_observation(void **state)
{
	const struct sample_report r = { .id = '1',
					 .time = T,
					 .basis = "proven",
					 .verdict = "incomplete",
					 .value = 'a',
					 .machine = '7',
					 .tcb = "UpToDate",
					 .hcl = true };
	struct au_sights s = { 0 };
	char text[100] = "ecart-machine/1 platformInstanceId ";
	uint8_t machine[32];

	(void)state;
	sample_add(&s, crypto, &r);
	assert_int_equal(s.n, 1);
	assert_int_equal(s.n_uncounted, 0);
	assert_int_equal(s.archive[0].basis, AU_PROVEN);
	assert_string_equal(au_verdict_name(s.archive[0].verdict),
			    "incomplete");
	assert_int_equal(s.archive[0].id[31], 0x11);
	assert_int_equal(s.item[0].value[47], 0xaa);
	assert_string_equal(s.item[0].svn, SAMPLE_SVN);
	/* Collateral that stands beside speaks for nobody. */
	assert_string_equal(s.item[0].tcb, "UpToDate");
	assert_true(s.item[0].is_hcl);
	/* The documented text, by hand. */
	memset(text + strlen(text), '7', 32);
	assert_true(ev_digest(crypto, EV_SHA256, ev_span_str(text), machine));
	assert_true(s.item[0].has_machine);
	assert_memory_equal(s.item[0].machine, machine, 32);
	assert_string_equal(s.policy, "p");
	au_sights_free(&s);
}

static void what_nobody_answers_for_is_not_counted(void **state)
{
	const struct sample_report rows[] = {
		{ .id = '1', .time = T, .value = 'a', .untrusted = true },
		{ .id = '2', .time = T, .value = 'a', .debug = true },
		{ .id = '3', .time = T, .value = 'b', .debug = true },
		{ .id = '4', .time = T },
	};
	struct au_sights s = { 0 };

	(void)state;
	for (size_t i = 0; i < 4; i++)
		sample_add(&s, crypto, &rows[i]);
	assert_int_equal(s.n, 0);
	assert_int_equal(s.n_archives, 4);
	assert_int_equal(s.n_uncounted, 3);
	assert_int_equal(s.n_reasons, 2);
	assert_non_null(strstr(s.reason[0], "unauthenticated: "));
	assert_non_null(strstr(s.reason[1], "debug: "));
	assert_int_equal(s.uncounted[2].reason, 1);
	au_sights_free(&s);
}

static void zeros_are_no_machine(void **state)
{
	const struct sample_report rows[] = {
		{ .id = '1', .time = T, .value = 'a' },
		{ .id = '2', .time = T, .value = 'a', .machine = '0' },
	};
	struct au_sights s = { 0 };

	(void)state;
	sample_add(&s, crypto, &rows[0]);
	sample_add(&s, crypto, &rows[1]);
	assert_false(s.item[0].has_machine);
	/* A masked instance id leaves the PPID. */
	assert_true(s.item[1].has_machine);
	assert_string_equal(s.item[0].tcb, "");
	assert_false(s.item[0].is_hcl);
	au_sights_free(&s);
}

static void an_snp_report_has_a_chip_and_a_version(void **state)
{
	static const char report[] =
		"{\"archive\":{\"id\":\"%s\"},\"asOf\":{\"basis\":\"given\","
		"\"time\":\"" T "\"},\"checks\":[{\"id\":\"snp.signature\","
		"\"outcome\":\"pass\",\"subject\":\"r\"}],\"facts\":{\"azure\":"
		"{\"item\":\"r\",\"runtimeData\":{\"trusted\":true}},\"snp\":{"
		"\"chipId\":\"0102\",\"item\":\"r\",\"measurement\":\"%s%s\","
		"\"policyBits\":{\"debug\":false},\"tcb\":{\"reported\":{"
		"\"tee\":0,\"bootloader\":4,\"snp\":24,\"microcode\":219}},"
		"\"trusted\":true}},\"verdict\":\"pass\"}";
	const char *hex = "0123456789abcdef0123456789abcdef"
			  "0123456789abcdef0123456789abcdef";
	ev_auto_buffer struct ev_buffer text = { 0 };
	struct au_sights s = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	ev_buffer_printf(&text, report, hex, hex, hex + 32);
	assert_int_equal(au_sights_add(&s, crypto, ev_buffer_span(&text), &err),
			 EV_OK);
	assert_int_equal(s.n, 1);
	assert_string_equal(s.item[0].reg->name, "ld");
	assert_string_equal(s.item[0].svn,
			    "bootloader=4 microcode=219 snp=24 tee=0");
	assert_true(s.item[0].has_machine);
	assert_true(s.item[0].is_hcl);
	assert_int_equal(s.archive[0].basis, AU_GIVEN);
	au_sights_free(&s);
}

static void what_is_no_report_adds_nothing(void **state)
{
	static const char *const rows[] = {
		"",
		"[]",
		"{}",
		"{\"archive\":{\"id\":\"00\"}}",
	};
	const struct sample_report wrong[] = {
		{ .id = '1', .time = "now", .value = 'a' },
		{ .id = '1', .time = T, .basis = "guessed", .value = 'a' },
		{ .id = '1', .time = T, .verdict = "good", .value = 'a' },
		{ .id = 'x', .time = T, .value = 'a' },
		{ .id = '1', .time = T, .value = 'x' },
	};
	struct au_sights s = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ev_error err = { 0 };

		assert_int_not_equal(
			au_sights_add(&s, crypto, ev_span_str(rows[i]), &err),
			EV_OK);
		assert_int_equal(err.code == EV_TROUBLE, 0);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ev_auto_buffer struct ev_buffer text = { 0 };
		struct ev_error err = { 0 };

		sample_report(&wrong[i], &text);
		assert_int_not_equal(
			au_sights_add(&s, crypto, ev_buffer_span(&text), &err),
			EV_OK);
	}
	assert_int_equal(s.n_archives + s.n + s.n_uncounted, 0);
	au_sights_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_authenticated_quote_is_an_observation),
		cmocka_unit_test(what_nobody_answers_for_is_not_counted),
		cmocka_unit_test(zeros_are_no_machine),
		cmocka_unit_test(an_snp_report_has_a_chip_and_a_version),
		cmocka_unit_test(what_is_no_report_adds_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, open_crypto, close_crypto);
}
