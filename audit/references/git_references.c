/* SPDX-License-Identifier: Apache-2.0 */
/* References out of a git repository at one commit. */
#include "audit/references/git_references.h"

#include "audit/references/git_revision.h"

#include <stdio.h>

static const char object[] = "repository";

/* A folder of 65536 entries with names of 64 bytes is below 8 MiB. */
static const size_t AU_TREE_MAX = (size_t)8 << 20;

struct walk {
	git_repository *repo;
	git_odb *odb;
	struct ev_crypto *crypto;
	struct au_references *refs;
	struct ev_error *err;
};

static enum ev_code fault(struct walk *w, const char *path, enum ev_code code,
			  const char *field, const char *want,
			  const char *found)
{
	struct ev_error refused = { 0 };

	ev_fail(&refused, code, "reference", field, 0, want, found);
	return au_references_fault(w->refs, path, &refused, w->err);
}

/* The size of an object before it is loaded; refuses another type. */
static enum ev_code check_header(struct walk *w, const git_oid *id,
				 git_object_t type, size_t max, size_t *size)
{
	git_object_t found = GIT_OBJECT_INVALID;
	int code = git_odb_read_header(size, &found, w->odb, id);

	if (code != 0)
		return au_git_fail(code, object, "object", w->err);
	if (found != type)
		return ev_fail(w->err, EV_VALUE, object, "object", 0,
			       git_object_type2string(type),
			       git_object_type2string(found));
	if (type == GIT_OBJECT_TREE && *size > max)
		return ev_fail_u64(w->err, EV_LIMIT, object, "tree", 0, max,
				   *size);
	return EV_OK;
}

static enum ev_code read_manifest(struct walk *w, const char *path,
				  const git_oid *id)
{
	ev_auto(git_blob_free) git_blob *blob = NULL;
	size_t size = 0;
	char found[32];
	int code;

	if (check_header(w, id, GIT_OBJECT_BLOB, 0, &size) != EV_OK)
		return w->err->code;
	snprintf(found, sizeof(found), "%zu bytes", size);
	if (size > AU_REFERENCE_MAX)
		return fault(w, path, EV_LIMIT, "size", "at most 262144 bytes",
			     found);
	code = git_blob_lookup(&blob, w->repo, id);
	if (code != 0)
		return au_git_fail(code, object, "object", w->err);
	return au_references_add(w->refs, w->crypto, path,
				 ev_span_of(git_blob_rawcontent(blob),
					    (size_t)git_blob_rawsize(blob)),
				 w->err);
}

static enum ev_code walk_file(struct walk *w, const char *path,
			      const git_tree_entry *entry)
{
	switch (git_tree_entry_filemode(entry)) {
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return au_references_is_manifest(path)
			       ? read_manifest(w, path,
					       git_tree_entry_id(entry))
			       : EV_OK;
	case GIT_FILEMODE_LINK:
		return fault(w, path, EV_VALUE, "mode", "a regular file",
			     "a symbolic link");
	case GIT_FILEMODE_COMMIT:
		return fault(w, path, EV_VALUE, "mode", "a regular file",
			     "a submodule");
	case GIT_FILEMODE_TREE:
	case GIT_FILEMODE_UNREADABLE:
	default:
		return fault(w, path, EV_VALUE, "mode", "a regular file",
			     "another mode");
	}
}

static enum ev_code load_tree(struct walk *w, const git_oid *id, git_tree **out)
{
	size_t size = 0;
	int code;

	if (check_header(w, id, GIT_OBJECT_TREE, AU_TREE_MAX, &size) != EV_OK)
		return w->err->code;
	code = git_tree_lookup(out, w->repo, id);
	return code != 0 ? au_git_fail(code, object, "object", w->err) : EV_OK;
}

static enum ev_code walk_tree(struct walk *w, const char *prefix,
			      const git_oid *id, size_t depth)
{
	ev_auto(git_tree_free) git_tree *tree = NULL;
	enum ev_code code = EV_OK;

	if (depth > AU_DEPTH_MAX)
		return fault(w, prefix, EV_LIMIT, "path",
			     "references/PRODUCT/VERSION.json",
			     "deeper folders");
	if (load_tree(w, id, &tree) != EV_OK)
		return w->err->code;
	for (size_t i = 0; i < git_tree_entrycount(tree) && code == EV_OK;
	     i++) {
		const git_tree_entry *e = git_tree_entry_byindex(tree, i);
		char path[AU_PATH_MAX];
		int n = snprintf(path, sizeof(path), "%s/%s", prefix,
				 git_tree_entry_name(e));

		if (au_references_visit(w->refs, w->err) != EV_OK)
			return w->err->code;
		if (n < 0 || (size_t)n >= sizeof(path))
			code = fault(w, prefix, EV_LIMIT, "path",
				     "a shorter path", "over 255 bytes");
		else if (git_tree_entry_filemode(e) == GIT_FILEMODE_TREE)
			code = walk_tree(w, path, git_tree_entry_id(e),
					 depth + 1);
		else
			code = walk_file(w, path, e);
	}
	return code;
}

static enum ev_code walk_commit(struct walk *w, git_commit *commit)
{
	ev_auto(git_tree_free) git_tree *root = NULL;
	const git_tree_entry *entry;

	if (load_tree(w, git_commit_tree_id(commit), &root) != EV_OK)
		return w->err->code;
	entry = git_tree_entry_byname(root, "references");
	if (entry == NULL ||
	    git_tree_entry_filemode(entry) != GIT_FILEMODE_TREE)
		return ev_fail(w->err, EV_MISSING, object, "references", 0,
			       "a folder references/ in the commit",
			       entry == NULL ? "nothing" : "no folder");
	return walk_tree(w, "references", git_tree_entry_id(entry), 0);
}

static enum ev_code read_commit(struct walk *w, const char *path,
				const char *rev)
{
	ev_auto(git_repository_free) git_repository *repo = NULL;
	ev_auto(git_commit_free) git_commit *commit = NULL;
	ev_auto(git_odb_free) git_odb *odb = NULL;
	int code;

	if (au_git_open(path, &repo, w->err) != EV_OK ||
	    au_git_commit(repo, rev, &commit, w->err) != EV_OK)
		return w->err->code;
	code = git_repository_odb(&odb, repo);
	if (code != 0)
		return au_git_fail(code, object, "objects", w->err);
	w->repo = repo;
	w->odb = odb;
	git_oid_tostr(w->refs->commit, sizeof(w->refs->commit),
		      git_commit_id(commit));
	if (walk_commit(w, commit) != EV_OK)
		return w->err->code;
	return au_references_finish(w->refs, w->crypto, w->err);
}

enum ev_code au_git_references_read(const char *path, const char *rev,
				    struct ev_crypto *crypto,
				    struct au_references *out,
				    struct ev_error *err)
{
	struct au_references refs = { 0 };
	struct walk w = { .crypto = crypto, .refs = &refs, .err = err };
	enum ev_code code;

	if (au_git_begin(err) != EV_OK)
		return err->code;
	code = read_commit(&w, path, rev);
	au_git_end();
	if (code == EV_OK)
		*out = refs;
	else
		au_references_free(&refs);
	return code;
}
