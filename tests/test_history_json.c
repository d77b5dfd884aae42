/* SPDX-License-Identifier: Apache-2.0 */
/* Histories and vouchers as JSON and for people. */
#include "audit/references/history_json.h"
#include "audit/references/history_text.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define ID "0123456789012345678901234567890123456789"

static void expect_json(json_t *made, const char *want)
{
	char *text;

	assert_non_null(made);
	text = json_dumps(made, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, want);
	free(text);
	json_decref(made);
}

static void what_says_nothing_is_left_out(void **state)
{
	struct au_voucher v = au_voucher_none(AU_VOUCHED_UNSIGNED, "");
	struct au_known known = { AU_KNOWN_REWRITTEN, "why" };

	(void)state;
	expect_json(au_voucher_json(&v),
		    "{\"signature\":\"none\",\"state\":\"unsigned\"}");
	v.kind = AU_VOUCHER_TAG;
	v.has_time = true;
	v.time = 0;
	strcpy(v.object, ID);
	strcpy(v.principals, "a@b");
	expect_json(au_voucher_json(&v),
		    "{\"kind\":\"tag\",\"object\":\"" ID
		    "\",\"principals\":\"a@b\",\"signature\":\"none\","
		    "\"state\":\"unsigned\","
		    "\"time\":\"1970-01-01T00:00:00Z\"}");
	expect_json(au_known_json(&known, ID),
		    "{\"commit\":\"" ID
		    "\",\"reason\":\"why\",\"state\":\"rewritten\"}");
}

static void an_event_tells_its_change(void **state)
{
	struct au_event e = { .kind = AU_EVENT_CHANGED,
			      .author = "a",
			      .commit = ID,
			      .time_goes_back = true,
			      .voucher = au_voucher_none("unsigned", "") };

	(void)state;
	e.change.n_added = 2;
	e.change.status = true;
	e.change.to = AU_WITHDRAWN;
	strcpy(e.change.members, "artifact,source");
	expect_json(au_event_json(&e),
		    "{\"author\":\"a\",\"commit\":\"" ID
		    "\",\"kind\":\"changed\",\"measurements\":{\"added\":2,"
		    "\"removed\":0},\"members\":[\"artifact\",\"source\"],"
		    "\"signature\":{\"signature\":\"none\",\"state\":"
		    "\"unsigned\"},\"status\":{\"from\":\"good\",\"since\":"
		    "\"1970-01-01T00:00:00Z\",\"to\":\"withdrawn\"},"
		    "\"time\":\"1970-01-01T00:00:00Z\",\"timeGoesBack\":true}");
}

static void a_path_of_another_shape_has_no_names(void **state)
{
	static const char *const paths[][2] = {
		{ "references/p/1.json",
		  ",\"path\":\"references/p/1.json\",\"present\":false,"
		  "\"product\":\"p\"" },
		{ "references/1.json", ",\"path\":\"references/1.json\"," },
		{ "references/p/q/1.json",
		  ",\"path\":\"references/p/q/1.json\"" },
		{ "references/P/1.json", ",\"path\":\"references/P/1.json\"," },
		{ "references/p/\n.json", ",\"path\":\"references/p/\\\\x0a" },
	};
	struct au_voucher by = au_voucher_none("unsigned", "");
	struct au_reference_history none = { .n = 0 };
	struct au_vouched vouched = { .by = &by, .history = &none };

	(void)state;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		json_t *made = au_vouched_json(paths[i][0], &vouched);
		char *text = json_dumps(made, JSON_COMPACT | JSON_SORT_KEYS);

		if (strstr(text, paths[i][1]) == NULL)
			fail_msg("%s", text);
		assert_int_equal(json_object_get(made, "product") != NULL,
				 i == 0);
		free(text);
		json_decref(made);
	}
}

static void a_time_of_no_year_is_a_number(void **state)
{
	char text[AU_CLAIMED_TIME];

	(void)state;
	au_claimed_time(INT64_C(253402300799), text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	au_claimed_time(INT64_C(253402300800), text);
	assert_string_equal(text, "@253402300800");
	au_claimed_time(INT64_MIN, text);
	assert_string_equal(text, "@-9223372036854775808");
}

static void people_are_told_what_was_left_out_and_where_it_ends(void **state)
{
	struct au_voucher by = au_voucher_none("rewritten", "why");
	struct au_reference_history h = { .end = AU_HISTORY_LIMIT,
					  .dropped = ID };
	struct au_vouched vouched = { .by = &by, .history = &h };
	struct ev_buffer out = { 0 };
	char *text;

	(void)state;
	au_vouched_text("references/p/1.json", &vouched, &out);
	text = ev_buffer_take(&out, NULL);
	assert_string_equal(text,
			    "references/p/1.json, deleted\n"
			    "  vouched for: rewritten (why)\n"
			    "  history ends at the bound of 100000 commits\n"
			    "  a merge left out what 012345678901 made of "
			    "it\n");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_says_nothing_is_left_out),
		cmocka_unit_test(an_event_tells_its_change),
		cmocka_unit_test(a_path_of_another_shape_has_no_names),
		cmocka_unit_test(a_time_of_no_year_is_a_number),
		cmocka_unit_test(
			people_are_told_what_was_left_out_and_where_it_ends),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
