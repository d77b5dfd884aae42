/* SPDX-License-Identifier: Apache-2.0 */
/* The report is canonical JSON, and its verdict follows from the findings. */
#include "replay/report.h"

#include "evidence/base/json.h"
#include "tests/replay_case.h"

#define POLICY(require, waive)                                                 \
	"{\"policy\":\"ecart-policy/1\",\"name\":\"x\",\"require\":[" require  \
	"],\"waive\":[" waive "]"

static json_t *parsed(const struct rp_result *result)
{
	struct ev_span text = ev_span_of(result->report, result->n);
	struct ev_error err = { 0 };
	json_t *r = NULL;

	assert_int_equal(ev_json_parse(text, text.n, "report", &r, &err),
			 EV_OK);
	assert_int_equal(ev_json_check_canonical(text, r, "report", &err),
			 EV_OK);
	return r;
}

static void every_report_is_canonical(void **state)
{
	static const char *const names[] = {
		"pass",
		"fail-dcap.quote.format",
		"fail-archive.digests",
		"fail-hcl.format",
		"fail-tpm.quote.format",
		"token",
		"incomplete-no-tcb-info",
		"pass-quote-v5",
		"two-signers",
	};
	char rel[200];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct replay_case r;
		struct rp_request request;
		struct rp_result result, again;
		const char *word;
		size_t n;
		char *expect;
		json_t *json;

		snprintf(rel, sizeof(rel), "testdata/replay/%s/expect",
			 names[i]);
		expect = replay_read(rel, &n);
		*strchrnul(expect, '\n') = '\0';
		replay_open(&r, names[i]);
		request = replay_request(&r);
		result = replay_run(&r, &request);
		again = replay_run(&r, &request);
		assert_string_equal(result.report, again.report);
		json = parsed(&result);
		word = json_string_value(json_object_get(json, "verdict"));
		assert_string_equal(word, expect);
		json_decref(json);
		free(again.report);
		free(result.report);
		free(expect);
		replay_close(&r);
	}
}

static enum rp_verdict verdict(const char *name, const char *policy)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	struct ev_error err = { 0 };

	replay_open(&r, name);
	if (policy != NULL)
		assert_int_equal(replay_policy(&r, policy, &err), EV_OK);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	free(result.report);
	replay_close(&r);
	return result.verdict;
}

static void a_waived_failure_does_not_turn_the_verdict(void **state)
{
	static const char tcb[] = "fail-tcb.platform-swhardening-needed";

	(void)state;
	assert_int_equal(verdict(tcb, NULL), RP_VERDICT_FAIL);
	assert_int_equal(
		verdict(tcb, POLICY("\"tcb.*\"",
				    "{\"check\":\"tcb.*\",\"reason\":\"r\","
				    "\"got\":[\"SWHardeningNeeded\"]}") "}"),
		RP_VERDICT_PASS);
	assert_int_equal(
		verdict(tcb, POLICY("\"tcb.*\"",
				    "{\"check\":\"tcb.*\",\"reason\":\"r\","
				    "\"got\":[\"OutOfDate\"]}") "}"),
		RP_VERDICT_FAIL);
	/* One check's waiver is not another's. */
	assert_int_equal(
		verdict(tcb, POLICY("\"tcb.*\"", "{\"check\":\"tcb.platform\","
						 "\"reason\":\"r\"}") "}"),
		RP_VERDICT_FAIL);
}

static void what_rests_on_a_waived_failure_stays_missing(void **state)
{
	(void)state;
	assert_int_equal(verdict("fail-dcap.quote.signature",
				 POLICY("\"tcb.*\"",
					"{\"check\":\"dcap.quote.signature\","
					"\"reason\":\"r\"}") "}"),
			 RP_VERDICT_INCOMPLETE);
}

static void a_required_check_must_not_be_skipped(void **state)
{
	(void)state;
	assert_int_equal(verdict("incomplete-no-tcb-info", NULL),
			 RP_VERDICT_INCOMPLETE);
	assert_int_equal(verdict("incomplete-no-tcb-info",
				 POLICY("\"dcap.quote.signature\"", "") "}"),
			 RP_VERDICT_PASS);
	assert_int_equal(verdict("pass", POLICY("\"time.proven\"", "") "}"),
			 RP_VERDICT_INCOMPLETE);
}

static void a_threshold_is_required_by_being_set(void **state)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	char policy[3000];
	struct ev_error err = { 0 };
	size_t n;
	char *key = replay_read("testdata/keys/lab.pub.pem", &n), *line = key;
	json_t *json, *row;
	size_t i, seen = 0;

	(void)state;
	for (; (line = strchr(line, '\n')) != NULL; line++)
		*line = '#';
	snprintf(policy, sizeof(policy),
		 POLICY("", "") ",\"signers\":{\"threshold\":1,\"keys\":["
				"\"%s\"]}}",
		 key);
	for (line = policy; (line = strchr(line, '#')) != NULL;) {
		memmove(line + 2, line + 1, strlen(line));
		*line++ = '\\';
		*line++ = 'n';
	}
	free(key);
	replay_open(&r, "unsigned");
	assert_int_equal(replay_policy(&r, policy, &err), EV_OK);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	assert_int_equal(result.verdict, RP_VERDICT_FAIL);
	json = parsed(&result);
	json_array_foreach (json_object_get(json, "checks"), i, row) {
		if (strcmp(json_string_value(json_object_get(row, "id")),
			   "archive.threshold") != 0)
			continue;
		assert_true(json_is_true(json_object_get(row, "required")));
		seen++;
	}
	assert_int_equal(seen, 1);
	json_decref(json);
	free(result.report);
	replay_close(&r);
}

/* The key is testdata/keys/lab.pub.pem, which signed the other archives. */
static void a_signature_that_is_required_must_be_there(void **state)
{
	static const char *const require[] = { "archive.signature",
					       "archive.threshold",
					       "archive.*" };
	size_t n;
	char *pem = replay_read("testdata/keys/lab.pub.pem", &n);
	json_t *keys = json_pack("[s]", pem), *none = json_array();

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		/* With the signer's key, and with none. */
		json_t *signers = json_pack("{s:i,s:O}", "threshold", 0, "keys",
					    i < 3 ? keys : none);
		json_t *policy =
			json_pack("{s:s,s:s,s:[s],s:[],s:o}", "policy",
				  "ecart-policy/1", "name", "x", "require",
				  require[i % 3], "waive", "signers", signers);
		char *text = json_dumps(policy, JSON_COMPACT);

		assert_non_null(text);
		assert_int_equal(verdict("unsigned", text),
				 RP_VERDICT_INCOMPLETE);
		assert_int_equal(verdict("token", text),
				 i < 3 ? RP_VERDICT_PASS
				       : RP_VERDICT_INCOMPLETE);
		free(text);
		json_decref(policy);
	}
	json_decref(keys);
	json_decref(none);
	free(pem);
}

static void an_expectation_counts_whatever_is_required(void **state)
{
	static const char other[] =
		POLICY("", "") ",\"expect\":{\"tdx.mrtd\":[\"00\"]}}";

	(void)state;
	assert_int_equal(verdict("pass", other), RP_VERDICT_FAIL);
	assert_int_equal(verdict("incomplete-no-quote", other),
			 RP_VERDICT_INCOMPLETE);
}

static void an_expectation_is_asked_of_every_quote(void **state)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	struct ev_error err = { 0 };
	struct ev_span quote;
	struct rp_loose loose = { .name = "second" };
	char policy[400], mrtd[97];
	uint8_t *copy;

	(void)state;
	replay_open(&r, "pass");
	quote = replay_item(&r, "tdx-quote", 0);
	copy = malloc(quote.n);
	assert_non_null(copy);
	memcpy(copy, quote.p, quote.n);
	loose.kind = ev_kind_find(ev_span_str("tdx-quote"));
	loose.bytes = ev_span_of(copy, quote.n);
	for (size_t i = 0; i < 48; i++) /* v4: body at 48, MRTD at 136 in it */
		snprintf(mrtd + 2 * i, 3, "%02x", quote.p[48 + 136 + i]);
	snprintf(policy, sizeof(policy),
		 POLICY("", "") ",\"expect\":{\"tdx.mrtd\":[\"%s\"]}}", mrtd);
	assert_int_equal(replay_policy(&r, policy, &err), EV_OK);
	request = replay_request(&r);
	request.loose = &loose;
	request.n_loose = 1;
	result = replay_run(&r, &request);
	assert_int_equal(result.verdict, RP_VERDICT_PASS);
	free(result.report);
	copy[48 + 136] ^= 1;
	result = replay_run(&r, &request);
	assert_int_not_equal(result.verdict, RP_VERDICT_PASS);
	free(result.report);
	free(copy);
	replay_close(&r);
}

static void foreign_names_are_escaped(void **state)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	struct rp_loose loose = { .name = "\x1b[31m\xff\n" };
	json_t *json;

	(void)state;
	replay_open(&r, NULL);
	loose.kind = ev_kind_find(ev_span_str("tdx-quote"));
	request = replay_request(&r);
	request.loose = &loose;
	request.n_loose = 1;
	result = replay_run(&r, &request);
	/* Without bytes, and all the same a quote that is none. */
	assert_int_equal(result.verdict, RP_VERDICT_FAIL);
	json = parsed(&result);
	for (size_t i = 0; i < result.n; i++)
		assert_in_range((uint8_t)result.report[i], 0x20, 0x7e);
	json_decref(json);
	free(result.report);
	replay_close(&r);
}

static void the_time_comes_from_somewhere(void **state)
{
	struct replay_case r;
	struct rp_request request;
	struct rp_result result = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	replay_open(&r, NULL);
	request = replay_request(&r);
	request.has_at = false;
	assert_int_equal(rp_replay(r.crypto, &request, &result, &err),
			 RP_NO_TIME);
	assert_null(result.report);
	replay_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_report_is_canonical),
		cmocka_unit_test(a_waived_failure_does_not_turn_the_verdict),
		cmocka_unit_test(what_rests_on_a_waived_failure_stays_missing),
		cmocka_unit_test(a_required_check_must_not_be_skipped),
		cmocka_unit_test(a_threshold_is_required_by_being_set),
		cmocka_unit_test(a_signature_that_is_required_must_be_there),
		cmocka_unit_test(an_expectation_counts_whatever_is_required),
		cmocka_unit_test(an_expectation_is_asked_of_every_quote),
		cmocka_unit_test(foreign_names_are_escaped),
		cmocka_unit_test(the_time_comes_from_somewhere),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
