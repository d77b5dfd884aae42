/* SPDX-License-Identifier: Apache-2.0 */
/* Maps of memory: joined, searched, made coarse. */
#include "audit/diff/memory_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define N 100

static struct au_component item[N];
static char names[N][16];
static struct au_memory_map map, coarse;
static struct ev_error err;

/* Pages with a page between them, every other one shared. */
static int fill(void **state)
{
	(void)state;
	for (size_t i = 0; i < N; i++) {
		snprintf(names[i], sizeof(names[i]), "part %zu", i);
		item[i] = (struct au_component){
			.part = { .name = names[i] },
			.gpa = 2 * i * AU_PAGE,
			.size = AU_PAGE,
			.measured = true,
			.shared = i % 2 == 1,
		};
	}
	return 0;
}

static int drop(void **state)
{
	(void)state;
	au_memory_map_free(&map);
	au_memory_map_free(&coarse);
	return 0;
}

static void make(size_t n)
{
	const struct au_components list = { .item = item, .n = n };

	assert_int_equal(EV_OK, au_memory_map_of(&list, &map, &err));
}

static void neighbours_of_one_name_and_state_are_joined(void **state)
{
	(void)state;
	item[1].gpa = AU_PAGE;
	item[1].shared = false;
	item[1].part.name = names[0];
	make(3);
	assert_int_equal(2, map.n);
	assert_int_equal(2 * AU_PAGE, map.region[0].size);
	assert_string_equal("part 0", map.region[0].name);
}

static void each_state_has_its_word(void **state)
{
	(void)state;
	item[2].measured = false;
	item[3].filled_by_host = true;
	make(4);
	assert_int_equal(AU_REGION_MEASURED, map.region[0].state);
	assert_int_equal(AU_REGION_SHARED, map.region[1].state);
	assert_int_equal(AU_REGION_UNMEASURED, map.region[2].state);
	assert_int_equal(AU_REGION_HOST, map.region[3].state);
	assert_string_equal("host", au_region_state_name(AU_REGION_HOST));
}

static void an_address_has_its_region(void **state)
{
	(void)state;
	make(N);
	for (size_t i = 0; i < N; i++) {
		uint64_t at = 2 * i * AU_PAGE;

		assert_ptr_equal(&map.region[i], au_memory_map_at(&map, at));
		assert_ptr_equal(&map.region[i],
				 au_memory_map_at(&map, at + AU_PAGE - 1));
		assert_null(au_memory_map_at(&map, at + AU_PAGE));
	}
	au_memory_map_free(&map);
	assert_null(au_memory_map_at(&map, 0));
}

static void a_map_that_fits_is_copied(void **state)
{
	(void)state;
	make(N);
	assert_int_equal(EV_OK, au_memory_map_coarse(&map, N, &coarse, &err));
	assert_int_equal(N, coarse.n);
	assert_string_equal("part 99", coarse.region[99].name);
}

static void a_map_that_does_not_is_joined_over_gaps(void **state)
{
	(void)state;
	for (size_t i = 0; i < N; i++)
		item[i].shared = i >= 50;
	item[40].gpa = 79 * AU_PAGE;
	item[40].size = 2 * AU_PAGE;
	make(N);
	assert_int_equal(EV_OK, au_memory_map_coarse(&map, 10, &coarse, &err));
	/* What is measured and what is not stay apart. */
	assert_int_equal(2, coarse.n);
	assert_string_equal("part 40 and 49 more", coarse.region[0].name);
	assert_int_equal(99 * AU_PAGE, coarse.region[0].size);
	assert_int_equal(AU_REGION_SHARED, coarse.region[1].state);
}

static void states_that_alternate_are_joined_at_last(void **state)
{
	(void)state;
	make(N);
	assert_int_equal(EV_OK, au_memory_map_coarse(&map, 10, &coarse, &err));
	assert_int_equal(1, coarse.n);
	assert_int_equal(AU_REGION_MIXED, coarse.region[0].state);
	assert_int_equal(199 * AU_PAGE, coarse.region[0].size);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fill, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(neighbours_of_one_name_and_state_are_joined),
		TEST(each_state_has_its_word),
		TEST(an_address_has_its_region),
		TEST(a_map_that_fits_is_copied),
		TEST(a_map_that_does_not_is_joined_over_gaps),
		TEST(states_that_alternate_are_joined_at_last),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
