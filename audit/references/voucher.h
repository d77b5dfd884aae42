/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A voucher: the commit or annotated tag whose signature was looked at for a
 * reference, and what came of it.  Only SSH signatures are judged (namespace
 * "git", as git makes them); PGP and X.509 are named and never good.  Validity
 * is judged at a given time; the object's own time is a claim of whoever made
 * it.
 */
#ifndef AU_VOUCHER_H
#define AU_VOUCHER_H

#include "audit/references/git_repository.h"
#include "audit/references/references.h"

struct au_allowed_signers; /* audit/ssh/allowed_signers.h */

enum au_voucher_kind {
	AU_VOUCHER_NONE,
	AU_VOUCHER_TAG,		/* the annotated tag that REV named */
	AU_VOUCHER_COMMIT,	/* the commit that REV named */
	AU_VOUCHER_FILE_COMMIT, /* the commit that made the file what it is */
};

/* "none", "tag", "commit", "file-commit". */
const char *au_voucher_kind_name(enum au_voucher_kind kind);

/* States besides those of an SSH verdict (au_ssh_state_name): an SSH verdict's
 * "good" is the only good one. */
#define AU_VOUCHED_UNSIGNED    "unsigned"
#define AU_VOUCHED_NOT_JUDGED  "not-judged"  /* PGP, X.509 or another kind */
#define AU_VOUCHED_NOT_ASKED   "not-asked"   /* signed; no signers are given */
#define AU_VOUCHED_NOT_IN_GIT  "not-in-git"  /* a plain folder */
#define AU_VOUCHED_REWRITTEN   "rewritten"   /* known is no ancestor */
#define AU_VOUCHED_OTHER_NAME  "other-name"  /* of a tag; else it were good */
#define AU_VOUCHED_OVERRULED   "overruled"   /* overruling.h */
#define AU_VOUCHED_NOT_REACHED "not-reached" /* the history ends before known */

struct au_voucher {
	enum au_voucher_kind kind;
	const char *state;	     /* static; never NULL once judged */
	const char *signature;	     /* static: "none", "ssh", "pgp", ... */
	char object[AU_COMMIT_TEXT]; /* id of the tag or commit, "" for none */
	char principals[256]; /* see au_ssh_verdict; trust only if good */
	char fingerprint[60]; /* "SHA256:...", "" */
	char algorithm[40];   /* "ssh-ed25519", "" */
	char reason[200];     /* a sentence without a full stop; "" */
	bool has_time;
	int64_t time; /* claimed: the committer's, the tagger's */
};

/* Whom a signature is judged by. */
struct au_voucher_trust {
	struct ev_crypto *crypto;
	const struct au_allowed_signers *signers; /* NULL: nobody is asked */
	int64_t at;				  /* when they must be valid */
};

/* Judges the signature of the tag or commit with that id.  Whatever is wrong
 * with the signature is a state; refused are an object that is not there or
 * too large, and trouble: *out is not written then. */
enum ev_code au_voucher_read(git_repository *repo, enum au_voucher_kind kind,
			     const git_oid *id,
			     const struct au_voucher_trust *trust,
			     struct au_voucher *out, struct ev_error *err);

/* A voucher that is none: a state alone, with why. */
struct au_voucher au_voucher_none(const char *state, const char *reason);

/* What is good, but not for what was asked: state and reason are others. */
void au_voucher_object(struct au_voucher *voucher, const char *state,
		       const char *reason);

bool au_voucher_is_good(const struct au_voucher *voucher);

/* The state says that a signature is false, which is worse than none: the key
 * did not make it, it was made for another use, or it cannot be read; or that
 * the history was rewritten. */
bool au_voucher_is_bad(const struct au_voucher *voucher);

#endif
