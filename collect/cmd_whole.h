/* SPDX-License-Identifier: Apache-2.0 */
/* An archive that a command goes on from: read, and found whole. */
#ifndef CO_CMD_WHOLE_H
#define CO_CMD_WHOLE_H

#include "cli.h"
#include "evidence/archive.h"

struct cmd_whole {
	struct cli_file file;
	struct ev_archive archive;
};

/* undone: what is then not done, "not signed".  CLI_PASS, or has said why:
 * CLI_FAIL where the archive is damaged.  Free in any case. */
int cmd_whole_read(struct ev_crypto *crypto, const char *path, uint64_t limit,
		   const char *undone, struct cmd_whole *out);
void cmd_whole_free(struct cmd_whole *whole);

/* Says what was refused of a file; the exit status for it. */
int cmd_refused(const char *path, const struct ev_error *err);

#endif
