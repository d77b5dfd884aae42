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
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(
			au_pattern_list_allows(ev_span_str(rows[i].list),
					       ev_span_str(rows[i].text)),
			rows[i].allows);
}

static void a_pattern_that_is_too_long_lets_the_list_match_nothing(void **state)
{
	char list[AU_PATTERN_MAX + 8];

	(void)state;
	memset(list, 'x', sizeof(list));
	memcpy(list, "a,", 2);
	assert_true(au_pattern_list_allows(ev_span_of(list, 2 + AU_PATTERN_MAX),
					   ev_span_str("a")));
	assert_false(au_pattern_list_allows(
		ev_span_of(list, 3 + AU_PATTERN_MAX), ev_span_str("a")));
}

static void many_stars_take_no_time(void **state)
{
	char pattern[1000], text[60000];

	(void)state;
	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < sizeof(pattern); i++)
		pattern[i] = i % 2 == 0 ? '*' : 'a';
	pattern[sizeof(pattern) - 1] = 'b';
	assert_false(au_pattern_matches(EV_SPAN(pattern), EV_SPAN(text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_allow_what_matches_and_is_not_forbidden),
		cmocka_unit_test(
			a_pattern_that_is_too_long_lets_the_list_match_nothing),
		cmocka_unit_test(many_stars_take_no_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
