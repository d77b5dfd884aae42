/* SPDX-License-Identifier: Apache-2.0 */
/* The branch that HEAD names, read and moved. */
#include "audit/references/git_tip.h"

#include <stdio.h>

static const char object[] = "repository";

/* Branches may be names of others; git follows five. */
#define AU_SYMBOLIC_MAX 5

EV_DEFINE_CLEANUP(git_reference *, git_reference_free)
EV_DEFINE_CLEANUP(git_transaction *, git_transaction_free)

static enum ev_code no_memory(struct ev_error *err)
{
	return ev_fail_trouble(err, object, "out of memory");
}

/* The reference at the end of HEAD, which need not be there yet; *id is where
 * it points, *there whether it does. */
static enum ev_code resolve(git_repository *repo, char **branch, git_oid *id,
			    bool *there, struct ev_error *err)
{
	ev_auto_free char *name = strdup("HEAD");

	for (size_t i = 0; i <= AU_SYMBOLIC_MAX && name != NULL; i++) {
		ev_auto(git_reference_free) git_reference *ref = NULL;
		int code = git_reference_lookup(&ref, repo, name);

		*there = code == 0;
		if (code != 0 && (code != GIT_ENOTFOUND || i == 0))
			return au_git_fail(code, object, "HEAD", err);
		if (code != 0 ||
		    git_reference_type(ref) == GIT_REFERENCE_DIRECT) {
			if (code == 0)
				git_oid_cpy(id, git_reference_target(ref));
			*branch = name;
			name = NULL;
			return EV_OK;
		}
		free(name);
		name = strdup(git_reference_symbolic_target(ref));
	}
	if (name == NULL)
		return no_memory(err);
	return ev_fail(err, EV_LIMIT, object, "HEAD", EV_NO_BYTE,
		       "a branch behind at most 5 names", "more");
}

enum ev_code au_git_tip_read(git_repository *repo, struct au_git_tip *out,
			     struct ev_error *err)
{
	struct au_git_tip tip = { .repo = repo };
	bool there = false;
	git_oid id;
	int code = 0;

	if (resolve(repo, &tip.branch, &id, &there, err) != EV_OK)
		return err->code;
	if (there)
		code = git_commit_lookup(&tip.commit, repo, &id);
	if (there && code == 0)
		code = git_commit_tree(&tip.tree, tip.commit);
	if (code != 0) {
		au_git_tip_free(&tip);
		return au_git_fail(code, object, "HEAD", err);
	}
	*out = tip;
	return EV_OK;
}

void au_git_tip_free(struct au_git_tip *tip)
{
	free(tip->branch);
	git_commit_free(tip->commit);
	git_tree_free(tip->tree);
	memset(tip, 0, sizeof(*tip));
}

/* The id of the file, and whether there is one; its size is looked at before
 * it is loaded. */
static enum ev_code find_file(const struct au_git_tip *tip, const char *path,
			      size_t max, git_oid *id, bool *there,
			      struct ev_error *err)
{
	ev_auto(git_odb_free) git_odb *odb = NULL;
	git_object_t type = GIT_OBJECT_INVALID;
	git_tree_entry *entry = NULL;
	size_t size = 0;
	int code = git_tree_entry_bypath(&entry, tip->tree, path);

	*there = code == 0;
	if (code == GIT_ENOTFOUND)
		return EV_OK;
	if (code != 0)
		return au_git_fail(code, object, "file", err);
	git_oid_cpy(id, git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	code = git_repository_odb(&odb, tip->repo);
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

enum ev_code au_git_tip_file(const struct au_git_tip *tip, const char *path,
			     size_t max, uint8_t **out, size_t *n,
			     struct ev_error *err)
{
	ev_auto(git_blob_free) git_blob *blob = NULL;
	bool there = false;
	git_oid id;
	int code;

	*out = NULL;
	*n = 0;
	if (tip->tree != NULL &&
	    find_file(tip, path, max, &id, &there, err) != EV_OK)
		return err->code;
	if (!there)
		return EV_OK;
	code = git_blob_lookup(&blob, tip->repo, &id);
	if (code != 0)
		return au_git_fail(code, object, "file", err);
	*n = (size_t)git_blob_rawsize(blob);
	*out = malloc(*n + 1);
	if (*out == NULL)
		return no_memory(err);
	if (*n > 0)
		memcpy(*out, git_blob_rawcontent(blob), *n);
	return EV_OK;
}

/* "no commit", or the id with more words behind it. */
static void say(const git_oid *id, const char *more, char out[EV_TEXT_MAX])
{
	char hex[GIT_OID_HEXSZ + 1] = "no commit";

	if (id != NULL)
		git_oid_tostr(hex, sizeof(hex), id);
	snprintf(out, EV_TEXT_MAX, "%s%s", hex, more);
}

/* Under the lock: where does the branch stand now? */
static enum ev_code check_place(const struct au_git_tip *tip,
				struct ev_error *err)
{
	const git_oid *old =
		tip->commit != NULL ? git_commit_id(tip->commit) : NULL;
	char want[EV_TEXT_MAX], found[EV_TEXT_MAX];
	git_oid now;
	int code = git_reference_name_to_id(&now, tip->repo, tip->branch);

	if (code != 0 && code != GIT_ENOTFOUND)
		return au_git_fail(code, object, "branch", err);
	if (code == 0 ? old != NULL && git_oid_equal(&now, old) : old == NULL)
		return EV_OK;
	say(old, ", as when it was read", want);
	say(code == 0 ? &now : NULL, ": it was moved meanwhile; do it again",
	    found);
	return ev_fail(err, EV_VALUE, object, "branch", EV_NO_BYTE, want,
		       found);
}

enum ev_code au_git_tip_move(const struct au_git_tip *tip, const git_oid *id,
			     const git_signature *who, const char *message,
			     au_git_while_locked *during, void *state,
			     struct ev_error *err)
{
	ev_auto(git_transaction_free) git_transaction *tx = NULL;
	int code = git_transaction_new(&tx, tip->repo);

	if (code == 0)
		code = git_transaction_lock_ref(tx, tip->branch);
	if (code == GIT_ELOCKED)
		return ev_fail(err, EV_VALUE, object, "branch", EV_NO_BYTE,
			       "one that nobody else moves now",
			       "git's lock on it; do it again");
	if (code != 0)
		return au_git_fail(code, object, "branch", err);
	if (check_place(tip, err) != EV_OK)
		return err->code;
	code = git_transaction_set_target(tx, tip->branch, id, who, message);
	if (code == 0) {
		during(state);
		code = git_transaction_commit(tx);
	}
	return code != 0 ? au_git_fail(code, object, "branch", err) : EV_OK;
}
