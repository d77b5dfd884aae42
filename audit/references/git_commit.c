/* SPDX-License-Identifier: Apache-2.0 */
/* Files put into a git repository as one commit. */
#include "audit/references/git_commit.h"

static const char object[] = "repository";

#define AU_CHANGE_FILES_MAX 4

/* The tip of the current branch; *out NULL where there is no commit yet. */
static enum ev_code read_tip(git_repository *repo, git_commit **out,
			     struct ev_error *err)
{
	git_object *tip = NULL;
	git_reference *head = NULL;
	int code = git_repository_head(&head, repo);

	if (code == GIT_EUNBORNBRANCH || code == GIT_ENOTFOUND)
		return EV_OK;
	if (code == 0)
		code = git_reference_peel(&tip, head, GIT_OBJECT_COMMIT);
	git_reference_free(head);
	if (code != 0)
		return au_git_fail(code, object, "HEAD", err);
	*out = (git_commit *)tip;
	return EV_OK;
}

static enum ev_code read_tip_tree(git_repository *repo, git_commit **tip,
				  git_tree **tree, struct ev_error *err)
{
	int code;

	if (read_tip(repo, tip, err) != EV_OK)
		return err->code;
	code = *tip != NULL ? git_commit_tree(tree, *tip) : 0;
	return code != 0 ? au_git_fail(code, object, "HEAD", err) : EV_OK;
}

/* The id of the file, and whether there is one; its size is looked at before
 * it is loaded. */
static enum ev_code find_file(git_repository *repo, const git_tree *tree,
			      const char *path, size_t max, git_oid *id,
			      bool *there, struct ev_error *err)
{
	ev_auto(git_odb_free) git_odb *odb = NULL;
	git_object_t type = GIT_OBJECT_INVALID;
	git_tree_entry *entry = NULL;
	size_t size = 0;
	int code = git_tree_entry_bypath(&entry, tree, path);

	*there = code == 0;
	if (code == GIT_ENOTFOUND)
		return EV_OK;
	if (code != 0)
		return au_git_fail(code, object, "file", err);
	git_oid_cpy(id, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	code = git_repository_odb(&odb, repo);
	if (code == 0)
		code = git_odb_read_header(&size, &type, odb, id);
	if (code != 0)
		return au_git_fail(code, object, "file", err);
	if (type != GIT_OBJECT_BLOB)
		return ev_fail(err, EV_VALUE, object, "file", 0, "blob",
			       git_object_type2string(type));
	return size > max ? ev_fail_u64(err, EV_LIMIT, object, "file", 0, max,
					size)
			  : EV_OK;
}

enum ev_code au_git_file_read(git_repository *repo, const char *path,
			      size_t max, uint8_t **out, size_t *n,
			      struct ev_error *err)
{
	ev_auto(git_commit_free) git_commit *tip = NULL;
	ev_auto(git_tree_free) git_tree *tree = NULL;
	ev_auto(git_blob_free) git_blob *blob = NULL;
	bool there = false;
	git_oid id;
	int code;

	*out = NULL;
	*n = 0;
	if (read_tip_tree(repo, &tip, &tree, err) != EV_OK)
		return err->code;
	if (tree != NULL &&
	    find_file(repo, tree, path, max, &id, &there, err) != EV_OK)
		return err->code;
	if (!there)
		return EV_OK;
	code = git_blob_lookup(&blob, repo, &id);
	if (code != 0)
		return au_git_fail(code, object, "file", err);
	*n = (size_t)git_blob_rawsize(blob);
	*out = malloc(*n + 1);
	if (*out == NULL)
		return ev_fail_trouble(err, object, "out of memory");
	if (*n > 0)
		memcpy(*out, git_blob_rawcontent(blob), *n);
	return EV_OK;
}

static enum ev_code write_tree(git_repository *repo, git_tree *base,
			       const struct au_change *change, git_tree **out,
			       struct ev_error *err)
{
	git_tree_update updates[AU_CHANGE_FILES_MAX] = { 0 };
	git_oid id;
	int code = 0;

	assert(change->n_files <= AU_CHANGE_FILES_MAX);
	for (size_t i = 0; i < change->n_files && code == 0; i++) {
		const struct au_file *f = &change->files[i];

		updates[i].action = GIT_TREE_UPDATE_UPSERT;
		updates[i].filemode = GIT_FILEMODE_BLOB;
		updates[i].path = f->path;
		code = git_blob_create_from_buffer(&updates[i].id, repo,
						   f->bytes.p, f->bytes.n);
	}
	if (code == 0)
		code = git_tree_create_updated(&id, repo, base, change->n_files,
					       updates);
	if (code == 0)
		code = git_tree_lookup(out, repo, &id);
	return code != 0 ? au_git_fail(code, object, "tree", err) : EV_OK;
}

/* Only these paths, and only where nothing uncommitted stands there. */
static bool write_files(git_repository *repo, const git_tree *tree,
			const struct au_change *change)
{
	git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
	char *paths[AU_CHANGE_FILES_MAX];

	if (git_repository_is_bare(repo))
		return true;
	for (size_t i = 0; i < change->n_files; i++)
		paths[i] = (char *)(uintptr_t)change->files[i].path;
	options.checkout_strategy = GIT_CHECKOUT_SAFE |
				    GIT_CHECKOUT_RECREATE_MISSING |
				    GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH;
	options.paths.strings = paths;
	options.paths.count = change->n_files;
	return git_checkout_tree(repo, (const git_object *)tree, &options) == 0;
}

enum ev_code au_git_commit_files(git_repository *repo,
				 const struct au_change *change,
				 char commit[AU_COMMIT_TEXT], bool *written,
				 struct ev_error *err)
{
	ev_auto(git_signature_free) git_signature *who = NULL;
	ev_auto(git_commit_free) git_commit *tip = NULL;
	ev_auto(git_tree_free) git_tree *base = NULL;
	ev_auto(git_tree_free) git_tree *tree = NULL;
	const git_commit *parents[1];
	git_oid id;
	int code;

	if (read_tip_tree(repo, &tip, &base, err) != EV_OK ||
	    write_tree(repo, base, change, &tree, err) != EV_OK)
		return err->code;
	code = git_signature_new(&who, change->name, change->mail, change->time,
				 0);
	if (code != 0)
		return ev_fail_text(err, EV_SYNTAX, object, "user", 0,
				    "NAME <mail>", ev_span_str(change->name));
	parents[0] = tip;
	/* Before the commit, since it compares with the tip. */
	*written = write_files(repo, tree, change);
	code = git_commit_create(&id, repo, "HEAD", who, who, NULL,
				 change->message, tree, tip != NULL ? 1 : 0,
				 parents);
	if (code != 0)
		return au_git_fail(code, object, "HEAD", err);
	git_oid_tostr(commit, AU_COMMIT_TEXT, &id);
	return EV_OK;
}
