/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Copies of evidence of exactly their own size, so that a sanitizer sees each
 * byte read behind the end, and the loops that every parser undergoes.
 */
#ifndef TESTS_PARSE_CASE_H
#define TESTS_PARSE_CASE_H

#include "evidence/base/error.h"
#include "tests/lcg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

/* Parses and frees what it parsed. */
typedef enum ev_code (*parse_function)(struct ev_span item,
				       struct ev_error *err);

/* The first n bytes of in; the caller frees. */
static inline uint8_t *parse_copy(struct ev_span in, size_t n)
{
	uint8_t *p = malloc(n > 0 ? n : 1);

	assert_non_null(p);
	if (n > 0)
		memcpy(p, in.p, n);
	return p;
}

/* Each prefix shorter than `whole` is refused, every other is accepted. */
static inline void parse_prefixes(parse_function parse, struct ev_span in,
				  size_t whole)
{
	for (size_t n = 0; n < in.n; n++) {
		uint8_t *p = parse_copy(in, n);
		struct ev_error err = { 0 };
		enum ev_code code = parse(ev_span_of(p, n), &err);

		assert_int_equal(code, err.code);
		if ((code == EV_OK) != (n >= whole))
			fail_msg("prefix of %zu bytes: %s", n,
				 ev_code_word(code));
		free(p);
	}
}

/* Rounds of up to four changed bytes; nothing is asked but to survive. */
static inline void parse_mutations(parse_function parse, struct ev_span in,
				   int rounds)
{
	uint64_t state = 7;

	for (int i = 0; i < rounds; i++) {
		uint8_t *p = parse_copy(in, in.n);
		struct ev_error err = { 0 };
		enum ev_code code;

		for (int k = 0; k <= i % 4; k++)
			p[lcg_below(&state, (uint32_t)in.n)] =
				(uint8_t)lcg_below(&state, 256);
		code = parse(ev_span_of(p, in.n), &err);
		free(p);
		assert_int_equal(code, err.code);
	}
}

static inline void parse_expect(const struct ev_error *err, enum ev_code code,
				const char *object, const char *field)
{
	assert_string_equal(ev_code_word(err->code), ev_code_word(code));
	assert_string_equal(err->object, object);
	assert_string_equal(err->field, field);
}

/* One byte changed: that refusal. */
static inline void parse_refuses_byte(parse_function parse, struct ev_span in,
				      size_t at, uint8_t value,
				      enum ev_code code, const char *object,
				      const char *field)
{
	uint8_t *p = parse_copy(in, in.n);
	struct ev_error err = { 0 };

	p[at] = value;
	parse(ev_span_of(p, in.n), &err);
	free(p);
	parse_expect(&err, code, object, field);
}

/* The text with its first `from` replaced; the caller frees. */
static inline char *parse_replace(struct ev_span text, const char *from,
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
	return out;
}

/* With `from` replaced by `to`: that refusal. */
static inline void parse_refuses_text(parse_function parse, struct ev_span text,
				      const char *from, const char *to,
				      enum ev_code code, const char *object,
				      const char *field)
{
	struct ev_error err = { 0 };
	size_t n;
	char *changed = parse_replace(text, from, to, &n);

	parse(ev_span_of(changed, n), &err);
	free(changed);
	parse_expect(&err, code, object, field);
}

#endif
