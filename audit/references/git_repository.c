/* SPDX-License-Identifier: Apache-2.0 */
/* A git repository through libgit2: only what the user named is opened. */
#include "audit/references/git_repository.h"

#include "audit/references/git_folder.h"
#include "audit/references/git_memory.h"
#include "evidence/base/cleanup.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char object[] = "repository";

enum ev_code au_git_begin(struct ev_error *err)
{
	static const git_config_level_t levels[] = {
		GIT_CONFIG_LEVEL_PROGRAMDATA,
		GIT_CONFIG_LEVEL_SYSTEM,
		GIT_CONFIG_LEVEL_XDG,
		GIT_CONFIG_LEVEL_GLOBAL,
	};
	bool good = git_libgit2_init() > 0;

	if (!good)
		return ev_fail_trouble(err, object, "libgit2 does not start");
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		good = git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i],
					"") == 0 &&
		       good;
	good = git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) == 0 && good;
	good = au_git_memory_bound() && good;
	if (good)
		return EV_OK;
	git_libgit2_shutdown();
	return ev_fail_trouble(err, object, "libgit2 refuses its options");
}

void au_git_end(void)
{
	git_libgit2_shutdown();
}

static enum ev_code refuse_size(size_t size, const char *what,
				struct ev_error *err)
{
	char found[32];

	snprintf(found, sizeof(found), "%zu bytes", size);
	return ev_fail(err, EV_LIMIT, what, "memory", 0,
		       "at most 32 MiB for an object, what it is a delta of, "
		       "or a file of git's",
		       found);
}

enum ev_code au_git_fail(int code, const char *what, const char *field,
			 struct ev_error *err)
{
	const git_error *e = git_error_last();
	const char *text = e != NULL && e->message != NULL ? e->message
							   : "no reason given";
	size_t refused = au_git_memory_refused();

	if (refused > 0)
		return refuse_size(refused, what, err);
	if (e != NULL &&
	    (e->klass == GIT_ERROR_NOMEMORY || e->klass == GIT_ERROR_THREAD))
		return ev_fail_trouble(err, what, "out of memory");
	return ev_fail_text(err, code == GIT_ENOTFOUND ? EV_MISSING : EV_SYNTAX,
			    what, field, 0, "what libgit2 can read",
			    ev_span_str(text));
}

/* libgit2 1.5 knows SHA-1 only and refuses the extension by its name. */
static bool is_sha256_repository(void)
{
	const git_error *e = git_error_last();

	return e != NULL && e->message != NULL &&
	       strstr(e->message, "objectformat") != NULL;
}

/* Before libgit2 reads any of it.  Without HEAD it is a working tree, which has
 * files of its own, or none of git's. */
static enum ev_code check_folders(const char *path, struct ev_error *err)
{
	static const char *const inner[] = { "", "/.git" };

	for (size_t i = 0; i < 2 && err->code == EV_OK; i++) {
		ev_auto_free char *folder = NULL, *head = NULL;
		struct stat st;

		if (asprintf(&folder, "%s%s", path, inner[i]) < 0 ||
		    asprintf(&head, "%s/HEAD", folder) < 0) {
			head = NULL;
			return ev_fail_trouble(err, object, "out of memory");
		}
		if (lstat(head, &st) == 0)
			au_git_folder_check(folder, err);
	}
	return err->code;
}

/* A ".git" that is a file, and a working tree's share, lead elsewhere. */
static enum ev_code check_shared(git_repository *repo, struct ev_error *err)
{
	return au_git_folder_check(git_repository_path(repo), err) == EV_OK
		       ? au_git_folder_check(git_repository_commondir(repo),
					     err)
		       : err->code;
}

static int open_any_owner(const char *path, git_repository **out)
{
	int code;

	/* The check guards against a repository that was not chosen; this
	 * path was (git_references.h).  It is on again behind this call. */
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	code = git_repository_open_ext(out, path, GIT_REPOSITORY_OPEN_NO_SEARCH,
				       NULL);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return code;
}

enum ev_code au_git_open(const char *path, git_repository **out,
			 struct ev_error *err)
{
	git_repository *repo = NULL;
	int code;

	if (access(path, F_OK) != 0)
		return ev_fail_text(err, EV_MISSING, object, "repository",
				    EV_NO_BYTE, "a git repository, bare or not",
				    ev_span_str("nothing at this path"));
	if (check_folders(path, err) != EV_OK)
		return err->code;
	code = open_any_owner(path, &repo);
	if (code == GIT_ENOTFOUND)
		return ev_fail(err, EV_MISSING, object, "repository",
			       EV_NO_BYTE, "a git repository, bare or not",
			       "no repository at this path");
	if (code != 0 && is_sha256_repository())
		return ev_fail(
			err, EV_VALUE, object, "object format", EV_NO_BYTE,
			"sha1 (libgit2 1.5 reads no other)",
			"another, as \"git init --object-format=sha256\" "
			"makes it");
	if (code != 0)
		return au_git_fail(code, object, "repository", err);
	if (check_shared(repo, err) != EV_OK) {
		git_repository_free(repo);
		return err->code;
	}
	*out = repo;
	return EV_OK;
}

enum ev_code au_git_open_or_make(const char *path, git_repository **out,
				 struct ev_error *err)
{
	git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
	git_repository *repo = NULL;
	int code;

	/* rmdir refuses whatever is not an empty folder. */
	if (access(path, F_OK) == 0 && rmdir(path) != 0)
		return au_git_open(path, out, err);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
			GIT_REPOSITORY_INIT_NO_REINIT;
	options.initial_head = "main";
	code = git_repository_init_ext(&repo, path, &options);
	if (code != 0)
		return au_git_fail(code, object, "repository", err);
	*out = repo;
	return EV_OK;
}
