/* SPDX-License-Identifier: Apache-2.0 */
/* Shell lines are broken at blanks that are no part of a word. */
#include "replay/shell_line.h"

#include "replay/render_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char *shown(const char *line)
{
	struct ev_buffer out = { 0 };
	char *text;
	size_t n;

	rp_shell_line_add(&out, "  do   ", line);
	text = ev_buffer_take(&out, &n);
	assert_non_null(text);
	return text;
}

static void a_short_line_stands_as_it_is(void **state)
{
	char *text = shown("sha256sum  'a  b'");

	(void)state;
	assert_string_equal(text, "  do   sha256sum  'a  b'\n");
	free(text);
}

/* 71 characters fit behind the 7 of the label, with the blank and the
 * backslash that go on. */
static void a_long_line_goes_on_behind_a_backslash(void **state)
{
	char line[160], want[200], *text;

	(void)state;
	snprintf(line, sizeof(line), "%070d %072d", 1, 2);
	snprintf(want, sizeof(want), "  do   %070d \\\n       %072d\n", 1, 2);
	text = shown(line);
	assert_string_equal(text, want);
	free(text);
	snprintf(line, sizeof(line), "%069d x %072d", 1, 2);
	snprintf(want, sizeof(want),
		 "  do   %069d \\\n       x \\\n       "
		 "%072d\n",
		 1, 2);
	text = shown(line);
	assert_string_equal(text, want);
	free(text);
}

static void quotes_hold_together(void **state)
{
	static const char *const words[] = {
		"'a b \\'", "\"a ' \\\" b\"", "a'b c'\"d e\"f", "a\\ b",
		"\\",	    "'open b",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		char line[160], want[200], *text;

		snprintf(line, sizeof(line), "%069d %s", 1, words[i]);
		snprintf(want, sizeof(want), "  do   %069d%s%s\n", 1,
			 strlen(words[i]) > 2 ? " \\\n       " : " ", words[i]);
		text = shown(line);
		assert_string_equal(text, want);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_short_line_stands_as_it_is),
		cmocka_unit_test(a_long_line_goes_on_behind_a_backslash),
		cmocka_unit_test(quotes_hold_together),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
