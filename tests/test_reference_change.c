/* SPDX-License-Identifier: Apache-2.0 */
/* What sets two manifests apart. */
#include "audit/references/reference_change.h"

#include "tests/reference_sample.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define GOOD                                                                   \
	"\"status\":[{\"since\":\"2026-01-01T00:00:00Z\",\"state\":\"good\"}]"
#define GOOD_WITH_REASON                                                       \
	"\"status\":[{\"reason\":\"built twice\","                             \
	"\"since\":\"2026-01-01T00:00:00Z\",\"state\":\"good\"}]"
#define ONE(value) "\"measurements\":[" SAMPLE_ENTRY("", value) "]"

static struct au_reference_change compare(const char *from, const char *to)
{
	struct au_reference a = { .n_status = 0 }, b = { .n_status = 0 };
	struct au_reference_change change;
	struct ev_error err = { 0 };

	assert_int_equal(au_reference_parse(ev_span_str(from), &a, &err),
			 EV_OK);
	assert_int_equal(au_reference_parse(ev_span_str(to), &b, &err), EV_OK);
	change = au_reference_compare(&a, &b);
	au_reference_free(&a);
	au_reference_free(&b);
	return change;
}

static void equal_manifests_are_not_apart(void **state)
{
	struct au_reference_change c = compare(SAMPLE, SAMPLE);

	(void)state;
	assert_false(c.status);
	assert_false(c.from_unreadable);
	assert_int_equal(c.n_added + c.n_removed, 0);
	assert_string_equal(c.members, "");
}

static void the_last_states_are_told_where_any_differs(void **state)
{
	struct au_reference_change c = compare(
		SAMPLE_WITH(SAMPLE_MEASUREMENTS, "openhcl", GOOD, "1.7"),
		SAMPLE);

	(void)state;
	assert_true(c.status);
	assert_int_equal(c.from, AU_GOOD);
	assert_int_equal(c.to, AU_WITHDRAWN);
	assert_int_equal(c.since, 1780272000);
	assert_string_equal(c.reason, "a key in the image");
	/* The same state for another reason. */
	c = compare(SAMPLE_WITH(ONE(SAMPLE_A96), "openhcl", GOOD, "1.7"),
		    SAMPLE_WITH(ONE(SAMPLE_A96), "openhcl", GOOD_WITH_REASON,
				"1.7"));
	assert_true(c.status);
	assert_int_equal(c.from, AU_GOOD);
	assert_int_equal(c.to, AU_GOOD);
}

static void measurements_are_counted_both_ways(void **state)
{
	struct au_reference_change c = compare(
		SAMPLE_WITH(ONE(SAMPLE_C96), "openhcl", GOOD, "1.7"),
		SAMPLE_WITH(SAMPLE_MEASUREMENTS, "openhcl", GOOD, "1.7"));

	(void)state;
	assert_int_equal(c.n_added, 2);
	assert_int_equal(c.n_removed, 1);
	/* Other parameters make another entry. */
	c = compare(SAMPLE_WITH(ONE(SAMPLE_B96), "openhcl", GOOD, "1.7"),
		    SAMPLE_WITH("\"measurements\":[" SAMPLE_ENTRY(
					SAMPLE_TWO_PASS, SAMPLE_B96) "]",
				"openhcl", GOOD, "1.7"));
	assert_int_equal(c.n_added, 1);
	assert_int_equal(c.n_removed, 1);
	assert_string_equal(c.members, "");
}

static void other_members_are_named_in_order(void **state)
{
	struct au_reference_change c =
		compare(SAMPLE_WITH(ONE(SAMPLE_A96) ",\"new\":1", "openhcl",
				    GOOD, "1.7"),
			SAMPLE_WITH(ONE(SAMPLE_A96), "other", GOOD, "1.8"));

	(void)state;
	assert_string_equal(c.members, "new,product,version");
	c = compare(SAMPLE_WITH(ONE(SAMPLE_A96), "other", GOOD, "1.7"),
		    SAMPLE_WITH(ONE(SAMPLE_A96) ",\"new\":1,\"next\":2",
				"other", GOOD, "1.7"));
	assert_string_equal(c.members, "new,next");
	assert_false(c.status);
}

static void of_an_unreadable_version_nothing_is_known(void **state)
{
	struct au_reference b = { .n_status = 0 };
	struct au_reference_change c;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_reference_parse(ev_span_str(SAMPLE), &b, &err),
			 EV_OK);
	c = au_reference_compare(NULL, &b);
	assert_true(c.from_unreadable);
	assert_false(c.status);
	assert_false(au_reference_compare(&b, NULL).from_unreadable);
	au_reference_free(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_manifests_are_not_apart),
		cmocka_unit_test(the_last_states_are_told_where_any_differs),
		cmocka_unit_test(measurements_are_counted_both_ways),
		cmocka_unit_test(other_members_are_named_in_order),
		cmocka_unit_test(of_an_unreadable_version_nothing_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
