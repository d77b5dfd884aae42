/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Being asked to stop: SIGINT, SIGTERM, SIGHUP, SIGQUIT set a flag that every
 * loop that waits looks at; a second SIGINT ends the process at once.  SIGPIPE
 * is ignored.  After cleaning up, the process dies of the signal that it got.
 */
#ifndef CO_STOP_H
#define CO_STOP_H

#include <stdbool.h>

/* Installs the handlers; false where the system refuses. */
bool co_stop_install(void);

/* The signal that was got, or 0. */
int co_stop_signal(void);

/* Becomes readable when a signal was got, for poll; -1 before
 * co_stop_install. */
int co_stop_fd(void);

/* Waits; false where a signal came before the time was over. */
bool co_stop_sleep_ms(unsigned int ms);

/* Where a signal was got: dies of it, as if it had not been caught. */
void co_stop_die(void);

#endif
