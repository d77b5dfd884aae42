/* SPDX-License-Identifier: Apache-2.0 */
/*
 * References out of a git repository at one commit: the tree of that commit,
 * never the working tree.  Regular files below references/ whose name ends
 * in .json are manifests; a symbolic link or a submodule anywhere below
 * references/ is refused, since what it names is not in the commit.
 */
#ifndef AU_GIT_REFERENCES_H
#define AU_GIT_REFERENCES_H

#include "audit/references/git_repository.h"
#include "audit/references/references.h"

/*
 * Reads all references of the commit that rev names (NULL: HEAD).  Manifests
 * that cannot be read are in out->fault.  Refuses as au_git_open and
 * au_git_commit do, a commit without references/ (EV_MISSING), and more than
 * the bounds allow.  On failure *out is not written.  Free with
 * au_references_free.
 */
enum ev_code au_git_references_read(const char *path, const char *rev,
				    struct ev_crypto *crypto,
				    struct au_references *out,
				    struct ev_error *err);

#endif
