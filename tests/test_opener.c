/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors from a process that may open them: these paths, and no other. */
#include "collect/opener.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define ENTRIES "sys/kernel/config/tsm/report"

static char root[] = "/tmp/ecart-opener-XXXXXX";
static int root_dir;

static void make(const char *path, const char *content)
{
	char part[200];
	int fd;

	for (const char *slash = path; (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		mkdirat(root_dir, part, 0700);
	}
	if (content == NULL) {
		assert_int_equal(mkdirat(root_dir, path, 0700), 0);
		return;
	}
	fd = openat(root_dir, path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, content, strlen(content)),
			 (ssize_t)strlen(content));
	close(fd);
}

static int setup(void **state)
{
	(void)state;
	if (mkdtemp(root) == NULL)
		return -1;
	root_dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	make("sys/kernel/security/tpm0/log", "events");
	make("sys/kernel/securityx", "near");
	make("sys/devices/virtual/misc/tdx_guest/measurements/rtmr0", "48");
	make("dev/tdx_guest", "device");
	make("etc/shadow", "secret");
	make(ENTRIES, NULL);
	make(ENTRIES "/other", NULL);
	return symlinkat("../../../../etc/shadow", root_dir,
			 "sys/kernel/security/tpm0/link");
}

static int teardown(void **state)
{
	char command[sizeof(root) + 20];

	(void)state;
	close(root_dir);
	snprintf(command, sizeof(command), "rm -r %s", root);
	return system(command); /* a path of mkdtemp */
}

static void start(struct co_opener *opener)
{
	assert_true(co_opener_start(root_dir, opener));
}

static void assert_refused(const struct co_opener *opener, const char *path,
			   int flags, int code)
{
	errno = 0;
	if (co_opener_open(opener, path, flags) >= 0 || errno != code)
		fail_msg("%s: %s", path, strerror(errno));
}

static void what_sources_read_is_handed_over(void **state)
{
	struct co_opener opener;
	char got[16] = { 0 };
	int fd;

	(void)state;
	start(&opener);
	fd = co_opener_open(&opener, "sys/kernel/security/tpm0/log", O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(read(fd, got, sizeof(got)), 6);
	assert_string_equal(got, "events");
	close(fd);
	fd = co_opener_open(&opener, "dev/tdx_guest", O_RDWR);
	assert_true(fd >= 0);
	close(fd);
	assert_refused(&opener, "sys/kernel/security/none", O_RDONLY, ENOENT);
	co_opener_stop(&opener);
	co_opener_stop(&opener);
}

static void nothing_else_is(void **state)
{
	static const char rtmr[] =
		"sys/devices/virtual/misc/tdx_guest/measurements/rtmr0";
	static const char *const others[] = {
		"etc/shadow",
		"/etc/shadow",
		"",
		".",
		"sys/kernel/securityx",
		"sys/kernel/security/../../../etc/shadow",
		"sys/kernel/security/tpm0/..",
		"dev/tdx_guest2",
		"dev/mem",
	};
	struct co_opener opener;
	char text[5000];

	(void)state;
	start(&opener);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_refused(&opener, others[i], O_RDONLY, EACCES);
	assert_refused(&opener, "sys/kernel/security/tpm0/link", O_RDONLY,
		       ELOOP);
	/* A write to a register of a TD extends it. */
	assert_refused(&opener, rtmr, O_WRONLY, EACCES);
	assert_refused(&opener, rtmr, O_RDWR, EACCES);
	assert_refused(&opener, "sys/kernel/security/new", O_RDONLY | O_CREAT,
		       EACCES);
	assert_refused(&opener, "dev/tdx_guest", O_RDWR | O_TRUNC, EACCES);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	assert_refused(&opener, text, O_RDONLY, ENAMETOOLONG);
	co_opener_stop(&opener);
}

static bool is_there(const char *path)
{
	struct stat st;

	return fstatat(root_dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void entries_of_ours_are_made_and_removed(void **state)
{
	struct co_opener opener;

	(void)state;
	start(&opener);
	assert_true(co_opener_mkdir(&opener, ENTRIES "/ecart-1"));
	assert_true(is_there(ENTRIES "/ecart-1"));
	assert_false(co_opener_mkdir(&opener, ENTRIES "/ecart-1"));
	assert_int_equal(errno, EEXIST);
	assert_true(co_opener_rmdir(&opener, ENTRIES "/ecart-1"));
	assert_false(is_there(ENTRIES "/ecart-1"));
	assert_false(co_opener_mkdir(&opener, ENTRIES "/mine"));
	assert_int_equal(errno, EACCES);
	assert_false(co_opener_mkdir(&opener, ENTRIES "/ecart-1/deeper"));
	assert_false(co_opener_rmdir(&opener, ENTRIES "/other"));
	assert_false(co_opener_rmdir(&opener, ENTRIES "/ecart-../other"));
	assert_true(is_there(ENTRIES "/other"));
	co_opener_stop(&opener);
}

static void what_is_left_goes_with_the_opener(void **state)
{
	struct co_opener opener;
	char path[64];

	(void)state;
	start(&opener);
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), ENTRIES "/ecart-%d", i);
		assert_true(co_opener_mkdir(&opener, path));
	}
	assert_false(co_opener_mkdir(&opener, ENTRIES "/ecart-8"));
	assert_int_equal(errno, EMFILE);
	/* What a terminal sends to all of us does not end it before us. */
	assert_int_equal(kill(opener.pid, SIGINT), 0);
	co_opener_stop(&opener);
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), ENTRIES "/ecart-%d", i);
		assert_false(is_there(path));
	}
	assert_true(is_there(ENTRIES "/other"));
}

static void one_that_died_is_an_error(void **state)
{
	struct co_opener opener;

	(void)state;
	start(&opener);
	assert_int_equal(kill(opener.pid, SIGKILL), 0);
	assert_refused(&opener, "dev/tdx_guest", O_RDONLY, EPIPE);
	assert_refused(&opener, "dev/tdx_guest", O_RDONLY, EPIPE);
	co_opener_stop(&opener);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_sources_read_is_handed_over),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(entries_of_ours_are_made_and_removed),
		cmocka_unit_test(what_is_left_goes_with_the_opener),
		cmocka_unit_test(one_that_died_is_an_error),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
