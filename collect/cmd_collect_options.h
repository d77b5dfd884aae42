/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of collect and doctor. */
#ifndef CO_CMD_COLLECT_OPTIONS_H
#define CO_CMD_COLLECT_OPTIONS_H

#include "cli.h"
#include "collect/collection.h"

struct cmd_collect {
	struct co_options options;
	const char *output, *key, *tsa, *label, *series, *previous;
	const char *nonce, *owner_auth_file, *ak, *tpm, *timeout, *pccs;
	const char *poc_tries;
	bool strict, force, dry_run, quiet, json, help;
	/* Owned: what options borrow. */
	uint8_t challenge[EV_SESSION_CHALLENGE_MAX];
	struct cli_file owner_auth;
	char *pccs_source; /* "pccs=URL" */
};

/* CLI_PASS, or has said what is wrong.  Free in any case. */
int cmd_collect_parse(const struct cli_command *cmd, int argc, char **argv,
		      struct cmd_collect *out);
void cmd_collect_free(struct cmd_collect *options);

#endif
