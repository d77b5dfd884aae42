/* SPDX-License-Identifier: Apache-2.0 */
/* Labelled lines: within 80 columns, whatever text they are given. */
#include "audit/text_page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Twenty characters of two columns each, without a blank. */
#define WIDE                                                                   \
	"\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"         \
	"\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"         \
	"\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"         \
	"\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac"

static const char *line_in(struct ev_buffer *out, const char *label,
			   const char *text, bool full)
{
	struct au_page page = { .out = out, .full = full };

	out->n = 0;
	au_page_line(&page, label, text);
	ev_buffer_add_byte(out, 0);
	assert_true(ev_buffer_ok(out));
	return (const char *)out->p;
}

static void text_is_broken_at_blanks(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	(void)state;
	assert_string_equal(line_in(&out, "  item", "one  two", false),
			    "  item        one two\n");
	assert_string_equal(line_in(&out, "differs-explained", "x", false),
			    "differs-explained\n              x\n");
}

static void no_line_is_wider_than_80_columns(void **state)
{
	static const char *const rows[] = {
		WIDE " " WIDE,
		"a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e "
		"f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j",
	};
	ev_auto_buffer struct ev_buffer out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *p = line_in(&out, "  status", rows[i], false);

		for (size_t column = 0; *p != '\0'; p++) {
			column = *p == '\n' ? 0 : column + 1;
			assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
			assert_in_range(column, 0, 80);
		}
	}
}

/* ESC, CSI as U+009B, and U+202E, behind which text runs backwards. */
static void a_terminal_is_told_nothing(void **state)
{
	ev_auto_buffer struct ev_buffer out = { 0 };

	(void)state;
	assert_string_equal(line_in(&out, "  status",
				    "a\x1b[2J \xc2\x9bK \xe2\x80\xae"
				    "b\\x41",
				    true),
			    "  status      a\\x1b[2J \\xc2\\x9bK "
			    "\\xe2\\x80\\xaeb\\x41\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_broken_at_blanks),
		cmocka_unit_test(no_line_is_wider_than_80_columns),
		cmocka_unit_test(a_terminal_is_told_nothing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
