/* SPDX-License-Identifier: Apache-2.0 */
/* Commits with any parents, files and times, made through libgit2. */
#ifndef TESTS_COMMITS_SAMPLE_H
#define TESTS_COMMITS_SAMPLE_H

#include "tests/git_sample.h"

#define SAMPLE_GOOD                                                            \
	"\"status\":[{\"since\":\"2026-01-01T00:00:00Z\",\"state\":\"good\"}]"
#define SAMPLE_ONE "\"measurements\":[" SAMPLE_ENTRY("", SAMPLE_A96) "]"
#define PATH_18	   "references/openhcl/1.8.json"

/* Version 1.7: good with one measurement; with two; withdrawn with two. */
#define V17_GOOD SAMPLE_WITH(SAMPLE_ONE, "openhcl", SAMPLE_GOOD, "1.7")
#define V17_TWO	 SAMPLE_WITH(SAMPLE_MEASUREMENTS, "openhcl", SAMPLE_GOOD, "1.7")
#define V17_GONE SAMPLE
#define V18_GOOD SAMPLE_WITH(SAMPLE_ONE, "openhcl", SAMPLE_GOOD, "1.8")

/* One file of a commit; text NULL takes it away. */
struct put {
	const char *path, *text;
};

/*
 * A commit of the tree of the first parent (or an empty one) with the files
 * put, at COMMIT_TIME and that many seconds; "main" moves there.  Parents end
 * with NULL.
 */
static inline void grow(git_repository *repo, const git_oid *const *parents,
			const struct put *puts, size_t n, int64_t seconds,
			git_oid *out)
{
	const git_commit *parent[8] = { NULL };
	git_commit *found[8] = { NULL };
	git_tree *base = NULL, *tree = NULL;
	git_index *index = NULL;
	git_signature *who = NULL;
	git_reference *main_branch = NULL;
	size_t n_parents = 0;
	git_oid id;

	for (; parents[n_parents] != NULL; n_parents++) {
		assert_int_equal(git_commit_lookup(&found[n_parents], repo,
						   parents[n_parents]),
				 0);
		parent[n_parents] = found[n_parents];
	}
	assert_int_equal(git_index_new(&index), 0);
	if (n_parents > 0) {
		assert_int_equal(git_commit_tree(&base, found[0]), 0);
		assert_int_equal(git_index_read_tree(index, base), 0);
	}
	for (size_t i = 0; i < n; i++) {
		git_index_entry e = { .mode = GIT_FILEMODE_BLOB,
				      .path = puts[i].path };

		git_index_remove_bypath(index, puts[i].path);
		if (puts[i].text == NULL)
			continue;
		assert_int_equal(
			git_blob_create_from_buffer(&e.id, repo, puts[i].text,
						    strlen(puts[i].text)),
			0);
		assert_int_equal(git_index_add(index, &e), 0);
	}
	assert_int_equal(git_index_write_tree_to(&id, index, repo), 0);
	assert_int_equal(git_tree_lookup(&tree, repo, &id), 0);
	assert_int_equal(git_signature_new(&who, "A \"quoted\" \xc3\xa4 name",
					   "a@b", COMMIT_TIME + seconds, 0),
			 0);
	assert_int_equal(git_commit_create(out, repo, NULL, who, who, NULL,
					   "m\n", tree, n_parents, parent),
			 0);
	assert_int_equal(git_reference_create(&main_branch, repo,
					      "refs/heads/main", out, 1, NULL),
			 0);
	git_reference_free(main_branch);
	git_signature_free(who);
	git_tree_free(base);
	git_tree_free(tree);
	git_index_free(index);
	for (size_t i = 0; i < n_parents; i++)
		git_commit_free(found[i]);
}

/* The same of one file and at most one parent. */
static inline git_oid grow_one(git_repository *repo, const git_oid *parent,
			       const char *path, const char *text,
			       int64_t seconds)
{
	const git_oid *parents[2] = { parent, NULL };
	const struct put put = { path, text };
	git_oid id;

	grow(repo, parents, &put, 1, seconds, &id);
	return id;
}

static inline git_oid merge(git_repository *repo, const git_oid *a,
			    const git_oid *b, const char *path,
			    const char *text, int64_t seconds)
{
	const git_oid *parents[3] = { a, b, NULL };
	const struct put put = { path, text };
	git_oid id;

	grow(repo, parents, &put, 1, seconds, &id);
	return id;
}

#endif
