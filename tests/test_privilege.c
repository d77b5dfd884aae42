/* SPDX-License-Identifier: Apache-2.0 */
/* Another user for good; files in these directories alone. */
#include "collect/privilege.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char inside[] = "/tmp/ecart-inside-XXXXXX";
static char outside[] = "/tmp/ecart-outside-XXXXXX";
static char outside_file[sizeof(outside) + 10];

/* In a process of its own, which then is what it became. */
static int status_of(int (*what)(void))
{
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0)
		_exit(what());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static bool writes(const char *dir)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/%ld", dir, (long)getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return unlink(path) == 0;
}

enum { GOOD, NO_LANDLOCK, WRONG };

static int confined(void)
{
	const char *const paths[] = { NULL, "/nowhere", "", inside,
				      "/dev/null" };
	int null;

	if (!co_privilege_confine(paths, 5))
		return errno == ENOSYS || errno == EOPNOTSUPP ? NO_LANDLOCK
							      : WRONG;
	null = open("/dev/null", O_WRONLY);
	if (truncate(outside_file, 0) == 0 ||
	    open(outside_file, O_RDONLY | O_TRUNC) >= 0)
		return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) < 3
			       ? NO_LANDLOCK
			       : WRONG;
	if (null < 0 || !writes(inside) || writes(outside))
		return WRONG;
	if (rename(outside, inside) == 0 || mkdir("/tmp/ecart-no", 0700) == 0)
		return WRONG;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? GOOD : WRONG;
}

static void files_change_in_these_directories_alone(void **state)
{
	int status = status_of(confined);

	(void)state;
	if (status == NO_LANDLOCK)
		skip();
	assert_int_equal(status, GOOD);
	assert_true(writes(outside));
}

static int dropped(void)
{
	char why[200];

	if (!co_privilege_drop("nobody", why, sizeof(why)))
		return WRONG;
	if (geteuid() == 0 || getegid() == 0 || setuid(0) == 0 ||
	    setgid(0) == 0 || access("/etc/shadow", R_OK) == 0)
		return WRONG;
	return prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? GOOD : WRONG;
}

static void root_becomes_a_user_for_good(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(status_of(dropped), GOOD);
}

static void who_is_none_is_refused(void **state)
{
	char why[200];

	(void)state;
	assert_false(co_privilege_drop("no-such-user", why, sizeof(why)));
	assert_string_equal(why, "--user no-such-user: no such user");
	assert_false(co_privilege_drop("root", why, sizeof(why)));
	assert_string_equal(why, "--user root: is root (leave --user out)");
	if (geteuid() == 0)
		return;
	assert_false(co_privilege_drop("nobody", why, sizeof(why)));
	assert_non_null(strstr(why, "(root alone becomes another)"));
}

static int setup(void **state)
{
	int fd;

	(void)state;
	if (mkdtemp(inside) == NULL || mkdtemp(outside) == NULL)
		return -1;
	snprintf(outside_file, sizeof(outside_file), "%s/file", outside);
	fd = open(outside_file, O_WRONLY | O_CREAT | O_EXCL, 0600);
	return fd < 0 || write(fd, "x", 1) != 1 || close(fd) != 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(outside_file);
	return rmdir(inside) != 0 || rmdir(outside) != 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_change_in_these_directories_alone),
		cmocka_unit_test(root_becomes_a_user_for_good),
		cmocka_unit_test(who_is_none_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
