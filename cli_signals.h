/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signals by which a person ends a command, held back while something
 * half done lies about: the command looks whether one waits, cleans up, and
 * dies of it when they are released.
 */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

#include <signal.h>
#include <stdbool.h>

struct cli_signals {
	sigset_t held;
	struct sigaction too_large;
};

/* SIGHUP, SIGINT, SIGQUIT and SIGTERM wait; a file size limit is an error
 * like a full disk.  *before is for cli_signals_release. */
void cli_signals_hold(struct cli_signals *before);
/* Whether one of them waits. */
bool cli_signals_wait(void);
void cli_signals_release(const struct cli_signals *before);

#endif
