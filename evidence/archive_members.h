/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of opening an archive: its members.  For archive.c. */
#ifndef EV_ARCHIVE_MEMBERS_H
#define EV_ARCHIVE_MEMBERS_H

#include "evidence/archive.h"

/* Takes a copy of name and err; beyond EV_ARCHIVE_PROBLEMS_MAX, and after the
 * first note, only that there were more is kept. */
void ev_archive_add_problem(struct ev_archive *archive,
			    enum ev_archive_code code, const char *name,
			    const struct ev_error *err);

/*
 * archive->tar and archive->manifest are there; fills sigs, items and
 * problems.  Refuses what is over a limit, and trouble; the caller frees.
 */
enum ev_code ev_archive_read_members(struct ev_archive *archive,
				     struct ev_error *err);

#endif
