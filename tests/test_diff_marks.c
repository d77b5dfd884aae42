/* SPDX-License-Identifier: Apache-2.0 */
/* Differences as ranges for a drawing, against every page looked at alone. */
#include "audit/diff/diff_marks.h"
#include "tests/lcg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define N     40
#define PAGES 64

static const struct au_operation op = { .kind = AU_PAGES };
static struct au_difference differs[N];
static struct au_image_difference item[N];
static struct ev_error err;

/* What a page is: 0 the same, 1 it differs, 2 and is measured. */
static void paint(int *page, size_t n, int side)
{
	for (size_t k = 0; k < n; k++) {
		const struct au_difference *d = &differs[k];
		int kind = d->measured ? 2 : 1;

		if ((side == 0 ? d->a : d->b) == NULL ||
		    (item[k].platforms & 1) == 0)
			continue;
		for (uint64_t at = d->gpa / AU_PAGE;
		     at < (d->gpa + d->size) / AU_PAGE; at++)
			page[at] = page[at] > kind ? page[at] : kind;
	}
}

static void check(size_t n, int side)
{
	const struct au_image_diff diff = { .item = item, .n = n };
	int want[PAGES] = { 0 }, got[PAGES] = { 0 };
	struct au_memory_map marks;
	uint64_t end = 0;

	paint(want, n, side);
	assert_int_equal(EV_OK, au_diff_marks_of(&diff, 0, side, SIZE_MAX,
						 &marks, &err));
	for (size_t k = 0; k < marks.n; k++) {
		const struct au_region *r = &marks.region[k];

		assert_true(r->gpa >= end && r->size > 0);
		end = r->gpa + r->size;
		for (uint64_t at = r->gpa / AU_PAGE; at < end / AU_PAGE; at++)
			got[at] = r->state == AU_REGION_MEASURED ? 2 : 1;
	}
	assert_memory_equal(want, got, sizeof(want));
	au_memory_map_free(&marks);
}

static void every_page_that_differs_is_in_a_mark_of_its_kind(void **state)
{
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 500; round++) {
		for (size_t k = 0; k < N; k++) {
			uint64_t from = lcg_below(&seed, PAGES - 8);

			differs[k] = (struct au_difference){
				.gpa = from * AU_PAGE,
				.size = (1 + lcg_below(&seed, 8)) * AU_PAGE,
				.measured = lcg_below(&seed, 3) == 0,
				.a = lcg_below(&seed, 4) > 0 ? &op : NULL,
				.b = lcg_below(&seed, 4) > 0 ? &op : NULL,
			};
			item[k] = (struct au_image_difference){
				&differs[k], (uint16_t)(1 + lcg_below(&seed, 3))
			};
		}
		for (size_t n = 0; n < N; n += 13) {
			check(n, 0);
			check(n, 1);
		}
	}
}

static void few_marks_hold_all(void **state)
{
	const struct au_image_diff diff = { .item = item, .n = N };
	struct au_memory_map marks;

	(void)state;
	for (size_t k = 0; k < N; k++) {
		differs[k] = (struct au_difference){
			.gpa = 2 * k * AU_PAGE,
			.size = AU_PAGE,
			.measured = k == 30,
			.a = &op,
		};
		item[k] = (struct au_image_difference){ &differs[k], 1 };
	}
	assert_int_equal(EV_OK, au_diff_marks_of(&diff, 0, 0, 5, &marks, &err));
	assert_true(marks.n <= 5);
	assert_int_equal(0, marks.region[0].gpa);
	assert_int_equal((2 * N - 1) * AU_PAGE,
			 marks.region[marks.n - 1].gpa +
				 marks.region[marks.n - 1].size);
	au_memory_map_free(&marks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_page_that_differs_is_in_a_mark_of_its_kind),
		cmocka_unit_test(few_marks_hold_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
