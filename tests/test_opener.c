/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors from a process that may open them: these paths, and no other. */
#include "collect/opener.h"

#include "collect/stop.h"

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
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ENTRIES	 "sys/kernel/config/tsm/report"
#define OURS	 ENTRIES "/ecart-0123456789abcde"
#define SECURITY "sys/kernel/security/"
#define LOG	 SECURITY "tpm0/binary_bios_measurements"
#define RTMR	 "sys/devices/virtual/misc/tdx_guest/measurements/rtmr0:sha384"

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
	make(LOG, "events");
	make(SECURITY "tpm1", NULL);
	make(SECURITY "tpm/binary_bios_measurements", "no number");
	make(SECURITY "apparmor/profiles", "policy");
	make(RTMR, "48");
	make("sys/firmware/acpi/tables/CCEL", "table");
	make("sys/firmware/acpi/tables/data/CCEL", "log");
	make("sys/firmware/acpi/tables/MSDM", "a licence");
	make("dev/tdx_guest", "device");
	make("dev/attestation/user_report_data", "");
	make("dev/attestation/keys", "key");
	make("etc/shadow", "secret");
	make(ENTRIES, NULL);
	make(ENTRIES "/other", NULL);
	return symlinkat("../../../../etc/shadow", root_dir,
			 SECURITY "tpm1/binary_bios_measurements");
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

static void assert_given(const struct co_opener *opener, const char *path,
			 int flags, const char *content)
{
	int fd = co_opener_open(opener, path, flags);
	char got[16] = { 0 };

	if (fd < 0)
		fail_msg("%s: %s", path, strerror(errno));
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, flags & O_NONBLOCK);
	if (content != NULL) {
		assert_true(read(fd, got, sizeof(got) - 1) >= 0);
		assert_string_equal(got, content);
	}
	close(fd);
}

static void what_sources_read_is_handed_over(void **state)
{
	struct co_opener opener;

	(void)state;
	start(&opener);
	assert_given(&opener, LOG, O_RDONLY | O_NONBLOCK | O_NOCTTY, "events");
	assert_given(&opener, RTMR, O_RDONLY, "48");
	assert_given(&opener, "sys/firmware/acpi/tables/CCEL", O_RDONLY,
		     "table");
	assert_given(&opener, "sys/firmware/acpi/tables/data/CCEL", O_RDONLY,
		     "log");
	assert_given(&opener, "dev/tdx_guest", O_RDWR, "device");
	assert_given(&opener, "dev/attestation/user_report_data", O_WRONLY,
		     NULL);
	assert_given(&opener, ENTRIES, O_RDONLY | O_DIRECTORY, NULL);
	assert_refused(&opener, SECURITY "ima/binary_runtime_measurements",
		       O_RDONLY, ENOENT);
	co_opener_stop(&opener);
	co_opener_stop(&opener);
}

static void nothing_else_is(void **state)
{
	static const char *const others[] = {
		"etc/shadow",
		"/etc/shadow",
		"",
		".",
		SECURITY "apparmor/profiles",
		SECURITY "tpm/binary_bios_measurements",
		SECURITY "tpm0x/binary_bios_measurements",
		SECURITY "tpm0/../../../../etc/shadow",
		SECURITY "tpm0",
		LOG "/",
		"/" LOG,
		"sys/firmware/acpi/tables/MSDM",
		"sys/firmware/acpi/tables/data/../MSDM",
		RTMR "x",
		"dev/tdx_guest2",
		"dev/mem",
		"dev/attestation/keys",
		"dev/attestation",
		ENTRIES "/",
		ENTRIES "/other",
	};
	struct co_opener opener;
	char text[5000];

	(void)state;
	start(&opener);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_refused(&opener, others[i], O_RDONLY, EACCES);
		assert_refused(&opener, others[i], O_RDONLY | O_DIRECTORY,
			       EACCES);
	}
	assert_refused(&opener, SECURITY "tpm1/binary_bios_measurements",
		       O_RDONLY, ELOOP);
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	assert_refused(&opener, text, O_RDONLY, ENAMETOOLONG);
	co_opener_stop(&opener);
}

/* A pipe would hold the opener for ever, and with it the entries. */
static void in_the_place_of_a_file_is_a_file(void **state)
{
	static const char pipe[] = SECURITY "tpm2/binary_bios_measurements";
	static const char folder[] = SECURITY "tpm3/binary_bios_measurements";
	static const char linked[] = "dev/attestation/target_info";
	struct co_opener opener;

	(void)state;
	make(SECURITY "tpm2", NULL);
	assert_int_equal(mkfifoat(root_dir, pipe, 0600), 0);
	make(SECURITY "tpm3", NULL);
	make(folder, NULL);
	assert_int_equal(linkat(root_dir, "etc/shadow", root_dir, linked, 0),
			 0);
	start(&opener);
	assert_refused(&opener, pipe, O_RDONLY, EACCES);
	assert_refused(&opener, folder, O_RDONLY, EACCES);
	assert_refused(&opener, linked, O_WRONLY, EACCES);
	co_opener_stop(&opener);
}

static bool is_there(const char *path)
{
	struct stat st;

	return fstatat(root_dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void entries_of_ours_are_made_and_removed(void **state)
{
	static const char *const others[] = {
		ENTRIES "/mine",
		ENTRIES "/ecart-1",
		OURS "g",
		OURS "01",
		OURS "0/deeper",
		ENTRIES "/other",
		ENTRIES "/ecart-../other/",
		"etc/ecart-0123456789abcdef",
	};
	struct co_opener opener;

	(void)state;
	start(&opener);
	assert_true(co_opener_mkdir(&opener, OURS "0"));
	assert_true(is_there(OURS "0"));
	assert_false(co_opener_mkdir(&opener, OURS "0"));
	assert_int_equal(errno, EEXIST);
	assert_true(co_opener_rmdir(&opener, OURS "0"));
	assert_false(is_there(OURS "0"));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		assert_false(co_opener_mkdir(&opener, others[i]));
		assert_int_equal(errno, EACCES);
		assert_false(co_opener_rmdir(&opener, others[i]));
		assert_int_equal(errno, EACCES);
	}
	assert_true(is_there(ENTRIES "/other"));
	co_opener_stop(&opener);
}

static void files_of_our_entry_are_opened(void **state)
{
	static const struct {
		const char *name;
		int flags, other;
	} rows[] = {
		{ OURS "0/generation", O_RDONLY, O_WRONLY },
		{ OURS "0/provider", O_RDONLY, O_RDWR },
		{ OURS "0/outblob", O_RDONLY, O_WRONLY },
		{ OURS "0/auxblob", O_RDONLY, O_WRONLY },
		{ OURS "0/inblob", O_WRONLY, O_RDONLY },
	};
	struct co_opener opener;

	(void)state;
	start(&opener);
	assert_true(co_opener_mkdir(&opener, OURS "0"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make(rows[i].name, "");
		assert_given(&opener, rows[i].name, rows[i].flags, NULL);
		assert_refused(&opener, rows[i].name, rows[i].other, EACCES);
	}
	make(OURS "0/privlevel", "0");
	assert_refused(&opener, OURS "0/privlevel", O_RDONLY, EACCES);
	assert_refused(&opener, OURS "0/../other", O_RDONLY, EACCES);
	assert_given(&opener, OURS "0", O_RDONLY | O_DIRECTORY, NULL);
	assert_refused(&opener, OURS "0", O_RDONLY, EACCES);
	assert_int_equal(unlinkat(root_dir, OURS "0/privlevel", 0), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(unlinkat(root_dir, rows[i].name, 0), 0);
	co_opener_stop(&opener);
	assert_false(is_there(OURS "0"));
}

static void make_old(const char *path)
{
	const struct timespec then[2] = { { .tv_sec = time(NULL) - 60 },
					  { .tv_sec = time(NULL) - 60 } };

	assert_int_equal(utimensat(root_dir, path, then, 0), 0);
}

/* Whatever the one that asks says of it. */
static void entry_of_another_run_goes_when_it_is_stale(void **state)
{
	struct co_opener opener;
	int lock;

	(void)state;
	start(&opener); /* before the lock, which it would hold too */
	make(OURS "1", NULL);
	lock = openat(root_dir, OURS "1", O_RDONLY | O_DIRECTORY);
	assert_int_equal(flock(lock, LOCK_EX), 0);
	assert_refused(&opener, OURS "1", O_RDONLY | O_DIRECTORY, EACCES);
	assert_refused(&opener, OURS "1/inblob", O_WRONLY, EACCES);
	make_old(OURS "1");
	assert_false(co_opener_rmdir(&opener, OURS "1")); /* it lives */
	assert_int_equal(errno, EACCES);
	close(lock);
	assert_int_equal(utimensat(root_dir, OURS "1", NULL, 0), 0);
	assert_false(co_opener_rmdir(&opener, OURS "1")); /* it is young */
	assert_int_equal(errno, EACCES);
	make_old(OURS "1");
	assert_true(co_opener_rmdir(&opener, OURS "1"));
	assert_false(is_there(OURS "1"));
	co_opener_stop(&opener);
}

static void what_is_left_goes_with_the_opener(void **state)
{
	struct co_opener opener;
	char path[64];

	(void)state;
	start(&opener);
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), OURS "%d", i);
		assert_true(co_opener_mkdir(&opener, path));
	}
	assert_false(co_opener_mkdir(&opener, OURS "8"));
	assert_int_equal(errno, EMFILE);
	/* What a terminal sends to all of us does not end it before us. */
	assert_int_equal(kill(opener.pid, SIGINT), 0);
	co_opener_stop(&opener);
	for (int i = 0; i < 8; i++) {
		snprintf(path, sizeof(path), OURS "%d", i);
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
	assert_refused(&opener, "dev/tdx_guest", O_RDWR, EPIPE);
	assert_refused(&opener, "dev/tdx_guest", O_RDWR, EPIPE);
	co_opener_stop(&opener);
}

static void send_soon(int number, long ms, timer_t *timer)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = number };
	/* More than once: the first may come before the wait. */
	const struct itimerspec when = { { .tv_nsec = ms * 1000000 },
					 { .tv_nsec = ms * 1000000 } };

	assert_int_equal(timer_create(CLOCK_MONOTONIC, &event, timer), 0);
	assert_int_equal(timer_settime(*timer, 0, &when, NULL), 0);
}

/* The last of all: a signal that was got stays. */
static void one_that_waits_gives_up_when_asked_to_stop(void **state)
{
	struct co_opener opener;
	timer_t timer;

	(void)state;
	assert_true(co_stop_install());
	start(&opener);
	assert_int_equal(kill(opener.pid, SIGSTOP), 0);
	send_soon(SIGTERM, 50, &timer);
	assert_false(co_opener_mkdir(&opener, OURS "0"));
	assert_int_equal(errno, EINTR);
	assert_refused(&opener, LOG, O_RDONLY, EINTR);
	assert_int_equal(timer_delete(timer), 0);
	assert_int_equal(kill(opener.pid, SIGCONT), 0);
	/* Its late answers are not taken for those of what is asked now. */
	assert_refused(&opener, "etc/shadow", O_RDONLY, EACCES);
	assert_given(&opener, RTMR, O_RDONLY, "48");
	assert_true(is_there(OURS "0"));
	co_opener_stop(&opener);
	assert_false(is_there(OURS "0"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_sources_read_is_handed_over),
		cmocka_unit_test(nothing_else_is),
		cmocka_unit_test(in_the_place_of_a_file_is_a_file),
		cmocka_unit_test(entries_of_ours_are_made_and_removed),
		cmocka_unit_test(files_of_our_entry_are_opened),
		cmocka_unit_test(entry_of_another_run_goes_when_it_is_stale),
		cmocka_unit_test(what_is_left_goes_with_the_opener),
		cmocka_unit_test(one_that_died_is_an_error),
		cmocka_unit_test(one_that_waits_gives_up_when_asked_to_stop),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, setup, teardown);
}
