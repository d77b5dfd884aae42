/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one place that compares a length with what is left.  A reader is
 * sticky: a read past the end records object, field, offset, wanted and
 * found, empties the reader, and every later read yields zero.  Read a record
 * from top to bottom and ask once at the end with ev_reader_finish; ask with
 * ev_reader_ok before a value drives a loop, a branch or an allocation.
 */
#ifndef EV_READER_H
#define EV_READER_H

#include "evidence/base/error.h"

struct ev_reader {
	struct ev_span left;
	size_t size;	    /* of the whole input */
	uint64_t base;	    /* offset of the input in its item */
	const char *object; /* static string, goes into refusals */
	struct ev_error *err;
};

/* base: where the input begins in its item, so that offsets are the item's. */
struct ev_reader ev_reader_init(struct ev_span in, uint64_t base,
				const char *object, struct ev_error *err);

uint8_t ev_read_u8(struct ev_reader *r, const char *field);
uint16_t ev_read_u16le(struct ev_reader *r, const char *field);
uint32_t ev_read_u32le(struct ev_reader *r, const char *field);
uint64_t ev_read_u64le(struct ev_reader *r, const char *field);
uint16_t ev_read_u16be(struct ev_reader *r, const char *field);
uint32_t ev_read_u32be(struct ev_reader *r, const char *field);
uint64_t ev_read_u64be(struct ev_reader *r, const char *field);

/* The next n bytes, borrowed from the input; empty on failure. */
struct ev_span ev_read_span(struct ev_reader *r, size_t n, const char *field);

/* Copies the next n bytes to out; zeroes out on failure. */
void ev_read_copy(struct ev_reader *r, void *out, size_t n, const char *field);

/* A TPM2B: big-endian u16 size, then that many bytes (TPM 2.0 Part 2, 10.4). */
struct ev_span ev_read_tpm2b(struct ev_reader *r, const char *field);

/* The rest; the reader is then empty. */
struct ev_span ev_read_rest(struct ev_reader *r);

/* Offset of the next byte in the item.  It and the next are here since DER
 * asks both at every step. */
static inline uint64_t ev_reader_offset(const struct ev_reader *r)
{
	return r->base + (r->size - r->left.n);
}

static inline bool ev_reader_ok(const struct ev_reader *r)
{
	return r->err->code == EV_OK;
}

/* EV_OK when nothing failed and nothing is left, else the refusal. */
enum ev_code ev_reader_finish(struct ev_reader *r);

#endif
