/* SPDX-License-Identifier: Apache-2.0 */
/* A commit behind one that changed or deleted another manifest. */
#include "audit/references/overruling.h"

#include "audit/references/file_walk.h"

#include <stdlib.h>

struct looking {
	const struct au_git_changes *changes;
	const struct au_commit_judge *judge;
	bool *before; /* by number of the commit: since, or in front of it */
	bool *later;  /* by number of the path: looked at */
};

/* Marks a commit and all in front of it; false: out of memory. */
static bool mark_before(struct looking *l, size_t since)
{
	const struct au_git_graph *g = &l->changes->graph;
	size_t *stack = calloc(g->n, sizeof(*stack));
	size_t n = 0;

	if (stack == NULL)
		return false;
	l->before[since] = true;
	stack[n++] = since;
	while (n > 0) {
		const struct au_graph_commit *c = &g->commit[stack[--n]];

		for (size_t i = 0; i < c->n_parents; i++) {
			size_t parent = g->parent[c->parent + i];

			if (!l->before[parent]) {
				l->before[parent] = true;
				stack[n++] = parent;
			}
		}
	}
	free(stack);
	return true;
}

/* Marks the manifests that an edge changes or deletes. */
static void mark_edge(struct looking *l, size_t edge)
{
	const struct au_git_changes *all = l->changes;

	for (size_t i = all->first[edge]; i < all->first[edge + 1]; i++)
		if (all->change[i].from.mode != 0)
			l->later[all->change[i].path] = true;
}

static void mark_later(struct looking *l)
{
	const struct au_git_graph *g = &l->changes->graph;

	for (size_t n = 0; n < g->n; n++) {
		const struct au_graph_commit *c = &g->commit[n];

		for (size_t i = 0; i < c->n_parents && !l->before[n]; i++)
			mark_edge(l, c->parent + i);
	}
}

/* The commit that overrules in one manifest's walk; SIZE_MAX: none. */
static enum ev_code judge_walk(const struct looking *l,
			       const struct au_file_walk *walk, size_t *out,
			       struct ev_error *err)
{
	bool good = false;

	*out = walk->dropped != SIZE_MAX && !l->before[walk->dropped]
		       ? walk->dropped
		       : SIZE_MAX;
	for (size_t i = 0; i < walk->n && *out == SIZE_MAX && !good; i++) {
		const struct au_file_step *step = &walk->step[i];

		if (l->before[step->number])
			return EV_OK;
		if (l->judge->ask(l->judge->state, step->number, &good, err) !=
		    EV_OK)
			return err->code;
		if (!good && step->from.mode != 0)
			*out = step->number;
	}
	return EV_OK;
}

static enum ev_code look(struct looking *l, size_t path,
			 struct au_overruling *out, struct ev_error *err)
{
	enum ev_code code = EV_OK;

	l->later[path] = false;
	for (size_t q = 0; q < l->changes->paths.n && code == EV_OK; q++) {
		struct au_file_walk walk;

		if (!l->later[q])
			continue;
		code = au_file_walk(l->changes, q, &walk, err);
		if (code != EV_OK)
			break;
		code = judge_walk(l, &walk, &out->commit, err);
		au_file_walk_free(&walk);
		out->path = q;
		if (out->commit != SIZE_MAX)
			break;
	}
	return code;
}

enum ev_code au_overruling_find(const struct au_git_changes *changes,
				size_t path, size_t since,
				const struct au_commit_judge *judge,
				struct au_overruling *out, struct ev_error *err)
{
	struct looking l = {
		.changes = changes,
		.judge = judge,
		.before = calloc(changes->graph.n, sizeof(*l.before)),
		.later = calloc(changes->paths.n + 1, sizeof(*l.later)),
	};
	enum ev_code code;

	*out = (struct au_overruling){ .commit = SIZE_MAX };
	if (l.before != NULL && l.later != NULL && mark_before(&l, since)) {
		mark_later(&l);
		code = look(&l, path, out, err);
	} else {
		code = ev_fail_trouble(err, "repository", "out of memory");
	}
	free(l.before);
	free(l.later);
	return code;
}
