/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The commits that can be reached from one, with their parents and what each
 * has at references/.  A commit whose parents are not in the repository, since
 * that is a shallow clone, and one behind which the bound ends the walk, are
 * told apart from one that has none.
 */
#ifndef AU_GIT_GRAPH_H
#define AU_GIT_GRAPH_H

#include "audit/references/git_repository.h"

/* Commits of one walk, and edges between them; a merge of some dozens is
 * rare. */
static const size_t AU_GRAPH_COMMITS_MAX = 100000;
static const size_t AU_GRAPH_EDGES_MAX = 400000;
/* Trees and commits that are loaded for it: 100000 commits with root trees of
 * 20 KiB. */
static const size_t AU_GRAPH_BYTES_MAX = (size_t)2 << 30;

#define AU_AUTHOR_TEXT 256

enum au_graph_end {
	AU_GRAPH_INNER,	  /* all parents are in the graph; a root has none */
	AU_GRAPH_SHALLOW, /* a parent is not in the repository */
	AU_GRAPH_LIMIT,	  /* a parent is beyond AU_GRAPH_COMMITS_MAX */
};

struct au_graph_commit {
	git_oid id;
	git_oid references; /* the tree at references/; zero: none */
	int64_t time;	    /* the committer's claim */
	/* Owned: the author's name, printable (ev_show), cut.  Here, since a
	 * commit may be of a MiB and is loaded once. */
	char *author;
	size_t parent;	  /* the first one's place in au_git_graph.parent */
	size_t n_parents; /* 0 where end is not AU_GRAPH_INNER */
	/* Rises from the oldest, a parent's below its children's. */
	size_t rank;
	enum au_graph_end end;
};

struct au_git_graph {
	git_repository *repo;		/* borrowed */
	git_odb *odb;			/* owned */
	struct au_graph_commit *commit; /* commit[0] is where it starts */
	size_t n;
	size_t *parent; /* numbers of commits */
	size_t n_edges;
	size_t n_bytes; /* loaded so far */
	size_t *slot;	/* open hashing by id: number + 1, 0: free */
};

/* Reads the graph from that commit.  Refuses a missing object of what is no
 * shallow clone (EV_MISSING), and too many edges or bytes (EV_LIMIT).  On
 * failure *out is not written. */
enum ev_code au_git_graph_read(git_repository *repo, const git_oid *start,
			       struct au_git_graph *out, struct ev_error *err);
void au_git_graph_free(struct au_git_graph *graph);

/* Its number, SIZE_MAX where the graph has none of that id. */
size_t au_git_graph_find(const struct au_git_graph *graph, const git_oid *id);

/* Some commit has an end that is not AU_GRAPH_INNER. */
bool au_git_graph_is_cut(const struct au_git_graph *graph);

/* A tree of the repository, at most 8 MiB: a folder of 65536 entries with
 * names of 64 bytes is below that.  *budget is lowered by its size; below
 * that it is refused. */
enum ev_code au_git_tree_read(git_repository *repo, git_odb *odb,
			      const git_oid *id, size_t *budget, git_tree **out,
			      struct ev_error *err);

#endif
