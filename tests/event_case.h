/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of a boot log made of bytes, and what its decoders say of it.
 * The data begins at byte 0, so that offsets are those of the data.
 */
#ifndef TESTS_EVENT_CASE_H
#define TESTS_EVENT_CASE_H

#include "evidence/event_type.h"
#include "tests/parse_case.h"

static inline struct ev_tcg_event event_of(uint32_t index, uint32_t type,
					   struct ev_span data)
{
	return (struct ev_tcg_event){ .number = 1,
				      .size = data.n,
				      .index = index,
				      .type = type,
				      .data = data };
}

/* The line of the event; the caller frees. */
static inline char *event_line(const struct ev_tcg_event *e)
{
	struct ev_buffer line = { 0 };
	char *text;

	ev_event_describe(e, &line);
	text = ev_buffer_take(&line, NULL);
	assert_non_null(text);
	return text;
}

static inline void event_says(uint32_t index, uint32_t type,
			      struct ev_span data, const char *want)
{
	struct ev_tcg_event e = event_of(index, type, data);
	char *line = event_line(&e);

	assert_string_equal(line, want);
	free(line);
}

/* Its members as JSON; the caller frees. */
static inline char *event_fields(const struct ev_tcg_event *e)
{
	struct ev_writer *w = ev_writer_new();
	char *text;

	assert_non_null(w);
	ev_write_object(w, NULL);
	ev_event_type_of(e->type)->write(e, w);
	ev_write_end(w);
	text = ev_writer_finish(w, NULL);
	ev_writer_free(w);
	assert_non_null(text);
	return text;
}

static inline void event_writes(uint32_t index, uint32_t type,
				struct ev_span data, const char *want)
{
	struct ev_tcg_event e = event_of(index, type, data);
	char *text = event_fields(&e);

	assert_string_equal(text, want);
	free(text);
}

/* The members hold that text. */
static inline void event_holds(uint32_t index, uint32_t type,
			       struct ev_span data, const char *part)
{
	struct ev_tcg_event e = event_of(index, type, data);
	char *text = event_fields(&e);

	if (strstr(text, part) == NULL)
		fail_msg("no %s in %s", part, text);
	free(text);
}

/* Line and members of bytes that a sanitizer watches: nothing is asked but
 * that both are there. */
static inline void event_survives(uint32_t index, uint32_t type,
				  struct ev_span data)
{
	uint8_t *p = parse_copy(data, data.n);
	struct ev_tcg_event e = event_of(index, type, ev_span_of(p, data.n));

	free(event_line(&e));
	free(event_fields(&e));
	free(p);
}

/* Every prefix, and rounds of changed bytes. */
static inline void event_bears(uint32_t index, uint32_t type,
			       struct ev_span data)
{
	uint64_t state = 11;

	for (size_t n = 0; n <= data.n; n++)
		event_survives(index, type, ev_span_of(data.p, n));
	for (int i = 0; i < 300 && data.n > 0; i++) {
		uint8_t *p = parse_copy(data, data.n);

		for (int k = 0; k <= i % 4; k++)
			p[lcg_below(&state, (uint32_t)data.n)] =
				(uint8_t)lcg_below(&state, 256);
		event_survives(index, type, ev_span_of(p, data.n));
		free(p);
	}
}

#endif
