/* SPDX-License-Identifier: Apache-2.0 */
/* A commit or tag whose signature was looked at. */
#include "audit/references/voucher.h"

#include "audit/references/git_signature.h"
#include "audit/ssh/ssh_verdict.h"

#include <stdio.h>

static const char object[] = "repository";

const char *au_voucher_kind_name(enum au_voucher_kind kind)
{
	static const char *const names[] = { "none", "tag", "commit",
					     "file-commit" };

	return names[kind];
}

static bool is_state(const struct au_voucher *v, const char *state)
{
	return v->state != NULL && strcmp(v->state, state) == 0;
}

bool au_voucher_is_good(const struct au_voucher *voucher)
{
	return is_state(voucher, au_ssh_state_name(AU_SSH_GOOD));
}

bool au_voucher_is_bad(const struct au_voucher *voucher)
{
	static const enum au_ssh_state bad[] = { AU_SSH_BAD_SIGNATURE,
						 AU_SSH_WRONG_NAMESPACE,
						 AU_SSH_UNREADABLE };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (is_state(voucher, au_ssh_state_name(bad[i])))
			return true;
	}
	return is_state(voucher, AU_VOUCHED_REWRITTEN);
}

static void say(struct au_voucher *v, const char *state, const char *reason)
{
	v->state = state;
	snprintf(v->reason, sizeof(v->reason), "%s", reason);
}

void au_voucher_object(struct au_voucher *voucher, const char *state,
		       const char *reason)
{
	say(voucher, state, reason);
}

struct au_voucher au_voucher_none(const char *state, const char *reason)
{
	struct au_voucher v = { .signature = au_signature_kind_name(
					AU_SIGNATURE_NONE) };

	say(&v, state, reason);
	return v;
}

static enum ev_code judge_ssh(const struct au_git_signature *s,
			      const struct au_voucher_trust *trust,
			      struct au_voucher *v, struct ev_error *err)
{
	static const struct ev_span anybody = { NULL, 0 };
	struct au_ssh_verdict verdict;

	if (au_ssh_judge(trust->crypto, trust->signers,
			 ev_buffer_span(&s->armour),
			 ev_buffer_span(&s->message), "git", anybody, trust->at,
			 &verdict, err) != EV_OK)
		return err->code;
	say(v, au_ssh_state_name(verdict.state), verdict.reason);
	snprintf(v->principals, sizeof(v->principals), "%s",
		 verdict.principals);
	snprintf(v->fingerprint, sizeof(v->fingerprint), "%s",
		 verdict.fingerprint);
	snprintf(v->algorithm, sizeof(v->algorithm), "%s", verdict.algorithm);
	return EV_OK;
}

static enum ev_code judge(const struct au_git_signature *s,
			  const struct au_voucher_trust *trust,
			  struct au_voucher *v, struct ev_error *err)
{
	v->signature = au_signature_kind_name(s->kind);
	if (s->kind == AU_SIGNATURE_NONE)
		say(v, AU_VOUCHED_UNSIGNED, "no signature");
	else if (trust->signers == NULL)
		say(v, AU_VOUCHED_NOT_ASKED, "no allowed signers are given");
	else if (s->kind != AU_SIGNATURE_SSH)
		say(v, AU_VOUCHED_NOT_JUDGED, "only SSH signatures are judged");
	else
		return judge_ssh(s, trust, v, err);
	return EV_OK;
}

static enum ev_code read_signature(git_odb *odb, const git_oid *id,
				   const struct au_voucher_trust *trust,
				   struct au_voucher *v, struct ev_error *err)
{
	struct au_git_signature s = { .kind = AU_SIGNATURE_NONE };
	struct ev_error refused = { 0 };
	enum ev_code code = au_git_signature_read(odb, id, &s, &refused);

	if (code == EV_DUPLICATE) {
		v->signature = au_signature_kind_name(AU_SIGNATURE_OTHER);
		say(v, au_ssh_state_name(AU_SSH_UNREADABLE),
		    "more than one signature");
		return EV_OK;
	}
	if (code != EV_OK) {
		*err = refused;
		return code;
	}
	code = judge(&s, trust, v, err);
	au_git_signature_free(&s);
	return code;
}

/* The time that its maker claims; a tag may have none. */
static enum ev_code read_time(git_repository *repo, const git_oid *id,
			      struct au_voucher *v, struct ev_error *err)
{
	ev_auto(git_object_free) git_object *found = NULL;
	int code = git_object_lookup(&found, repo, id, GIT_OBJECT_ANY);
	const git_signature *tagger;

	if (code != 0)
		return au_git_fail(code, object, "object", err);
	if (git_object_type(found) == GIT_OBJECT_COMMIT) {
		v->has_time = true;
		v->time = git_commit_time((const git_commit *)found);
		return EV_OK;
	}
	tagger = git_tag_tagger((const git_tag *)found);
	v->has_time = tagger != NULL;
	v->time = tagger != NULL ? tagger->when.time : 0;
	return EV_OK;
}

enum ev_code au_voucher_read(git_repository *repo, enum au_voucher_kind kind,
			     const git_oid *id,
			     const struct au_voucher_trust *trust,
			     struct au_voucher *out, struct ev_error *err)
{
	ev_auto(git_odb_free) git_odb *odb = NULL;
	struct au_voucher v = { .kind = kind };
	int code = git_repository_odb(&odb, repo);

	if (code != 0)
		return au_git_fail(code, object, "objects", err);
	git_oid_tostr(v.object, sizeof(v.object), id);
	/* The signature first: it refuses what is too large to be loaded. */
	if (read_signature(odb, id, trust, &v, err) != EV_OK ||
	    read_time(repo, id, &v, err) != EV_OK)
		return err->code;
	*out = v;
	return EV_OK;
}
