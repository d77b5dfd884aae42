/* SPDX-License-Identifier: Apache-2.0 */
/* Files below a root: nothing leads out of it. */
#include "collect/root.h"

#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/ecart-test-root-XXXXXX";

static const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 100];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(in_dir(name), "wb");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static struct co_root open_root(void)
{
	struct co_root root;
	struct ev_error err = { 0 };

	assert_int_equal(co_root_open(dir, &root, &err), EV_OK);
	return root;
}

static enum co_read read_one(const struct co_root *root, const char *path,
			     size_t max, const char *want)
{
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	char why[256] = "";
	enum co_read r =
		co_root_read(root, path, max, &bytes, why, sizeof(why));

	assert_int_equal(r == CO_READ_OK, why[0] == 0);
	if (want != NULL)
		assert_true(
			ev_span_eq(ev_buffer_span(&bytes), ev_span_str(want)));
	return r;
}

static void a_file_is_read_below_the_root(void **state)
{
	struct co_root root;

	(void)state;
	put("ecart-root.json", "{}");
	put("log", "some bytes");
	root = open_root();
	assert_true(root.given);
	assert_int_equal(read_one(&root, "log", 100, "some bytes"), CO_READ_OK);
	assert_int_equal(read_one(&root, "log", 10, "some bytes"), CO_READ_OK);
	assert_int_equal(read_one(&root, "log", 9, NULL), CO_READ_FAILED);
	assert_int_equal(read_one(&root, "none", 9, NULL), CO_READ_ABSENT);
	assert_int_equal(read_one(&root, "log/x", 9, NULL), CO_READ_ABSENT);
	co_root_close(&root);
}

/* An absolute link and one with .. stay inside: what they name is looked for
 * below the root, where it is not. */
static void links_do_not_lead_out(void **state)
{
	struct co_root root;

	(void)state;
	unlink(in_dir("out"));
	unlink(in_dir("up"));
	unlink(in_dir("in"));
	assert_int_equal(symlink("/etc/passwd", in_dir("out")), 0);
	assert_int_equal(symlink("../../../../etc/passwd", in_dir("up")), 0);
	assert_int_equal(symlink("/log", in_dir("in")), 0);
	put("log", "inside");
	root = open_root();
	assert_int_equal(read_one(&root, "out", 65536, NULL), CO_READ_ABSENT);
	assert_int_equal(read_one(&root, "up", 65536, NULL), CO_READ_ABSENT);
	assert_int_equal(read_one(&root, "../../etc/passwd", 65536, NULL),
			 CO_READ_ABSENT);
	assert_int_equal(read_one(&root, "in", 65536, "inside"), CO_READ_OK);
	co_root_close(&root);
}

/* A pipe in the place of a log must not be waited for. */
static void a_pipe_is_not_waited_for(void **state)
{
	struct co_root root;

	(void)state;
	unlink(in_dir("pipe"));
	assert_int_equal(mkfifo(in_dir("pipe"), 0600), 0);
	root = open_root();
	assert_int_equal(read_one(&root, "pipe", 100, ""), CO_READ_OK);
	co_root_close(&root);
}

static void files_of_proc_are_read_whatever_their_size(void **state)
{
	struct co_root root;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(co_root_open(NULL, &root, &err), EV_OK);
	assert_false(root.given);
	assert_null(root.tcti);
	assert_int_equal(read_one(&root, "proc/self/cmdline", 65536, NULL),
			 CO_READ_OK);
	co_root_close(&root);
}

static void addresses_come_from_the_file(void **state)
{
	struct co_root root;

	(void)state;
	put("ecart-root.json", "{\"tcti\":\"swtpm:path=/x\",\"imds\":"
			       "\"http://127.0.0.1:1\"}");
	root = open_root();
	assert_string_equal(root.tcti, "swtpm:path=/x");
	assert_string_equal(root.imds, "http://127.0.0.1:1");
	assert_null(root.pcs);
	co_root_close(&root);
}

static void a_broken_file_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{\"tcti\":1}",
		"{\"tctl\":\"x\"}",
		"{\"tcti\":",
		"{\"tcti\":\"a\",\"tcti\":\"b\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct co_root root;
		struct ev_error err = { 0 };

		put("ecart-root.json", texts[i]);
		assert_int_not_equal(co_root_open(dir, &root, &err), EV_OK);
		co_root_close(&root);
	}
	put("ecart-root.json", "{}");
}

static void a_root_that_is_none_is_refused(void **state)
{
	struct co_root root;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(co_root_open(in_dir("none"), &root, &err), EV_VALUE);
	co_root_close(&root);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int remove_dir(void **state)
{
	static const char *const names[] = {
		"ecart-root.json", "log", "out", "up", "in", "pipe"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_dir(names[i]));
	return rmdir(dir);
}

static void a_read_ends_with_its_time(void **state)
{
	ev_auto_buffer struct ev_buffer bytes = { 0 };
	struct co_root root = open_root();
	char why[256];

	(void)state;
	put("file", "text");
	assert_int_equal(co_deadline_left_ms(&root.deadline), INT_MAX);
	root.deadline = co_deadline_in(60000);
	assert_in_range(co_deadline_left_ms(&root.deadline), 50000, 60000);
	assert_int_equal(read_one(&root, "file", 10, "text"), CO_READ_OK);
	root.deadline = co_deadline_in(0);
	assert_int_equal(co_deadline_left_ms(&root.deadline), 0);
	assert_int_equal(
		co_root_read(&root, "file", 10, &bytes, why, sizeof(why)),
		CO_READ_FAILED);
	assert_string_equal(why,
			    "file: not read to its end in time (run again)");
	assert_int_equal(bytes.n, 0);
	assert_int_equal(unlink(in_dir("file")), 0);
	co_root_close(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_below_the_root),
		cmocka_unit_test(links_do_not_lead_out),
		cmocka_unit_test(a_pipe_is_not_waited_for),
		cmocka_unit_test(files_of_proc_are_read_whatever_their_size),
		cmocka_unit_test(addresses_come_from_the_file),
		cmocka_unit_test(a_broken_file_is_refused),
		cmocka_unit_test(a_root_that_is_none_is_refused),
		cmocka_unit_test(a_read_ends_with_its_time),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
