/* SPDX-License-Identifier: Apache-2.0 */
/* Files of one commit of a git repository, by path. */
#ifndef AU_GIT_FILES_H
#define AU_GIT_FILES_H

#include "audit/references/git_repository.h"
#include "audit/references/pinned_file.h"

struct au_git_files {
	git_repository *repo;
	git_tree *root;
	git_odb *odb;
	struct au_files files; /* reads out of the above */
};

/* commit: 40 hex digits.  libgit2 must have been started.  Free with
 * au_git_files_close; on failure *out needs none. */
enum ev_code au_git_files_open(const char *path, const char *commit,
			       struct au_git_files *out, struct ev_error *err);
void au_git_files_close(struct au_git_files *files);

#endif
