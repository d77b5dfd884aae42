/* SPDX-License-Identifier: Apache-2.0 */
/* Commits on a branch that others may move meanwhile. */
#include "audit/references/git_commit.h"
#include "tests/git_sample.h"

static const struct au_file file = {
	PATH_17, { (const uint8_t *)SAMPLE, sizeof(SAMPLE) - 1 }
};

static struct au_change change_of(const struct au_commit_signer *signer)
{
	return (struct au_change){ &file,	  1,
				   "test\n",	  "SIMULATED",
				   "t@localhost", COMMIT_TIME,
				   signer };
}

static enum ev_code commit_on(const struct au_git_tip *tip, bool *written,
			      struct ev_error *err)
{
	struct au_change change = change_of(NULL);
	char id[AU_COMMIT_TEXT];

	return au_git_commit_files(tip, &change, id, written, err);
}

static void head_is(git_repository *repo, const char *want)
{
	char hex[AU_COMMIT_TEXT];
	git_oid id;

	assert_int_equal(git_reference_name_to_id(&id, repo, "HEAD"), 0);
	git_oid_tostr(hex, sizeof(hex), &id);
	assert_string_equal(hex, want);
}

/* Where nothing was, and where a commit was. */
static void a_branch_that_was_moved_meanwhile_stays(void **state)
{
	git_repository *repo = make("moved", false);
	char id[AU_COMMIT_TEXT];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct au_git_tip tip = { 0 };
		struct ev_error err = { 0 };
		bool written = false;

		assert_int_equal(au_git_tip_read(repo, &tip, &err), EV_OK);
		assert_string_equal(tip.branch, "refs/heads/main");
		commit(repo, "README", ev_span_str(i == 0 ? "x" : "y"), id);
		assert_int_equal(commit_on(&tip, &written, &err), EV_VALUE);
		assert_string_equal(err.field, "branch");
		assert_true(strncmp(err.found, id, 40) == 0);
		head_is(repo, id);
		/* Nothing of it is in the working tree. */
		assert_int_not_equal(access(in_dir("moved/" PATH_17), F_OK), 0);
		au_git_tip_free(&tip);
	}
	git_repository_free(repo);
}

static void a_branch_that_was_deleted_meanwhile_stays_away(void **state)
{
	git_repository *repo = make("deleted.git", true);
	struct au_git_tip tip = { 0 };
	struct ev_error err = { 0 };
	git_reference *ref = NULL;
	char id[AU_COMMIT_TEXT];
	bool written = false;

	(void)state;
	commit(repo, "README", ev_span_str("x"), id);
	assert_int_equal(au_git_tip_read(repo, &tip, &err), EV_OK);
	assert_int_equal(git_reference_lookup(&ref, repo, "refs/heads/main"),
			 0);
	assert_int_equal(git_reference_delete(ref), 0);
	git_reference_free(ref);
	assert_int_equal(commit_on(&tip, &written, &err), EV_VALUE);
	assert_string_equal(err.field, "branch");
	assert_int_equal(git_repository_head_unborn(repo), 1);
	au_git_tip_free(&tip);
	git_repository_free(repo);
}

static void a_locked_branch_is_refused_by_name(void **state)
{
	git_repository *repo = make("locked.git", true);
	struct au_git_tip tip = { 0 };
	struct ev_error err = { 0 };
	char id[AU_COMMIT_TEXT];
	bool written = false;
	FILE *f;

	(void)state;
	commit(repo, "README", ev_span_str("x"), id);
	assert_int_equal(au_git_tip_read(repo, &tip, &err), EV_OK);
	f = fopen(in_dir("locked.git/refs/heads/main.lock"), "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(commit_on(&tip, &written, &err), EV_VALUE);
	assert_string_equal(err.field, "branch");
	assert_non_null(strstr(err.found, "lock"));
	head_is(repo, id);
	au_git_tip_free(&tip);
	git_repository_free(repo);
}

static void a_detached_head_is_moved_alone(void **state)
{
	git_repository *repo = make("detached.git", true);
	struct au_git_tip tip = { 0 };
	struct ev_error err = { 0 };
	char first[AU_COMMIT_TEXT];
	bool written = false;
	git_oid id;

	(void)state;
	commit(repo, "README", ev_span_str("x"), first);
	assert_int_equal(git_oid_fromstr(&id, first), 0);
	assert_int_equal(git_repository_set_head_detached(repo, &id), 0);
	assert_int_equal(au_git_tip_read(repo, &tip, &err), EV_OK);
	assert_string_equal(tip.branch, "HEAD");
	assert_int_equal(commit_on(&tip, &written, &err), EV_OK);
	assert_int_equal(git_reference_name_to_id(&id, repo, "refs/heads/main"),
			 0);
	assert_int_equal(git_oid_streq(&id, first), 0);
	assert_int_equal(git_reference_name_to_id(&id, repo, "HEAD"), 0);
	assert_int_not_equal(git_oid_streq(&id, first), 0);
	au_git_tip_free(&tip);
	git_repository_free(repo);
}

static enum ev_code sign_with_words(void *state, struct ev_span commit_bytes,
				    struct ev_buffer *armour,
				    struct ev_error *err)
{
	struct ev_buffer *seen = state;

	(void)err;
	ev_buffer_add(seen, commit_bytes);
	ev_buffer_add_str(armour, "-----BEGIN\nline\n-----END\n");
	return EV_OK;
}

static void a_signature_covers_the_commit_and_stands_in_it(void **state)
{
	git_repository *repo = make("signed.git", true);
	ev_auto_buffer struct ev_buffer seen = { 0 };
	struct au_commit_signer signer = { sign_with_words, &seen };
	struct au_change change = change_of(&signer);
	git_buf signature = { 0 }, covered = { 0 };
	struct au_git_tip tip = { 0 };
	struct ev_error err = { 0 };
	char text[AU_COMMIT_TEXT];
	bool written = false;
	git_oid id;

	(void)state;
	assert_int_equal(au_git_tip_read(repo, &tip, &err), EV_OK);
	assert_int_equal(
		au_git_commit_files(&tip, &change, text, &written, &err),
		EV_OK);
	assert_int_equal(git_oid_fromstr(&id, text), 0);
	assert_int_equal(git_commit_extract_signature(&signature, &covered,
						      repo, &id, NULL),
			 0);
	assert_string_equal(signature.ptr, "-----BEGIN\nline\n-----END");
	assert_int_equal(covered.size, seen.n);
	assert_memory_equal(covered.ptr, seen.p, seen.n);
	git_buf_dispose(&signature);
	git_buf_dispose(&covered);
	au_git_tip_free(&tip);
	git_repository_free(repo);
}

static enum ev_code sign_nothing(void *state, struct ev_span commit_bytes,
				 struct ev_buffer *armour, struct ev_error *err)
{
	(void)state;
	(void)commit_bytes;
	(void)armour;
	return ev_fail_trouble(err, "key", "cannot sign");
}

static void a_signer_that_fails_leaves_the_branch(void **state)
{
	git_repository *repo = make("unsigned.git", true);
	struct au_commit_signer signer = { sign_nothing, NULL };
	struct au_change change = change_of(&signer);
	struct au_git_tip tip = { 0 };
	struct ev_error err = { 0 };
	char first[AU_COMMIT_TEXT], text[AU_COMMIT_TEXT];
	bool written = false;

	(void)state;
	commit(repo, "README", ev_span_str("x"), first);
	assert_int_equal(au_git_tip_read(repo, &tip, &err), EV_OK);
	assert_int_equal(
		au_git_commit_files(&tip, &change, text, &written, &err),
		EV_TROUBLE);
	head_is(repo, first);
	au_git_tip_free(&tip);
	git_repository_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_branch_that_was_moved_meanwhile_stays),
		cmocka_unit_test(
			a_branch_that_was_deleted_meanwhile_stays_away),
		cmocka_unit_test(a_locked_branch_is_refused_by_name),
		cmocka_unit_test(a_detached_head_is_moved_alone),
		cmocka_unit_test(
			a_signature_covers_the_commit_and_stands_in_it),
		cmocka_unit_test(a_signer_that_fails_leaves_the_branch),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	json_object_seed(1);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
