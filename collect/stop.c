/* SPDX-License-Identifier: Apache-2.0 */
/* A flag and a descriptor that a signal sets. */
#include "collect/stop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static const int asked_by[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
static const size_t n_asked_by = sizeof(asked_by) / sizeof(*asked_by);

static volatile sig_atomic_t got;
static volatile sig_atomic_t interrupts;
static int event = -1;

static void on_signal(int number)
{
	int saved = errno;

	if (number == SIGINT && ++interrupts > 1)
		_exit(128 + SIGINT);
	if (got == 0)
		got = number;
	/* Fails only where the count is full: it is readable then. */
	eventfd_write(event, 1);
	errno = saved;
}

/* What was ignored at the start stays so: nohup, a job in the background of
 * a shell without job control. */
static bool catch_signal(int number)
{
	struct sigaction action = { .sa_handler = on_signal }, before;

	if (sigaction(number, NULL, &before) != 0)
		return false;
	if (before.sa_handler == SIG_IGN)
		return true;
	/* No SA_RESTART: a call that waits returns, and the loop around it
	 * looks at the flag. */
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < n_asked_by; i++)
		sigaddset(&action.sa_mask, asked_by[i]);
	return sigaction(number, &action, NULL) == 0;
}

bool co_stop_install(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	if (event >= 0)
		return true;
	event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (event < 0)
		return false;
	for (size_t i = 0; i < n_asked_by; i++)
		if (!catch_signal(asked_by[i]))
			return false;
	/* A reader that went, and a limit on the size of files, are errors of
	 * the call that meets them. */
	return sigaction(SIGPIPE, &ignore, NULL) == 0 &&
	       sigaction(SIGXFSZ, &ignore, NULL) == 0;
}

int co_stop_signal(void)
{
	return got;
}

int co_stop_fd(void)
{
	return event;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool co_stop_sleep_ms(unsigned int ms)
{
	int64_t end = now_ms() + ms;

	while (co_stop_signal() == 0) {
		struct pollfd p = { .fd = event, .events = POLLIN };
		int64_t left = end - now_ms();

		if (left <= 0)
			return true;
		poll(&p, 1, left > 60000 ? 60000 : (int)left);
	}
	return false;
}

void co_stop_die(void)
{
	struct sigaction action = { .sa_handler = SIG_DFL };
	int number = co_stop_signal();
	sigset_t only;

	if (number == 0)
		return;
	sigemptyset(&only);
	sigaddset(&only, number);
	sigaction(number, &action, NULL);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	/* The first process of a container does not die of a signal that it
	 * does not handle. */
	_exit(128 + number);
}
