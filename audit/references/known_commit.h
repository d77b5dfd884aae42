/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A commit that an earlier report named, and what became of it: a repository
 * that only grew has it among the ancestors of every later commit.
 */
#ifndef AU_KNOWN_COMMIT_H
#define AU_KNOWN_COMMIT_H

#include "audit/references/git_graph.h"

enum au_known_state {
	AU_KNOWN_NOT_ASKED,
	AU_KNOWN_CURRENT,     /* REV's commit itself */
	AU_KNOWN_ANCESTOR,    /* of REV's commit */
	AU_KNOWN_REWRITTEN,   /* no ancestor, or no commit of the repository */
	AU_KNOWN_NOT_REACHED, /* the history ends before it could be met */
};
/* "not-asked", "current", "ancestor", "rewritten", "not-reached". */
const char *au_known_state_name(enum au_known_state state);

struct au_known {
	enum au_known_state state;
	const char *reason; /* static; "" where current or an ancestor */
};

/* 40 lower-case hex digits. */
bool au_known_is_id(const char *text);

/* What became of it in the graph of the commit that is read now. */
struct au_known au_known_of(const struct au_git_graph *graph,
			    const git_oid *id);

#endif
