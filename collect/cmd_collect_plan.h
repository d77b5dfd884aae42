/* SPDX-License-Identifier: Apache-2.0 */
/* What a collection would do, before it does it. */
#ifndef CO_CMD_COLLECT_PLAN_H
#define CO_CMD_COLLECT_PLAN_H

#include "collect/cmd_collect_options.h"

/* --dry-run: prints the sources, what each reads, runs or asks, and what
 * would be written where.  Nothing is written and no address is asked. */
int cmd_collect_plan(const struct co_collection *c,
		     const struct cmd_collect *given);

#endif
