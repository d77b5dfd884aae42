/* SPDX-License-Identifier: Apache-2.0 */
/* Holding back the signals that end a command. */
#include "cli_signals.h"

#include <stddef.h>

static const int ending[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
static const size_t n_ending = sizeof(ending) / sizeof(*ending);

/* One that nohup has set to be ignored ends nothing. */
static bool ends(int signal)
{
	struct sigaction now;

	return sigaction(signal, NULL, &now) == 0 && now.sa_handler != SIG_IGN;
}

void cli_signals_hold(struct cli_signals *before)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	sigset_t hold;

	sigaction(SIGXFSZ, &ignore, &before->too_large);
	sigemptyset(&hold);
	for (size_t i = 0; i < n_ending; i++)
		sigaddset(&hold, ending[i]);
	sigprocmask(SIG_BLOCK, &hold, &before->held);
}

bool cli_signals_wait(void)
{
	sigset_t waiting;

	if (sigpending(&waiting) != 0)
		return false;
	for (size_t i = 0; i < n_ending; i++) {
		if (sigismember(&waiting, ending[i]) == 1 && ends(ending[i]))
			return true;
	}
	return false;
}

void cli_signals_release(const struct cli_signals *before)
{
	sigaction(SIGXFSZ, &before->too_large, NULL);
	sigprocmask(SIG_SETMASK, &before->held, NULL);
}
