/* SPDX-License-Identifier: Apache-2.0 */
/* The commits that can be reached from one. */
#include "audit/references/git_graph.h"

#include "audit/references/git_signature.h"

static const char object[] = "repository";

static const size_t AU_TREE_MAX = (size_t)8 << 20;
/* Twice AU_GRAPH_COMMITS_MAX and more, so that a free slot is near. */
#define AU_GRAPH_SLOTS ((size_t)1 << 18)

enum ev_code au_git_tree_read(git_repository *repo, git_odb *odb,
			      const git_oid *id, size_t *budget, git_tree **out,
			      struct ev_error *err)
{
	git_object_t type = GIT_OBJECT_INVALID;
	size_t size = 0;
	int code = git_odb_read_header(&size, &type, odb, id);

	if (code != 0)
		return au_git_fail(code, object, "object", err);
	if (type != GIT_OBJECT_TREE)
		return ev_fail(err, EV_VALUE, object, "object", 0, "tree",
			       git_object_type2string(type));
	if (size > AU_TREE_MAX)
		return ev_fail_u64(err, EV_LIMIT, object, "tree", 0,
				   AU_TREE_MAX, size);
	if (size > *budget)
		return ev_fail(err, EV_LIMIT, object, "history", 0,
			       "trees and commits of 2 GiB together", "more");
	*budget -= size;
	code = git_tree_lookup(out, repo, id);
	return code != 0 ? au_git_fail(code, object, "object", err) : EV_OK;
}

/* An id is a hash: its first bytes are spread well enough. */
static size_t slot_of(const struct au_git_graph *g, const git_oid *id)
{
	size_t at =
		((size_t)id->id[0] << 16 | (size_t)id->id[1] << 8 | id->id[2]) %
		AU_GRAPH_SLOTS;

	while (g->slot[at] != 0 &&
	       !git_oid_equal(&g->commit[g->slot[at] - 1].id, id))
		at = (at + 1) % AU_GRAPH_SLOTS;
	return at;
}

size_t au_git_graph_find(const struct au_git_graph *graph, const git_oid *id)
{
	return graph->slot[slot_of(graph, id)] - 1;
}

static size_t add_commit(struct au_git_graph *g, const git_oid *id)
{
	struct au_graph_commit *c = &g->commit[g->n];

	git_oid_cpy(&c->id, id);
	g->slot[slot_of(g, id)] = g->n + 1;
	return g->n++;
}

/* The commit's tree at references/, which most commits share with the one
 * that was looked at before. */
struct last_root {
	git_oid root, references;
	bool there;
};

static enum ev_code find_references(struct au_git_graph *g, const git_oid *root,
				    size_t *budget, struct last_root *last,
				    struct ev_error *err)
{
	ev_auto(git_tree_free) git_tree *tree = NULL;
	const git_tree_entry *e;

	if (last->there && git_oid_equal(root, &last->root))
		return EV_OK;
	if (au_git_tree_read(g->repo, g->odb, root, budget, &tree, err) !=
	    EV_OK)
		return err->code;
	*last = (struct last_root){ .root = *root, .there = true };
	e = git_tree_entry_byname(tree, "references");
	if (e != NULL && git_tree_entry_filemode(e) == GIT_FILEMODE_TREE)
		git_oid_cpy(&last->references, git_tree_entry_id(e));
	return EV_OK;
}

static enum ev_code load_commit(struct au_git_graph *g, const git_oid *id,
				size_t *budget, git_commit **out,
				struct ev_error *err)
{
	git_object_t type = GIT_OBJECT_INVALID;
	size_t size = 0;
	int code = git_odb_read_header(&size, &type, g->odb, id);

	if (code == 0 && type != GIT_OBJECT_COMMIT)
		return ev_fail(err, EV_VALUE, object, "object", 0, "commit",
			       git_object_type2string(type));
	if (code == 0 && (size > AU_COMMIT_MAX || size > *budget))
		return ev_fail_u64(
			err, EV_LIMIT, object, "commit", 0,
			size > AU_COMMIT_MAX ? AU_COMMIT_MAX : *budget, size);
	if (code == 0) {
		*budget -= size;
		code = git_commit_lookup(out, g->repo, id);
	}
	return code != 0 ? au_git_fail(code, object, "commit", err) : EV_OK;
}

/* Whether all parents can be walked to; commits that are known already cost
 * nothing. */
static enum au_graph_end end_of(const struct au_git_graph *g,
				const git_commit *commit, bool shallow)
{
	unsigned int n = git_commit_parentcount(commit);
	size_t more = 0;

	for (unsigned int i = 0; i < n; i++) {
		const git_oid *id = git_commit_parent_id(commit, i);

		if (shallow && !git_odb_exists(g->odb, id))
			return AU_GRAPH_SHALLOW;
		more += au_git_graph_find(g, id) == SIZE_MAX;
	}
	return more > AU_GRAPH_COMMITS_MAX - g->n ? AU_GRAPH_LIMIT
						  : AU_GRAPH_INNER;
}

static enum ev_code add_parents(struct au_git_graph *g, size_t at,
				const git_commit *commit, struct ev_error *err)
{
	size_t n = git_commit_parentcount(commit), *more;

	g->commit[at].parent = g->n_edges;
	if (g->commit[at].end != AU_GRAPH_INNER || n == 0)
		return EV_OK;
	if (n > AU_GRAPH_EDGES_MAX - g->n_edges)
		return ev_fail_u64(err, EV_LIMIT, object, "parents", 0,
				   AU_GRAPH_EDGES_MAX, g->n_edges + n);
	more = reallocarray(g->parent, g->n_edges + n, sizeof(*more));
	if (more == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	g->parent = more;
	for (unsigned int i = 0; i < n; i++) {
		const git_oid *id = git_commit_parent_id(commit, i);
		size_t known = au_git_graph_find(g, id);

		g->parent[g->n_edges++] =
			known != SIZE_MAX ? known : add_commit(g, id);
	}
	g->commit[at].n_parents = n;
	return EV_OK;
}

static bool keep_words(struct au_graph_commit *c, const git_commit *commit)
{
	char author[AU_AUTHOR_TEXT];

	ev_show(ev_span_str(git_commit_author(commit)->name), author,
		sizeof(author));
	c->time = git_commit_time(commit);
	c->author = strdup(author);
	return c->author != NULL;
}

/* Breadth first, so that what a bound cuts off is what is farthest. */
static enum ev_code walk(struct au_git_graph *g, bool shallow, size_t *budget,
			 struct ev_error *err)
{
	struct last_root last = { .there = false };

	for (size_t at = 0; at < g->n; at++) {
		ev_auto(git_commit_free) git_commit *commit = NULL;
		git_oid id = g->commit[at].id;

		if (load_commit(g, &id, budget, &commit, err) != EV_OK ||
		    find_references(g, git_commit_tree_id(commit), budget,
				    &last, err) != EV_OK)
			return err->code;
		g->commit[at].references = last.references;
		if (!keep_words(&g->commit[at], commit))
			return ev_fail_trouble(err, object, "out of memory");
		g->commit[at].end = end_of(g, commit, shallow);
		if (add_parents(g, at, commit, err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}

/* A commit that waits for its parents to be ranked. */
struct waiting {
	size_t commit, next; /* the parent that is looked at next */
};

/* Depth first, first parents first; a rank is given behind all parents. */
static void rank_from_start(struct au_git_graph *g, struct waiting *stack)
{
	size_t depth = 1, rank = 0;

	stack[0] = (struct waiting){ 0, 0 };
	g->commit[0].rank = SIZE_MAX;
	while (depth > 0) {
		struct waiting *top = &stack[depth - 1];
		struct au_graph_commit *c = &g->commit[top->commit];
		size_t parent;

		if (top->next == c->n_parents) {
			c->rank = ++rank;
			depth--;
			continue;
		}
		parent = g->parent[c->parent + top->next++];
		if (g->commit[parent].rank != 0)
			continue;
		g->commit[parent].rank = SIZE_MAX;
		stack[depth++] = (struct waiting){ parent, 0 };
	}
}

static enum ev_code rank(struct au_git_graph *g, struct ev_error *err)
{
	ev_auto_free struct waiting *stack = calloc(g->n, sizeof(*stack));

	if (stack == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	rank_from_start(g, stack);
	return EV_OK;
}

static enum ev_code read_graph(struct au_git_graph *g, const git_oid *start,
			       struct ev_error *err)
{
	size_t budget = AU_GRAPH_BYTES_MAX;
	int code = git_repository_odb(&g->odb, g->repo);

	if (code != 0)
		return au_git_fail(code, object, "objects", err);
	g->commit = calloc(AU_GRAPH_COMMITS_MAX, sizeof(*g->commit));
	g->slot = calloc(AU_GRAPH_SLOTS, sizeof(*g->slot));
	if (g->commit == NULL || g->slot == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	add_commit(g, start);
	if (walk(g, git_repository_is_shallow(g->repo) == 1, &budget, err) !=
		    EV_OK ||
	    rank(g, err) != EV_OK)
		return err->code;
	g->n_bytes = AU_GRAPH_BYTES_MAX - budget;
	return EV_OK;
}

enum ev_code au_git_graph_read(git_repository *repo, const git_oid *start,
			       struct au_git_graph *out, struct ev_error *err)
{
	struct au_git_graph g = { .repo = repo };

	if (read_graph(&g, start, err) != EV_OK) {
		au_git_graph_free(&g);
		return err->code;
	}
	*out = g;
	return EV_OK;
}

void au_git_graph_free(struct au_git_graph *graph)
{
	for (size_t i = 0; i < graph->n; i++)
		free(graph->commit[i].author);
	free(graph->commit);
	free(graph->parent);
	free(graph->slot);
	if (graph->odb != NULL)
		git_odb_free(graph->odb);
	memset(graph, 0, sizeof(*graph));
}

bool au_git_graph_is_cut(const struct au_git_graph *graph)
{
	for (size_t i = 0; i < graph->n; i++) {
		if (graph->commit[i].end != AU_GRAPH_INNER)
			return true;
	}
	return false;
}
