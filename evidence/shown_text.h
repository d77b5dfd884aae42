/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from a log as a person reads it.  Bytes that the subset of JSON of
 * ecart-archive(5) forbids, and those that are not part of well-formed text,
 * are written \xNN; a backslash stands as it is, so that paths of UEFI and
 * Windows can be read, but is written \x5c where it would look like one of
 * these escapes.  What is appended can be read back without doubt.
 */
#ifndef EV_SHOWN_TEXT_H
#define EV_SHOWN_TEXT_H

#include "evidence/base/json_write.h"

/* How the bytes of an event spell text. */
enum ev_text_form {
	EV_TEXT_NONE,
	EV_TEXT_BYTES,	 /* UTF-8 without control characters */
	EV_TEXT_UTF16LE, /* of printable ASCII */
};

/* What text is, which *text then is without the NULs behind it; bytes that
 * are no text stay as they are.  No byte at all is no text. */
enum ev_text_form ev_text_form_of(struct ev_span *text);

/* The part of bytes in front of the first NUL, all where there is none. */
struct ev_span ev_text_until_nul(struct ev_span bytes);
/* The same of 16 bit units. */
struct ev_span ev_text_until_nul16(struct ev_span units);

/* Appends UTF-8. */
void ev_shown_bytes(struct ev_span text, struct ev_buffer *out);
/* Appends UTF-16LE as UTF-8; a surrogate without its partner, and a byte
 * behind the last unit, is written as the bytes that it is of. */
void ev_shown_utf16le(struct ev_span text, struct ev_buffer *out);

/* {"offset", "length", "value"} as show_field.h has it; the writer fails
 * where the memory of out ran out.  Frees what is in out. */
void ev_shown_write(struct ev_writer *w, const char *name, uint64_t offset,
		    uint64_t length, struct ev_buffer *out);
void ev_shown_write_bytes(struct ev_writer *w, const char *name,
			  uint64_t offset, struct ev_span text);
void ev_shown_write_utf16le(struct ev_writer *w, const char *name,
			    uint64_t offset, struct ev_span text);

/* Cuts what was appended behind `from` to at most max bytes, whole code points
 * and escapes, and "..." behind them. */
void ev_shown_cut(struct ev_buffer *out, size_t from, size_t max);

/* A member, or an element of an array (name NULL), that is what is in out, cut
 * to max bytes; the writer fails where the memory of out ran out.  Frees what
 * is in out. */
void ev_shown_write_line(struct ev_writer *w, const char *name, size_t max,
			 struct ev_buffer *out);

#endif
