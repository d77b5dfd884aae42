/* SPDX-License-Identifier: Apache-2.0 */
/* One collector at a time. */
#include "collect/lock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/ecart-test-lock-XXXXXX"; /* the root */
static struct co_root root;
static const char file[] = "run/lock/ecart-collect.lock";

static const char *in_dir(const char *name)
{
	static char path[sizeof(dir) + 100];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static enum co_locked take(struct co_lock *lock, unsigned int wait_ms)
{
	lock->fd = -2;
	return co_lock_take(&root, wait_ms, lock);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void one_holds_it_at_a_time(void **state)
{
	struct co_lock one, two;
	struct stat st;
	int64_t start;

	(void)state;
	assert_int_equal(take(&one, 0), CO_LOCK_HELD);
	assert_int_equal(fcntl(one.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(stat(in_dir(file), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(take(&two, 0), CO_LOCK_BUSY);
	assert_int_equal(two.fd, -1);
	start = now_ms();
	assert_int_equal(take(&two, 120), CO_LOCK_BUSY);
	assert_true(now_ms() - start >= 120);
	co_lock_free(&one);
	co_lock_free(&one); /* twice is once */
	assert_int_equal(take(&two, 0), CO_LOCK_HELD);
	co_lock_free(&two);
}

static void umask_does_not_shut_others_out(void **state)
{
	mode_t before = umask(077);
	struct co_lock lock;
	struct stat st;

	(void)state;
	unlink(in_dir(file));
	assert_int_equal(take(&lock, 0), CO_LOCK_HELD);
	umask(before);
	assert_int_equal(fstat(lock.fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	co_lock_free(&lock);
}

static void lock_of_a_killed_holder_is_free(void **state)
{
	struct co_lock lock;
	int ready[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		alarm(20);
		if (take(&lock, 0) != CO_LOCK_HELD ||
		    write(ready[1], "x", 1) != 1)
			_exit(1);
		pause();
		_exit(1);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(take(&lock, 0), CO_LOCK_BUSY);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(take(&lock, 10000), CO_LOCK_HELD);
	assert_int_equal(waitpid(child, NULL, 0), child);
	co_lock_free(&lock);
	close(ready[0]);
	close(ready[1]);
}

static void what_is_no_file_is_no_lock(void **state)
{
	struct co_lock lock;

	(void)state;
	unlink(in_dir(file));
	assert_int_equal(mkfifo(in_dir(file), 0600), 0);
	assert_int_equal(take(&lock, 0), CO_LOCK_NOWHERE);
	assert_int_equal(lock.fd, -1);
	assert_int_equal(unlink(in_dir(file)), 0);
	assert_int_equal(symlink("elsewhere", in_dir(file)), 0);
	assert_int_equal(take(&lock, 0), CO_LOCK_NOWHERE);
	assert_int_equal(access(in_dir("run/lock/elsewhere"), F_OK), -1);
	assert_int_equal(unlink(in_dir(file)), 0);
}

static void users_directory_takes_its_place(void **state)
{
	const struct co_root none = { .dir = root.dir };
	struct co_lock lock;

	(void)state;
	assert_int_equal(rmdir(in_dir("run/lock")), 0);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", "/of", 1), 0);
	assert_int_equal(mkdir(in_dir("of"), 0700), 0);
	/* A root that was given has no such directory. */
	assert_int_equal(take(&lock, 0), CO_LOCK_NOWHERE);
	assert_int_equal(co_lock_take(&none, 0, &lock), CO_LOCK_HELD);
	assert_int_equal(access(in_dir("of/ecart-collect.lock"), F_OK), 0);
	co_lock_free(&lock);
	assert_int_equal(setenv("XDG_RUNTIME_DIR", "of", 1), 0);
	assert_int_equal(co_lock_take(&none, 0, &lock), CO_LOCK_NOWHERE);
	assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
	assert_int_equal(co_lock_take(&none, 0, &lock), CO_LOCK_NOWHERE);
	assert_int_equal(unlink(in_dir("of/ecart-collect.lock")), 0);
	assert_int_equal(rmdir(in_dir("of")), 0);
	assert_int_equal(rmdir(in_dir("run")), 0);
}

static int make_root(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	return mkdtemp(dir) == NULL || mkdir(in_dir("run"), 0755) != 0 ||
	       mkdir(in_dir("run/lock"), 0755) != 0 ||
	       co_root_open(dir, &root, &err) != EV_OK;
}

static int remove_root(void **state)
{
	(void)state;
	co_root_close(&root);
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_holds_it_at_a_time),
		cmocka_unit_test(umask_does_not_shut_others_out),
		cmocka_unit_test(lock_of_a_killed_holder_is_free),
		cmocka_unit_test(what_is_no_file_is_no_lock),
		cmocka_unit_test(users_directory_takes_its_place),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, make_root, remove_root);
}
