/* SPDX-License-Identifier: Apache-2.0 */
/* Parts made of what tests/forge/volume.py wrote, or of bytes of a test. */
#ifndef TESTS_CONTENTS_SAMPLE_H
#define TESTS_CONTENTS_SAMPLE_H

#include "audit/contents/contents.h"
#include "tests/replay_case.h"

/* Of testdata/fuzz/contents; the bytes are the caller's (free). */
static inline struct ev_span contents_file(const char *name)
{
	char rel[128];
	struct ev_span out;

	snprintf(rel, sizeof(rel), "testdata/fuzz/contents/%s", name);
	out.p = (const uint8_t *)replay_read(rel, &out.n);
	return out;
}

static inline void contents_free(struct ev_span file)
{
	free((void *)(uintptr_t)file.p);
}

/* A part of its own; freed with au_part_free. */
static inline struct au_part contents_part(enum au_part_kind kind,
					   struct ev_span bytes)
{
	return (struct au_part){ .kind = kind,
				 .name = strdup(""),
				 .bytes = bytes };
}

static inline void contents_opens(struct au_part *part)
{
	struct au_part_budget budget = au_part_budget();
	struct ev_error err = { 0 };

	assert_int_equal(au_contents_open_all(part, &budget, &err), EV_OK);
}

/* The first part of that name, however deep; NULL: none. */
static inline struct au_part *contents_look(struct au_part *part,
					    const char *name)
{
	struct au_part *found = NULL;

	if (part->name != NULL && strcmp(part->name, name) == 0)
		return part;
	for (size_t i = 0; i < part->n && found == NULL; i++)
		found = contents_look(&part->inside[i], name);
	return found;
}

static inline struct au_part *contents_find(struct au_part *part,
					    const char *name)
{
	struct au_part *found = contents_look(part, name);

	if (found == NULL) {
		fail_msg("no part %s", name);
		abort();
	}
	return found;
}

static inline void put_u16le(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static inline void put_u32le(uint8_t *p, uint32_t v)
{
	put_u16le(p, v & 0xffff);
	put_u16le(p + 2, v >> 16);
}

static inline void put_u64le(uint8_t *p, uint64_t v)
{
	put_u32le(p, (uint32_t)v);
	put_u32le(p + 4, (uint32_t)(v >> 32));
}

#endif
