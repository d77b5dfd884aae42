/* SPDX-License-Identifier: Apache-2.0 */
/* Git repositories in a scratch folder, made and read through libgit2. */
#ifndef TESTS_GIT_SAMPLE_H
#define TESTS_GIT_SAMPLE_H

#include "audit/references/git_commit.h"
#include "audit/references/place.h"
#include "tests/reference_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PATH_17	    "references/openhcl/1.7.json"
#define COMMIT_TIME INT64_C(1780000000)

static char dir[64];
static struct ev_crypto *crypto;

static inline const char *in_dir(const char *name)
{
	static char path[320];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static inline int set_up(void **state)
{
	struct ev_error err = { 0 };

	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/ecart-test-XXXXXX");
	crypto = ev_crypto_new();
	return mkdtemp(dir) != NULL && crypto != NULL &&
			       au_git_begin(&err) == EV_OK
		       ? 0
		       : -1;
}

static inline int tear_down(void **state)
{
	char command[128];

	(void)state;
	au_git_end();
	ev_crypto_free(crypto);
	snprintf(command, sizeof(command), "rm -rf -- '%s'", dir);
	return system(command);
}

static inline git_repository *make(const char *name, bool bare)
{
	git_repository_init_options options;
	git_repository *repo = NULL;

	assert_int_equal(git_repository_init_options_init(
				 &options, GIT_REPOSITORY_INIT_OPTIONS_VERSION),
			 0);
	options.flags = GIT_REPOSITORY_INIT_MKPATH;
	if (bare)
		options.flags |= GIT_REPOSITORY_INIT_BARE;
	options.initial_head = "main";
	assert_int_equal(git_repository_init_ext(&repo, in_dir(name), &options),
			 0);
	return repo;
}

/* Commits one file; the id in hex. */
static inline void commit(git_repository *repo, const char *path,
			  struct ev_span text, char id[AU_COMMIT_TEXT])
{
	struct au_file file = { path, text };
	struct au_change change = { &file,	   1,
				    "test\n",	   "SIMULATED",
				    "t@localhost", COMMIT_TIME,
				    NULL };
	struct au_git_tip tip = { 0 };
	struct ev_error err = { 0 };
	bool written = false;

	if (au_git_tip_read(repo, &tip, &err) != EV_OK ||
	    au_git_commit_files(&tip, &change, id, &written, &err) != EV_OK)
		fail_msg("%s: %s", err.field, err.found);
	assert_true(written);
	au_git_tip_free(&tip);
}

static inline enum ev_code
read_place(const char *text, struct au_references *refs, struct ev_error *err)
{
	struct au_place place = { 0 };
	enum ev_code code;

	assert_int_equal(au_place_parse(text, &place, err), EV_OK);
	code = au_place_read(&place, crypto, refs, err);
	au_place_free(&place);
	return code;
}

static inline void expect_one(const char *text, const char *commit_id)
{
	struct au_references refs = { 0 };
	struct ev_error err = { 0 };

	if (read_place(text, &refs, &err) != EV_OK)
		fail_msg("%s: %s: %s", text, err.field, err.found);
	assert_string_equal(refs.commit, commit_id);
	assert_int_equal(refs.n, 1);
	assert_int_equal(refs.n_faults, 0);
	assert_string_equal(refs.listed[0].path, PATH_17);
	au_references_free(&refs);
}

static inline void expect_refusal(const char *text, enum ev_code code,
				  const char *field)
{
	struct au_references refs = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(read_place(text, &refs, &err), code);
	if (strcmp(err.field, field) != 0)
		fail_msg("%s: field %s, found %s", text, err.field, err.found);
	assert_null(refs.listed);
}

/* libgit2 1.5 keeps the match data of a regular expression that did not match
 * when it opens a repository with extensions. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2";
}

#endif
