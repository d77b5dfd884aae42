/* SPDX-License-Identifier: Apache-2.0 */
/* How files of references came to be what they are. */
#include "audit/references/reference_history.h"
#include "tests/commits_sample.h"

/* The history of one file from the tip of main. */
struct read {
	struct au_git_changes changes;
	struct au_reference_history history;
	struct ev_error err;
};

static git_oid tip(git_repository *repo)
{
	git_oid id;

	assert_int_equal(git_reference_name_to_id(&id, repo, "refs/heads/main"),
			 0);
	return id;
}

static enum ev_code try_to_read(git_repository *repo, const char *path,
				struct read *out)
{
	size_t budget = AU_EVENTS_BYTES_MAX, number;
	git_oid start = tip(repo);

	memset(out, 0, sizeof(*out));
	if (au_git_changes_read(repo, &start, &out->changes, &out->err) !=
	    EV_OK)
		return out->err.code;
	number = au_path_table_find(&out->changes.paths, path);
	if (number == SIZE_MAX)
		return EV_OK;
	return au_reference_history_read(&out->changes, number, &budget,
					 &out->history, &out->err);
}

static struct read read_history(git_repository *repo, const char *path)
{
	struct read r;

	if (try_to_read(repo, path, &r) != EV_OK)
		fail_msg("%s: %s: %s", r.err.field, r.err.want, r.err.found);
	return r;
}

static void read_free(struct read *r)
{
	au_reference_history_free(&r->history);
	au_git_changes_free(&r->changes);
}

static const struct au_event *event(const struct read *r, size_t i,
				    enum au_event_kind kind, const git_oid *id)
{
	const struct au_event *e = &r->history.event[i];
	char hex[AU_COMMIT_TEXT];

	assert_true(i < r->history.n);
	if (e->kind != kind)
		fail_msg("event %zu is %s", i, au_event_kind_name(e->kind));
	assert_string_equal(e->commit, git_oid_tostr(hex, sizeof(hex), id));
	return e;
}

static void a_line_of_changes_is_told_newest_first(void **state)
{
	git_repository *repo = make("line.git", true);
	git_oid a = grow_one(repo, NULL, "README", "x", 0);
	git_oid b = grow_one(repo, &a, PATH_17, V17_GOOD, 10);
	git_oid c = grow_one(repo, &b, PATH_18, V18_GOOD, 20);
	git_oid d = grow_one(repo, &c, PATH_17, V17_TWO, 30);
	git_oid e = grow_one(repo, &d, PATH_17, V17_GONE, 40);
	struct read r;
	const struct au_event *at;

	(void)state;
	grow_one(repo, &e, "README", "y", 50);
	r = read_history(repo, PATH_17);
	assert_int_equal(r.history.n, 3);
	assert_int_equal(r.history.end, AU_HISTORY_WHOLE);
	assert_true(r.history.is_present);
	at = event(&r, 0, AU_EVENT_CHANGED, &e);
	assert_int_equal(at->time, COMMIT_TIME + 40);
	assert_string_equal(at->author, "A \"quoted\" \\xc3\\xa4 name");
	assert_true(at->change.status);
	assert_int_equal(at->change.from, AU_GOOD);
	assert_int_equal(at->change.to, AU_WITHDRAWN);
	assert_string_equal(at->change.reason, "a key in the image");
	assert_string_equal(at->state, "withdrawn");
	assert_int_equal(at->change.n_added + at->change.n_removed, 0);
	at = event(&r, 1, AU_EVENT_CHANGED, &d);
	assert_false(at->change.status);
	assert_int_equal(at->change.n_added, 1);
	assert_int_equal(at->change.n_removed, 0);
	assert_string_equal(at->change.members, "");
	at = event(&r, 2, AU_EVENT_ADDED, &b);
	assert_true(at->came);
	assert_string_equal(at->state, "good");
	assert_string_equal(at->restores, "");
	read_free(&r);
	r = read_history(repo, PATH_18);
	assert_int_equal(r.history.n, 1);
	event(&r, 0, AU_EVENT_ADDED, &c);
	read_free(&r);
	git_repository_free(repo);
}

static void a_revert_names_what_it_restores(void **state)
{
	git_repository *repo = make("revert.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid b = grow_one(repo, &a, PATH_17, V17_GONE, 10);
	git_oid c = grow_one(repo, &b, PATH_17, V17_GOOD, 20);
	char hex[AU_COMMIT_TEXT];
	struct read r = read_history(repo, PATH_17);
	const struct au_event *at = event(&r, 0, AU_EVENT_CHANGED, &c);

	(void)state;
	assert_string_equal(at->restores, git_oid_tostr(hex, sizeof(hex), &a));
	assert_int_equal(at->change.from, AU_WITHDRAWN);
	assert_int_equal(at->change.to, AU_GOOD);
	assert_string_equal(event(&r, 1, AU_EVENT_CHANGED, &b)->restores, "");
	read_free(&r);
	git_repository_free(repo);
}

static void of_a_merge_the_parent_that_has_it_is_followed(void **state)
{
	git_repository *repo = make("merge.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid left = grow_one(repo, &a, PATH_17, V17_TWO, 10);
	git_oid right = grow_one(repo, &a, PATH_17, V17_GONE, 20);
	/* As the right has it: what the left did is no part of its history. */
	git_oid m = merge(repo, &left, &right, PATH_17, V17_GONE, 30);
	struct read r = read_history(repo, PATH_17);

	(void)state;
	assert_int_equal(r.history.n, 2);
	event(&r, 0, AU_EVENT_CHANGED, &right);
	event(&r, 1, AU_EVENT_ADDED, &a);
	read_free(&r);
	/* As neither has it: the merge itself, and both. */
	m = merge(repo, &left, &right, PATH_17,
		  SAMPLE_WITH(SAMPLE_ONE, "openhcl", SAMPLE_STATUS, "1.7"), 40);
	r = read_history(repo, PATH_17);
	assert_int_equal(r.history.n, 4);
	event(&r, 0, AU_EVENT_CHANGED, &m);
	event(&r, 1, AU_EVENT_CHANGED, &right);
	event(&r, 2, AU_EVENT_CHANGED, &left);
	event(&r, 3, AU_EVENT_ADDED, &a);
	/* Against the first parent: a measurement less, and the state. */
	assert_int_equal(r.history.event[0].change.n_removed, 1);
	assert_true(r.history.event[0].change.status);
	read_free(&r);
	git_repository_free(repo);
}

static void a_file_can_go_and_come_back(void **state)
{
	git_repository *repo = make("gone.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid b = grow_one(repo, &a, PATH_17, NULL, 10), c;
	struct read r = read_history(repo, PATH_17);

	(void)state;
	assert_int_equal(r.history.n, 2);
	assert_false(r.history.is_present);
	event(&r, 0, AU_EVENT_DELETED, &b);
	event(&r, 1, AU_EVENT_ADDED, &a);
	read_free(&r);
	c = grow_one(repo, &b, PATH_17, V17_TWO, 20);
	r = read_history(repo, PATH_17);
	assert_int_equal(r.history.n, 3);
	assert_true(r.history.is_present);
	event(&r, 0, AU_EVENT_ADDED, &c);
	read_free(&r);
	git_repository_free(repo);
}

static void a_file_of_a_side_branch_alone_has_no_history(void **state)
{
	git_repository *repo = make("side.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid left = grow_one(repo, &a, "README", "x", 10);
	git_oid right = grow_one(repo, &a, PATH_18, V18_GOOD, 20);
	struct read r;

	(void)state;
	right = grow_one(repo, &right, PATH_18, NULL, 30);
	merge(repo, &left, &right, "README", "y", 40);
	r = read_history(repo, PATH_18);
	assert_int_equal(r.changes.paths.n, 2);
	assert_int_equal(r.history.n, 0);
	assert_false(r.history.is_present);
	read_free(&r);
	git_repository_free(repo);
}

static void what_is_no_manifest_is_an_event(void **state)
{
	git_repository *repo = make("unreadable.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, "{", 0);
	git_oid b = grow_one(repo, &a, PATH_17, V17_GOOD, 10);
	git_oid c = grow_one(repo, &b, PATH_17, V18_GOOD, 20);
	git_oid d = grow_one(repo, &c, PATH_17, V17_GOOD, 30);
	struct read r = read_history(repo, PATH_17);
	const struct au_event *at = event(&r, 0, AU_EVENT_CHANGED, &d);

	(void)state;
	assert_true(at->change.from_unreadable);
	at = event(&r, 1, AU_EVENT_UNREADABLE, &c);
	/* Another version's manifest in this one's place. */
	assert_non_null(strstr(at->reason, "path"));
	assert_false(at->came);
	assert_null(at->state);
	assert_true(event(&r, 2, AU_EVENT_CHANGED, &b)->change.from_unreadable);
	at = event(&r, 3, AU_EVENT_UNREADABLE, &a);
	assert_true(at->came);
	assert_true(at->reason[0] != '\0');
	read_free(&r);
	git_repository_free(repo);
}

static void times_that_go_back_are_noted(void **state)
{
	git_repository *repo = make("back.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 100);
	git_oid b = grow_one(repo, &a, PATH_17, V17_TWO, 99);
	git_oid c = grow_one(repo, &b, PATH_17, V17_GONE, 99);
	struct read r = read_history(repo, PATH_17);

	(void)state;
	assert_false(event(&r, 0, AU_EVENT_CHANGED, &c)->time_goes_back);
	assert_true(event(&r, 1, AU_EVENT_CHANGED, &b)->time_goes_back);
	assert_false(event(&r, 2, AU_EVENT_ADDED, &a)->time_goes_back);
	read_free(&r);
	git_repository_free(repo);
}

static void take_object(const char *name, const git_oid *id)
{
	char hex[AU_COMMIT_TEXT], path[200];

	git_oid_tostr(hex, sizeof(hex), id);
	snprintf(path, sizeof(path), "%s/objects/%.2s/%s", name, hex, hex + 2);
	assert_int_equal(unlink(in_dir(path)), 0);
}

static git_repository *open_again(git_repository *repo, const char *name)
{
	git_repository_free(repo);
	assert_int_equal(git_repository_open(&repo, in_dir(name)), 0);
	return repo;
}

static void a_shallow_boundary_is_no_addition(void **state)
{
	git_repository *repo = make("shallow.git", true);
	git_oid a = grow_one(repo, NULL, PATH_17, V17_GOOD, 0);
	git_oid b = grow_one(repo, &a, "README", "x", 10);
	git_oid c = grow_one(repo, &b, PATH_17, V17_GONE, 20);
	git_oid d = grow_one(repo, &c, PATH_18, V18_GOOD, 30);
	char hex[AU_COMMIT_TEXT];
	struct read r;
	FILE *f;

	(void)state;
	take_object("shallow.git", &a);
	repo = open_again(repo, "shallow.git");
	/* Without git's word for it the repository is damaged. */
	assert_int_equal(try_to_read(repo, PATH_17, &r), EV_MISSING);
	assert_string_equal(r.err.field, "commit");
	f = fopen(in_dir("shallow.git/shallow"), "w");
	assert_non_null(f);
	fprintf(f, "%s\n", git_oid_tostr(hex, sizeof(hex), &b));
	fclose(f);
	repo = open_again(repo, "shallow.git");
	r = read_history(repo, PATH_17);
	assert_int_equal(r.history.n, 2);
	assert_int_equal(r.history.end, AU_HISTORY_SHALLOW);
	event(&r, 0, AU_EVENT_CHANGED, &c);
	assert_false(event(&r, 1, AU_EVENT_EARLIER, &b)->came);
	read_free(&r);
	/* What came later did come, but may have been there before. */
	r = read_history(repo, PATH_18);
	assert_int_equal(r.history.n, 1);
	assert_int_equal(r.history.end, AU_HISTORY_SHALLOW);
	event(&r, 0, AU_EVENT_ADDED, &d);
	read_free(&r);
	git_repository_free(repo);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_changes_is_told_newest_first),
		cmocka_unit_test(a_revert_names_what_it_restores),
		cmocka_unit_test(of_a_merge_the_parent_that_has_it_is_followed),
		cmocka_unit_test(a_file_can_go_and_come_back),
		cmocka_unit_test(a_file_of_a_side_branch_alone_has_no_history),
		cmocka_unit_test(what_is_no_manifest_is_an_event),
		cmocka_unit_test(times_that_go_back_are_noted),
		cmocka_unit_test(a_shallow_boundary_is_no_addition),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
