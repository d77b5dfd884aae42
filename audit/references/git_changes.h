/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each commit of a graph changed below references/, against each of its
 * parents: manifests (names that end in .json) by path.  Subtrees with equal
 * ids are passed over unread, so an unchanged folder costs nothing.
 */
#ifndef AU_GIT_CHANGES_H
#define AU_GIT_CHANGES_H

#include "audit/references/git_graph.h"
#include "audit/references/path_table.h"

/* Of one repository, together: files changed from a parent to its child, and
 * entries of folders that were compared for it. */
static const size_t AU_CHANGES_MAX = (size_t)1 << 20;
static const size_t AU_COMPARED_MAX = (size_t)1 << 26;

/* A file in a tree; mode 0: not there. */
struct au_git_file {
	git_oid id;
	git_filemode_t mode;
};
bool au_git_file_eq(const struct au_git_file *a, const struct au_git_file *b);

struct au_git_change {
	size_t path;
	struct au_git_file from, to; /* of the parent, of the commit */
};

struct au_git_changes {
	struct au_git_graph graph;  /* owned */
	struct au_path_table paths; /* owned; sorted */
	/* Those of edge e are change[first[e]] up to change[first[e + 1] - 1],
	 * by path.  Edges are those of graph.parent, then one for each root,
	 * all of whose files are new (its number is in graph.commit[].parent),
	 * then one for what is there at commit 0. */
	struct au_git_change *change;
	size_t n_changes, room;
	size_t *first;
	size_t n_edges;
};

/* Reads the graph from that commit and all changes in it.  Refuses as
 * au_git_graph_read does, and beyond the bounds (EV_LIMIT).  On failure *out is
 * not written. */
enum ev_code au_git_changes_read(git_repository *repo, const git_oid *start,
				 struct au_git_changes *out,
				 struct ev_error *err);
void au_git_changes_free(struct au_git_changes *changes);

/* What edge did to the path; NULL: it has there what it had. */
const struct au_git_change *
au_git_changes_find(const struct au_git_changes *changes, size_t edge,
		    size_t path);

#endif
