/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files put into a git repository as one commit on its current branch,
 * through libgit2: no hook runs, no signature is made.  The commit's id is a
 * function of the branch's tip, the files, the message, the person and the
 * time.
 */
#ifndef AU_GIT_COMMIT_H
#define AU_GIT_COMMIT_H

#include "audit/references/git_repository.h"
#include "audit/references/references.h"

struct au_file {
	const char *path; /* in the repository */
	struct ev_span bytes;
};

struct au_change {
	const struct au_file *files;
	size_t n_files;
	const char *message;
	const char *name, *mail; /* author and committer */
	int64_t time;
};

/*
 * The file at path in the tip of the current branch, owned by the caller
 * (free), NULL where there is none or no commit yet; at most max bytes.
 */
enum ev_code au_git_file_read(git_repository *repo, const char *path,
			      size_t max, uint8_t **out, size_t *n,
			      struct ev_error *err);

/*
 * Commits; *commit is the new id.  In a repository with a working tree the
 * files are written there, too; *written is false where that was not possible
 * (somebody's uncommitted file is never overwritten).
 */
enum ev_code au_git_commit_files(git_repository *repo,
				 const struct au_change *change,
				 char commit[AU_COMMIT_TEXT], bool *written,
				 struct ev_error *err);

#endif
