/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A revision as a user writes it, and the one commit that it can mean.  A
 * name that means two things is refused: whoever may push a branch must not
 * decide what somebody else's pin stands for.
 */
#ifndef AU_GIT_REVISION_H
#define AU_GIT_REVISION_H

#include "audit/references/git_repository.h"

/*
 * The commit that rev names (NULL: HEAD).  40 hex digits are the id of an
 * object and nothing else.  "HEAD" and names that begin with "refs/" are that
 * reference.  Anything else is a tag, a branch, another reference or the
 * beginning (4 digits or more) of the id of a commit or tag, and must be only
 * one of these.  Each may be followed by ~N and ^N.
 *
 * Refuses what reads the reflog or searches messages (@{...}, ^{/...},
 * :/...), what is ambiguous, with its meanings, and what is not a commit.
 */
enum ev_code au_git_commit(git_repository *repo, const char *rev,
			   git_commit **out, struct ev_error *err);

/* An annotated tag; its signature covers the commit, and its own name. */
struct au_git_named_tag {
	git_oid id; /* zero: none */
	/* It stands under another name than its own: whoever may move
	 * references can show what was signed as v1 as v2.  Not so by id. */
	bool other_name;
};

/*
 * The same, and the annotated tag that rev named, the outermost of tags of
 * tags.  There is none where rev is no tag, a tag without an object of its
 * own, or leads on from one (v1~1).
 */
enum ev_code au_git_commit_and_tag(git_repository *repo, const char *rev,
				   git_commit **out,
				   struct au_git_named_tag *tag,
				   struct ev_error *err);

#endif
