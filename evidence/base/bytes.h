/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A span borrows bytes that somebody else owns; it is never freed.  The
 * empty span is {NULL, 0}.  Sizes are bytes.
 */
#ifndef EV_BYTES_H
#define EV_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ev_span {
	const uint8_t *p;
	size_t n;
};

/* The span of a byte array that is in scope (not of a pointer). */
#define EV_SPAN(array)                                                         \
	((struct ev_span){ (const uint8_t *)(array), sizeof(array) })

/* The span of a string literal without its NUL. */
#define EV_SPAN_LITERAL(text)                                                  \
	((struct ev_span){ (const uint8_t *)(text), sizeof(text) - 1 })

static inline struct ev_span ev_span_of(const void *p, size_t n)
{
	return (struct ev_span){ p, n };
}

/* A NUL-terminated string as a span; the NUL is not part of it. */
static inline struct ev_span ev_span_str(const char *text)
{
	return (struct ev_span){ (const uint8_t *)text, strlen(text) };
}

/* Content equality; two empty spans are equal. */
static inline bool ev_span_eq(struct ev_span a, struct ev_span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* The part [offset, offset + n); the caller has checked that it lies inside. */
static inline struct ev_span ev_span_sub(struct ev_span in, size_t offset,
					 size_t n)
{
	assert(offset <= in.n && n <= in.n - offset);
	return (struct ev_span){ n > 0 ? in.p + offset : NULL, n };
}

/* All bytes zero; true for the empty span. */
static inline bool ev_span_is_zero(struct ev_span in)
{
	uint64_t any = 0, word;
	size_t at = 0;

	for (; in.n - at >= sizeof(word); at += sizeof(word)) {
		memcpy(&word, in.p + at, sizeof(word));
		any |= word;
	}
	for (; at < in.n; at++)
		any |= in.p[at];
	return any == 0;
}

/* Bytewise order as memcmp gives it, the shorter first on a tie. */
static inline int ev_span_cmp(struct ev_span a, struct ev_span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n > 0 ? memcmp(a.p, b.p, n) : 0;

	if (order != 0)
		return order;
	return (a.n > b.n) - (a.n < b.n);
}

#endif
