/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data of one event of a boot log: where it lies, and how text and bytes
 * without a layout of their own are shown.  What a decoder refuses ends
 * nothing but the description of its event.
 */
#ifndef EV_EVENT_DATA_H
#define EV_EVENT_DATA_H

#include "evidence/base/json_write.h"
#include "evidence/base/reader.h"
#include "evidence/tcg_log.h"

/* Entries of a list inside one event (signatures, partitions, tables, tags)
 * that are written; the rest is counted.  The longest dbx seen has 371. */
#define EV_EVENT_LIST_MAX 4096
/* Bytes of data without a layout that are written. */
#define EV_EVENT_HEX_MAX 256

/* Byte offset of e->data in the log. */
uint64_t ev_event_data_offset(const struct ev_tcg_event *e);

/* A reader over the data; offsets are the log's. */
struct ev_reader ev_event_reader(const struct ev_tcg_event *e,
				 const char *object, struct ev_error *err);

/* Member "refused" where err holds a refusal. */
void ev_event_refused(struct ev_writer *w, const struct ev_error *err);

/* Bytes as hex, or where they lie and how they begin. */
void ev_event_write_bytes(struct ev_writer *w, const char *name,
			  uint64_t offset, struct ev_span bytes);

/* Where more than EV_EVENT_LIST_MAX entries are in a list: how many of n were
 * not written, as member "leftOut". */
void ev_event_left_out(struct ev_writer *w, uint64_t n);

/* Bytes that are text, or not: members "text" or "data". */
void ev_event_write_loose(struct ev_writer *w, uint64_t offset,
			  struct ev_span bytes);
void ev_event_describe_loose(struct ev_span bytes, struct ev_buffer *out);

/* The same of an event's data: decoders of the table of event types. */
void ev_event_write_text(const struct ev_tcg_event *e, struct ev_writer *w);
void ev_event_describe_text(const struct ev_tcg_event *e,
			    struct ev_buffer *out);
/* "24 bytes 0011223344..." */
void ev_event_describe_bytes(struct ev_span bytes, struct ev_buffer *out);

#endif
