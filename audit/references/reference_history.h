/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one file of references came to be what it is: the commits that git names
 * by its default simplification ("History Simplification" of git-log(1)): a
 * commit that has the file as one of its parents has it is no event, and of
 * such a merge only the first such parent is followed.
 */
#ifndef AU_REFERENCE_HISTORY_H
#define AU_REFERENCE_HISTORY_H

#include "audit/references/git_changes.h"
#include "audit/references/reference_change.h"
#include "audit/references/voucher.h"

/* Manifests read for events of one repository, together: twice of what may
 * stand there at once. */
static const size_t AU_EVENTS_BYTES_MAX = (size_t)128 << 20;

enum au_event_kind {
	AU_EVENT_ADDED,	     /* here, and in no parent */
	AU_EVENT_CHANGED,    /* other than in each parent */
	AU_EVENT_DELETED,    /* not here, and in a parent */
	AU_EVENT_UNREADABLE, /* came in or changed, and is no manifest */
	AU_EVENT_EARLIER,    /* here, and the commit's parents are not known:
			      * when it was added is not told */
};
/* "added", "changed", "deleted", "unreadable", "earlier". */
const char *au_event_kind_name(enum au_event_kind kind);

struct au_event {
	enum au_event_kind kind;
	bool came; /* the file was in no parent, and now is, readable or not */
	size_t number; /* of the commit in the graph */
	char commit[AU_COMMIT_TEXT];
	int64_t time;		     /* claimed: the committer's */
	char author[AU_AUTHOR_TEXT]; /* name, printable (ev_show), cut */
	/* The committer's time lies before that of an older event. */
	bool time_goes_back;
	/* The file has the content that an older event gave it, whose commit
	 * this is; "" where it has not. */
	char restores[AU_COMMIT_TEXT];
	const char *state; /* the manifest's last, static; NULL: unreadable */
	/* Of AU_EVENT_CHANGED; against the first parent that has the file. */
	struct au_reference_change change;
	char reason[200];	   /* of AU_EVENT_UNREADABLE, else "" */
	struct au_voucher voucher; /* of this commit: file-commit */
};

enum au_reference_history_end {
	AU_HISTORY_WHOLE,
	AU_HISTORY_SHALLOW, /* "history ends at a shallow boundary" */
	AU_HISTORY_LIMIT,   /* more than AU_GRAPH_COMMITS_MAX commits */
};
/* "whole", "shallow", "limit". */
const char *au_reference_history_end_name(enum au_reference_history_end end);

struct au_reference_history {
	struct au_event *event; /* newest first, none before its parents */
	size_t n;
	enum au_reference_history_end end;
	bool is_present; /* at REV */
	/* A commit whose version a merge left out, unknown to the newest event
	 * (au_file_walk); "" where there is none. */
	char dropped[AU_COMMIT_TEXT];
};

/* The events of the path with that number in changes, all but their vouchers,
 * which stay zero.  *budget is what may still be read of manifests, in bytes,
 * and is lowered.  Refuses as au_file_walk does, and beyond the budget.
 * On failure *out is not written.  Free with au_reference_history_free. */
enum ev_code au_reference_history_read(const struct au_git_changes *changes,
				       size_t path, size_t *budget,
				       struct au_reference_history *out,
				       struct ev_error *err);
void au_reference_history_free(struct au_reference_history *history);

#endif
