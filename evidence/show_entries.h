/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the show functions of logs have in common: how much is written, how a
 * line for people begins, how a log ends.  An entry is an object with its
 * number ("event"), its place, and member "line", which says it in one line.
 */
#ifndef EV_SHOW_ENTRIES_H
#define EV_SHOW_ENTRIES_H

#include "evidence/base/digest.h"
#include "evidence/base/error.h"
#include "evidence/base/json_write.h"

/* Entries that are written; the rest is counted. */
#define EV_SHOW_ENTRIES_MAX 65536

struct ev_show_entries {
	struct ev_span item;
	struct ev_crypto *crypto; /* owned */
	struct ev_writer *w;	  /* borrowed */
	/* Bytes of values that are still written, since what is written may be
	 * four times as much; of what is longer the place alone. */
	uint64_t room;
	bool no_memory; /* or libcrypto: what is written says nothing */
};

/* Refuses with trouble where there is no memory for crypto; else
 * ev_show_entries_end has to follow. */
enum ev_code ev_show_entries_begin(struct ev_span item, struct ev_writer *w,
				   struct ev_show_entries *out,
				   struct ev_error *err);

/* Bytes of the item, as show_field.h has them; nothing where it is empty. */
void ev_show_entry_hex(struct ev_show_entries *s, const char *name,
		       struct ev_span value);
void ev_show_entry_text(struct ev_show_entries *s, const char *name,
			struct ev_span value);

/* Opens the object of an entry. */
void ev_show_entry_begin(struct ev_show_entries *s, uint64_t number,
			 uint64_t offset, uint64_t size, const char *reg);

/* Whether a digest is of data: "matches", "mismatch", or "not-recomputable"
 * where libcrypto has not the algorithm. */
const char *ev_show_verdict(struct ev_show_entries *s, enum ev_digest_alg alg,
			    struct ev_span data, struct ev_span digest);

/* "   41  pcr10  " */
void ev_show_line_begin(struct ev_buffer *line, uint64_t number,
			const char *reg);
/* One blank, and more up to that many columns behind `from`. */
void ev_show_line_fill(struct ev_buffer *line, size_t from, size_t columns);
/* At most 256 bytes of text, escaped, and "..." where there are more. */
void ev_show_line_text(struct ev_buffer *line, struct ev_span text);
/* Writes member "line" and frees it; the writer fails where its memory ran
 * out. */
void ev_show_line_end(struct ev_show_entries *s, struct ev_buffer *line);

/*
 * How many of n were not written, and object "end": refusal is that of the
 * entry at which reading ended, or holds none.  Frees what is owned, and
 * refuses with trouble where there was any.
 */
enum ev_code ev_show_entries_end(struct ev_show_entries *s, uint64_t n,
				 uint64_t at, const struct ev_error *refusal,
				 struct ev_error *err);

#endif
