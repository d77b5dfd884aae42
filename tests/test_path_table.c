/* SPDX-License-Identifier: Apache-2.0 */
/* Paths by number, each once. */
#include "audit/references/path_table.h"

#include "evidence/base/cleanup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static size_t add(struct au_path_table *t, const char *path)
{
	struct ev_error err = { 0 };
	size_t number = SIZE_MAX;

	assert_int_equal(au_path_table_add(t, path, &number, &err), EV_OK);
	return number;
}

static void a_path_has_one_number_and_then_its_place(void **state)
{
	struct au_path_table t = { .n = 0 };
	struct ev_error err = { 0 };
	size_t *renumbered = NULL;

	(void)state;
	assert_int_equal(add(&t, "b"), 0);
	assert_int_equal(add(&t, "a/c"), 1);
	assert_int_equal(add(&t, "b"), 0);
	assert_int_equal(add(&t, "a-c"), 2);
	assert_int_equal(t.n, 3);
	assert_int_equal(au_path_table_sort(&t, &renumbered, &err), EV_OK);
	assert_string_equal(t.path[0], "a-c");
	assert_string_equal(t.path[1], "a/c");
	assert_int_equal(renumbered[0], 2);
	assert_int_equal(renumbered[1], 1);
	assert_int_equal(renumbered[2], 0);
	assert_int_equal(au_path_table_find(&t, "b"), 2);
	assert_int_equal(au_path_table_find(&t, "c"), SIZE_MAX);
	free(renumbered);
	au_path_table_free(&t);
	assert_int_equal(t.n, 0);
}

static void an_empty_table_finds_nothing(void **state)
{
	struct au_path_table t = { .n = 0 };
	struct ev_error err = { 0 };
	size_t *renumbered = NULL;

	(void)state;
	assert_int_equal(au_path_table_find(&t, "a"), SIZE_MAX);
	assert_int_equal(au_path_table_sort(&t, &renumbered, &err), EV_OK);
	free(renumbered);
	au_path_table_free(&t);
}

static void one_path_too_many_is_refused(void **state)
{
	struct au_path_table t = { .n = 0 };
	struct ev_error err = { 0 };
	size_t number = 7;
	char path[32];

	(void)state;
	for (size_t i = 0; i < AU_CHANGED_PATHS_MAX; i++) {
		snprintf(path, sizeof(path), "p%zu", i);
		assert_int_equal(add(&t, path), i);
	}
	assert_int_equal(au_path_table_add(&t, "other", &number, &err),
			 EV_LIMIT);
	assert_string_equal(err.field, "paths");
	assert_int_equal(number, 7);
	/* One that is there is no more. */
	assert_int_equal(add(&t, "p9"), 9);
	au_path_table_free(&t);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_has_one_number_and_then_its_place),
		cmocka_unit_test(an_empty_table_finds_nothing),
		cmocka_unit_test(one_path_too_many_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
