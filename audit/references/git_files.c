/* SPDX-License-Identifier: Apache-2.0 */
/* Files of one commit of a git repository. */
#include "audit/references/git_files.h"

#include "audit/references/git_revision.h"
#include "evidence/base/buffer.h"

static const char object[] = "repository";

/* What stands at the path; only a regular file has an id to be read. */
static enum au_found find(const git_tree *root, const char *path, git_oid *id)
{
	git_tree_entry *entry = NULL;
	git_filemode_t mode;

	if (git_tree_entry_bypath(&entry, root, path) != 0)
		return AU_FOUND_NOTHING;
	mode = git_tree_entry_filemode(entry);
	git_oid_cpy(id, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE
		       ? AU_FOUND_FILE
		       : AU_FOUND_OTHER;
}

static enum ev_code read_file(void *state, const char *path, size_t max,
			      enum au_found *found, struct ev_buffer *out,
			      struct ev_error *err)
{
	const struct au_git_files *f = state;
	ev_auto(git_blob_free) git_blob *blob = NULL;
	git_object_t type = GIT_OBJECT_INVALID;
	size_t size = 0;
	git_oid id;
	int code;

	*found = find(f->root, path, &id);
	if (*found != AU_FOUND_FILE)
		return EV_OK;
	/* The size before it is loaded. */
	code = git_odb_read_header(&size, &type, f->odb, &id);
	if (code == 0 && size > max) {
		*found = AU_FOUND_MORE;
		return EV_OK;
	}
	if (code == 0)
		code = git_blob_lookup(&blob, f->repo, &id);
	if (code != 0)
		return au_git_fail(code, object, "object", err);
	ev_buffer_add(out, ev_span_of(git_blob_rawcontent(blob), size));
	return EV_OK;
}

enum ev_code au_git_files_open(const char *path, const char *commit,
			       struct au_git_files *out, struct ev_error *err)
{
	ev_auto(git_commit_free) git_commit *at = NULL;
	struct au_git_files f = { 0 };
	int code;

	if (au_git_open(path, &f.repo, err) != EV_OK)
		return err->code;
	if (au_git_commit(f.repo, commit, &at, err) == EV_OK) {
		code = git_commit_tree(&f.root, at);
		if (code == 0)
			code = git_repository_odb(&f.odb, f.repo);
		if (code != 0)
			au_git_fail(code, object, "object", err);
	}
	if (err->code != EV_OK) {
		au_git_files_close(&f);
		return err->code;
	}
	*out = f;
	out->files = (struct au_files){ read_file, out };
	return EV_OK;
}

void au_git_files_close(struct au_git_files *files)
{
	git_odb_free(files->odb);
	git_tree_free(files->root);
	git_repository_free(files->repo);
	memset(files, 0, sizeof(*files));
}
