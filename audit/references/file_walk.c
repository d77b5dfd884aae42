/* SPDX-License-Identifier: Apache-2.0 */
/* The commits that made one file what it is. */
#include "audit/references/file_walk.h"

#include "evidence/base/cleanup.h"

static const char object[] = "repository";
static const struct au_git_file nothing = { .mode = GIT_FILEMODE_UNREADABLE };

/* A commit to look at, and the step that follows it. */
struct place {
	size_t number;
	size_t child;		 /* a step; SIZE_MAX: none */
	struct au_git_file file; /* that the commit has */
};

struct walk {
	const struct au_git_changes *changes;
	size_t path;
	struct place *stack;
	size_t depth;
	struct au_file_walk out;
	struct ev_error *err;
};

static void push(struct walk *w, size_t number, size_t child,
		 struct au_git_file file)
{
	w->stack[w->depth++] = (struct place){ number, child, file };
}

static enum ev_code add_step(struct walk *w, size_t number,
			     struct au_git_file from, struct au_git_file to)
{
	struct au_file_step *more;

	if (w->out.n == AU_STEPS_MAX)
		return ev_fail_u64(w->err, EV_LIMIT, object,
				   "changes of a file", 0, AU_STEPS_MAX,
				   w->out.n + 1);
	more = reallocarray(w->out.step, w->out.n + 1, sizeof(*more));
	if (more == NULL)
		return ev_fail_trouble(w->err, object, "out of memory");
	w->out.step = more;
	more[w->out.n++] = (struct au_file_step){ .number = number,
						  .from = from,
						  .to = to };
	return EV_OK;
}

/* Parents that are not known: what is there may be older. */
static enum ev_code look_at_end(struct walk *w, const struct place *at)
{
	enum au_graph_end end = w->changes->graph.commit[at->number].end;

	*(end == AU_GRAPH_LIMIT ? &w->out.limit : &w->out.shallow) = true;
	if (at->file.mode == 0)
		return EV_OK;
	return add_step(w, at->number, nothing, at->file);
}

/* The edges of a commit: to its parents, or of a root to nothing. */
static size_t n_edges(const struct au_graph_commit *c)
{
	return c->n_parents > 0 ? c->n_parents : 1;
}

/* The first parent that has the file as the commit has it, SIZE_MAX for a root
 * that has it not; false where there is none: *change is then what sets it
 * apart from the first parent that has it at all, or from none. */
static bool find_same(const struct walk *w, size_t number, size_t *parent,
		      const struct au_git_change **change)
{
	const struct au_git_graph *g = &w->changes->graph;
	const struct au_graph_commit *c = &g->commit[number];

	*change = NULL;
	for (size_t i = 0; i < n_edges(c); i++) {
		const struct au_git_change *found =
			au_git_changes_find(w->changes, c->parent + i, w->path);

		if (found == NULL) {
			*parent = c->n_parents > 0 ? g->parent[c->parent + i]
						   : SIZE_MAX;
			return true;
		}
		if (*change == NULL ||
		    ((*change)->from.mode == 0 && found->from.mode != 0))
			*change = found;
	}
	return false;
}

static enum ev_code look_at(struct walk *w, const struct place *at)
{
	const struct au_git_graph *g = &w->changes->graph;
	const struct au_graph_commit *c = &g->commit[at->number];
	const struct au_git_change *change = NULL;
	size_t parent = SIZE_MAX;

	if (c->end == AU_GRAPH_INNER &&
	    find_same(w, at->number, &parent, &change)) {
		if (parent != SIZE_MAX)
			push(w, parent, at->child, at->file);
		return EV_OK;
	}
	if (at->child != SIZE_MAX &&
	    c->time > g->commit[w->out.step[at->child].number].time)
		w->out.step[at->child].time_goes_back = true;
	if (c->end != AU_GRAPH_INNER)
		return look_at_end(w, at);
	if (add_step(w, at->number, change->from, change->to) != EV_OK)
		return w->err->code;
	/* No parent has the file as this has it. */
	for (size_t i = 0; i < c->n_parents; i++)
		push(w, g->parent[c->parent + i], w->out.n - 1,
		     au_git_changes_find(w->changes, c->parent + i, w->path)
			     ->from);
	return EV_OK;
}

/* Marks all commits that can be reached from one. */
static void reach(struct walk *w, size_t number, bool *reached)
{
	const struct au_git_graph *g = &w->changes->graph;

	push(w, number, SIZE_MAX, nothing);
	while (w->depth > 0) {
		size_t at = w->stack[--w->depth].number;
		const struct au_graph_commit *c = &g->commit[at];

		if (reached[at])
			continue;
		reached[at] = true;
		for (size_t i = 0; i < c->n_parents; i++)
			push(w, g->parent[c->parent + i], SIZE_MAX, nothing);
	}
}

/* Whether another version than kept was made by a commit, or, where kept is
 * vouched for by a step and not by a mere end, may have been made behind it. */
static bool may_have_made(const struct walk *w, size_t number,
			  const struct au_git_file *kept)
{
	const struct au_graph_commit *c = w->changes->graph.commit;
	const struct au_git_change *change;
	size_t parent;

	if (c[number].end != AU_GRAPH_INNER)
		return w->out.n > 0 &&
		       c[w->out.step[0].number].end == AU_GRAPH_INNER;
	return !find_same(w, number, &parent, &change) &&
	       !au_git_file_eq(&change->to, kept);
}

/* The newest step must know every other version.  Not only what a merge has
 * otherwise than a parent: what was undone on one side, and then merged with
 * what was there before, is the same on both. */
static enum ev_code find_dropped(struct walk *w)
{
	size_t n = w->changes->graph.n;
	ev_auto_free bool *reached = calloc(n, sizeof(*reached));

	w->out.dropped = SIZE_MAX;
	if (reached == NULL)
		return ev_fail_trouble(w->err, object, "out of memory");
	if (w->out.n > 0)
		reach(w, w->out.step[0].number, reached);
	for (size_t i = 0; i < n && w->out.dropped == SIZE_MAX; i++) {
		if (!reached[i] &&
		    may_have_made(w, i,
				  w->out.n > 0 ? &w->out.step[0].to : &nothing))
			w->out.dropped = i;
	}
	return EV_OK;
}

static enum ev_code walk_all(struct walk *w)
{
	const struct au_git_graph *g = &w->changes->graph;
	const struct au_git_change *there = au_git_changes_find(
		w->changes, w->changes->n_edges - 1, w->path);
	ev_auto_free struct place *stack =
		calloc(g->n_edges + 1, sizeof(*stack));
	ev_auto_free bool *seen = calloc(g->n, sizeof(*seen));

	if (stack == NULL || seen == NULL)
		return ev_fail_trouble(w->err, object, "out of memory");
	w->stack = stack;
	push(w, 0, SIZE_MAX, there != NULL ? there->to : nothing);
	while (w->depth > 0) {
		struct place at = stack[--w->depth];

		if (seen[at.number])
			continue;
		seen[at.number] = true;
		if (look_at(w, &at) != EV_OK)
			return w->err->code;
	}
	return find_dropped(w);
}

/* Their ranks stand in the graph, which no comparison is told; so each is put
 * in its place among those before it.  A line of commits is in order. */
static void order(const struct au_git_graph *g, struct au_file_walk *walk)
{
	for (size_t i = 1; i < walk->n; i++) {
		struct au_file_step step = walk->step[i];
		size_t rank = g->commit[step.number].rank, at = i;

		while (at > 0 &&
		       g->commit[walk->step[at - 1].number].rank < rank) {
			walk->step[at] = walk->step[at - 1];
			at--;
		}
		walk->step[at] = step;
	}
}

enum ev_code au_file_walk(const struct au_git_changes *changes, size_t path,
			  struct au_file_walk *out, struct ev_error *err)
{
	struct walk w = { .changes = changes, .path = path, .err = err };

	if (walk_all(&w) != EV_OK) {
		au_file_walk_free(&w.out);
		return err->code;
	}
	order(&changes->graph, &w.out);
	*out = w.out;
	return EV_OK;
}

void au_file_walk_free(struct au_file_walk *walk)
{
	free(walk->step);
	memset(walk, 0, sizeof(*walk));
}
