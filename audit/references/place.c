/* SPDX-License-Identifier: Apache-2.0 */
/* Where references are: a git repository at a revision, or a folder. */
#include "audit/references/place.h"

#include "audit/references/directory_references.h"
#include "audit/references/git_files.h"
#include "audit/references/git_references.h"
#include "audit/references/git_repository.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum ev_code au_place_parse(const char *text, struct au_place *out,
			    struct ev_error *err)
{
	const char *at = access(text, F_OK) == 0 ? NULL : strrchr(text, '@');
	struct au_place place = { 0 };

	place.path =
		at != NULL ? strndup(text, (size_t)(at - text)) : strdup(text);
	place.rev = at != NULL ? strdup(at + 1) : NULL;
	if (place.path == NULL || (at != NULL && place.rev == NULL)) {
		au_place_free(&place);
		return ev_fail_trouble(err, "references", "out of memory");
	}
	*out = place;
	return EV_OK;
}

void au_place_free(struct au_place *place)
{
	free(place->path);
	free(place->rev);
	memset(place, 0, sizeof(*place));
}

/* Whatever cannot be told to be absent counts as there. */
static bool has(const char *path, const char *name)
{
	ev_auto_free char *whole = NULL;
	struct stat st;

	if (asprintf(&whole, "%s/%s", path, name) < 0) {
		whole = NULL;
		return true;
	}
	return lstat(whole, &st) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* What git leaves where a repository is or was: a working tree's .git, or two
 * of the three parts that a bare one has. */
static bool is_damaged_repository(const char *path)
{
	return has(path, ".git") ||
	       has(path, "HEAD") + has(path, "objects") + has(path, "refs") >=
		       2;
}

/* No repository was found at the path: what stands there? */
static enum ev_code check_folder(const struct au_place *place,
				 struct ev_error *err)
{
	if (!is_damaged_repository(place->path))
		return EV_OK;
	return ev_fail(err, EV_SYNTAX, "repository", "repository", EV_NO_BYTE,
		       "a whole git repository, or a folder without "
		       "git's files",
		       "git's files without all that a repository has");
}

enum ev_code au_place_is_git(const struct au_place *place, bool *out,
			     struct ev_error *err)
{
	git_repository *repo = NULL;
	struct ev_error refused = { 0 };

	if (au_git_begin(err) != EV_OK)
		return err->code;
	*out = au_git_open(place->path, &repo, &refused) == EV_OK;
	if (*out)
		git_repository_free(repo);
	au_git_end();
	if (*out)
		return EV_OK;
	if (refused.code == EV_MISSING && place->rev == NULL &&
	    access(place->path, F_OK) == 0)
		return check_folder(place, err);
	*err = refused;
	return err->code;
}

enum ev_code au_place_read(const struct au_place *place,
			   struct ev_crypto *crypto, struct au_references *out,
			   struct ev_error *err)
{
	bool is_git = false;

	if (au_place_is_git(place, &is_git, err) != EV_OK)
		return err->code;
	return is_git ? au_git_references_read(place->path, place->rev, crypto,
					       out, err)
		      : au_directory_references_read(place->path, crypto, out,
						     err);
}

static enum ev_code use_git(const char *path, const char *commit,
			    au_place_use *use, void *state,
			    struct ev_error *err)
{
	struct au_git_files git = { 0 };

	if (au_git_begin(err) != EV_OK)
		return err->code;
	if (au_git_files_open(path, commit, &git, err) == EV_OK) {
		use(&git.files, state, err);
		au_git_files_close(&git);
	}
	au_git_end();
	return err->code;
}

enum ev_code au_place_files(const struct au_place *place,
			    const struct au_references *refs, au_place_use *use,
			    void *state, struct ev_error *err)
{
	struct au_directory_files directory;

	if (refs->commit[0] != '\0')
		return use_git(place->path, refs->commit, use, state, err);
	if (au_directory_files_open(place->path, &directory, err) == EV_OK) {
		use(&directory.files, state, err);
		au_directory_files_close(&directory);
	}
	return err->code;
}

struct check {
	struct ev_crypto *crypto;
	const struct au_builder_keys *keys;
	struct au_references *refs;
};

static enum ev_code check_files(const struct au_files *files, void *state,
				struct ev_error *err)
{
	const struct check *c = state;

	return au_pinned_files_check(c->refs, c->crypto, files, c->keys, err);
}

enum ev_code au_place_check_files(const struct au_place *place,
				  struct ev_crypto *crypto,
				  const struct au_builder_keys *keys,
				  struct au_references *refs,
				  struct ev_error *err)
{
	struct check c = { crypto, keys, refs };

	return au_place_files(place, refs, check_files, &c, err);
}
