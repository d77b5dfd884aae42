/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of evidence kinds: what an item's bytes are.  A new kind is one
 * row in kinds.c and one file with its parser; it is then archived, shown,
 * size-limited, fuzzed and documented.
 */
#ifndef EV_KIND_H
#define EV_KIND_H

#include "evidence/base/error.h"
#include "evidence/base/json_write.h"

/* What an archive holds items of a kind for. */
enum ev_kind_use {
	EV_FOR_EVIDENCE,   /* says something about a machine */
	EV_FOR_COLLATERAL, /* evidence is judged by it */
	EV_FOR_LOG,	   /* explains registers that evidence quotes */
	EV_FOR_REFERENCE,  /* says what registers ought to hold */
	EV_FOR_IMAGE,	   /* code that registers measure */
	EV_FOR_META,	   /* about the archive itself, or never judged */
};

struct ev_kind {
	const char *kind; /* in the manifest: never renamed or reused */
	enum ev_kind_use use;
	const char *media_type; /* information only */
	const char *extension;	/* of the item's path: "bin", "json" */
	const char *title;	/* one line for people */
	const char *source;	/* document that defines the bytes */
	uint64_t max_size;	/* bytes; the archive reader refuses more */
	/*
	 * Parses the bytes and, where w is not NULL, writes every field as
	 * members of the object that is open in w, with its byte offsets.
	 * NULL: opaque, archived and shown by size and digest alone.
	 */
	enum ev_code (*show)(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err);
	/* The fewest bytes by which pack knows the kind by content; NULL: only
	 * by KIND=PATH. */
	bool (*recognise)(struct ev_span item);
};

extern const struct ev_kind ev_kinds[];
extern const size_t ev_n_kinds;

/* "evidence", one word a use. */
const char *ev_kind_use_word(enum ev_kind_use use);

/* NULL where the name is not in the table. */
const struct ev_kind *ev_kind_find(struct ev_span name);

/* The first row whose recognise says yes, or NULL. */
const struct ev_kind *ev_kind_recognise(struct ev_span item);

#endif
