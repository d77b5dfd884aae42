/* SPDX-License-Identifier: Apache-2.0 */
/* A commit that an earlier report named. */
#include "audit/references/known_commit.h"

const char *au_known_state_name(enum au_known_state state)
{
	static const char *const names[] = { "not-asked", "current", "ancestor",
					     "rewritten", "not-reached" };

	return names[state];
}

bool au_known_is_id(const char *text)
{
	return strlen(text) == GIT_OID_HEXSZ &&
	       strspn(text, "0123456789abcdef") == GIT_OID_HEXSZ;
}

struct au_known au_known_of(const struct au_git_graph *g, const git_oid *id)
{
	size_t at = au_git_graph_find(g, id);

	if (at != SIZE_MAX)
		return (struct au_known){ at == 0 ? AU_KNOWN_CURRENT
						  : AU_KNOWN_ANCESTOR,
					  "" };
	if (au_git_graph_is_cut(g))
		return (struct au_known){
			AU_KNOWN_NOT_REACHED,
			"the history ends before the known commit could be met"
		};
	if (!git_odb_exists(g->odb, id))
		return (struct au_known){
			AU_KNOWN_REWRITTEN,
			"the known commit is not in the repository"
		};
	return (struct au_known){ AU_KNOWN_REWRITTEN,
				  "the known commit is no ancestor of this" };
}
