/* SPDX-License-Identifier: Apache-2.0 */
/* The table of by-hand lines: every row is of a check, in the table's order,
 * and names no input beyond its kinds. */
#include "replay/by_hand.h"
#include "replay/check.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void rows_are_of_checks_in_their_order(void **state)
{
	const struct rp_check *last = rp_checks;

	(void)state;
	for (size_t i = 0; i < rp_n_by_hand; i++) {
		const struct rp_check *check =
			rp_check_find(rp_by_hand[i].check);

		assert_non_null(check);
		assert_true(check >= last);
		last = check;
	}
}

static size_t words(const char *list)
{
	size_t n = *list != '\0';

	for (; *list != '\0'; list++)
		n += *list == ' ';
	return n;
}

static void lines_name_inputs_that_are_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < rp_n_by_hand; i++) {
		const struct rp_by_hand *row = &rp_by_hand[i];
		size_t n = row->kinds != NULL ? words(row->kinds) : 2;

		for (const char *p = row->line; *p != '\0'; p++) {
			if (*p != '%')
				continue;
			p++;
			if (strchr("SHhR%", *p) != NULL)
				continue;
			p += *p == 's' || *p == 'n';
			assert_in_range(*p, '0', '9');
			if ((size_t)(*p - '0') >= n)
				fail_msg("%s: input %c", row->check, *p);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_of_checks_in_their_order),
		cmocka_unit_test(lines_name_inputs_that_are_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
