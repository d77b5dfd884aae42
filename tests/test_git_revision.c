/* SPDX-License-Identifier: Apache-2.0 */
/* Revisions: which commit each of them means, and which mean none. */
#include "audit/references/git_revision.h"
#include "tests/git_sample.h"

/* Two commits: the first and, on main, the second. */
struct two {
	git_repository *repo;
	char first[AU_COMMIT_TEXT], second[AU_COMMIT_TEXT];
};

static struct two make_two(const char *name)
{
	struct two t = { .repo = make(name, true) };

	commit(t.repo, PATH_17, ev_span_str(SAMPLE), t.first);
	commit(t.repo, "README", ev_span_str("x"), t.second);
	return t;
}

static void refer(git_repository *repo, const char *name, const char *id)
{
	git_reference *made = NULL;
	git_oid oid;

	assert_int_equal(git_oid_fromstr(&oid, id), 0);
	assert_int_equal(git_reference_create(&made, repo, name, &oid, 1, NULL),
			 0);
	git_reference_free(made);
}

static void expect(const struct two *t, const char *rev, const char *id)
{
	ev_auto(git_commit_free) git_commit *found = NULL;
	struct ev_error err = { 0 };
	char hex[AU_COMMIT_TEXT];

	if (au_git_commit(t->repo, rev, &found, &err) != EV_OK)
		fail_msg("%s: %s", rev, err.found);
	git_oid_tostr(hex, sizeof(hex), git_commit_id(found));
	assert_string_equal(hex, id);
}

static void refuse(const struct two *t, const char *rev, enum ev_code code,
		   const char *found)
{
	git_commit *commit_found = NULL;
	struct ev_error err = { 0 };

	if (au_git_commit(t->repo, rev, &commit_found, &err) != code)
		fail_msg("%s: %s %s", rev, ev_code_word(err.code), err.found);
	assert_null(commit_found);
	assert_string_equal(err.object, "repository");
	if (strstr(err.found, found) == NULL)
		fail_msg("%s: %s", rev, err.found);
}

static void names_and_steps_lead_to_their_commit(void **state)
{
	struct two t = make_two("names.git");

	(void)state;
	refer(t.repo, "refs/tags/v1", t.first);
	refer(t.repo, "refs/remotes/origin/next", t.first);
	expect(&t, NULL, t.second);
	expect(&t, "HEAD", t.second);
	expect(&t, "main", t.second);
	expect(&t, "heads/main", t.second);
	expect(&t, "refs/heads/main", t.second);
	expect(&t, "v1", t.first);
	expect(&t, "origin/next", t.first);
	expect(&t, "HEAD~", t.first);
	expect(&t, "HEAD~1", t.first);
	expect(&t, "main^", t.first);
	expect(&t, "main^1", t.first);
	expect(&t, "main^0~0", t.second);
	refuse(&t, "main~2", EV_MISSING, "main~2");
	refuse(&t, "main^2", EV_MISSING, "main^2");
	refuse(&t, "main~x", EV_VALUE, "main~x");
	refuse(&t, "main~99999999", EV_VALUE, "main~99999999");
	refuse(&t, "refs/heads/v1", EV_MISSING, "refs/heads/v1");
	git_repository_free(t.repo);
}

static void forty_digits_are_an_id_and_nothing_else(void **state)
{
	static const char absent[] = "00112233445566778899"
				     "aabbccddeeff00112233";
	struct two t = make_two("forty.git");
	char name[80];

	(void)state;
	snprintf(name, sizeof(name), "refs/heads/%s", absent);
	refer(t.repo, name, t.first);
	refuse(&t, absent, EV_MISSING, absent);
	expect(&t, name, t.first);
	snprintf(name, sizeof(name), "refs/heads/%s", t.first);
	refer(t.repo, name, t.second);
	expect(&t, t.first, t.first);
	snprintf(name, sizeof(name), "%s~1", t.second);
	expect(&t, name, t.first);
	git_repository_free(t.repo);
}

static void a_name_of_two_things_is_refused_with_both(void **state)
{
	struct two t = make_two("two.git");
	char name[80], beginning[11];

	(void)state;
	refer(t.repo, "refs/tags/v2", t.first);
	refer(t.repo, "refs/heads/v2", t.second);
	refuse(&t, "v2", EV_VALUE, "refs/tags/v2 and refs/heads/v2");
	refuse(&t, "v2~1", EV_VALUE, "refs/tags/v2 and refs/heads/v2");
	expect(&t, "refs/tags/v2", t.first);
	expect(&t, "refs/heads/v2", t.second);

	snprintf(beginning, sizeof(beginning), "%.10s", t.first);
	expect(&t, beginning, t.first);
	snprintf(name, sizeof(name), "refs/heads/%s", beginning);
	refer(t.repo, name, t.second);
	refuse(&t, beginning, EV_VALUE, name);
	refuse(&t, beginning, EV_VALUE, t.first);

	/* Hex alone makes no second meaning: no id begins so. */
	refer(t.repo, "refs/tags/00000000", t.first);
	expect(&t, "00000000", t.first);
	/* HEAD is HEAD, whatever a branch is called. */
	refer(t.repo, "refs/heads/HEAD", t.first);
	expect(&t, "HEAD", t.second);
	expect(&t, NULL, t.second);
	git_repository_free(t.repo);
}

static void an_object_that_is_not_of_its_id_is_refused(void **state)
{
	struct two t = make_two("swapped.git");
	char from[320], to[320];
	git_repository *again = NULL;

	(void)state;
	snprintf(from, sizeof(from), "%s/swapped.git/objects/%.2s/%s", dir,
		 t.first, t.first + 2);
	snprintf(to, sizeof(to), "%s/swapped.git/objects/%.2s/%s", dir,
		 t.second, t.second + 2);
	git_repository_free(t.repo);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(git_repository_open(&again, in_dir("swapped.git")), 0);
	t.repo = again;
	refuse(&t, t.second, EV_SYNTAX, "");
	git_repository_free(again);
}

static bool expect_tag(const struct two *t, const char *rev, const git_oid *tag)
{
	static const git_oid none = { .id = { 0 } };
	ev_auto(git_commit_free) git_commit *found = NULL;
	struct ev_error err = { 0 };
	struct au_git_named_tag named;

	memset(&named, 7, sizeof(named));
	if (au_git_commit_and_tag(t->repo, rev, &found, &named, &err) != EV_OK)
		fail_msg("%s: %s", rev, err.found);
	if (!git_oid_equal(&named.id, tag != NULL ? tag : &none))
		fail_msg("%s: another tag", rev);
	return named.other_name;
}

static void the_tag_that_was_named_is_told(void **state)
{
	struct two t = make_two("tagged.git");
	git_signature *who = NULL;
	git_object *target = NULL;
	char hex[AU_COMMIT_TEXT];
	git_oid inner, outer;

	(void)state;
	refer(t.repo, "refs/tags/light", t.second);
	assert_int_equal(git_revparse_single(&target, t.repo, t.second), 0);
	assert_int_equal(git_signature_new(&who, "a", "b", COMMIT_TIME, 0), 0);
	assert_int_equal(
		git_tag_create(&inner, t.repo, "v1", target, who, "m", 0), 0);
	git_object_free(target);
	assert_int_equal(
		git_object_lookup(&target, t.repo, &inner, GIT_OBJECT_TAG), 0);
	assert_int_equal(
		git_tag_create(&outer, t.repo, "v1-again", target, who, "m", 0),
		0);
	assert_false(expect_tag(&t, NULL, NULL));
	assert_false(expect_tag(&t, "light", NULL));
	assert_false(expect_tag(&t, t.second, NULL));
	assert_false(expect_tag(&t, "v1", &inner));
	assert_false(expect_tag(&t, "v1^0", &inner));
	assert_false(expect_tag(&t, "v1-again", &outer));
	assert_false(expect_tag(&t, git_oid_tostr(hex, sizeof(hex), &inner),
				&inner));
	refer(t.repo, "refs/tags/v2", hex);
	assert_true(expect_tag(&t, "v2", &inner));
	assert_true(expect_tag(&t, "refs/tags/v2^0", &inner));
	/* It does not name the commit before its own. */
	assert_false(expect_tag(&t, "v1~1", NULL));
	git_signature_free(who);
	git_object_free(target);
	git_repository_free(t.repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_and_steps_lead_to_their_commit),
		cmocka_unit_test(the_tag_that_was_named_is_told),
		cmocka_unit_test(forty_digits_are_an_id_and_nothing_else),
		cmocka_unit_test(a_name_of_two_things_is_refused_with_both),
		cmocka_unit_test(an_object_that_is_not_of_its_id_is_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
