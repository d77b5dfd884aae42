/* SPDX-License-Identifier: Apache-2.0 */
/* The one commit that a revision can mean. */
#include "audit/references/git_revision.h"

#include "audit/references/git_signature.h"

#include <stdio.h>

static const char object[] = "repository";
static const char want_commit[] = "a commit, branch or tag of the repository";

#define AU_REVISION_MAX 256
/* Tags of tags; git makes them, nobody needs many. */
static const size_t AU_TAG_DEPTH_MAX = 8;

/* A revision being resolved. */
struct search {
	git_repository *repo;
	git_odb *odb;
	const char *rev; /* as it was given */
	struct ev_error *err;
};

/* What a name can mean, and how often. */
struct meanings {
	size_t n;
	git_oid id;			 /* of the first */
	char name[AU_REVISION_MAX + 32]; /* of a reference, the first */
	char text[2][64];		 /* the first two, for people */
};

static enum ev_code refuse(const struct search *s, enum ev_code code,
			   const char *want)
{
	return ev_fail_text(s->err, code, object, "revision", 0, want,
			    ev_span_str(s->rev));
}

static enum ev_code check_commit_size(const struct search *s, size_t size)
{
	if (size <= AU_COMMIT_MAX)
		return EV_OK;
	return ev_fail_u64(s->err, EV_LIMIT, object, "commit", 0, AU_COMMIT_MAX,
			   size);
}

/* The type of an object that is small enough to be loaded, if it is a commit
 * or a tag. */
static enum ev_code read_type(const struct search *s, const git_oid *id,
			      git_object_t *type)
{
	size_t size = 0;
	int code = git_odb_read_header(&size, type, s->odb, id);

	if (code == GIT_ENOTFOUND)
		return refuse(s, EV_MISSING, want_commit);
	if (code != 0)
		return au_git_fail(code, object, "revision", s->err);
	if (*type == GIT_OBJECT_COMMIT || *type == GIT_OBJECT_TAG)
		return check_commit_size(s, size);
	return ev_fail(s->err, EV_VALUE, object, "revision", 0, want_commit,
		       git_object_type2string(*type));
}

static enum ev_code follow_tag(const struct search *s, git_oid *id)
{
	git_tag *tag = NULL;
	int code = git_tag_lookup(&tag, s->repo, id);

	if (code != 0)
		return au_git_fail(code, object, "revision", s->err);
	git_oid_cpy(id, git_tag_target_id(tag));
	git_tag_free(tag);
	return EV_OK;
}

/* The commit that an id stands for, through tags; *depth is their number. */
static enum ev_code load_commit(const struct search *s, const git_oid *start,
				git_commit **out, size_t *depth)
{
	git_object_t type = GIT_OBJECT_INVALID;
	git_oid id = *start;
	int code;

	for (*depth = 0; *depth <= AU_TAG_DEPTH_MAX; ++*depth) {
		if (read_type(s, &id, &type) != EV_OK)
			return s->err->code;
		if (type == GIT_OBJECT_COMMIT)
			break;
		if (follow_tag(s, &id) != EV_OK)
			return s->err->code;
	}
	if (type != GIT_OBJECT_COMMIT)
		return refuse(s, EV_LIMIT, "at most 8 tags of tags");
	code = git_commit_lookup(out, s->repo, &id);
	return code != 0 ? au_git_fail(code, object, "revision", s->err)
			 : EV_OK;
}

static void add_meaning(struct meanings *m, const git_oid *id, const char *text)
{
	if (m->n == 0)
		git_oid_cpy(&m->id, id);
	if (m->n < 2)
		snprintf(m->text[m->n], sizeof(m->text[0]), "%s", text);
	m->n++;
}

static enum ev_code add_reference(const struct search *s, const char *name,
				  struct meanings *m)
{
	git_oid id;
	int code = git_reference_name_to_id(&id, s->repo, name);

	if (code == 0 && m->n == 0)
		snprintf(m->name, sizeof(m->name), "%s", name);
	if (code == 0)
		add_meaning(m, &id, name);
	if (code == 0 || code == GIT_ENOTFOUND || code == GIT_EINVALIDSPEC)
		return EV_OK;
	return au_git_fail(code, object, "revision", s->err);
}

/* Every place where git looks for a short name. */
static enum ev_code add_references(const struct search *s, const char *base,
				   struct meanings *m)
{
	static const struct {
		const char *before, *behind;
	} places[] = {
		{ "", "" },
		{ "refs/", "" },
		{ "refs/tags/", "" },
		{ "refs/heads/", "" },
		{ "refs/remotes/", "" },
		{ "refs/remotes/", "/HEAD" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char name[AU_REVISION_MAX + 32];

		snprintf(name, sizeof(name), "%s%s%s", places[i].before, base,
			 places[i].behind);
		if (add_reference(s, name, m) != EV_OK)
			return s->err->code;
	}
	return EV_OK;
}

/* The beginning of an id; only a commit or a tag could be meant by it. */
static enum ev_code add_beginning(const struct search *s, const char *base,
				  struct meanings *m)
{
	size_t size = 0, n = strlen(base);
	git_object_t type = GIT_OBJECT_INVALID;
	git_oid id, whole;
	int code;

	if (n < GIT_OID_MINPREFIXLEN || git_oid_fromstrn(&id, base, n) != 0)
		return EV_OK;
	code = git_odb_exists_prefix(&whole, s->odb, &id, n);
	if (code == GIT_EAMBIGUOUS) {
		add_meaning(m, &id, "one id that begins so");
		add_meaning(m, &id, "another");
		return EV_OK;
	}
	if (code == 0)
		code = git_odb_read_header(&size, &type, s->odb, &whole);
	if (code == GIT_ENOTFOUND)
		return EV_OK;
	if (code != 0)
		return au_git_fail(code, object, "revision", s->err);
	if (type == GIT_OBJECT_COMMIT || type == GIT_OBJECT_TAG) {
		char hex[GIT_OID_HEXSZ + 1];

		add_meaning(m, &whole, git_oid_tostr(hex, sizeof(hex), &whole));
	}
	return EV_OK;
}

static enum ev_code refuse_ambiguous(const struct search *s,
				     const struct meanings *m)
{
	char found[2 * sizeof(m->text[0]) + 32];

	snprintf(found, sizeof(found), "%s%s%s and %s",
		 m->n > 2 ? "among others " : "", m->text[0],
		 m->n > 2 ? "," : "", m->text[1]);
	return ev_fail_text(s->err, EV_VALUE, object, "revision", 0,
			    "one meaning (write refs/tags/NAME, "
			    "refs/heads/NAME or all 40 digits)",
			    ev_span_str(found));
}

static bool is_id(const char *base)
{
	return strlen(base) == GIT_OID_HEXSZ &&
	       strspn(base, "0123456789abcdefABCDEF") == GIT_OID_HEXSZ;
}

static bool is_full_name(const char *base)
{
	return strcmp(base, "HEAD") == 0 || strncmp(base, "refs/", 5) == 0;
}

/* What stands before the first "~" or "^". */
static enum ev_code find_base(const struct search *s, const char *base,
			      struct meanings *m)
{
	if (is_id(base)) {
		git_oid_fromstr(&m->id, base);
		return EV_OK;
	}
	if (is_full_name(base)) {
		if (add_reference(s, base, m) != EV_OK)
			return s->err->code;
	} else if (add_references(s, base, m) != EV_OK ||
		   add_beginning(s, base, m) != EV_OK) {
		return s->err->code;
	}
	if (m->n == 0)
		return refuse(s, EV_MISSING, want_commit);
	return m->n > 1 ? refuse_ambiguous(s, m) : EV_OK;
}

/* name: of the reference that leads to the tag, "" for none. */
static enum ev_code read_tag(const struct search *s, const git_oid *id,
			     const char *name, struct au_git_named_tag *out)
{
	static const char folder[] = "refs/tags/";
	size_t n = sizeof(folder) - 1;
	git_tag *tag = NULL;
	int code = git_tag_lookup(&tag, s->repo, id);

	if (code != 0)
		return au_git_fail(code, object, "revision", s->err);
	git_oid_cpy(&out->id, id);
	out->other_name =
		name[0] != '\0' && (strncmp(name, folder, n) != 0 ||
				    strcmp(name + n, git_tag_name(tag)) != 0);
	git_tag_free(tag);
	return EV_OK;
}

/* Replaces *commit by its parent, counted from 1. */
static enum ev_code step(const struct search *s, unsigned int parent,
			 git_commit **commit)
{
	const git_oid *id = git_commit_parent_id(*commit, parent - 1);
	git_commit *found = NULL;
	size_t depth = 0;

	if (id == NULL)
		return refuse(s, EV_MISSING, want_commit);
	if (load_commit(s, id, &found, &depth) != EV_OK)
		return s->err->code;
	git_commit_free(*commit);
	*commit = found;
	return EV_OK;
}

/* The number behind an operator, 1 where there is none. */
static bool read_count(const char **at, unsigned int *n)
{
	size_t digits = strspn(*at, "0123456789");

	*n = digits == 0 ? 1 : (unsigned int)strtoul(*at, NULL, 10);
	*at += digits;
	return digits <= 6;
}

/* ~N and ^N: N steps to the first parent, one to the Nth; ^0 is none. */
static enum ev_code follow(const struct search *s, const char *at,
			   git_commit **commit)
{
	while (*at != '\0') {
		bool far = *at++ == '~';
		unsigned int n;

		if (!read_count(&at, &n) ||
		    (*at != '\0' && *at != '~' && *at != '^'))
			return refuse(s, EV_VALUE, "~N and ^N behind a name");
		for (unsigned int i = 0; i < (far ? n : n > 0); i++) {
			if (step(s, far ? 1 : n, commit) != EV_OK)
				return s->err->code;
		}
	}
	return EV_OK;
}

static bool is_plain_revision(const char *rev)
{
	return *rev != '\0' && *rev != ':' && *rev != '-' &&
	       strlen(rev) < AU_REVISION_MAX && strpbrk(rev, "{:") == NULL;
}

static enum ev_code find_commit(const struct search *s, git_commit **out,
				struct au_git_named_tag *tag)
{
	ev_auto(git_commit_free) git_commit *commit = NULL;
	size_t n = strcspn(s->rev, "~^");
	char base[AU_REVISION_MAX];
	struct meanings m = { 0 };
	git_oid named;
	size_t depth = 0;

	snprintf(base, sizeof(base), "%.*s", (int)n, s->rev);
	if (find_base(s, base, &m) != EV_OK ||
	    load_commit(s, &m.id, &commit, &depth) != EV_OK)
		return s->err->code;
	git_oid_cpy(&named, git_commit_id(commit));
	if (follow(s, s->rev + n, &commit) != EV_OK)
		return s->err->code;
	memset(tag, 0, sizeof(*tag));
	if (depth > 0 && git_oid_equal(&named, git_commit_id(commit)) &&
	    read_tag(s, &m.id, m.name, tag) != EV_OK)
		return s->err->code;
	*out = commit;
	commit = NULL;
	return EV_OK;
}

enum ev_code au_git_commit_and_tag(git_repository *repo, const char *rev,
				   git_commit **out,
				   struct au_git_named_tag *tag,
				   struct ev_error *err)
{
	ev_auto(git_odb_free) git_odb *odb = NULL;
	struct search s = { .repo = repo,
			    .rev = rev != NULL ? rev : "HEAD",
			    .err = err };
	int code;

	if (!is_plain_revision(s.rev))
		return refuse(&s, EV_VALUE, "a branch, a tag or a commit id");
	code = git_repository_odb(&odb, repo);
	if (code != 0)
		return au_git_fail(code, object, "objects", err);
	s.odb = odb;
	return find_commit(&s, out, tag);
}

enum ev_code au_git_commit(git_repository *repo, const char *rev,
			   git_commit **out, struct ev_error *err)
{
	struct au_git_named_tag tag;

	return au_git_commit_and_tag(repo, rev, out, &tag, err);
}
