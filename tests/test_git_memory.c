/* SPDX-License-Identifier: Apache-2.0 */
/* What libgit2 may allocate at once. */
#include "audit/references/git_memory.h"
#include "tests/git_sample.h"

static void an_object_over_the_bound_is_refused(void **state)
{
	static const size_t sizes[] = { AU_GIT_MEMORY_MAX / 2,
					AU_GIT_MEMORY_MAX };
	git_repository *repo = make("bound.git", true);
	uint8_t *bytes = calloc(1, AU_GIT_MEMORY_MAX);

	(void)state;
	assert_non_null(bytes);
	for (size_t i = 0; i < 2; i++) {
		struct ev_error err = { 0 };
		git_blob *blob = NULL;
		git_oid id;
		int code;

		assert_int_equal(
			git_blob_create_from_buffer(&id, repo, bytes, sizes[i]),
			0);
		code = git_blob_lookup(&blob, repo, &id);
		git_blob_free(blob);
		assert_int_equal(code == 0, i == 0);
		if (i == 0)
			continue;
		/* A byte behind the content is libgit2's own. */
		assert_int_equal(
			au_git_fail(code, "repository", "object", &err),
			EV_LIMIT);
		assert_string_equal(err.field, "memory");
	}
	assert_int_equal(au_git_memory_refused(), 0);
	free(bytes);
	git_repository_free(repo);
}

static void an_older_refusal_is_no_reason(void **state)
{
	git_repository *repo = make("older.git", true);
	struct ev_error err = { 0 };
	git_blob *blob = NULL;
	git_oid id = { { 0 } };
	int code = git_blob_lookup(&blob, repo, &id);

	(void)state;
	assert_int_equal(au_git_fail(code, "repository", "object", &err),
			 EV_MISSING);
	git_repository_free(repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_object_over_the_bound_is_refused),
		cmocka_unit_test(an_older_refusal_is_no_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
