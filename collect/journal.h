/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collection says while it runs, and keeps: a line a source for the
 * person, NDJSON where asked, and the collect-log item.  Never a secret: the
 * callers hand over addresses, argument vectors without secrets, and reasons,
 * with what is from outside made fit for people (ev_show): a backslash is one
 * of an escape here.
 */
#ifndef CO_JOURNAL_H
#define CO_JOURNAL_H

#include "collect/sources.h"
#include "evidence/base/buffer.h"

enum co_journal_style {
	CO_JOURNAL_TERMINAL, /* a line a source, updated in place */
	CO_JOURNAL_LINES,
	CO_JOURNAL_JSON,
	CO_JOURNAL_QUIET,
};

/* What one source came to: an entry of the manifest's steps. */
struct co_step {
	const struct co_source *source;
	enum co_outcome outcome;
	char reason[CO_WHY_TEXT];    /* "" where the outcome is CO_OK */
	char detail[CO_DETAIL_TEXT]; /* "quote v4, TDX"; may be "" */
	size_t n_items, n_bytes;
	unsigned int ms;
	int64_t ended; /* seconds since 1970 */
	bool missing;  /* was required, and nothing else brought it */
};

struct co_journal {
	enum co_journal_style style;
	unsigned int width;   /* columns of the terminal */
	bool open_line;	      /* an unfinished line stands on the terminal */
	struct ev_buffer log; /* the collect-log item so far */
};

/* Style by options and by whether stderr is a terminal. */
void co_journal_begin(struct co_journal *journal, bool quiet, bool json);
void co_journal_free(struct co_journal *journal);

/* A source is being asked. */
void co_journal_source(struct co_journal *journal,
		       const struct co_source *source);
/* It came to this. */
void co_journal_step(struct co_journal *journal, const struct co_step *step);
/* Something in between: an address that is about to be asked, a reason to
 * try again.  One line without a newline. */
void co_journal_say(struct co_journal *journal, const char *line);

/* "ok", "absent", "failed", "skipped": the words of the manifest. */
const char *co_outcome_word(enum co_outcome outcome);

#endif
