/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An overruling: a commit behind one that changed or deleted another manifest.
 * Who signed a file's commit vouched for all that lay in front of it, and for
 * nothing that came later: where somebody whom nobody vouches for then took a
 * withdrawal away, under whatever name, what is left is not what was vouched
 * for.  A manifest that only came takes nothing away.
 */
#ifndef AU_OVERRULING_H
#define AU_OVERRULING_H

#include "audit/references/git_changes.h"

/* Whether the commit of that number has a good signature. */
struct au_commit_judge {
	enum ev_code (*ask)(void *state, size_t commit, bool *good,
			    struct ev_error *err);
	void *state;
};

struct au_overruling {
	size_t commit, path; /* numbers; commit SIZE_MAX: there is none */
};

/*
 * Looks at every other manifest that a commit not in front of `since` changed
 * or deleted against one of its parents: the newest commits that made it what
 * it is must be in front of `since`, or be good, or have brought it new; and
 * no merge behind them may have left another version out (file_walk.h).
 * Refuses as au_file_walk and the judge do.
 */
enum ev_code au_overruling_find(const struct au_git_changes *changes,
				size_t path, size_t since,
				const struct au_commit_judge *judge,
				struct au_overruling *out,
				struct ev_error *err);

#endif
