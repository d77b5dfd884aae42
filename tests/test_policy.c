/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: the built-in one, refusals, patterns, waivers. */
#include "replay/policy.h"

#include "evidence/base/hex.h"
#include "tests/replay_case.h"

#define HEAD  "{\"policy\":\"ecart-policy/1\",\"name\":\"x\","
#define LISTS "\"require\":[],\"waive\":[]"

static void default_1_is_what_the_table_says(void **state)
{
	static const char *const optional[] = {
		"archive.signature",	       "archive.threshold",
		"archive.canonical",	       "dcap.td.attributes",
		"dcap.quote.padding",	       "tpm.quote.nonce",
		"dcap.collateral.eval-number", "tpm.quote.clock",
		"tpm.ak.certificate",	       "time.proven",
	};
	struct replay_case r;

	(void)state;
	replay_open(&r, NULL);
	assert_string_equal(r.policy.name, "default-1");
	for (size_t i = 0; i < rp_n_checks; i++) {
		const struct rp_check *c = &rp_checks[i];

		assert_int_equal(rp_policy_requires(&r.policy, c),
				 c->by_default == RP_REQUIRED);
		assert_int_equal(rp_policy_waiver(&r.policy, c->id, "x") !=
					 NULL,
				 c->by_default == RP_INFORMS);
	}
	for (size_t i = 0; i < sizeof(optional) / sizeof(optional[0]); i++)
		assert_false(rp_policy_requires(&r.policy,
						rp_check_find(optional[i])));
	assert_true(rp_policy_requires(&r.policy, rp_check_find("tcb.status")));
	assert_true(rp_policy_requires(&r.policy, rp_check_find("hcl.ak")));
	replay_close(&r);
}

static void refuses(struct replay_case *r, const char *json, enum ev_code code,
		    const char *field)
{
	struct ev_error err = { 0 };

	assert_int_equal(replay_policy(r, json, &err), code);
	assert_int_equal(err.code, code);
	if (field != NULL)
		assert_string_equal(err.field, field);
	assert_null(r->policy.json);
}

static void whatever_would_be_ignored_is_refused(void **state)
{
	static const struct {
		const char *json;
		enum ev_code code;
		const char *field;
	} cases[] = {
		{ "[]", EV_MISSING, "policy" },
		{ "{}", EV_MISSING, "policy" },
		{ "1", EV_MISSING, "policy" },
		{ "{\"policy\":\"ecart-policy/2\",\"name\":\"x\"," LISTS "}",
		  EV_VALUE, "policy" },
		{ HEAD LISTS ",\"witnesses\":\"\"}", EV_VALUE, "members" },
		{ HEAD "\"require\":[1],\"waive\":[]}", EV_SYNTAX, "require" },
		{ HEAD LISTS ",\"expect\":{\"log.secureBoot\":[\"on\"]}}",
		  EV_VALUE, "expect" },
		{ HEAD "\"require\":[\"dcap\"],\"waive\":[]}", EV_VALUE,
		  "require" },
		{ HEAD "\"require\":[\"dcapp.*\"],\"waive\":[]}", EV_VALUE,
		  "require" },
		{ HEAD "\"require\":[],\"waive\":[1]}", EV_MISSING,
		  "waive.reason" },
		{ HEAD "\"require\":[],\"waive\":[{\"check\":\"tcb.qe\"}]}",
		  EV_MISSING, "waive.reason" },
		{ HEAD "\"require\":[],\"waive\":[{\"reason\":\"\"}]}",
		  EV_SYNTAX, "waive.check" },
		{ HEAD "\"require\":[],\"waive\":[{\"check\":\"tcb.qe\","
		       "\"reason\":\"\",\"go\":[\"a\"]}]}",
		  EV_VALUE, "waive" },
		{ HEAD "\"require\":[],\"waive\":[{\"check\":\"tcb.qe\","
		       "\"reason\":\"\",\"got\":[]}]}",
		  EV_SYNTAX, "waive.got" },
		{ HEAD "\"require\":[],\"waive\":[{\"check\":\"tcb.qe\","
		       "\"reason\":\"\",\"got\":[1]}]}",
		  EV_SYNTAX, "waive.got" },
		{ HEAD LISTS ",\"expect\":[]}", EV_SYNTAX, "expect" },
		{ HEAD LISTS ",\"expect\":{\"tdx.mrtdd\":[\"00\"]}}", EV_VALUE,
		  "expect" },
		{ HEAD LISTS ",\"expect\":{\"tdx.mrtd\":\"00\"}}", EV_SYNTAX,
		  "expect" },
		{ HEAD LISTS ",\"expect\":{\"tdx.mrtd\":[]}}", EV_SYNTAX,
		  "expect" },
		{ HEAD LISTS ",\"signers\":[]}", EV_MISSING, "threshold" },
		{ HEAD LISTS ",\"signers\":{\"threshold\":1,\"keys\":[]}}",
		  EV_VALUE, "signers.threshold" },
		{ HEAD LISTS ",\"signers\":{\"threshold\":1,\"keys\":[\"x\"]}}",
		  EV_SYNTAX, NULL },
		{ HEAD LISTS ",\"name\":\"y\"}", EV_DUPLICATE, "member" },
	};
	struct replay_case r;

	(void)state;
	replay_open(&r, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refuses(&r, cases[i].json, cases[i].code, cases[i].field);
	}
	replay_close(&r);
}

static void one_signer_key_is_one_block(void **state)
{
	static const char key[] =
		"-----BEGIN PUBLIC KEY-----\\n"
		"MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
		"\\n-----END PUBLIC KEY-----\\n";
	char text[1000];
	struct replay_case r;
	struct ev_error err = { 0 };

	(void)state;
	replay_open(&r, NULL);
	snprintf(text, sizeof(text),
		 HEAD LISTS ",\"signers\":{\"threshold\":1,\"keys\":[\"%s\"]}}",
		 key);
	assert_int_equal(replay_policy(&r, text, &err), EV_OK);
	assert_int_equal(r.policy.n_keys, 1);
	assert_int_equal(r.policy.threshold, 1);
	snprintf(text, sizeof(text),
		 HEAD LISTS
		 ",\"signers\":{\"threshold\":1,\"keys\":[\"%s%s\"]}}",
		 key, key);
	refuses(&r, text, EV_VALUE, "signers.keys");
	snprintf(text, sizeof(text),
		 HEAD LISTS ",\"signers\":{\"threshold\":1,\"keys\":["
			    "\"-----BEGIN CERTIFICATE-----\\n\"]}}");
	refuses(&r, text, EV_VALUE, "signers.keys");
	replay_close(&r);
}

static void waivers_hold_for_their_values_alone(void **state)
{
	static const char json[] =
		HEAD "\"require\":[\"dcap.*\",\"tcb.qe\"],\"waive\":["
		     "{\"check\":\"tcb.platform\",\"got\":[\"OutOfDate\"],"
		     "\"reason\":\"a\"},"
		     "{\"check\":\"hcl.*\",\"reason\":\"b\"}]}";
	struct replay_case r;
	struct ev_error err = { 0 };
	const struct rp_policy *p = &r.policy;

	(void)state;
	replay_open(&r, NULL);
	assert_int_equal(replay_policy(&r, json, &err), EV_OK);
	assert_non_null(rp_policy_waiver(p, "tcb.platform", "OutOfDate"));
	assert_null(rp_policy_waiver(p, "tcb.platform", "OutOfDat"));
	assert_null(rp_policy_waiver(p, "tcb.platform", "Revoked"));
	assert_null(rp_policy_waiver(p, "tcb.platform", NULL));
	assert_null(rp_policy_waiver(p, "tcb.platform.x", "OutOfDate"));
	assert_null(rp_policy_waiver(p, "tcb.status", "OutOfDate"));
	assert_non_null(rp_policy_waiver(p, "hcl.format", NULL));
	assert_true(rp_policy_requires(p, rp_check_find("dcap.quote.format")));
	assert_true(rp_policy_requires(p, rp_check_find("tcb.qe")));
	assert_false(rp_policy_requires(p, rp_check_find("tcb.status")));
	replay_close(&r);
}

static void a_set_that_is_named_badly_is_refused(void **state)
{
	static const struct {
		const char *json;
		enum ev_code code;
		const char *field;
	} cases[] = {
		{ HEAD LISTS ",\"collateral\":{}}", EV_MISSING, "collateral" },
		{ HEAD LISTS ",\"collateral\":null}", EV_SYNTAX, "collateral" },
		{ HEAD LISTS ",\"collateral\":{\"update\":\"early\","
			     "\"update\":\"early\"}}",
		  EV_DUPLICATE, "member" },
		{ HEAD LISTS ",\"collateral\":{\"evaluationDataNumber\":1.0}}",
		  EV_VALUE, NULL },
		{ HEAD LISTS ",\"collaterals\":{\"update\":\"early\"}}",
		  EV_VALUE, "members" },
	};
	struct replay_case r;

	(void)state;
	replay_open(&r, NULL);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		refuses(&r, cases[i].json, cases[i].code, cases[i].field);
	replay_close(&r);
}

static void the_set_that_a_policy_names_is_kept(void **state)
{
	struct replay_case r;
	struct ev_error err = { 0 };

	(void)state;
	replay_open(&r, NULL);
	assert_false(rp_choice_is_made(&r.policy.collateral));
	assert_int_equal(replay_policy(&r,
				       HEAD LISTS
				       ",\"collateral\":{\"update\":\"early\","
				       "\"evaluationDataNumber\":21}}",
				       &err),
			 EV_OK);
	assert_string_equal(r.policy.collateral.update, "early");
	assert_true(r.policy.collateral.has_number);
	assert_int_equal(r.policy.collateral.number, 21);
	replay_close(&r);
}

static enum rp_verdict verdict_of(const char *golden, const char *check,
				  const char *got)
{
	static const char format[] =
		HEAD "\"require\":[],\"waive\":[{\"check\":\"%s\","
		     "\"got\":[\"%s\"],\"reason\":\"known\"}]}";
	struct ev_error err = { 0 };
	struct replay_case r;
	struct rp_request request;
	struct rp_result result;
	char json[800];

	replay_open(&r, golden);
	snprintf(json, sizeof(json), format, check, got);
	assert_int_equal(replay_policy(&r, json, &err), EV_OK);
	request = replay_request(&r);
	result = replay_run(&r, &request);
	free(result.report);
	replay_close(&r);
	return result.verdict;
}

/* Two properties differ: who waives one has not seen the other. */
static void a_waiver_does_not_cover_what_stands_beside(void **state)
{
	static const char qe[] = "dcap.qe-identity.match";
	static const char module[] = "dcap.tdx-module.match";
	static const char one[] = "SEAMATTRIBUTES 0100000000000000";
	char both[200], signer[97];

	(void)state;
	ev_hex_encode(EV_SPAN_LITERAL("SIMULATED-SIGNERSIMULATED-SIGNER"
				      "SIMULATED-SIGNER"),
		      signer);
	snprintf(both, sizeof(both), "%s, MRSIGNERSEAM %s", one, signer);
	assert_int_equal(verdict_of("fail-dcap.tdx-module.match-attributes",
				    module, one),
			 RP_VERDICT_PASS);
	assert_int_equal(
		verdict_of("fail-dcap.tdx-module.match-two", module, one),
		RP_VERDICT_FAIL);
	assert_int_equal(
		verdict_of("fail-dcap.tdx-module.match-two", module, both),
		RP_VERDICT_PASS);
	assert_int_equal(verdict_of("fail-dcap.qe-identity.match-prodid", qe,
				    "ISVPRODID 2"),
			 RP_VERDICT_PASS);
	assert_int_equal(
		verdict_of("fail-dcap.qe-identity.match-two", qe, "TD_QE"),
		RP_VERDICT_FAIL);
	assert_int_equal(verdict_of("fail-dcap.qe-identity.match-two", qe,
				    "ISVPRODID 2"),
			 RP_VERDICT_FAIL);
}

static void changed_bytes_do_no_harm(void **state)
{
	struct replay_case r;
	uint64_t x = 1;
	size_t n;
	char *text;

	(void)state;
	replay_open(&r, NULL);
	text = rp_policy_default(&n);
	assert_non_null(text);
	for (unsigned int i = 0; i < 2000; i++) {
		struct ev_error err = { 0 };
		size_t at;
		char was;

		x = x * UINT64_C(6364136223846793005) + 1442695040888963407U;
		at = (size_t)(x >> 33) % n;
		was = text[at];
		text[at] = (char)(x >> 24);
		rp_policy_free(&r.policy);
		rp_policy_parse(r.crypto, ev_span_of(text, n), &r.policy, &err);
		text[at] = was;
	}
	free(text);
	replay_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(default_1_is_what_the_table_says),
		cmocka_unit_test(whatever_would_be_ignored_is_refused),
		cmocka_unit_test(one_signer_key_is_one_block),
		cmocka_unit_test(a_set_that_is_named_badly_is_refused),
		cmocka_unit_test(the_set_that_a_policy_names_is_kept),
		cmocka_unit_test(waivers_hold_for_their_values_alone),
		cmocka_unit_test(a_waiver_does_not_cover_what_stands_beside),
		cmocka_unit_test(changed_bytes_do_no_harm),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
