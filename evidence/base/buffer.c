/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow by doubling. */
#include "evidence/base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

uint8_t *ev_buffer_grow(struct ev_buffer *b, size_t more)
{
	size_t need, room;
	uint8_t *p;

	if (b->failed || __builtin_add_overflow(b->n, more, &need)) {
		b->failed = true;
		return NULL;
	}
	if (need > b->room) {
		room = b->room < 256 ? 256 : b->room;
		while (room < need && !__builtin_mul_overflow(room, 2, &room))
			;
		p = room >= need ? realloc(b->p, room) : NULL;
		if (p == NULL) {
			b->failed = true;
			return NULL;
		}
		b->p = p;
		b->room = room;
	}
	return b->p + b->n;
}

void ev_buffer_add(struct ev_buffer *b, struct ev_span bytes)
{
	uint8_t *p = bytes.n > 0 ? ev_buffer_extend(b, bytes.n) : NULL;

	if (p != NULL)
		memcpy(p, bytes.p, bytes.n);
}

void ev_buffer_printf(struct ev_buffer *b, const char *format, ...)
{
	va_list args;
	uint8_t *p;
	int n;

	va_start(args, format);
	n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	p = n >= 0 ? ev_buffer_grow(b, (size_t)n + 1) : NULL;
	if (p == NULL) {
		b->failed = true;
		return;
	}
	va_start(args, format);
	vsnprintf((char *)p, (size_t)n + 1, format, args);
	va_end(args);
	b->n += (size_t)n;
}

char *ev_buffer_take(struct ev_buffer *b, size_t *n)
{
	char *text;

	ev_buffer_add_byte(b, 0);
	if (b->failed) {
		ev_buffer_free(b);
		return NULL;
	}
	text = (char *)b->p;
	if (n != NULL)
		*n = b->n - 1;
	*b = (struct ev_buffer){ 0 };
	return text;
}

void ev_buffer_free(struct ev_buffer *b)
{
	free(b->p);
	*b = (struct ev_buffer){ 0 };
}
