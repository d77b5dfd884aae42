/* SPDX-License-Identifier: Apache-2.0 */
/* --key of the commands that sign: KEY.pem, or tpm:HANDLE. */
#ifndef CO_CMD_KEY_H
#define CO_CMD_KEY_H

#include "cli.h"
#include "collect/sign_tpm.h"

struct cmd_key {
	/* As the command line gave them, NULL where not. */
	const char *name, *tcti, *tpm2_tools;
	struct co_key *key; /* NULL: none was asked for */
	struct co_tpm tpm;  /* opened for it */
};

/* CLI_PASS, or has said why not.  Opens a TPM where the key is in one; a
 * signal then stops its tools (stop.h).  Free in any case. */
int cmd_key_open(struct ev_crypto *crypto, const struct cli_command *cmd,
		 struct cmd_key *key);
void cmd_key_free(struct cmd_key *key);

/* The key of that name, with a TPM that its caller keeps open. */
int cmd_key_read(struct ev_crypto *crypto, const struct cli_command *cmd,
		 const char *name, struct co_tpm *tpm, struct co_key **out);

#endif
