/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signature that a commit or an annotated tag carries, and the exact bytes
 * that it is over, split as git splits them (git 2.39: commit.c
 * parse_signed_commit, gpg-interface.c parse_signature).
 *
 * A commit has it in the header "gpgsig", one line after another with a blank
 * in front; what is signed is the object without every header that begins so.
 * Header means before the first empty line: what a message says is no
 * signature.  A tag has it at its end, from the last line that begins an
 * armour; what is signed is what stands before.  This is not libgit2's
 * git_commit_extract_signature, which looks for the header in the message,
 * too, and ends at a NUL.
 */
#ifndef AU_GIT_SIGNATURE_H
#define AU_GIT_SIGNATURE_H

#include "audit/references/git_repository.h"
#include "evidence/base/buffer.h"

/* Commits and tags with their messages; they are read before it is known
 * whether anything good comes of them. */
static const size_t AU_COMMIT_MAX = (size_t)1 << 20;

enum au_signature_kind {
	AU_SIGNATURE_NONE,
	AU_SIGNATURE_SSH,
	AU_SIGNATURE_PGP,
	AU_SIGNATURE_X509,
	AU_SIGNATURE_OTHER, /* an armour that git does not know either */
};

/* "none", "ssh", "pgp", "x509", "other". */
const char *au_signature_kind_name(enum au_signature_kind kind);

struct au_git_signature {
	enum au_signature_kind kind;
	struct ev_buffer armour;  /* owned; empty for none */
	struct ev_buffer message; /* owned: the bytes that were signed */
};

/*
 * The signature of a commit or tag in the bytes of its object.  Refused are
 * two signatures in one commit (EV_DUPLICATE), which git runs together, and
 * lack of memory.  On failure *out is not written.
 */
enum ev_code au_git_commit_signature(struct ev_span object,
				     struct au_git_signature *out,
				     struct ev_error *err);
enum ev_code au_git_tag_signature(struct ev_span object,
				  struct au_git_signature *out,
				  struct ev_error *err);

/*
 * The same of the object with that id, a commit or a tag.  Refuses what
 * is neither (EV_VALUE), is not there (EV_MISSING) or is larger than
 * AU_COMMIT_MAX (EV_LIMIT).
 */
enum ev_code au_git_signature_read(git_odb *odb, const git_oid *id,
				   struct au_git_signature *out,
				   struct ev_error *err);

void au_git_signature_free(struct au_git_signature *signature);

EV_DEFINE_CLEANUP(git_odb_object *, git_odb_object_free)

#endif
