/* SPDX-License-Identifier: Apache-2.0 */
/* Address spaces folded to rows. */
#include "audit/diff/address_rows.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define PAGE UINT64_C(0x1000)

static struct au_address_rows rows;

static int drop(void **state)
{
	(void)state;
	au_address_rows_free(&rows);
	return 0;
}

static void fold(const struct au_address_range *range, size_t n)
{
	uint32_t y = 0;

	assert_true(au_address_rows_of(range, n, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		assert_true(rows.row[i].from < rows.row[i].to);
		assert_int_equal(y, rows.row[i].y);
		y += rows.row[i].height;
		if (i > 0)
			assert_int_equal(rows.row[i - 1].to, rows.row[i].from);
	}
	assert_int_equal(y, rows.height);
}

static void nothing_has_no_rows(void **state)
{
	(void)state;
	fold(NULL, 0);
	assert_int_equal(0, rows.n);
	assert_int_equal(0, au_address_y(&rows, 5));
}

static void both_spaces_share_rows_and_gaps_are_folded(void **state)
{
	const struct au_address_range range[] = {
		{ 0, 4 * PAGE },
		{ UINT64_C(0x100000000), UINT64_C(0x100000000) + PAGE },
		{ 2 * PAGE, 6 * PAGE },
	};

	(void)state;
	fold(range, 3);
	assert_int_equal(5, rows.n);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(i == 3, rows.row[i].gap);
	/* Four gigabytes of nothing are as high as any gap. */
	assert_true(rows.row[3].height < 2 * rows.row[4].height);
}

static void a_larger_row_is_higher_but_not_in_proportion(void **state)
{
	const struct au_address_range range[] = {
		{ 0, PAGE },
		{ PAGE, 16385 * PAGE },
	};

	(void)state;
	fold(range, 2);
	assert_true(rows.row[1].height > rows.row[0].height);
	assert_true(rows.row[1].height < 16 * rows.row[0].height);
}

static void an_address_lies_in_its_row(void **state)
{
	const struct au_address_range range[] = {
		{ PAGE, 9 * PAGE },
		{ UINT64_MAX - PAGE, UINT64_MAX },
	};
	uint32_t last = 0;

	(void)state;
	fold(range, 2);
	assert_int_equal(0, au_address_y(&rows, 0));
	for (uint64_t at = 0; at <= 9; at++) {
		uint32_t y = au_address_y(&rows, at * PAGE);

		assert_true(y >= last && y <= rows.row[0].height);
		last = y;
	}
	assert_int_equal(rows.row[0].height, last);
	assert_int_equal(rows.height, au_address_y(&rows, UINT64_MAX));
}

#define TEST(name) cmocka_unit_test_teardown(name, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_has_no_rows),
		TEST(both_spaces_share_rows_and_gaps_are_folded),
		TEST(a_larger_row_is_higher_but_not_in_proportion),
		TEST(an_address_lies_in_its_row),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
