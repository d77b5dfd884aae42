/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A git repository through libgit2, opened so that nothing but the path that
 * the user named decides what is read: no search in parent folders, no
 * environment, no configuration of the machine or the user, never the git
 * program.
 */
#ifndef AU_GIT_REPOSITORY_H
#define AU_GIT_REPOSITORY_H

#include "evidence/base/cleanup.h"
#include "evidence/base/error.h"

#include <git2.h>

/* Starts libgit2, empties its search paths and bounds its memory; each call
 * that returned EV_OK is undone by one au_git_end. */
enum ev_code au_git_begin(struct ev_error *err);
void au_git_end(void);

/*
 * Opens the repository at path, bare or not, whoever owns it: the user named
 * it, and it is only read.  Refusals: EV_MISSING "repository" (no repository
 * there), EV_VALUE "object format" (SHA-256), EV_SYNTAX (libgit2's word).
 */
enum ev_code au_git_open(const char *path, git_repository **out,
			 struct ev_error *err);

/* As au_git_open, but where nothing or an empty folder stands at path, a bare
 * repository with the branch "main" is made there. */
enum ev_code au_git_open_or_make(const char *path, git_repository **out,
				 struct ev_error *err);

/* The last failure of libgit2 as a refusal of object: EV_LIMIT where the bound
 * on its memory is the reason, EV_TROUBLE where memory or the system is. */
enum ev_code au_git_fail(int code, const char *object, const char *field,
			 struct ev_error *err);

EV_DEFINE_CLEANUP(git_repository *, git_repository_free)
EV_DEFINE_CLEANUP(git_commit *, git_commit_free)
EV_DEFINE_CLEANUP(git_tree *, git_tree_free)
EV_DEFINE_CLEANUP(git_blob *, git_blob_free)
EV_DEFINE_CLEANUP(git_odb *, git_odb_free)
EV_DEFINE_CLEANUP(git_object *, git_object_free)
EV_DEFINE_CLEANUP(git_treebuilder *, git_treebuilder_free)
EV_DEFINE_CLEANUP(git_signature *, git_signature_free)

#endif
