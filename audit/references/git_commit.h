/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files put into a git repository as one commit on a branch, through libgit2:
 * no hook runs.  The commit's id is a function of the branch's tip, the files,
 * the message, the person, the time and the signature.
 */
#ifndef AU_GIT_COMMIT_H
#define AU_GIT_COMMIT_H

#include "audit/references/git_tip.h"
#include "audit/references/references.h"

struct au_file {
	const char *path; /* in the repository */
	struct ev_span bytes;
};

/* Manifest, recipe, provenance. */
#define AU_CHANGE_FILES_MAX 3

/* Who signs commits. */
struct au_commit_signer {
	/* Appends the armour over the commit's bytes, as git keeps it. */
	enum ev_code (*sign)(void *state, struct ev_span commit,
			     struct ev_buffer *armour, struct ev_error *err);
	void *state;
};

struct au_change {
	const struct au_file *files;
	size_t n_files; /* at most AU_CHANGE_FILES_MAX */
	const char *message;
	const char *name, *mail; /* author and committer */
	int64_t time;
	const struct au_commit_signer *signer; /* NULL: no signature */
};

/*
 * Commits on the tip; *commit is the new id.  A branch that was moved since
 * the tip was read stays where it is (au_git_tip_move).  In a repository with
 * a working tree the files are written there, too; *written is false where
 * that was not possible (somebody's uncommitted file is never overwritten).
 */
enum ev_code au_git_commit_files(const struct au_git_tip *tip,
				 const struct au_change *change,
				 char commit[AU_COMMIT_TEXT], bool *written,
				 struct ev_error *err);

#endif
