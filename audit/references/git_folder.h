/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of a repository as a stranger may have packed it, before libgit2
 * reads it: a pipe or device would be opened and waited for, and the index of a
 * pack is believed as to how many objects it has.  git makes neither, and no
 * transport carries them; an archive of the folder does.
 */
#ifndef AU_GIT_FOLDER_H
#define AU_GIT_FOLDER_H

#include "evidence/base/error.h"

/* Entries of one folder and those below that are looked at. */
#define AU_GIT_FOLDER_ENTRIES_MAX ((size_t)1 << 20)

/*
 * Looks at the files of a repository's folder (".git", or a bare one), and at
 * all below refs/ and objects/ and the alternates of these; what is not there
 * has nothing to look at.  Refuses what is neither file nor folder, also behind
 * a symbolic link (EV_VALUE), an index of a pack whose size is not that of its
 * number of objects, or that puts one outside of the pack (EV_SYNTAX;
 * gitformat-pack(5)), and too many entries or alternates (EV_LIMIT).
 */
enum ev_code au_git_folder_check(const char *path, struct ev_error *err);

#endif
