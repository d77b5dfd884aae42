/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The branch that HEAD names, as it stood when it was looked at: what is read
 * and what is written rest on the same commit, and the branch is only moved
 * while it still stands there.
 */
#ifndef AU_GIT_TIP_H
#define AU_GIT_TIP_H

#include "audit/references/git_repository.h"

struct au_git_tip {
	git_repository *repo; /* borrowed */
	char *branch; /* owned: "refs/heads/main"; "HEAD" where detached */
	git_commit *commit; /* owned; NULL: no commit yet */
	git_tree *tree;	    /* owned; that of commit, else NULL */
};

/* Free with au_git_tip_free; on failure *out is not written. */
enum ev_code au_git_tip_read(git_repository *repo, struct au_git_tip *out,
			     struct ev_error *err);
void au_git_tip_free(struct au_git_tip *tip);

/*
 * The file at path in the tip, owned by the caller (free), NULL where there is
 * none; at most max bytes.
 */
enum ev_code au_git_tip_file(const struct au_git_tip *tip, const char *path,
			     size_t max, uint8_t **out, size_t *n,
			     struct ev_error *err);

/* What happens while nobody else can move the branch. */
typedef void au_git_while_locked(void *state);

/*
 * Moves the branch from the tip to the commit id: under git's own lock on it,
 * which keeps git out too.  Refuses where it stands elsewhere by then, or is
 * locked (EV_VALUE, "branch").  during is called under the lock once nothing
 * but the system can fail any more; message is the reflog's.
 */
enum ev_code au_git_tip_move(const struct au_git_tip *tip, const git_oid *id,
			     const git_signature *who, const char *message,
			     au_git_while_locked *during, void *state,
			     struct ev_error *err);

#endif
