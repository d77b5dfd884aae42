/* SPDX-License-Identifier: Apache-2.0 */
/* What is missing is said, and nothing that was not judged passes. */
#include "evidence/base/json.h"
#include "replay/gaps.h"

#include "tests/replay_case.h"

struct said {
	enum rp_verdict verdict;
	json_t *report;
	const json_t *gaps;
};

static struct said said_of(const char *name, const char *policy)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	struct ev_error err = { 0 };
	struct said out;

	replay_open(&r, name);
	if (policy != NULL)
		assert_int_equal(replay_policy(&r, policy, &err), EV_OK);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	out.verdict = result.verdict;
	assert_int_equal(ev_json_parse(ev_span_of(result.report, result.n),
				       result.n, "report", &out.report, &err),
			 EV_OK);
	out.gaps = json_object_get(out.report, "gaps");
	free(result.report);
	replay_close(&r);
	return out;
}

/* How many lines begin with that. */
static size_t lines(const struct said *s, const char *begin)
{
	size_t n = 0, i;
	const json_t *v;

	json_array_foreach (s->gaps, i, v)
		n += strncmp(json_string_value(v), begin, strlen(begin)) == 0;
	return n;
}

static void collateral_alone_does_not_pass(void **state)
{
	static const char lax[] = "{\"policy\":\"ecart-policy/1\",\"name\":"
				  "\"lax\",\"require\":[],\"waive\":[]}";
	struct said s = said_of("incomplete-collateral-alone", NULL);

	(void)state;
	assert_int_equal(s.verdict, RP_VERDICT_INCOMPLETE);
	assert_int_equal(lines(&s, "evidence: "), 1);
	json_decref(s.report);
	s = said_of("incomplete-collateral-alone", lax);
	assert_int_equal(s.verdict, RP_VERDICT_INCOMPLETE);
	json_decref(s.report);
}

static void evidence_that_no_check_is_asked_about_is_named(void **state)
{
	struct said s = said_of("incomplete-unjudged", NULL);

	(void)state;
	assert_int_equal(s.verdict, RP_VERDICT_INCOMPLETE);
	assert_int_equal(lines(&s, "kind sgx-report: not judged by this "
				   "version"),
			 1);
	assert_int_equal(lines(&s, "kind eat-jwt: not judged by this "
				   "version"),
			 1);
	assert_int_equal(lines(&s, "kind crl-der"), 0);
	assert_int_equal(lines(&s, "kind tpm-pcrs"), 0);
	assert_int_equal(lines(&s, "items/tpm-pcrs/0000.bin: belongs to no "
				   "TPM quote"),
			 1);
	json_decref(s.report);
}

static void a_log_that_nothing_replays_closes_no_gap(void **state)
{
	struct said without = said_of("pass", NULL);
	struct said with = said_of("pass-unjudged", NULL);

	(void)state;
	assert_int_equal(lines(&without, "firmware event log: "), 1);
	assert_int_equal(lines(&without, "kind "), 0);
	assert_int_equal(with.verdict, RP_VERDICT_PASS);
	assert_int_equal(lines(&with, "firmware event log: "), 1);
	assert_int_equal(lines(&with, "kind ima-log-ascii: "), 1);
	assert_int_equal(lines(&with, "kind eat-jwt: "), 1);
	json_decref(without.report);
	json_decref(with.report);
}

static void a_report_without_a_tpm_quote_says_so(void **state)
{
	struct said without = said_of("incomplete-bound-ita", NULL);
	struct said with = said_of("pass", NULL);
	struct said plain = said_of("pass-quote-only", NULL);

	(void)state;
	assert_int_equal(lines(&without, "TPM quote: not in the archive"), 1);
	assert_int_equal(lines(&with, "TPM quote: "), 0);
	assert_int_equal(lines(&plain, "TPM quote: "), 0);
	json_decref(without.report);
	json_decref(with.report);
	json_decref(plain.report);
}

static void an_item_of_an_unknown_kind_is_named(void **state)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	struct rp_loose loose = { .name = "mystery",
				  .bytes = EV_SPAN_LITERAL("x") };

	(void)state;
	replay_open(&r, NULL);
	request = replay_request(&r);
	request.loose = &loose;
	request.n_loose = 1;
	result = replay_run(&r, &request);
	assert_int_equal(result.verdict, RP_VERDICT_INCOMPLETE);
	assert_non_null(strstr(result.report, "mystery: of a kind that this "
					      "version does not know"));
	free(result.report);
	replay_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collateral_alone_does_not_pass),
		cmocka_unit_test(
			evidence_that_no_check_is_asked_about_is_named),
		cmocka_unit_test(a_log_that_nothing_replays_closes_no_gap),
		cmocka_unit_test(a_report_without_a_tpm_quote_says_so),
		cmocka_unit_test(an_item_of_an_unknown_kind_is_named),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
