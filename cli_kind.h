/* SPDX-License-Identifier: Apache-2.0 */
/* [KIND=]PATH arguments, as commands take them. */
#ifndef CLI_KIND_H
#define CLI_KIND_H

#include "cli.h"
#include "evidence/kind.h"

/*
 * What the argument says: the kind, or NULL where it names none, and the path,
 * which is a part of it.  A file may have a name with an equals sign in it, so
 * a word that is no kind is one where there is no such file: CLI_USAGE, which
 * was said then.
 */
int cli_kind_split(const struct cli_command *cmd, const char *argument,
		   const struct ev_kind **kind, const char **path);

#endif
