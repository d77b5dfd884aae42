/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commits of a graph that made one file what it is, by git's default
 * simplification: a commit that has the file as a parent has it is passed by,
 * and of such a merge only the first such parent is followed; behind any other
 * commit all parents are.
 */
#ifndef AU_FILE_WALK_H
#define AU_FILE_WALK_H

#include "audit/references/git_changes.h"

/* Of one file; one that is changed each day for ten years has 3653. */
static const size_t AU_STEPS_MAX = 4096;

struct au_file_step {
	size_t number;		     /* of the commit in the graph */
	struct au_git_file from, to; /* of the first parent that has the file,
				      * if any; of the commit */
	bool time_goes_back; /* the commit claims to be older than one that it
			      * follows */
};

struct au_file_walk {
	struct au_file_step *step; /* owned; newest first, by rank */
	size_t n;
	/* Commits were met whose parents are not known (au_graph_end).  One
	 * that has the file is a step, but made no change that is known. */
	bool shallow, limit;
	/*
	 * A commit that made another version of the file, and that the newest
	 * step does not know; of several that nearest to commit 0.  Who merged
	 * the two took an older or another's version, so the newest step says
	 * nothing of what is current.  A commit whose parents are not known
	 * may hide such a one, and counts, too.  SIZE_MAX: there is none.
	 */
	size_t dropped;
};

/* Walks from commit 0.  Refuses beyond AU_STEPS_MAX (EV_LIMIT).  On failure
 * *out is not written. */
enum ev_code au_file_walk(const struct au_git_changes *changes, size_t path,
			  struct au_file_walk *out, struct ev_error *err);
void au_file_walk_free(struct au_file_walk *walk);

#endif
