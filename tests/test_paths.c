/* SPDX-License-Identifier: Apache-2.0 */
/* File arguments: folders, lists, and the exit status of many. */
#include "replay/cmd_inputs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[] = "/tmp/ecart-paths-XXXXXX";

static void put(const char *name, const char *text)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int make_folder(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || chdir(folder) != 0 ||
	    freopen("messages", "w", stderr) == NULL)
		return -1;
	if (mkdir("d", 0700) != 0 || mkdir("d/sub", 0700) != 0)
		return -1;
	put("d/b", "");
	put("d/a", "");
	put("d/.hidden", "");
	put("list", "one\n\ntwo words\nthree");
	return 0;
}

static int remove_folder(void **state)
{
	static const char *const files[] = { "d/b", "d/a", "d/.hidden", "list",
					     "messages" };

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir("d/sub");
	rmdir("d");
	return chdir("/") == 0 ? rmdir(folder) : -1;
}

static int expand(const char *a, const char *b, struct cmd_paths *out)
{
	char one[300], two[300];
	char *args[] = { one, two };

	*out = (struct cmd_paths){ 0 };
	snprintf(one, sizeof(one), "%s", a);
	snprintf(two, sizeof(two), "%s", b != NULL ? b : "");
	return cmd_paths_expand(args, b != NULL ? 2 : 1, out);
}

static void a_folder_is_its_files_in_order(void **state)
{
	struct cmd_paths p;

	(void)state;
	assert_int_equal(expand("z", "d", &p), CLI_PASS);
	assert_int_equal(p.n, 3);
	assert_string_equal(p.path[0], "z");
	assert_string_equal(p.path[1], "d/a");
	assert_string_equal(p.path[2], "d/b");
	cmd_paths_free(&p);
	assert_int_equal(p.n, 0);
}

static void a_list_is_its_lines(void **state)
{
	struct cmd_paths p;

	(void)state;
	assert_int_equal(expand("@list", NULL, &p), CLI_PASS);
	assert_int_equal(p.n, 3);
	assert_string_equal(p.path[0], "one");
	assert_string_equal(p.path[1], "two words");
	assert_string_equal(p.path[2], "three");
	cmd_paths_free(&p);
	assert_int_equal(expand("@absent", NULL, &p), CLI_UNREADABLE);
	cmd_paths_free(&p);
}

static void many_arguments_keep_their_order(void **state)
{
	char *args[300], text[300][8];
	struct cmd_paths p = { 0 };

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		snprintf(text[i], sizeof(text[i]), "f%zu", i);
		args[i] = text[i];
	}
	assert_int_equal(cmd_paths_expand(args, 300, &p), CLI_PASS);
	assert_int_equal(p.n, 300);
	for (size_t i = 0; i < 300; i++)
		assert_string_equal(p.path[i], text[i]);
	cmd_paths_free(&p);
}

static void the_worst_status_is_that_of_all(void **state)
{
	static const int order[] = { CLI_TROUBLE, CLI_UNREADABLE, CLI_USAGE,
				     CLI_FAIL,	  CLI_INCOMPLETE, CLI_PASS };
	static const size_t n = sizeof(order) / sizeof(order[0]);

	(void)state;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < n; k++)
			assert_int_equal(cmd_exit_of_many(order[i], order[k]),
					 order[i < k ? i : k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_folder_is_its_files_in_order),
		cmocka_unit_test(a_list_is_its_lines),
		cmocka_unit_test(many_arguments_keep_their_order),
		cmocka_unit_test(the_worst_status_is_that_of_all),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
