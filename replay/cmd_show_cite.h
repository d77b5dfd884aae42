/* SPDX-License-Identifier: Apache-2.0 */
/* show --cite: what a paper or a report says of an archive, so that others
 * find the same one and ask it the same question. */
#ifndef RP_CMD_SHOW_CITE_H
#define RP_CMD_SHOW_CITE_H

#include "cli.h"
#include "evidence/archive.h"

/* Prints, and gives the exit status. */
int cmd_show_cite(const char *path, const struct ev_archive *archive,
		  bool json);

#endif
