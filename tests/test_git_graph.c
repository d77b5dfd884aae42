/* SPDX-License-Identifier: Apache-2.0 */
/* The commits that can be reached from one, and the bounds on them. */
#include "audit/references/git_changes.h"
#include "tests/commits_sample.h"
#include "tests/sanitized.h"

#include <git2/sys/mempack.h>

static struct au_git_graph read_graph(git_repository *repo, const git_oid *from)
{
	struct au_git_graph g;
	struct ev_error err = { 0 };

	if (au_git_graph_read(repo, from, &g, &err) != EV_OK)
		fail_msg("%s: %s", err.field, err.found);
	return g;
}

static void each_commit_is_there_once_with_its_parents(void **state)
{
	git_repository *repo = make("graph.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid b = grow_one(repo, &a, "README", "x", 10);
	git_oid c = grow_one(repo, &a, PATH_17, NULL, 20);
	git_oid d = merge(repo, &b, &c, "README", "y", 30);
	git_oid other = grow_one(repo, NULL, "README", "z", 40);
	struct au_git_graph g = read_graph(repo, &d);
	const struct au_graph_commit *at = &g.commit[0];
	size_t n_a = au_git_graph_find(&g, &a), n_b, n_c;

	(void)state;
	n_b = au_git_graph_find(&g, &b);
	n_c = au_git_graph_find(&g, &c);
	assert_int_equal(g.n, 4);
	assert_int_equal(g.n_edges, 4);
	assert_true(git_oid_equal(&at->id, &d));
	assert_int_equal(at->time, COMMIT_TIME + 30);
	assert_string_equal(at->author, "A \"quoted\" \\xc3\\xa4 name");
	assert_int_equal(at->n_parents, 2);
	assert_int_equal(g.parent[at->parent], n_b);
	assert_int_equal(g.parent[at->parent + 1], n_c);
	assert_int_equal(g.commit[n_a].n_parents, 0);
	/* A parent's rank lies below, the first one's side first. */
	assert_int_equal(g.commit[n_a].rank, 1);
	assert_int_equal(g.commit[n_b].rank, 2);
	assert_int_equal(g.commit[n_c].rank, 3);
	assert_int_equal(at->rank, 4);
	assert_false(git_oid_is_zero(&g.commit[n_a].references));
	assert_true(git_oid_is_zero(&g.commit[n_c].references));
	assert_int_equal(au_git_graph_find(&g, &other), SIZE_MAX);
	assert_false(au_git_graph_is_cut(&g));
	au_git_graph_free(&g);
	git_repository_free(repo);
}

#if !SANITIZED
/* A line of n commits of one empty tree, in memory. */
static git_oid long_line(git_repository *repo, size_t n, git_oid *oldest)
{
	git_odb_backend *memory = NULL;
	char text[256], id[AU_COMMIT_TEXT] = "";
	git_odb *odb = NULL;
	git_oid out, tree;

	assert_int_equal(git_repository_odb(&odb, repo), 0);
	assert_int_equal(git_mempack_new(&memory), 0);
	assert_int_equal(git_odb_add_backend(odb, memory, 999), 0);
	assert_int_equal(git_odb_write(&tree, odb, "", 0, GIT_OBJECT_TREE), 0);
	for (size_t i = 0; i < n; i++) {
		snprintf(text, sizeof(text),
			 "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
			 "%s%s%sauthor a <b> %zu +0000\n"
			 "committer a <b> %zu +0000\n\nm\n",
			 i > 0 ? "parent " : "", id, i > 0 ? "\n" : "", i, i);
		assert_int_equal(git_odb_write(&out, odb, text, strlen(text),
					       GIT_OBJECT_COMMIT),
				 0);
		git_oid_tostr(id, sizeof(id), &out);
		if (i == 0)
			git_oid_cpy(oldest, &out);
	}
	git_odb_free(odb);
	return out;
}

static void beyond_the_bound_the_history_is_cut_and_says_so(void **state)
{
	git_repository *repo = make("long.git", true);
	git_commit *second = NULL;
	git_oid oldest,
		tip = long_line(repo, AU_GRAPH_COMMITS_MAX + 1, &oldest);
	struct au_git_graph g = read_graph(repo, &tip);
	const struct au_graph_commit *last = &g.commit[g.n - 1];

	(void)state;
	assert_int_equal(g.n, AU_GRAPH_COMMITS_MAX);
	assert_int_equal(last->end, AU_GRAPH_LIMIT);
	assert_int_equal(last->n_parents, 0);
	assert_int_equal(last->time, 1);
	assert_true(au_git_graph_is_cut(&g));
	assert_int_equal(au_git_graph_find(&g, &oldest), SIZE_MAX);
	au_git_graph_free(&g);
	/* One less, and it is whole. */
	assert_int_equal(git_commit_lookup(&second, repo, &tip), 0);
	g = read_graph(repo, git_commit_parent_id(second, 0));
	assert_int_equal(g.n, AU_GRAPH_COMMITS_MAX);
	assert_false(au_git_graph_is_cut(&g));
	assert_int_equal(au_git_graph_find(&g, &oldest), g.n - 1);
	au_git_graph_free(&g);
	git_commit_free(second);
	git_repository_free(repo);
}
#endif

static void what_is_no_commit_is_refused(void **state)
{
	git_repository *repo = make("wrong.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0), blob;
	struct au_git_graph g = { .n = 7 };
	struct ev_error wrong = { 0 }, missing = { 0 };

	(void)state;
	assert_int_equal(git_blob_create_from_buffer(&blob, repo, "x", 1), 0);
	assert_int_equal(au_git_graph_read(repo, &blob, &g, &wrong), EV_VALUE);
	assert_string_equal(wrong.found, "blob");
	memset(&a, 7, sizeof(a));
	assert_int_equal(au_git_graph_read(repo, &a, &g, &missing), EV_MISSING);
	assert_int_equal(g.n, 7);
	git_repository_free(repo);
}

static void a_tree_over_the_budget_is_refused(void **state)
{
	git_repository *repo = make("budget.git", true);
	git_oid a = grow_one(repo, NULL, "README", "x", 0);
	struct au_git_graph g = read_graph(repo, &a);
	git_commit *found = NULL;
	git_tree *tree = NULL;
	struct ev_error err = { 0 };
	/* "100644 README", a NUL and the id. */
	size_t budget = 33;

	(void)state;
	assert_int_equal(git_commit_lookup(&found, repo, &a), 0);
	assert_int_equal(au_git_tree_read(repo, g.odb,
					  git_commit_tree_id(found), &budget,
					  &tree, &err),
			 EV_LIMIT);
	assert_string_equal(err.field, "history");
	assert_null(tree);
	budget = 34;
	memset(&err, 0, sizeof(err));
	assert_int_equal(au_git_tree_read(repo, g.odb,
					  git_commit_tree_id(found), &budget,
					  &tree, &err),
			 EV_OK);
	assert_int_equal(budget, 0);
	git_tree_free(tree);
	git_commit_free(found);
	au_git_graph_free(&g);
	git_repository_free(repo);
}

static void changes_are_those_of_manifests(void **state)
{
	git_repository *repo = make("changes.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid b = grow_one(repo, &a, "references/openhcl/note.txt", "x", 10);
	git_oid c = grow_one(repo, &b, PATH_18, V18_GOOD, 20);
	git_oid d = grow_one(repo, &c, "references/openhcl/1.7.json/deep.json",
			     "x", 30);
	struct au_git_changes all = { .n_changes = 0 };
	const struct au_git_change *at;
	struct ev_error err = { 0 };

	(void)state;
	assert_int_equal(au_git_changes_read(repo, &d, &all, &err), EV_OK);
	assert_int_equal(all.paths.n, 3);
	assert_string_equal(all.paths.path[0], PATH_17);
	assert_string_equal(all.paths.path[2], PATH_18);
	/* Edges: d to c, c to b, b to a, the root, what is there. */
	assert_int_equal(all.n_edges, 5);
	at = au_git_changes_find(&all, 0, 0);
	assert_int_equal(at->from.mode, GIT_FILEMODE_BLOB);
	assert_int_equal(at->to.mode, 0);
	assert_int_equal(au_git_changes_find(&all, 0, 1)->from.mode, 0);
	assert_null(au_git_changes_find(&all, 0, 2));
	assert_null(au_git_changes_find(&all, 1, 0));
	assert_non_null(au_git_changes_find(&all, 1, 2));
	assert_int_equal(all.first[2], all.first[3]);
	assert_non_null(au_git_changes_find(&all, 3, 0));
	assert_null(au_git_changes_find(&all, 3, 2));
	assert_int_equal(all.first[5] - all.first[4], 2);
	au_git_changes_free(&all);
	git_repository_free(repo);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_commit_is_there_once_with_its_parents),
#if !SANITIZED /* 100001 commits */
		cmocka_unit_test(
			beyond_the_bound_the_history_is_cut_and_says_so),
#endif
		cmocka_unit_test(what_is_no_commit_is_refused),
		cmocka_unit_test(a_tree_over_the_budget_is_refused),
		cmocka_unit_test(changes_are_those_of_manifests),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
