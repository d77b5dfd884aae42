/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file that is not whole yet, beside the one that it becomes.  Where the
 * file system has files without a name (O_TMPFILE) it has none, so that not
 * even SIGKILL leaves one; else, and for the moment between naming and
 * renaming, it is .NAME.ecart-part-N, locked by its writer.  One that nobody
 * holds is what a killed writer left: the next writer of NAME takes it away,
 * where the file system has locks.
 */
#ifndef CLI_PART_H
#define CLI_PART_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

struct cli_part {
	int dir; /* of both files; the caller's */
	int fd;	 /* open for writing; -1: none */
	char base[NAME_MAX + 1];
	char name[NAME_MAX + 1]; /* ".NAME.ecart-part-0"; "": it has none */
};

/* Takes away what killed writers of this name left, and opens a new part;
 * false with errno. */
bool cli_part_open(struct cli_part *part, int dir, const char *name,
		   mode_t permissions);
/* Gives it its last name: as new, else EEXIST; or over what is there.  False
 * with errno. */
bool cli_part_end_new(struct cli_part *part);
/* Whether that would be possible here, which is tried with another name. */
bool cli_part_can_end_new(struct cli_part *part);
bool cli_part_end_over(struct cli_part *part);
/* Closes it; removes a name that it still has. */
void cli_part_close(struct cli_part *part);

#endif
