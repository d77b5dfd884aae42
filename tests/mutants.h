/* SPDX-License-Identifier: Apache-2.0 */
/*
 * DER changed at random, the same in every run, and read by us and by
 * libcrypto: what we accept it must accept and read as we do, and what we
 * alone refuse must be among the differences that a test gives a reason for.
 */
#ifndef TESTS_MUTANTS_H
#define TESTS_MUTANTS_H

#include "evidence/base/der.h"
#include "evidence/base/hex.h"
#include "tests/lcg.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define MUTANTS_ORIGINALS 200
#define MUTANTS_DEPTH	  16

/* A field that we refuse where libcrypto does not look, or allows more. */
struct mutants_reason {
	const char *field, *why;
};

struct mutants {
	bool (*ours)(struct ev_span der, struct ev_error *err);
	bool (*theirs)(struct ev_span der); /* takes all of it */
	void (*compare)(struct ev_span der);
	const struct mutants_reason *reasons; /* the last has no field */
	unsigned int alone[64];		      /* refused by us alone */
	uint64_t seed;
	unsigned int n, both, neither;
	struct ev_span originals[MUTANTS_ORIGINALS];
	size_t n_originals;
};

/* Whether these bytes did not come before; they are copied. */
static inline bool mutants_is_new(struct mutants *m, struct ev_span der)
{
	uint8_t *copy;

	for (size_t i = 0; i < m->n_originals; i++)
		if (ev_span_eq(m->originals[i], der))
			return false;
	assert_true(m->n_originals < MUTANTS_ORIGINALS);
	copy = malloc(der.n);
	assert_non_null(copy);
	memcpy(copy, der.p, der.n);
	m->originals[m->n_originals++] = ev_span_of(copy, der.n);
	return true;
}

static inline void mutants_free(struct mutants *m)
{
	for (size_t i = 0; i < m->n_originals; i++)
		free((void *)(uintptr_t)m->originals[i].p);
}

/* The element at *at, whose content is then [*at, *at + *n) and whose length
 * stands in the octets before that; false where none fits below end. */
static inline bool mutants_enter(const uint8_t *p, size_t end, size_t *at,
				 size_t *n)
{
	size_t octets;

	if (end - *at < 2)
		return false;
	octets = p[*at + 1] < 0x80 ? 0 : p[*at + 1] & 0x7f;
	*n = octets == 0 ? p[*at + 1] : 0;
	if (octets > 2 || end - *at < 2 + octets)
		return false;
	for (size_t i = 0; i < octets; i++)
		*n = *n << 8 | p[*at + 2 + i];
	*at += 2 + octets;
	return *n <= end - *at;
}

/* The contents' starts of all elements that hold the byte at where. */
static inline size_t mutants_path(const uint8_t *p, size_t size, size_t where,
				  size_t path[MUTANTS_DEPTH])
{
	size_t at = 0, end = size, depth = 0, n = 0;

	while (depth < MUTANTS_DEPTH && at < end) {
		size_t content = at;

		if (!mutants_enter(p, end, &content, &n) || where < content)
			break;
		if (where >= content + n) {
			at = content + n; /* a brother behind it */
			continue;
		}
		path[depth++] = content;
		/* An extension's value is DER as well. */
		if ((p[at] & 0x20) == 0 && p[at] != EV_DER_OCTET_STRING)
			break;
		at = content;
		end = content + n;
	}
	return depth;
}

/* Makes the length before this content fit one byte more or less, where it
 * stays as many octets. */
static inline void mutants_adjust(uint8_t *p, size_t content, bool more)
{
	uint8_t *last = p + content - 1;

	if (more && *last != 0x7f && *last != 0xff)
		++*last;
	else if (!more && *last != 0x80 && *last != 0)
		--*last;
}

/* A byte more or less, and in three cases of four all lengths around it. */
static inline size_t mutants_resize(struct mutants *m, uint8_t *p, size_t n)
{
	size_t where = lcg_below(&m->seed, (uint32_t)n);
	bool more = lcg_below(&m->seed, 2) != 0;
	size_t path[MUTANTS_DEPTH];
	size_t depth = mutants_path(p, n, where, path);

	if (lcg_below(&m->seed, 4) != 0)
		for (size_t i = 0; i < depth; i++)
			mutants_adjust(p, path[i], more);
	if (!more) {
		memmove(p + where, p + where + 1, n - where - 1);
		return n - 1;
	}
	memmove(p + where + 1, p + where, n - where);
	p[where] = (uint8_t)lcg_below(&m->seed, 256);
	return n + 1;
}

/* p has room for one byte more. */
static inline size_t mutants_change(struct mutants *m, uint8_t *p, size_t n)
{
	uint32_t how = lcg_below(&m->seed, 12);

	if (how == 0)
		return lcg_below(&m->seed, (uint32_t)n);
	if (how < 4)
		return mutants_resize(m, p, n);
	if (how == 4) {
		p[lcg_below(&m->seed, (uint32_t)n)] ^=
			(uint8_t)(1u << lcg_below(&m->seed, 8));
		return n;
	}
	for (uint32_t k = 0; k <= how % 3; k++)
		p[lcg_below(&m->seed, (uint32_t)n)] =
			(uint8_t)lcg_below(&m->seed, 256);
	return n;
}

static inline void mutants_show(struct ev_span der)
{
	char *hex = malloc(2 * der.n + 1);

	assert_non_null(hex);
	ev_hex_encode(der, hex);
	print_message("# %s\n", hex);
	free(hex);
}

static inline void mutants_refused_alone(struct mutants *m,
					 const struct ev_error *err)
{
	size_t i = 0;

	while (m->reasons[i].field != NULL &&
	       strcmp(m->reasons[i].field, err->field) != 0)
		i++;
	if (m->reasons[i].field == NULL) {
		char why[512];

		ev_error_format(err, why, sizeof(why));
		fail_msg("refused by us alone, without a reason: %s", why);
	}
	m->alone[i]++;
}

static inline void mutants_judge(struct mutants *m, struct ev_span der)
{
	struct ev_error err = { EV_OK };
	bool ours = m->ours(der, &err);
	bool theirs = m->theirs(der);

	m->n++;
	m->both += ours && theirs;
	m->neither += !ours && !theirs;
	if (ours && !theirs) {
		mutants_show(der);
		fail_msg("accepted by us, refused by libcrypto");
	}
	if (ours && theirs)
		m->compare(der);
	if (theirs && !ours)
		mutants_refused_alone(m, &err);
}

/* scripts/coverage tries all; a quicker run asks for every so many. */
static inline unsigned int mutants_share(unsigned int n)
{
	const char *step = getenv("ECART_COVERAGE_STEP");

	return step != NULL && strtoul(step, NULL, 10) > 1 ? n / 5 : n;
}

/* n changes of what was not tried before. */
static inline void mutants_try(struct mutants *m, struct ev_span der,
			       unsigned int n)
{
	uint8_t *copy;

	if (!mutants_is_new(m, der))
		return;
	copy = malloc(der.n + 1);
	assert_non_null(copy);
	for (unsigned int i = 0; i < mutants_share(n); i++) {
		memcpy(copy, der.p, der.n);
		mutants_judge(m,
			      ev_span_of(copy, mutants_change(m, copy, der.n)));
	}
	free(copy);
}

static inline void mutants_report(const struct mutants *m)
{
	print_message("# %u changes of %zu originals: %u accepted by both, %u "
		      "refused by both\n",
		      m->n, m->n_originals, m->both, m->neither);
	for (size_t i = 0; m->reasons[i].field != NULL; i++)
		print_message("# %u refused by us alone for %s: %s\n",
			      m->alone[i], m->reasons[i].field,
			      m->reasons[i].why);
}

#endif
