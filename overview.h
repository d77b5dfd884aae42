/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the program says about itself: the commands on one screen, its
 * version, and the nearest name to a mistyped one.  Each table of commands
 * ends with NULL.
 */
#ifndef OVERVIEW_H
#define OVERVIEW_H

#include "cli.h"

/* At most 15 lines: every command by group, an example for each part. */
int cli_overview(const struct cli_command *const *commands);

/* Version, format numbers, library versions. */
int cli_version(void);

/* Names the commands that the word may have been meant for, to stderr. */
void cli_suggest(const struct cli_command *const *commands, const char *word);

#endif
