/* SPDX-License-Identifier: Apache-2.0 */
/* Being asked to stop: each case in a process of its own. */
#include "collect/stop.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Leaves the case with the line that does not hold. */
#define NEED(condition)                                                        \
	do {                                                                   \
		if (!(condition))                                              \
			_exit(__LINE__ % 100 + 1);                             \
	} while (0)

static int status_of(void (*body)(void))
{
	pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		alarm(20); /* a case that hangs ends */
		body();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

static void assert_holds(void (*body)(void))
{
	int status = status_of(body);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static bool readable(void)
{
	struct pollfd p = { .fd = co_stop_fd(), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void nothing_yet(void)
{
	int64_t begin = now_ms();

	NEED(co_stop_fd() == -1 && co_stop_signal() == 0);
	NEED(co_stop_sleep_ms(30)); /* before the handlers too */
	NEED(co_stop_install());
	NEED(co_stop_install()); /* twice is once */
	NEED(co_stop_fd() >= 0 && !readable());
	NEED(co_stop_sleep_ms(50) && now_ms() - begin >= 80);
	co_stop_die(); /* nothing to die of */
}

static void without_a_signal_nothing_happens(void **state)
{
	(void)state;
	assert_holds(nothing_yet);
}

static void asked_by(int number)
{
	int64_t begin = now_ms();

	NEED(co_stop_install());
	raise(number);
	NEED(co_stop_signal() == number && readable());
	NEED(!co_stop_sleep_ms(10000));
	NEED(now_ms() - begin < 5000);
	raise(SIGTERM); /* the first is the one to die of */
	NEED(co_stop_signal() == number && readable());
}

static void by_int(void)
{
	asked_by(SIGINT);
}

static void by_term(void)
{
	asked_by(SIGTERM);
}

static void by_hup(void)
{
	asked_by(SIGHUP);
}

static void each_signal_sets_the_flag_and_the_descriptor(void **state)
{
	(void)state;
	assert_holds(by_int);
	assert_holds(by_term);
	assert_holds(by_hup);
}

static void asleep(void)
{
	pid_t parent = getpid();
	int64_t begin = now_ms();

	NEED(co_stop_install());
	if (fork() == 0) {
		usleep(100000);
		kill(parent, SIGTERM);
		_exit(0);
	}
	NEED(!co_stop_sleep_ms(15000));
	NEED(now_ms() - begin < 10000);
}

static void signal_ends_a_sleep(void **state)
{
	(void)state;
	assert_holds(asleep);
}

static void interrupted_twice(void)
{
	NEED(co_stop_install());
	raise(SIGINT);
	raise(SIGINT);
}

static void second_interrupt_ends_at_once(void **state)
{
	int status = status_of(interrupted_twice);

	(void)state;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 130);
}

static void dies(void)
{
	sigset_t all;

	NEED(co_stop_install());
	raise(SIGHUP);
	sigfillset(&all); /* blocked or not */
	sigprocmask(SIG_BLOCK, &all, NULL);
	co_stop_die();
}

static void process_dies_of_the_signal_that_it_got(void **state)
{
	int status = status_of(dies);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGHUP);
}

static void writes_to_nobody(void)
{
	int p[2];

	NEED(co_stop_install());
	NEED(pipe(p) == 0);
	close(p[0]);
	NEED(write(p[1], "x", 1) == -1 && errno == EPIPE);
}

static void broken_pipe_is_an_error_and_no_end(void **state)
{
	(void)state;
	assert_holds(writes_to_nobody);
}

static void under_nohup(void)
{
	signal(SIGHUP, SIG_IGN);
	NEED(co_stop_install());
	raise(SIGHUP);
	NEED(co_stop_signal() == 0 && !readable());
	raise(SIGTERM);
	NEED(co_stop_signal() == SIGTERM);
}

static void what_was_ignored_at_the_start_stays_ignored(void **state)
{
	(void)state;
	assert_holds(under_nohup);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_signal_nothing_happens),
		cmocka_unit_test(each_signal_sets_the_flag_and_the_descriptor),
		cmocka_unit_test(signal_ends_a_sleep),
		cmocka_unit_test(second_interrupt_ends_at_once),
		cmocka_unit_test(process_dies_of_the_signal_that_it_got),
		cmocka_unit_test(broken_pipe_is_an_error_and_no_end),
		cmocka_unit_test(what_was_ignored_at_the_start_stays_ignored),
	};

	/* nohup and shells have some ignored for what runs beside them. */
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
