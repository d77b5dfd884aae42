/* SPDX-License-Identifier: Apache-2.0 */
/* What tests of wrapper formats ask of a list of parts. */
#ifndef TESTS_PARTS_H
#define TESTS_PARTS_H

#include "collect/import.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* The index of the nth part (from 0) of a kind; fails the test if none. */
static inline size_t parts_find(const struct co_parts *list, const char *kind,
				size_t nth)
{
	for (size_t i = 0; i < list->n; i++) {
		if (strcmp(list->part[i].kind, kind) == 0 && nth-- == 0)
			return i;
	}
	fail_msg("no part of kind %s", kind);
	return 0;
}

static inline struct ev_span parts_bytes(const struct co_parts *list,
					 const char *kind, size_t nth)
{
	const struct co_part *part = &list->part[parts_find(list, kind, nth)];

	return ev_span_of(part->bytes, part->n);
}

static inline bool parts_related(const struct co_parts *list, size_t part,
				 const char *rel, size_t other)
{
	const struct co_part *p = &list->part[part];

	for (size_t i = 0; i < p->n_relates; i++) {
		if (strcmp(p->relates[i].rel, rel) == 0 &&
		    p->relates[i].part == other)
			return true;
	}
	return false;
}

/* Imports what must be good. */
static inline void parts_import(struct co_parts *list, struct ev_span content)
{
	struct ev_error err = { 0 };
	char text[512];

	if (co_import(content, NULL, list, &err) == EV_OK)
		return;
	ev_error_format(&err, text, sizeof(text));
	fail_msg("%s", text);
}

/* Imports what must be refused: code, object and field; the list stays. */
static inline void parts_refuse(struct ev_span content, enum ev_code code,
				const char *object, const char *field)
{
	struct co_parts list = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(co_import(content, NULL, &list, &err), code);
	assert_int_equal(err.code, code);
	assert_string_equal(err.object, object);
	assert_string_equal(err.field, field);
	assert_int_equal(list.n, 0);
	assert_int_equal(list.n_notes, 0);
	co_parts_free(&list);
}

/* The text with its first `from` replaced; the caller frees. */
static inline char *parts_replace(struct ev_span text, const char *from,
				  const char *to, size_t *n)
{
	const uint8_t *at = memmem(text.p, text.n, from, strlen(from));
	size_t before, after;
	char *out;

	if (at == NULL)
		fail_msg("the text has no %s", from);
	before = (size_t)(at - text.p);
	after = text.n - before - strlen(from);
	*n = before + strlen(to) + after;
	out = malloc(*n + 1);
	assert_non_null(out);
	memcpy(out, text.p, before);
	memcpy(out + before, to, strlen(to));
	memcpy(out + before + strlen(to), at + strlen(from), after);
	out[*n] = '\0';
	return out;
}

static inline void parts_refuse_replaced(struct ev_span text, const char *from,
					 const char *to, enum ev_code code,
					 const char *object, const char *field)
{
	size_t n;
	char *changed = parts_replace(text, from, to, &n);

	parts_refuse(ev_span_of(changed, n), code, object, field);
	free(changed);
}

/* Copies of exactly the text's size, so that a sanitizer sees each byte read
 * behind it: every step-th prefix, then rounds of up to four changed bytes
 * (a linear congruential generator with a fixed seed). */
static inline void parts_mutate(struct ev_span text, size_t step, int rounds)
{
	struct co_parts list = { 0 };
	struct ev_error err = { 0 };
	uint64_t seed = 42;

	for (size_t n = 0; n < text.n; n += step) {
		uint8_t *p = malloc(n > 0 ? n : 1);

		assert_non_null(p);
		memcpy(p, text.p, n);
		co_import(ev_span_of(p, n), NULL, &list, &err);
		free(p);
		co_parts_free(&list);
		err = (struct ev_error){ 0 };
	}
	for (int i = 0; i < rounds; i++) {
		uint8_t *p = malloc(text.n);

		assert_non_null(p);
		memcpy(p, text.p, text.n);
		for (int k = 0; k <= i % 4; k++) {
			seed = seed * UINT64_C(6364136223846793005) + 1;
			p[(seed >> 33) % text.n] = (uint8_t)(seed >> 24);
		}
		co_import(ev_span_of(p, text.n), NULL, &list, &err);
		free(p);
		co_parts_free(&list);
		err = (struct ev_error){ 0 };
	}
}

#endif
