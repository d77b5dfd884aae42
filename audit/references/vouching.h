/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who vouches for the references of a place at its revision, and how each came
 * to be what it is.  Opened once a run, then asked of each reference that
 * matters: the history is walked at the first question, once for all files,
 * and a file's events are made when it is asked.
 *
 * The repository, its history and the answers are kept until au_vouching_free.
 *
 * What vouches for a reference, in this order: a signature on the annotated tag
 * that REV names; the signature of the commit that REV names; that of the
 * commit that made the file what it is, unless a merge left out another version
 * that it does not know (au_reference_history.dropped): what was signed once
 * need not be what is current.  The first that is good decides; where none is,
 * that of the commit of REV is told (that of the tag, where the tag's is bad).
 * Where the history was rewritten nothing vouches.
 */
#ifndef AU_VOUCHING_H
#define AU_VOUCHING_H

#include "audit/references/known_commit.h"
#include "audit/references/place.h"
#include "audit/references/reference_history.h"

struct au_allowed_signers;

struct au_vouching_request {
	const struct au_place *place;
	/* As au_place_read told it: the id that REV had then, "" for a plain
	 * folder.  A repository that meanwhile says another is refused.  NULL:
	 * nothing was read of it yet. */
	const char *commit;
	struct ev_crypto *crypto;
	const struct au_allowed_signers *signers; /* NULL: not asked for */
	int64_t at;	   /* when signers must be valid; ignored without */
	const char *known; /* 40 hex digits of an earlier report, or NULL */
};

struct au_vouched {
	/* What decides (see above); borrowed until au_vouching_free. */
	const struct au_voucher *by;
	/* May it be a match: by is good, or nobody asked for signatures; and
	 * known, where it was given, is this commit or an ancestor. */
	bool counts;
	/* The newest event that added the file; NULL where the history ends
	 * before it, or there is none (not in git).  Its commit, claimed time
	 * and voucher: who signed. */
	const struct au_event *entered;
	/* The commit that made the file what it is, where that is not the one
	 * that added it, else NULL. */
	const struct au_event *changed;
	/* All of them, newest first; history->end says whether it is whole. */
	const struct au_reference_history *history; /* NULL: not in git */
};

struct au_vouching;

/*
 * Opens the repository, finds REV's tag and commit, judges their signatures
 * and, where asked, whether known is the commit or an ancestor; a plain
 * folder is EV_OK, too, and each answer then not-in-git.  Refuses as
 * au_git_open and au_git_commit do, known that is no commit id (EV_VALUE
 * "known"), and a repository that changed since it was read (EV_VALUE
 * "commit").  *out is the caller's (au_vouching_free); what the request
 * points to must live as long.
 */
enum ev_code au_vouching_open(const struct au_vouching_request *request,
			      struct au_vouching **out, struct ev_error *err);
void au_vouching_free(struct au_vouching *v);

/* From now on signers are judged as of that time; all that was borrowed of
 * earlier answers is gone, what was walked stays.  Refuses as
 * au_vouching_open does. */
enum ev_code au_vouching_at(struct au_vouching *v, int64_t at,
			    struct ev_error *err);

/* Always there: not-asked, or a place that is not in git, has a state, too. */
const struct au_known *au_vouching_known(const struct au_vouching *v);

/* Those of REV itself, whatever file is asked; the tag's kind is
 * AU_VOUCHER_NONE where REV named none. */
const struct au_voucher *au_vouching_tag(const struct au_vouching *v);
const struct au_voucher *au_vouching_commit(const struct au_vouching *v);

/*
 * The answer for one file: "references/PRODUCT/VERSION.json".  Of a folder it
 * is not-in-git, with neither event nor history.  Refuses a path that no commit
 * of the history has (EV_MISSING "path"), a damaged repository, and what is
 * beyond the bounds (git_graph.h, git_changes.h, file_walk.h,
 * reference_history.h), by name; *out then holds nothing of use.
 */
enum ev_code au_vouching_find(struct au_vouching *v, const char *path,
			      struct au_vouched *out, struct ev_error *err);

/* The number of files that the history knows; 0 of a folder.  One that only a
 * side branch had has an empty history, and dropped says so. */
enum ev_code au_vouching_paths(struct au_vouching *v, size_t *n,
			       struct ev_error *err);
/* By number, bytewise ascending; borrowed; NULL behind the last. */
const char *au_vouching_path(const struct au_vouching *v, size_t i);

#endif
