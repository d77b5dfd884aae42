/* SPDX-License-Identifier: Apache-2.0 */
/* What a collection came to, in its last lines. */
#ifndef CO_CMD_COLLECT_SUMMARY_H
#define CO_CMD_COLLECT_SUMMARY_H

#include "collect/cmd_collect_options.h"
#include "collect/collection_file.h"

/* Of one that was written: prints who signed it, what each absence costs, what
 * is missing and why, its name and id; key may be NULL.  CLI_PASS, or
 * CLI_INCOMPLETE where a required piece is missing. */
int cmd_collect_summary(const struct cmd_collect *given,
			const struct co_collection *c, const struct co_key *key,
			const struct co_collection_file *file);

/* Of one that was not, with --strict: what is missing, on standard error;
 * CLI_INCOMPLETE. */
int cmd_collect_incomplete(const struct co_collection *c);

#endif
