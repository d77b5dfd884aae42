/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/ssh/pattern_list. */
#include "audit/ssh/pattern_list.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct {
	const char *list, *text;
	bool allows;
} rows[] = {
	{ "a", "a", true },	    { "a", "A", false },
	{ "a?c", "abc", true },	    { "a?c", "ac", false },
	{ "*", "", true },	    { "", "", false },
	{ "", "a", false },	    { "*b*d", "abcd", true },
	{ "*b*d", "abcdc", false }, { "a,b", "b", true },
	{ "!b,*", "b", false },	    { "*,!b", "b", false },
	{ "*,!b", "c", true },	    { "!b", "c", false },
	{ "!!b,*", "!b", false },   { ",a", "a", true },
	{ "a,", "a", true },	    { "**a**", "bab", true },
};

static void lists_allow_what_matches_and_is_not_forbidden(void **state)
{
	struct au_pattern_work work = { AU_PATTERN_STEPS_MAX };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(au_pattern_list_allows(
					 ev_span_str(rows[i].list),
					 ev_span_str(rows[i].text), &work),
				 rows[i].allows);
}

static void a_pattern_that_is_too_long_lets_the_list_match_nothing(void **state)
{
	struct au_pattern_work work = { AU_PATTERN_STEPS_MAX };
	char list[AU_PATTERN_MAX + 8];

	(void)state;
	memset(list, 'x', sizeof(list));
	memcpy(list, "a,", 2);
	assert_true(au_pattern_list_allows(ev_span_of(list, 2 + AU_PATTERN_MAX),
					   ev_span_str("a"), &work));
	assert_false(au_pattern_list_allows(
		ev_span_of(list, 3 + AU_PATTERN_MAX), ev_span_str("a"), &work));
}

static void many_stars_take_no_time(void **state)
{
	struct au_pattern_work work = { UINT64_MAX };
	char pattern[1000], text[60000];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 == 0 ? '*' : 'a';
	pattern[sizeof(pattern) - 1] = 'b';
	assert_false(
		au_pattern_matches(EV_SPAN(pattern), EV_SPAN(text), &work));
	/* It took them all, and not many more. */
	assert_in_range(UINT64_MAX - work.left, sizeof(text),
			sizeof(pattern) * sizeof(text));
}

static void without_a_step_left_nothing_matches_and_no_list_allows(void **state)
{
	const struct ev_span list = ev_span_str("*,!b"),
			     text = ev_span_str("b");
	struct au_pattern_work work = { 0 };

	(void)state;
	assert_false(au_pattern_matches(text, text, &work));
	/* Wherever they end: before what forbids it is not allowed either. */
	for (uint64_t steps = 0; steps < 20; steps++) {
		work.left = steps;
		assert_false(au_pattern_list_allows(list, text, &work));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_allow_what_matches_and_is_not_forbidden),
		cmocka_unit_test(
			a_pattern_that_is_too_long_lets_the_list_match_nothing),
		cmocka_unit_test(many_stars_take_no_time),
		cmocka_unit_test(
			without_a_step_left_nothing_matches_and_no_list_allows),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
