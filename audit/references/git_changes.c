/* SPDX-License-Identifier: Apache-2.0 */
/* What each commit changed below references/. */
#include "audit/references/git_changes.h"

#include "audit/references/references.h"

#include <stdio.h>

static const char object[] = "repository";
static const char top[] = "references";

/* Those of AU_DEPTH_MAX and the top. */
#define AU_COMPARISON_DEPTHS 5

/* Two trees being compared. */
struct comparison {
	struct au_git_changes *changes;
	size_t budget; /* bytes of trees that may still be loaded */
	/* By depth, the parent's tree that was loaded last: mostly that of the
	 * next commit to be compared, and too large for libgit2's cache. */
	git_tree *last[AU_COMPARISON_DEPTHS];
	size_t n_compared; /* entries so far */
	struct ev_error *err;
};

bool au_git_file_eq(const struct au_git_file *a, const struct au_git_file *b)
{
	return a->mode == b->mode && git_oid_equal(&a->id, &b->id);
}

static bool is_tree(const git_tree_entry *e)
{
	return e != NULL && git_tree_entry_filemode(e) == GIT_FILEMODE_TREE;
}

static struct au_git_file file_of(const git_tree_entry *e)
{
	struct au_git_file file = { .mode = GIT_FILEMODE_UNREADABLE };

	if (e != NULL && !is_tree(e)) {
		file.id = *git_tree_entry_id(e);
		file.mode = git_tree_entry_filemode(e);
	}
	return file;
}

static enum ev_code add_change(struct comparison *c, const char *path,
			       struct au_git_file from, struct au_git_file to)
{
	struct au_git_changes *all = c->changes;
	struct au_git_change change = { .from = from, .to = to };
	size_t room = all->room < 64 ? 64 : 2 * all->room;

	if (all->n_changes == AU_CHANGES_MAX)
		return ev_fail_u64(c->err, EV_LIMIT, object, "changes", 0,
				   AU_CHANGES_MAX, all->n_changes + 1);
	if (all->n_changes == all->room) {
		struct au_git_change *more =
			reallocarray(all->change, room, sizeof(*more));

		if (more == NULL)
			return ev_fail_trouble(c->err, object, "out of memory");
		all->change = more;
		all->room = room;
	}
	if (au_path_table_add(&all->paths, path, &change.path, c->err) != EV_OK)
		return c->err->code;
	all->change[all->n_changes++] = change;
	return EV_OK;
}

/* A tree by its id; *out stays NULL for the zero id. */
static enum ev_code load(struct comparison *c, const git_oid *id, size_t depth,
			 git_tree **out)
{
	git_tree *last = c->last[depth];

	if (git_oid_is_zero(id))
		return EV_OK;
	if (last != NULL && git_oid_equal(git_tree_id(last), id))
		return git_tree_dup(out, last) == 0
			       ? EV_OK
			       : ev_fail_trouble(c->err, object,
						 "out of memory");
	return au_git_tree_read(c->changes->graph.repo, c->changes->graph.odb,
				id, &c->budget, out, c->err);
}

/* Keeps the tree, the caller's no longer, in the place of the last. */
static void keep_last(struct comparison *c, size_t depth, git_tree **tree)
{
	if (*tree == NULL)
		return;
	git_tree_free(c->last[depth]);
	c->last[depth] = *tree;
	*tree = NULL;
}

static const git_oid *tree_id(const git_tree_entry *e)
{
	static const git_oid none = { .id = { 0 } };

	return is_tree(e) ? git_tree_entry_id(e) : &none;
}

static bool is_same(const git_tree_entry *a, const git_tree_entry *b)
{
	return a != NULL && b != NULL &&
	       git_oid_equal(git_tree_entry_id(a), git_tree_entry_id(b)) &&
	       git_tree_entry_filemode(a) == git_tree_entry_filemode(b);
}

/* A name in both trees or in one of them. */
struct pair {
	const git_tree_entry *from, *to;
};

/* Both trees have one order, so the same name mostly stands where the one
 * before was found, or a little behind; *hint is that place. */
static const git_tree_entry *find(const git_tree *tree, const git_tree_entry *e,
				  size_t *hint)
{
	const char *name = git_tree_entry_name(e);

	for (size_t i = *hint; tree != NULL && i < *hint + 4; i++) {
		const git_tree_entry *at = git_tree_entry_byindex(tree, i);

		if (at == NULL || strcmp(git_tree_entry_name(at), name) != 0)
			continue;
		*hint = i + 1;
		return at;
	}
	return tree != NULL ? git_tree_entry_byname(tree, name) : NULL;
}

static size_t count(const git_tree *tree)
{
	return tree != NULL ? git_tree_entrycount(tree) : 0;
}

/* Pair number i of two trees; both NULL where it was met before. */
static struct pair pair_at(const git_tree *from, const git_tree *to, size_t i,
			   size_t *hint)
{
	struct pair pair = { NULL, NULL };

	if (i < count(from)) {
		pair.from = git_tree_entry_byindex(from, i);
		pair.to = find(to, pair.from, hint);
		return pair;
	}
	if (i == count(from))
		*hint = 0;
	pair.to = git_tree_entry_byindex(to, i - count(from));
	if (find(from, pair.to, hint) != NULL)
		pair.to = NULL;
	return pair;
}

/* Joins the pair's path and keeps a change of files; *enter: folders are to be
 * compared.  Paths too long or too deep are no references: who lists them
 * refuses them. */
static enum ev_code compare_pair(struct comparison *c, const char *prefix,
				 const struct pair *pair,
				 char path[AU_PATH_MAX], bool *enter)
{
	const git_tree_entry *from = pair->from, *to = pair->to;
	int n = snprintf(path, AU_PATH_MAX, "%s/%s", prefix,
			 git_tree_entry_name(from != NULL ? from : to));

	*enter = false;
	if (++c->n_compared > AU_COMPARED_MAX)
		return ev_fail_u64(c->err, EV_LIMIT, object, "entries", 0,
				   AU_COMPARED_MAX, c->n_compared);
	if (is_same(from, to) || n < 0 || n >= AU_PATH_MAX)
		return EV_OK;
	*enter = is_tree(from) || is_tree(to);
	if ((from == NULL || is_tree(from)) && (to == NULL || is_tree(to)))
		return EV_OK;
	return au_references_is_manifest(path)
		       ? add_change(c, path, file_of(from), file_of(to))
		       : EV_OK;
}

static enum ev_code compare(struct comparison *c, const char *prefix,
			    const git_oid *from, const git_oid *to,
			    size_t depth)
{
	ev_auto(git_tree_free) git_tree *a = NULL;
	ev_auto(git_tree_free) git_tree *b = NULL;
	size_t hint = 0;

	if (git_oid_equal(from, to) || depth > AU_DEPTH_MAX)
		return EV_OK;
	if (load(c, to, depth, &b) != EV_OK ||
	    load(c, from, depth, &a) != EV_OK)
		return c->err->code;
	for (size_t i = 0; i < count(a) + count(b); i++) {
		struct pair pair = pair_at(a, b, i, &hint);
		char path[AU_PATH_MAX];
		bool enter;

		if (pair.from == NULL && pair.to == NULL)
			continue;
		if (compare_pair(c, prefix, &pair, path, &enter) != EV_OK)
			return c->err->code;
		if (enter && compare(c, path, tree_id(pair.from),
				     tree_id(pair.to), depth + 1) != EV_OK)
			return c->err->code;
	}
	keep_last(c, depth, &a);
	return EV_OK;
}

static const git_oid none = { .id = { 0 } };

static enum ev_code compare_edge(struct comparison *c, const git_oid *from,
				 const git_oid *to)
{
	c->changes->first[c->changes->n_edges++] = c->changes->n_changes;
	return compare(c, top, from, to, 0);
}

static enum ev_code compare_parents(struct comparison *c)
{
	const struct au_git_graph *g = &c->changes->graph;

	/* As the graph counts them: breadth first, a commit's together. */
	for (size_t i = 0; i < g->n; i++) {
		for (size_t k = 0; k < g->commit[i].n_parents; k++) {
			size_t parent = g->parent[g->commit[i].parent + k];

			if (compare_edge(c, &g->commit[parent].references,
					 &g->commit[i].references) != EV_OK)
				return c->err->code;
		}
	}
	return EV_OK;
}

static enum ev_code compare_roots(struct comparison *c)
{
	struct au_git_graph *g = &c->changes->graph;

	for (size_t i = 0; i < g->n; i++) {
		if (g->commit[i].n_parents > 0 ||
		    g->commit[i].end != AU_GRAPH_INNER)
			continue;
		g->commit[i].parent = c->changes->n_edges;
		if (compare_edge(c, &none, &g->commit[i].references) != EV_OK)
			return c->err->code;
	}
	return EV_OK;
}

static int by_path(const void *a, const void *b)
{
	const struct au_git_change *x = a, *y = b;

	return (x->path > y->path) - (x->path < y->path);
}

/* By path in each edge: git's order of a folder is that of its names with "/"
 * behind those of folders. */
static enum ev_code order(struct au_git_changes *all, struct ev_error *err)
{
	ev_auto_free size_t *renumbered = NULL;

	if (au_path_table_sort(&all->paths, &renumbered, err) != EV_OK)
		return err->code;
	for (size_t i = 0; i < all->n_changes; i++)
		all->change[i].path = renumbered[all->change[i].path];
	for (size_t e = 0; e < all->n_edges; e++) {
		size_t n = all->first[e + 1] - all->first[e];

		if (n > 1)
			qsort(&all->change[all->first[e]], n,
			      sizeof(*all->change), by_path);
	}
	return EV_OK;
}

static enum ev_code read_changes(struct au_git_changes *all,
				 git_repository *repo, const git_oid *start,
				 struct ev_error *err)
{
	struct au_git_graph *g = &all->graph;
	struct comparison c = { .changes = all, .err = err };

	if (au_git_graph_read(repo, start, g, err) != EV_OK)
		return err->code;
	c.budget = AU_GRAPH_BYTES_MAX - g->n_bytes;
	all->first = calloc(g->n_edges + g->n + 2, sizeof(*all->first));
	if (all->first == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (compare_parents(&c) == EV_OK && compare_roots(&c) == EV_OK)
		compare_edge(&c, &none, &g->commit[0].references);
	for (size_t i = 0; i < AU_COMPARISON_DEPTHS; i++)
		git_tree_free(c.last[i]);
	if (err->code != EV_OK)
		return err->code;
	all->first[all->n_edges] = all->n_changes;
	return order(all, err);
}

enum ev_code au_git_changes_read(git_repository *repo, const git_oid *start,
				 struct au_git_changes *out,
				 struct ev_error *err)
{
	struct au_git_changes all = { .n_changes = 0 };

	if (read_changes(&all, repo, start, err) != EV_OK) {
		au_git_changes_free(&all);
		return err->code;
	}
	*out = all;
	return EV_OK;
}

void au_git_changes_free(struct au_git_changes *changes)
{
	au_git_graph_free(&changes->graph);
	au_path_table_free(&changes->paths);
	free(changes->change);
	free(changes->first);
	memset(changes, 0, sizeof(*changes));
}

const struct au_git_change *
au_git_changes_find(const struct au_git_changes *changes, size_t edge,
		    size_t path)
{
	const struct au_git_change key = { .path = path };
	size_t first = changes->first[edge];
	size_t n = changes->first[edge + 1] - first;

	return n > 0 ? bsearch(&key, &changes->change[first], n, sizeof(key),
			       by_path)
		     : NULL;
}
