/* SPDX-License-Identifier: Apache-2.0 */
/* Tests of audit/image/launch and overlap. */
#include "audit/image/launch.h"

#include "audit/image/overlap.h"
#include "tests/parse_case.h"

static struct au_operation pages(uint64_t gpa, uint64_t n, uint64_t offset)
{
	return (struct au_operation){ .kind = AU_PAGES,
				      .gpa = gpa,
				      .size = n * AU_PAGE,
				      .offset = offset };
}

static void add(struct au_launch *launch, struct au_operation op)
{
	struct ev_error err = { 0 };

	assert_int_equal(au_launch_add(launch, &op, &err), EV_OK);
}

static void operations_keep_their_order(void **state)
{
	struct au_launch launch = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		add(&launch, pages((999 - i) * AU_PAGE, 1, i));
	assert_int_equal(launch.n, 1000);
	assert_int_equal(launch.pages, 1000);
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(launch.op[i].offset, i);
	au_launch_free(&launch);
	assert_null(launch.op);
}

static void the_last_page_that_fits_is_the_limit(void **state)
{
	struct au_operation one = pages(UINT64_C(1) << 40, 1, 77);
	struct au_launch launch = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	add(&launch, pages(0, AU_LAUNCH_PAGES_MAX - 1, 0));
	add(&launch, pages(UINT64_C(1) << 39, 1, 1));
	assert_int_equal(au_launch_add(&launch, &one, &err), EV_LIMIT);
	parse_expect(&err, EV_LIMIT, "launch", "pages");
	assert_int_equal(err.offset, 77);
	assert_int_equal(launch.n, 2);
	au_launch_free(&launch);
}

/* Else a file of some megabytes keeps a reader busy for days. */
static void what_costs_time_without_memory_counts_too(void **state)
{
	uint8_t *list = calloc(1000, AU_REGISTER);
	struct au_operation registers = { .kind = AU_REGISTERS };
	struct au_operation nothing = { .kind = AU_ERROR_RANGE, .offset = 5 };
	struct au_launch launch = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	assert_non_null(list);
	registers.data = ev_span_of(list, 1000 * AU_REGISTER);
	add(&launch, registers);
	add(&launch, nothing);
	assert_int_equal(launch.pages, 1001);
	for (size_t i = 0; i < AU_LAUNCH_PAGES_MAX / 1000 - 1; i++)
		add(&launch, registers);
	assert_int_equal(au_launch_add(&launch, &registers, &err), EV_LIMIT);
	parse_expect(&err, EV_LIMIT, "launch", "pages");
	au_launch_free(&launch);
	free(list);
}

static void a_page_is_its_data_and_then_zeros(void **state)
{
	uint8_t data[AU_PAGE + 3], page[AU_PAGE], zeros[AU_PAGE] = { 0 };
	struct au_operation op = pages(0, 3, 0);

	(void)state;
	memset(data, 0x5a, sizeof(data));
	op.data = EV_SPAN(data);
	au_operation_page(&op, 0, page);
	assert_memory_equal(page, data, AU_PAGE);
	au_operation_page(&op, 1, page);
	assert_memory_equal(page, data, 3);
	assert_memory_equal(page + 3, zeros, AU_PAGE - 3);
	au_operation_page(&op, 2, page);
	assert_memory_equal(page, zeros, AU_PAGE);
}

/* Two operations in either order; whether they share a page. */
static void check_overlap(struct au_operation a, struct au_operation b,
			  bool want)
{
	for (int turn = 0; turn < 2; turn++) {
		struct au_launch launch = { 0 };
		struct ev_error err = { 0 };

		a.offset = turn == 0 ? 10 : 20;
		b.offset = turn == 0 ? 20 : 10;
		add(&launch, turn == 0 ? a : b);
		add(&launch, turn == 0 ? b : a);
		au_overlap_check(&launch, "test", &err);
		assert_int_equal(err.code, want ? EV_DUPLICATE : EV_OK);
		if (want)
			assert_int_equal(err.offset, 20 + 8);
		au_launch_free(&launch);
	}
}

static void a_page_that_is_filled_twice_is_found(void **state)
{
	struct au_operation area = pages(0x2000, 2, 0), state_of = area;
	struct au_operation top = pages(UINT64_MAX - AU_PAGE + 1, 1, 0);

	(void)state;
	area.kind = AU_INSERT;
	state_of.kind = AU_VMSA;
	check_overlap(pages(0x1000, 1, 0), pages(0x2000, 1, 0), false);
	check_overlap(pages(0x1000, 2, 0), pages(0x2000, 1, 0), true);
	check_overlap(pages(0x1000, 1, 0), pages(0x1000, 1, 0), true);
	check_overlap(pages(0x3000, 1, 0), area, true);
	check_overlap(pages(0x4000, 1, 0), area, false);
	check_overlap(pages(0x2000, 1, 0), state_of, false);
	check_overlap(pages(0, 1, 0), top, false);
	check_overlap(top, top, true);
}

static void a_long_operation_covers_those_inside(void **state)
{
	struct au_launch launch = { 0 };
	struct ev_error err = { 0 };

	(void)state;
	add(&launch, pages(0x100000, 256, 1));
	add(&launch, pages(0x1000, 1, 2));
	add(&launch, pages(0x1ff000, 1, 3));
	assert_int_equal(au_overlap_check(&launch, "test", &err), EV_DUPLICATE);
	assert_int_equal(err.offset, 3 + 8);
	au_launch_free(&launch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operations_keep_their_order),
		cmocka_unit_test(the_last_page_that_fits_is_the_limit),
		cmocka_unit_test(what_costs_time_without_memory_counts_too),
		cmocka_unit_test(a_page_is_its_data_and_then_zeros),
		cmocka_unit_test(a_page_that_is_filled_twice_is_found),
		cmocka_unit_test(a_long_operation_covers_those_inside),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
