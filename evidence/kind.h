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

struct ev_kind {
	const char *kind;	/* in the manifest: never renamed or reused */
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

/* NULL where the name is not in the table. */
const struct ev_kind *ev_kind_find(struct ev_span name);

/* The first row whose recognise says yes, or NULL. */
const struct ev_kind *ev_kind_recognise(struct ev_span item);

#endif
