/* SPDX-License-Identifier: Apache-2.0 */
/* What a collection's command line says wrongly, seen before the machine or
 * anybody else is asked. */
#ifndef CO_CMD_COLLECT_CHECK_H
#define CO_CMD_COLLECT_CHECK_H

#include "collect/cmd_collect_options.h"

/*
 * CLI_PASS, or has said what is wrong: CLI_USAGE where options contradict
 * each other or an address is none, CLI_UNREADABLE where a file that will be
 * needed cannot be read, or is not what it should be.
 */
int cmd_collect_check(const struct cli_command *cmd,
		      const struct cmd_collect *given);

#endif
