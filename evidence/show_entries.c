/* SPDX-License-Identifier: Apache-2.0 */
/* What the show functions of logs have in common. */
#include "evidence/show_entries.h"

#include "evidence/event_data.h"
#include "evidence/show_field.h"

#include <inttypes.h>
#include <stdlib.h>

#define VALUES_MAX (UINT64_C(16) << 20)
#define SHOWN_MAX  256

enum ev_code ev_show_entries_begin(struct ev_span item, struct ev_writer *w,
				   struct ev_show_entries *out,
				   struct ev_error *err)
{
	struct ev_crypto *crypto = ev_crypto_new();

	if (crypto == NULL)
		return ev_fail_trouble(err, "log", "out of memory");
	*out = (struct ev_show_entries){ item, crypto, w, VALUES_MAX, false };
	return EV_OK;
}

/* --- values --- */

static void show_value(struct ev_show_entries *s, const char *name,
		       struct ev_span value,
		       void (*show)(struct ev_writer *, const char *, uint64_t,
				    struct ev_span))
{
	uint64_t offset;

	if (value.n == 0)
		return;
	offset = (uint64_t)(value.p - s->item.p);
	if (value.n > s->room) {
		ev_show_extent(s->w, name, offset, value.n);
		return;
	}
	s->room -= value.n;
	show(s->w, name, offset, value);
}

void ev_show_entry_hex(struct ev_show_entries *s, const char *name,
		       struct ev_span value)
{
	show_value(s, name, value, ev_show_hex);
}

void ev_show_entry_text(struct ev_show_entries *s, const char *name,
			struct ev_span value)
{
	show_value(s, name, value, ev_show_text);
}

void ev_show_entry_begin(struct ev_show_entries *s, uint64_t number,
			 uint64_t offset, uint64_t size, const char *reg)
{
	ev_write_object(s->w, NULL);
	ev_write_int(s->w, "event", (int64_t)number);
	ev_write_int(s->w, "offset", (int64_t)offset);
	ev_write_int(s->w, "length", (int64_t)size);
	ev_write_str(s->w, "register", reg);
}

const char *ev_show_verdict(struct ev_show_entries *s, enum ev_digest_alg alg,
			    struct ev_span data, struct ev_span digest)
{
	uint8_t found[EV_DIGEST_MAX];

	if (!ev_digest_has(s->crypto, alg))
		return "not-recomputable";
	if (!ev_digest(s->crypto, alg, data, found)) {
		s->no_memory = true;
		return "not-recomputable";
	}
	return ev_span_eq(digest, ev_span_of(found, ev_digest_size(alg)))
		       ? "matches"
		       : "mismatch";
}

/* --- lines --- */

void ev_show_line_begin(struct ev_buffer *line, uint64_t number,
			const char *reg)
{
	ev_buffer_printf(line, "%5" PRIu64 "  %-5s  ", number, reg);
}

void ev_show_line_fill(struct ev_buffer *line, size_t from, size_t columns)
{
	do
		ev_buffer_add_byte(line, ' ');
	while (ev_buffer_ok(line) && line->n < from + columns);
}

void ev_show_line_text(struct ev_buffer *line, struct ev_span text)
{
	bool more = text.n > SHOWN_MAX;

	if (more)
		text.n = SHOWN_MAX;
	ev_escape_foreign(text, line);
	if (more)
		ev_buffer_add_str(line, "...");
}

void ev_show_line_end(struct ev_show_entries *s, struct ev_buffer *line)
{
	char *text = ev_buffer_take(line, NULL);

	if (text != NULL)
		ev_write_shown(s->w, "line", text);
	else
		s->no_memory = true;
	free(text);
}

/* --- the end --- */

enum ev_code ev_show_entries_end(struct ev_show_entries *s, uint64_t n,
				 uint64_t at, const struct ev_error *refusal,
				 struct ev_error *err)
{
	if (n > EV_SHOW_ENTRIES_MAX)
		ev_write_u64(s->w, "eventsLeftOut", n - EV_SHOW_ENTRIES_MAX);
	ev_write_object(s->w, "end");
	ev_write_str(s->w, "how",
		     refusal->code == EV_OK ? "clean" : "truncated");
	ev_write_int(s->w, "offset", (int64_t)at);
	ev_event_refused(s->w, refusal);
	ev_write_end(s->w);
	if (s->no_memory)
		ev_fail_trouble(err, "log", "out of memory or libcrypto");
	ev_crypto_free(s->crypto);
	s->crypto = NULL;
	return err->code;
}
