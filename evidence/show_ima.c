/* SPDX-License-Identifier: Apache-2.0 */
/* The measurement list of Linux's IMA as JSON. */
#include "evidence/ima_log.h"
#include "evidence/show.h"
#include "evidence/show_entries.h"
#include "evidence/show_field.h"

#include <inttypes.h>
#include <stdio.h>

/* Of the file's digest in a line for people: enough to find it again. */
#define DIGEST_SHOWN 8

/* The template hash against the bytes of its entry; a violation has none. */
static const char *verdict(struct ev_show_entries *s,
			   const struct ev_ima_log *log,
			   const struct ev_ima_entry *e)
{
	uint8_t found[EV_DIGEST_MAX];

	if (e->violation)
		return "violation";
	if (!ev_ima_template_hash(s->crypto, e, log->alg, found)) {
		s->no_memory = true;
		return "not-recomputable";
	}
	return ev_span_eq(e->template_hash, ev_span_of(found, log->hash_size))
		       ? "matches"
		       : "mismatch";
}

/* Fields that are no digest and no name of the file, and of them the first
 * signature, which is shown by its role. */
static bool is_other(const struct ev_ima_entry *e, const struct ev_ima_field *f)
{
	return f->value.n > 0 && f->value.p != e->signature.p &&
	       f->form != EV_IMA_BARE && f->form != EV_IMA_DIGEST &&
	       f->form != EV_IMA_FILE;
}

static bool is_text(struct ev_span bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] < 0x20 || bytes.p[i] > 0x7e)
			return false;
	return true;
}

static void write_others(struct ev_show_entries *s,
			 const struct ev_ima_entry *e)
{
	bool open = false;

	for (size_t i = 0; i < e->n_fields; i++) {
		const struct ev_ima_field *f = &e->field[i];

		if (!is_other(e, f))
			continue;
		if (!open)
			ev_write_array(s->w, "fields");
		open = true;
		ev_write_object(s->w, NULL);
		if (is_text(f->value))
			ev_show_entry_text(s, f->id, f->value);
		else
			ev_show_entry_hex(s, f->id, f->value);
		ev_write_end(s->w);
	}
	if (open)
		ev_write_end(s->w);
}

static void write_line(struct ev_show_entries *s, const struct ev_ima_entry *e,
		       const char *reg, const char *word)
{
	struct ev_buffer line = { 0 };
	size_t shown = e->file_digest.n < DIGEST_SHOWN ? e->file_digest.n
						       : DIGEST_SHOWN;
	size_t from;

	ev_show_line_begin(&line, e->number, reg);
	from = line.n;
	ev_show_line_text(&line, e->template_name);
	ev_show_line_fill(&line, from, 11);
	from = line.n;
	if (e->algo.n > 0) {
		ev_show_line_text(&line, e->algo);
		ev_buffer_add_byte(&line, ':');
	}
	for (size_t i = 0; i < shown; i++)
		ev_buffer_printf(&line, "%02x", e->file_digest.p[i]);
	if (shown < e->file_digest.n)
		ev_buffer_add_str(&line, "...");
	ev_show_line_fill(&line, from, 28);
	if (e->file.n > 0) {
		ev_show_line_text(&line, e->file);
		ev_buffer_add_str(&line, "  ");
	}
	ev_buffer_add_str(&line, word);
	if (e->odd != NULL)
		ev_buffer_printf(&line, " (%s)", e->odd);
	ev_show_line_end(s, &line);
}

static void write_entry(struct ev_show_entries *s, const struct ev_ima_log *log,
			const struct ev_ima_entry *e)
{
	const char *word = verdict(s, log, e);
	char reg[16];

	snprintf(reg, sizeof(reg), "pcr%" PRIu32, e->pcr);
	ev_show_entry_begin(s, e->number, e->offset, e->size, reg);
	ev_write_foreign(s->w, "template", e->template_name);
	ev_show_entry_hex(s, "templateHash", e->template_hash);
	ev_write_str(s->w, "verdict", word);
	ev_write_bool(s->w, "violation", e->violation);
	if (e->kind.n > 0)
		ev_write_foreign(s->w, "digestKind", e->kind);
	if (e->algo.n > 0)
		ev_write_foreign(s->w, "algorithm", e->algo);
	ev_show_entry_hex(s, "fileDigest", e->file_digest);
	ev_show_entry_text(s, "file", e->file);
	ev_show_entry_hex(s, "signature", e->signature);
	write_others(s, e);
	if (!e->known)
		ev_show_entry_hex(s, "data", e->data);
	if (e->odd != NULL)
		ev_write_str(s->w, "odd", e->odd);
	write_line(s, e, reg, word);
	ev_write_end(s->w);
}

static void write_entries(struct ev_show_entries *s, struct ev_ima_log *log)
{
	struct ev_ima_entry e;
	uint64_t violations = 0;

	ev_write_array(s->w, "events");
	while (log->n_entries < EV_SHOW_ENTRIES_MAX &&
	       ev_ima_log_next(log, &e)) {
		violations += e.violation;
		write_entry(s, log, &e);
	}
	ev_write_end(s->w);
	while (ev_ima_log_next(log, &e))
		violations += e.violation;
	ev_write_u64(s->w, "violations", violations);
}

enum ev_code ev_show_ima_log(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err)
{
	struct ev_show_entries s;
	struct ev_ima_log log;

	if (ev_ima_log_open(item, &log, err) != EV_OK || w == NULL ||
	    ev_show_entries_begin(item, w, &s, err) != EV_OK)
		return err->code;
	ev_write_str(w, "format", "ima");
	ev_write_str(w, "byteOrder",
		     log.big_endian ? "big-endian" : "little-endian");
	ev_write_str(w, "templateHashes", ev_digest_name(log.alg));
	write_entries(&s, &log);
	return ev_show_entries_end(&s, log.n_entries, log.at, &log.refusal,
				   err);
}
