/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing canonical JSON: RFC 8785 restricted to the subset of the archive
 * format (ecart-archive(5)): ASCII member names, integers, no null, no
 * control characters.  Members may be written in any order; they are sorted
 * when their object is closed.  Sticky: after a refusal or lack of memory
 * every call does nothing; ask once with ev_json_finish.  A name of NULL is
 * used inside arrays and for the outermost value.
 */
#ifndef EV_JSON_WRITE_H
#define EV_JSON_WRITE_H

#include "evidence/base/buffer.h"

struct ev_writer;

/* NULL when memory ran out. */
struct ev_writer *ev_writer_new(void);
void ev_writer_free(struct ev_writer *w);
/* Room for n bytes at once, where a text of about that size is to come. */
void ev_writer_expect(struct ev_writer *w, size_t n);

void ev_write_object(struct ev_writer *w, const char *name);
void ev_write_array(struct ev_writer *w, const char *name);
void ev_write_end(struct ev_writer *w); /* closes the innermost of both */

void ev_write_str(struct ev_writer *w, const char *name, const char *text);
/* Text of our own making; valid in the subset or the writer fails. */
void ev_write_text(struct ev_writer *w, const char *name, struct ev_span text);
/* Text from outside: every byte that the subset forbids, every byte that is
 * not part of valid UTF-8, and each backslash is written as \xNN. */
void ev_write_foreign(struct ev_writer *w, const char *name,
		      struct ev_span text);
/* Text that was made fit for people already (struct ev_error's, ev_show): as
 * above, but a backslash is one of an escape and stands as it is. */
void ev_write_shown(struct ev_writer *w, const char *name, const char *text);
void ev_write_hex(struct ev_writer *w, const char *name, struct ev_span bytes);
void ev_write_base64(struct ev_writer *w, const char *name,
		     struct ev_span bytes);
void ev_write_bool(struct ev_writer *w, const char *name, bool value);
/* |value| <= 2^53 - 1, else the writer fails. */
void ev_write_int(struct ev_writer *w, const char *name, int64_t value);
/* Decimal string: for counts that may pass 2^53. */
void ev_write_u64(struct ev_writer *w, const char *name, uint64_t value);
/* RFC 3339; outside EV_TIME_MIN..EV_TIME_MAX the writer fails. */
void ev_write_time(struct ev_writer *w, const char *name, int64_t t);
/* Bytes that are canonical JSON already (of another writer). */
void ev_write_raw(struct ev_writer *w, const char *name, struct ev_span json);
/* Where the caller appends one value, canonical JSON, before the next call;
 * NULL where none may stand or nothing is written any more. */
struct ev_buffer *ev_write_into(struct ev_writer *w, const char *name);

/* Whether a member may have that name. */
bool ev_write_is_name(struct ev_span name);

/* No refusal so far. */
bool ev_writer_ok(const struct ev_writer *w);
/* Memory ran out: trouble, which says nothing about what was written. */
bool ev_writer_no_memory(const struct ev_writer *w);

/* The document, owned by the caller (free), with a NUL behind it; NULL on
 * refusal or lack of memory.  The writer is then empty and can be reused. */
char *ev_writer_finish(struct ev_writer *w, size_t *n);

static inline void ev_writer_cleanup(struct ev_writer **w)
{
	ev_writer_free(*w);
}
#define ev_auto_writer __attribute__((cleanup(ev_writer_cleanup)))

/* Appends text to out as ev_write_foreign spells it, without quotes. */
void ev_escape_foreign(struct ev_span text, struct ev_buffer *out);

#endif
