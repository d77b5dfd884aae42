/* SPDX-License-Identifier: Apache-2.0 */
/* References out of git repositories made here through libgit2. */
#include "audit/references/git_references.h"
#include "tests/git_sample.h"

/* Commits one entry of any mode at path. */
static void commit_entry(git_repository *repo, const char *path,
			 git_filemode_t mode, const git_oid *target)
{
	git_tree_update update = { .action = GIT_TREE_UPDATE_UPSERT,
				   .filemode = mode,
				   .path = path };
	git_signature *who = NULL;
	git_object *head = NULL, *base = NULL;
	git_tree *tree = NULL;
	const git_commit *parents[1];
	git_oid id;

	update.id = *target;
	assert_int_equal(git_revparse_single(&head, repo, "HEAD"), 0);
	assert_int_equal(git_object_peel(&base, head, GIT_OBJECT_TREE), 0);
	assert_int_equal(git_tree_create_updated(&id, repo, (git_tree *)base, 1,
						 &update),
			 0);
	assert_int_equal(git_tree_lookup(&tree, repo, &id), 0);
	assert_int_equal(git_signature_new(&who, "a", "b", COMMIT_TIME, 0), 0);
	parents[0] = (const git_commit *)head;
	assert_int_equal(git_commit_create(&id, repo, "HEAD", who, who, NULL,
					   "entry\n", tree, 1, parents),
			 0);
	git_signature_free(who);
	git_tree_free(tree);
	git_object_free(base);
	git_object_free(head);
}

static void expect_fault(const char *text, const char *path, enum ev_code code,
			 const char *field)
{
	struct au_references refs = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(read_place(text, &refs, &err), EV_OK);
	assert_int_equal(refs.n_faults, 1);
	assert_string_equal(refs.fault[0].path, path);
	assert_int_equal(refs.fault[0].error.code, code);
	assert_string_equal(refs.fault[0].error.field, field);
	au_references_free(&refs);
}

static void a_bare_repository_is_read_at_branch_tag_and_commit(void **state)
{
	git_repository *repo = make("bare.git", true);
	char first[AU_COMMIT_TEXT], second[AU_COMMIT_TEXT], text[200];
	git_object *target = NULL;
	git_signature *who = NULL;
	git_oid tag;

	(void)state;
	commit(repo, PATH_17, ev_span_str(SAMPLE), first);
	assert_int_equal(git_revparse_single(&target, repo, first), 0);
	assert_int_equal(git_signature_new(&who, "a", "b", COMMIT_TIME, 0), 0);
	assert_int_equal(git_tag_create(&tag, repo, "v1", target, who, "m", 0),
			 0);
	git_signature_free(who);
	git_object_free(target);
	commit(repo, "README", ev_span_str("x"), second);
	git_repository_free(repo);

	expect_one(in_dir("bare.git"), second);
	expect_one(in_dir("bare.git@main"), second);
	expect_one(in_dir("bare.git@HEAD~1"), first);
	expect_one(in_dir("bare.git@v1"), first);
	snprintf(text, sizeof(text), "bare.git@%s", first);
	expect_one(in_dir(text), first);
	snprintf(text, sizeof(text), "bare.git@%.10s", second);
	expect_one(in_dir(text), second);
}

static void the_same_addition_gives_the_same_commit(void **state)
{
	git_repository *a = make("same-a.git", true);
	git_repository *b = make("same-b.git", true);
	char x[AU_COMMIT_TEXT], y[AU_COMMIT_TEXT];

	(void)state;
	commit(a, PATH_17, ev_span_str(SAMPLE), x);
	commit(b, PATH_17, ev_span_str(SAMPLE), y);
	assert_string_equal(x, y);
	git_repository_free(a);
	git_repository_free(b);
}

static void the_working_tree_is_never_read(void **state)
{
	git_repository *repo = make("work", false);
	char id[AU_COMMIT_TEXT];
	FILE *f;

	(void)state;
	commit(repo, PATH_17, ev_span_str(SAMPLE), id);
	git_repository_free(repo);
	/* The commit was written there, and is then spoiled. */
	f = fopen(in_dir("work/" PATH_17), "r+");
	assert_non_null(f);
	assert_true(fputs("spoiled", f) >= 0);
	fclose(f);
	expect_one(in_dir("work"), id);
	expect_one(in_dir("work@main"), id);
}

static void a_folder_without_git_is_said_to_be_one(void **state)
{
	FILE *f;

	(void)state;
	assert_int_equal(mkdir(in_dir("plain"), 0755), 0);
	expect_refusal(in_dir("plain"), EV_MISSING, "folder");
	assert_int_equal(mkdir(in_dir("plain/references"), 0755), 0);
	assert_int_equal(mkdir(in_dir("plain/references/openhcl"), 0755), 0);
	f = fopen(in_dir("plain/" PATH_17), "w");
	assert_non_null(f);
	assert_true(fputs(SAMPLE, f) >= 0);
	fclose(f);
	expect_one(in_dir("plain"), "");
	expect_refusal(in_dir("plain@main"), EV_MISSING, "repository");
	assert_int_equal(
		symlink("1.7.json", in_dir("plain/references/openhcl/l.json")),
		0);
	expect_fault(in_dir("plain"), "references/openhcl/l.json", EV_VALUE,
		     "mode");
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
}

/* Its working tree could hold anything. */
static void a_damaged_repository_is_never_read_as_a_folder(void **state)
{
	static const char *const parts[] = { "HEAD", "objects", "refs" };
	char id[AU_COMMIT_TEXT], from[320], to[320];

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		git_repository *repo = make("damaged", false);
		char name[64];

		commit(repo, PATH_17, ev_span_str(SAMPLE), id);
		git_repository_free(repo);
		snprintf(name, sizeof(name), "damaged/.git/%s", parts[i]);
		snprintf(from, sizeof(from), "%s", in_dir(name));
		snprintf(to, sizeof(to), "%s", in_dir("moved"));
		assert_int_equal(rename(from, to), 0);
		expect_refusal(in_dir("damaged"), EV_SYNTAX, "repository");
		expect_refusal(in_dir("damaged@main"), EV_MISSING,
			       "repository");
		assert_int_equal(rename(to, from), 0);
		expect_one(in_dir("damaged"), id);
	}
	/* A link to the repository that leads nowhere, an empty folder. */
	snprintf(from, sizeof(from), "%s", in_dir("damaged/.git"));
	assert_int_equal(rename(from, to), 0);
	expect_one(in_dir("damaged"), "");
	put(from, "gitdir: /nowhere\n");
	expect_refusal(in_dir("damaged"), EV_SYNTAX, "repository");
	assert_int_equal(unlink(from), 0);
	assert_int_equal(mkdir(from, 0755), 0);
	expect_refusal(in_dir("damaged"), EV_SYNTAX, "repository");
}

static void a_bare_repository_without_a_head_is_no_folder(void **state)
{
	git_repository *repo = make("headless.git", true);
	char id[AU_COMMIT_TEXT];

	(void)state;
	commit(repo, PATH_17, ev_span_str(SAMPLE), id);
	git_repository_free(repo);
	assert_int_equal(mkdir(in_dir("headless.git/references"), 0755), 0);
	assert_int_equal(unlink(in_dir("headless.git/HEAD")), 0);
	expect_refusal(in_dir("headless.git"), EV_SYNTAX, "repository");
}

static void what_is_no_commit_is_refused(void **state)
{
	git_repository *repo = make("revs.git", true);
	char id[AU_COMMIT_TEXT];
	git_object *blob = NULL;

	(void)state;
	commit(repo, PATH_17, ev_span_str(SAMPLE), id);
	assert_int_equal(git_revparse_single(&blob, repo, "HEAD:" PATH_17), 0);
	assert_int_equal(git_tag_create_lightweight(&(git_oid){ { 0 } }, repo,
						    "blob", blob, 0),
			 0);
	git_object_free(blob);
	git_repository_free(repo);
	expect_refusal(in_dir("absent.git"), EV_MISSING, "repository");
	expect_refusal(in_dir("revs.git@nobranch"), EV_MISSING, "revision");
	expect_refusal(in_dir("revs.git@deadbeefdeadbeef"), EV_MISSING,
		       "revision");
	expect_refusal(in_dir("revs.git@blob"), EV_VALUE, "revision");
	expect_refusal(in_dir("revs.git@"), EV_VALUE, "revision");
	expect_refusal(in_dir("revs.git@:/test"), EV_VALUE, "revision");
	expect_refusal(in_dir("revs.git@HEAD^{/test}"), EV_VALUE, "revision");
	expect_refusal(in_dir("revs.git@main@{1}"), EV_MISSING, "repository");
}

static void an_empty_repository_and_one_without_references(void **state)
{
	git_repository *repo = make("empty.git", true);
	char id[AU_COMMIT_TEXT];

	(void)state;
	expect_refusal(in_dir("empty.git"), EV_MISSING, "revision");
	commit(repo, "README", ev_span_str("x"), id);
	expect_refusal(in_dir("empty.git"), EV_MISSING, "references");
	git_repository_free(repo);
}

static void links_and_submodules_are_faults(void **state)
{
	static const struct {
		const char *name;
		git_filemode_t mode;
	} cases[] = {
		{ "link.git", GIT_FILEMODE_LINK },
		{ "submodule.git", GIT_FILEMODE_COMMIT },
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		git_repository *repo = make(cases[i].name, true);
		char id[AU_COMMIT_TEXT];
		git_oid target;

		commit(repo, PATH_17, ev_span_str(SAMPLE), id);
		if (cases[i].mode == GIT_FILEMODE_LINK)
			assert_int_equal(git_blob_create_from_buffer(
						 &target, repo, "openhcl", 7),
					 0);
		else
			assert_int_equal(git_oid_fromstr(&target, id), 0);
		commit_entry(repo, "references/new", cases[i].mode, &target);
		git_repository_free(repo);
		expect_fault(in_dir(cases[i].name), "references/new", EV_VALUE,
			     "mode");
	}
}

static void a_manifest_over_the_limit_is_a_fault(void **state)
{
	git_repository *repo = make("huge.git", true);
	size_t n = AU_REFERENCE_MAX + 1;
	uint8_t *huge = malloc(n);
	char id[AU_COMMIT_TEXT];

	(void)state;
	assert_non_null(huge);
	memset(huge, ' ', n);
	commit(repo, "references/p/1.json", ev_span_of(huge, n), id);
	expect_fault(in_dir("huge.git"), "references/p/1.json", EV_LIMIT,
		     "size");
	git_repository_free(repo);
	free(huge);
}

static void folders_too_deep_are_a_fault(void **state)
{
	git_repository *repo = make("deep.git", true);
	char id[AU_COMMIT_TEXT];

	(void)state;
	commit(repo, "references/a/b/c/d/e/f.json", ev_span_str(SAMPLE), id);
	expect_fault(in_dir("deep.git"), "references/a/b/c/d/e", EV_LIMIT,
		     "path");
	git_repository_free(repo);
}

static void a_manifest_in_another_place_is_a_fault(void **state)
{
	git_repository *repo = make("place.git", true);
	char id[AU_COMMIT_TEXT];

	(void)state;
	commit(repo, "references/1.7.json", ev_span_str(SAMPLE), id);
	expect_fault(in_dir("place.git"), "references/1.7.json", EV_VALUE,
		     "path");
	git_repository_free(repo);
}

static void a_sha256_repository_is_refused_by_name(void **state)
{
	git_repository *repo = make("sha256.git", true);
	FILE *f = fopen(in_dir("sha256.git/config"), "w");

	(void)state;
	git_repository_free(repo);
	assert_non_null(f);
	fputs("[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
	      "[extensions]\n\tobjectformat = sha256\n",
	      f);
	fclose(f);
	expect_refusal(in_dir("sha256.git"), EV_VALUE, "object format");
}

static void a_damaged_object_is_refused_not_skipped(void **state)
{
	git_repository *repo = make("broken.git", true);
	char id[AU_COMMIT_TEXT], name[128];
	git_object *blob = NULL;
	char hex[GIT_OID_HEXSZ + 1];

	(void)state;
	commit(repo, PATH_17, ev_span_str(SAMPLE), id);
	assert_int_equal(git_revparse_single(&blob, repo, "HEAD:" PATH_17), 0);
	git_oid_tostr(hex, sizeof(hex), git_object_id(blob));
	git_object_free(blob);
	git_repository_free(repo);
	snprintf(name, sizeof(name), "broken.git/objects/%.2s/%s", hex,
		 hex + 2);
	assert_int_equal(unlink(in_dir(name)), 0);
	expect_refusal(in_dir("broken.git"), EV_MISSING, "object");
}

/* The one fault that the files beside the manifests have. */
static void expect_file_fault(const char *text, const char *field)
{
	const struct au_builder_keys nobody = { 0 };
	struct au_references refs = { 0 };
	struct au_place place = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(au_place_parse(text, &place, &err), EV_OK);
	assert_int_equal(au_place_read(&place, crypto, &refs, &err), EV_OK);
	assert_int_equal(
		au_place_check_files(&place, crypto, &nobody, &refs, &err),
		EV_OK);
	assert_int_equal(refs.n_faults, 1);
	assert_string_equal(refs.fault[0].path, PATH_17);
	assert_string_equal(refs.fault[0].error.field, field);
	au_references_free(&refs);
	au_place_free(&place);
}

#define RECIPE "recipes/openhcl/1.7/build.txt"

static void a_recipe_is_read_in_the_same_commit(void **state)
{
	git_repository *repo = make("recipe.git", true);
	char id[AU_COMMIT_TEXT];
	git_oid target;

	(void)state;
	commit(repo, PATH_17, ev_span_str(SAMPLE), id);
	expect_file_fault(in_dir("recipe.git"), "recipe.path");
	commit(repo, RECIPE, ev_span_str("make"), id);
	expect_file_fault(in_dir("recipe.git"), "recipe.sha256");
	expect_file_fault(in_dir("recipe.git@HEAD~1"), "recipe.path");
	assert_int_equal(git_blob_create_from_buffer(&target, repo, "x", 1), 0);
	commit_entry(repo, RECIPE, GIT_FILEMODE_LINK, &target);
	expect_file_fault(in_dir("recipe.git"), "recipe.path");
	git_repository_free(repo);
}

static void a_recipe_is_read_in_the_same_folder(void **state)
{
	static const char *const folders[] = {
		"beside",
		"beside/references",
		"beside/references/openhcl",
		"beside/recipes",
		"beside/recipes/openhcl",
		"beside/recipes/openhcl/1.7",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		assert_int_equal(mkdir(in_dir(folders[i]), 0755), 0);
	put(in_dir("beside/" PATH_17), SAMPLE);
	expect_file_fault(in_dir("beside"), "recipe.path");
	assert_int_equal(symlink("build", in_dir("beside/" RECIPE)), 0);
	expect_file_fault(in_dir("beside"), "recipe.path");
	assert_int_equal(unlink(in_dir("beside/" RECIPE)), 0);
	put(in_dir("beside/" RECIPE), "make");
	expect_file_fault(in_dir("beside"), "recipe.sha256");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_bare_repository_is_read_at_branch_tag_and_commit),
		cmocka_unit_test(the_same_addition_gives_the_same_commit),
		cmocka_unit_test(the_working_tree_is_never_read),
		cmocka_unit_test(a_folder_without_git_is_said_to_be_one),
		cmocka_unit_test(
			a_damaged_repository_is_never_read_as_a_folder),
		cmocka_unit_test(a_bare_repository_without_a_head_is_no_folder),
		cmocka_unit_test(what_is_no_commit_is_refused),
		cmocka_unit_test(
			an_empty_repository_and_one_without_references),
		cmocka_unit_test(links_and_submodules_are_faults),
		cmocka_unit_test(a_manifest_over_the_limit_is_a_fault),
		cmocka_unit_test(folders_too_deep_are_a_fault),
		cmocka_unit_test(a_manifest_in_another_place_is_a_fault),
		cmocka_unit_test(a_sha256_repository_is_refused_by_name),
		cmocka_unit_test(a_damaged_object_is_refused_not_skipped),
		cmocka_unit_test(a_recipe_is_read_in_the_same_commit),
		cmocka_unit_test(a_recipe_is_read_in_the_same_folder),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
