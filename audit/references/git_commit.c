/* SPDX-License-Identifier: Apache-2.0 */
/* Files put into a git repository as one commit. */
#include "audit/references/git_commit.h"

#include "evidence/base/buffer.h"

static const char object[] = "repository";

static enum ev_code write_tree(const struct au_git_tip *tip,
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
		code = git_blob_create_from_buffer(&updates[i].id, tip->repo,
						   f->bytes.p, f->bytes.n);
	}
	if (code == 0)
		code = git_tree_create_updated(&id, tip->repo, tip->tree,
					       change->n_files, updates);
	if (code == 0)
		code = git_tree_lookup(out, tip->repo, &id);
	return code != 0 ? au_git_fail(code, object, "tree", err) : EV_OK;
}

/* git puts a blank in front of each line of a header's value but its first,
 * and ends the last one itself. */
static enum ev_code sign(const struct au_commit_signer *signer,
			 const char *commit, char **out, struct ev_error *err)
{
	ev_auto_buffer struct ev_buffer armour = { 0 };

	if (signer == NULL)
		return EV_OK;
	if (signer->sign(signer->state, ev_span_str(commit), &armour, err) !=
	    EV_OK)
		return err->code;
	while (armour.n > 0 && armour.p[armour.n - 1] == '\n')
		armour.n--;
	*out = ev_buffer_take(&armour, NULL);
	return *out == NULL ? ev_fail_trouble(err, object, "out of memory")
			    : EV_OK;
}

/* The commit as an object; no branch knows of it yet. */
static enum ev_code write_commit(const struct au_git_tip *tip,
				 const struct au_change *change,
				 const git_signature *who, const git_tree *tree,
				 git_oid *id, struct ev_error *err)
{
	const git_commit *parents[1] = { tip->commit };
	ev_auto_free char *armour = NULL;
	git_buf commit = { 0 };
	int code;

	code = git_commit_create_buffer(&commit, tip->repo, who, who, NULL,
					change->message, tree,
					tip->commit != NULL ? 1 : 0, parents);
	if (code != 0)
		return au_git_fail(code, object, "commit", err);
	if (sign(change->signer, commit.ptr, &armour, err) == EV_OK) {
		code = git_commit_create_with_signature(
			id, tip->repo, commit.ptr, armour, NULL);
		if (code != 0)
			au_git_fail(code, object, "commit", err);
	}
	git_buf_dispose(&commit);
	return err->code;
}

/* What goes into a working tree. */
struct working {
	git_repository *repo;
	const git_tree *tree;
	const struct au_change *change;
	bool written;
};

/* Only these paths, and only where nothing uncommitted stands there: compared
 * with the tip, which the branch is still at. */
static void write_files(void *state)
{
	git_checkout_options options = GIT_CHECKOUT_OPTIONS_INIT;
	struct working *w = state;
	char *paths[AU_CHANGE_FILES_MAX];

	w->written = git_repository_is_bare(w->repo);
	if (w->written)
		return;
	for (size_t i = 0; i < w->change->n_files; i++)
		paths[i] = (char *)(uintptr_t)w->change->files[i].path;
	options.checkout_strategy = GIT_CHECKOUT_SAFE |
				    GIT_CHECKOUT_RECREATE_MISSING |
				    GIT_CHECKOUT_DISABLE_PATHSPEC_MATCH;
	options.paths.strings = paths;
	options.paths.count = w->change->n_files;
	w->written = git_checkout_tree(w->repo, (const git_object *)w->tree,
				       &options) == 0;
}

enum ev_code au_git_commit_files(const struct au_git_tip *tip,
				 const struct au_change *change,
				 char commit[AU_COMMIT_TEXT], bool *written,
				 struct ev_error *err)
{
	ev_auto(git_signature_free) git_signature *who = NULL;
	ev_auto(git_tree_free) git_tree *tree = NULL;
	struct working working = { .repo = tip->repo, .change = change };
	git_oid id;

	if (write_tree(tip, change, &tree, err) != EV_OK)
		return err->code;
	if (git_signature_new(&who, change->name, change->mail, change->time,
			      0) != 0)
		return ev_fail_text(err, EV_SYNTAX, object, "user", 0,
				    "NAME <mail>", ev_span_str(change->name));
	working.tree = tree;
	if (write_commit(tip, change, who, tree, &id, err) != EV_OK ||
	    au_git_tip_move(tip, &id, who, change->message, write_files,
			    &working, err) != EV_OK)
		return err->code;
	*written = working.written;
	git_oid_tostr(commit, AU_COMMIT_TEXT, &id);
	return EV_OK;
}
