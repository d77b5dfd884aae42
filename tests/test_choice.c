/* SPDX-License-Identifier: Apache-2.0 */
/* The set of collateral that a policy names: refusals, matches, words. */
#include "replay/choice.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static enum ev_code read_choice(const char *json, struct rp_choice *out,
				struct ev_error *err)
{
	ev_auto_json json_t *v = json_loads(json, JSON_DECODE_ANY, NULL);

	assert_non_null(v);
	return rp_choice_read(v, out, err);
}

static struct rp_choice choice(const char *json)
{
	struct rp_choice out = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(read_choice(json, &out, &err), EV_OK);
	assert_true(rp_choice_is_made(&out));
	return out;
}

static void what_names_no_set_is_refused_with_its_field(void **state)
{
	static const struct {
		const char *json;
		enum ev_code code;
		const char *line;
	} cases[] = {
		{ "[]", EV_SYNTAX,
		  "policy: collateral at byte 0: want an object, found an "
		  "array" },
		{ "\"early\"", EV_SYNTAX,
		  "policy: collateral at byte 0: want an object, found a "
		  "string" },
		{ "{}", EV_MISSING,
		  "policy: collateral at byte 0: want update, "
		  "evaluationDataNumber or both, found neither" },
		{ "{\"number\":21}", EV_VALUE,
		  "policy: collateral at byte 0: want update, "
		  "evaluationDataNumber or both, found number" },
		{ "{\"update\":\"early\",\"Update\":\"early\"}", EV_VALUE,
		  "policy: collateral at byte 0: want update, "
		  "evaluationDataNumber or both, found Update" },
		{ "{\"update\":21}", EV_SYNTAX,
		  "policy: collateral.update at byte 0: want a string, found "
		  "an integer" },
		{ "{\"update\":null}", EV_SYNTAX,
		  "policy: collateral.update at byte 0: want a string, found "
		  "null" },
		{ "{\"update\":\"Early\"}", EV_VALUE,
		  "policy: collateral.update at byte 0: want standard or "
		  "early, found Early" },
		{ "{\"update\":\"\"}", EV_VALUE, NULL },
		{ "{\"update\":\"early \"}", EV_VALUE, NULL },
		{ "{\"evaluationDataNumber\":\"21\"}", EV_SYNTAX,
		  "policy: collateral.evaluationDataNumber at byte 0: want an "
		  "integer, found a string" },
		{ "{\"evaluationDataNumber\":true}", EV_SYNTAX, NULL },
		{ "{\"update\":\"early\",\"evaluationDataNumber\":null}",
		  EV_SYNTAX, NULL },
		{ "{\"evaluationDataNumber\":-1}", EV_VALUE,
		  "policy: collateral.evaluationDataNumber at byte 0: want 0 "
		  "to 4294967295, found -1" },
		{ "{\"evaluationDataNumber\":4294967296}", EV_VALUE, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rp_choice out = { .number = 7 };
		struct ev_error err = { 0 };
		char line[400];

		assert_int_equal(read_choice(cases[i].json, &out, &err),
				 cases[i].code);
		assert_int_equal(out.number, 7); /* not written */
		assert_false(rp_choice_is_made(&out));
		ev_error_format(&err, line, sizeof(line));
		if (cases[i].line != NULL)
			assert_string_equal(line, cases[i].line);
	}
}

static void it_is_said_in_words(void **state)
{
	static const struct {
		const char *json, *text;
	} cases[] = {
		{ "{\"update\":\"standard\"}", "update standard" },
		{ "{\"evaluationDataNumber\":0}", "evaluation number 0" },
		{ "{\"evaluationDataNumber\":4294967295,"
		  "\"update\":\"standard\"}",
		  "update standard, evaluation number 4294967295" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rp_choice c = choice(cases[i].json);
		char text[RP_CHOICE_TEXT];

		rp_choice_format(&c, text);
		assert_string_equal(text, cases[i].text);
	}
}

static void every_member_must_match(void **state)
{
	static const char early[] = "https://x/tcb?fmspc=0&update=early";
	struct rp_choice number = choice("{\"evaluationDataNumber\":21}");
	struct rp_choice update = choice("{\"update\":\"early\"}");
	struct rp_choice both = choice("{\"evaluationDataNumber\":21,"
				       "\"update\":\"early\"}");
	struct rp_choice zero = choice("{\"evaluationDataNumber\":0}");

	(void)state;
	assert_true(rp_choice_takes(&number, 21, NULL));
	assert_true(rp_choice_takes(&number, 21, early));
	assert_false(rp_choice_takes(&number, 20, early));
	assert_false(rp_choice_takes(&number, 22, NULL));
	assert_true(rp_choice_takes(&update, 1, early));
	assert_false(rp_choice_takes(&update, 1, NULL));
	assert_true(rp_choice_takes(&both, 21, early));
	assert_false(rp_choice_takes(&both, 21, NULL));
	assert_false(rp_choice_takes(&both, 20, early));
	assert_true(rp_choice_takes(&zero, 0, NULL));
	assert_false(rp_choice_takes(&zero, 1, NULL));
}

static void an_address_asks_by_a_parameter_of_its_query(void **state)
{
	static const struct {
		const char *uri;
		bool asks;
	} cases[] = {
		{ "https://x/tcb?update=early", true },
		{ "https://x/tcb?update=early&fmspc=0", true },
		{ "https://x/tcb?fmspc=0&update=early", true },
		{ "https://x/tcb?fmspc=0&update=early#top", true },
		{ "https://x/tcb?a=?&update=early", true },
		{ "https://x/tcb?update=early&update=standard", true },
		{ "https://x/tcb?update=standard&update=early", false },
		{ "https://x/tcb?update=earlyx", false },
		{ "https://x/tcb?update=earl", false },
		{ "https://x/tcb?update=", false },
		{ "https://x/tcb?update", false },
		{ "https://x/tcb?noupdate=early", false },
		{ "https://x/tcb?Update=early", false },
		{ "https://x/tcb?fmspc=0#update=early", false },
		{ "https://x/tcb#?update=early", false },
		{ "https://x/tcb?#&update=early", false },
		{ "https://x/update=early", false },
		{ "https://x/tcb?", false },
		{ "https://x/tcb?&&", false },
		{ "", false },
		{ NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (rp_asked_for(cases[i].uri, "early") != cases[i].asks)
			fail_msg("%s", cases[i].uri);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_names_no_set_is_refused_with_its_field),
		cmocka_unit_test(it_is_said_in_words),
		cmocka_unit_test(every_member_must_match),
		cmocka_unit_test(an_address_asks_by_a_parameter_of_its_query),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
