/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a person names to pack: [KIND=]PATH arguments, folders
 * opened, equal bytes taken once.
 */
#ifndef CO_CMD_INPUTS_H
#define CO_CMD_INPUTS_H

#include "cli.h"
#include "evidence/kind.h"

/* Far beyond a capture's files, far below what a mistaken path reaches. */
#define CO_INPUTS_MAX	    4096
#define CO_INPUTS_DEPTH_MAX 8

struct co_input {
	char *path;		    /* owned; as found, folder included */
	const struct ev_kind *kind; /* as given, or NULL */
	struct cli_file file;
};

struct co_inputs {
	struct co_input *input; /* owned, in the order of the arguments */
	size_t n;
	const char *leave_out; /* borrowed, or NULL: a file that folders are
				* walked past, the output of an earlier run */
};

/*
 * Reads what one argument names.  A folder means its files and those of the
 * folders in it, names sorted bytewise.  What is hidden, a symbolic link or no
 * regular file in it, and a file whose bytes are there already (under the same
 * kind), is said and left out.
 * CLI_PASS, or has said why not.
 */
int co_inputs_add(struct co_inputs *list, const struct cli_command *cmd,
		  const char *argument);
void co_inputs_free(struct co_inputs *list);

#endif
