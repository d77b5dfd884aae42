/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes that grow.  Sticky like the reader: after memory ran out every append
 * does nothing and ev_buffer_ok is false, so that a writer asks once at the
 * end.  Start from { 0 }; free with ev_buffer_free.
 */
#ifndef EV_BUFFER_H
#define EV_BUFFER_H

#include "evidence/base/bytes.h"

struct ev_buffer {
	uint8_t *p;
	size_t n;
	size_t room;
	bool failed;
	/* Set by the caller, who cuts the text then: of what is shown no more
	 * than some bytes beyond it are appended.  0: all. */
	size_t enough;
};

void ev_buffer_add(struct ev_buffer *b, struct ev_span bytes);
/* Room for n more bytes behind the last, which do not count yet; NULL when
 * memory ran out. */
uint8_t *ev_buffer_grow(struct ev_buffer *b, size_t n);

/* n more bytes, to be written by the caller; NULL when memory ran out.  It
 * is here since a report is tens of thousands of them. */
static inline uint8_t *ev_buffer_extend(struct ev_buffer *b, size_t n)
{
	uint8_t *p;

	if (!b->failed && n < b->room - b->n)
		p = b->p + b->n;
	else
		p = ev_buffer_grow(b, n);
	if (p != NULL)
		b->n += n;
	return p;
}

static inline void ev_buffer_add_str(struct ev_buffer *b, const char *text)
{
	ev_buffer_add(b, ev_span_str(text));
}

static inline void ev_buffer_add_byte(struct ev_buffer *b, uint8_t byte)
{
	uint8_t *p = ev_buffer_extend(b, 1);

	if (p != NULL)
		*p = byte;
}
/* printf-like; no locale-dependent conversions are used in this project. */
void ev_buffer_printf(struct ev_buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static inline bool ev_buffer_ok(const struct ev_buffer *b)
{
	return !b->failed;
}

static inline struct ev_span ev_buffer_span(const struct ev_buffer *b)
{
	return ev_span_of(b->p, b->n);
}

/* The bytes with a NUL behind them, now the caller's (free); NULL when
 * memory ran out.  *n, if not NULL, is the size without the NUL. */
char *ev_buffer_take(struct ev_buffer *b, size_t *n);

/* Frees the bytes and zeroes *b. */
void ev_buffer_free(struct ev_buffer *b);

static inline void ev_buffer_cleanup(struct ev_buffer *b)
{
	ev_buffer_free(b);
}
#define ev_auto_buffer __attribute__((cleanup(ev_buffer_cleanup)))

#endif
