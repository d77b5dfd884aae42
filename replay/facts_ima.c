/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of IMA's logs: facts.ima, the files that were measured. */
#include "replay/facts.h"

#include "evidence/base/hex.h"
#include "evidence/shown_text.h"
#include "replay/borne_entries.h"
#include "replay/event_log.h"

/* Files that are listed: a busy machine measures 16 thousand. */
#define FILES_MAX 4096
/* Bytes of a name: Linux, PATH_MAX. */
#define NAME_MAX_SHOWN 4096

static void write_name(struct ev_writer *w, const char *name,
		       struct ev_span bytes)
{
	struct ev_buffer text = { .enough = NAME_MAX_SHOWN };

	ev_shown_bytes(bytes, &text);
	ev_shown_write_line(w, name, NAME_MAX_SHOWN, &text);
}

/* "sha256:00ff..." as IMA's own list in text has it. */
static void write_digest(struct ev_writer *w, const struct ev_ima_entry *e)
{
	struct ev_span digest = e->file_digest;
	char hex[2 * EV_DIGEST_MAX + 1];
	struct ev_buffer text = { .enough = NAME_MAX_SHOWN };

	if (e->algo.n > 0) {
		ev_shown_bytes(e->algo, &text);
		ev_buffer_add_byte(&text, ':');
	}
	if (digest.n > EV_DIGEST_MAX)
		digest.n = EV_DIGEST_MAX;
	ev_hex_encode(digest, hex);
	ev_buffer_add(&text, ev_span_str(hex));
	ev_shown_write_line(w, "digest", NAME_MAX_SHOWN, &text);
}

/* Of a violation nothing is known of the file's content. */
static void write_file(struct rp_borne_entries *borne,
		       const struct ev_ima_entry *e, struct ev_writer *w)
{
	ev_write_object(w, NULL);
	write_name(w, "file", e->file);
	ev_write_bool(w, "borneOut", rp_borne_ima(borne, e));
	if (e->violation)
		ev_write_bool(w, "violation", true);
	else if (e->file_digest.n > 0)
		write_digest(w, e);
	ev_write_end(w);
}

static void write_log(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct rp_log *log = s->log;
	struct rp_borne_entries borne;
	struct ev_ima_entry e;
	struct ev_ima_log in;

	ev_write_object(w, NULL);
	ev_write_str(w, "item", s->name);
	write_name(w, "template", log->template_name);
	ev_write_int(w, "entries", (int64_t)log->n_entries);
	ev_write_int(w, "violations", (int64_t)log->n_violations);
	rp_log_open_ima(log, &in);
	rp_borne_entries_begin(c, s, &borne);
	ev_write_array(w, "files");
	while (in.n_entries < FILES_MAX && ev_ima_log_next(&in, &e))
		write_file(&borne, &e, w);
	ev_write_end(w);
	if (borne.trouble)
		rp_facts_refuse(w);
	if (log->n_entries > FILES_MAX)
		ev_write_int(w, "filesLeftOut",
			     (int64_t)(log->n_entries - FILES_MAX));
	ev_write_end(w);
}

void rp_facts_ima_write(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s;
	bool began = false;

	for (s = c->first[RP_LOG]; s != NULL; s = s->next) {
		if (s->log->form != RP_LOG_IMA || s->log->parsed.code != EV_OK)
			continue;
		if (!began)
			ev_write_array(w, "ima");
		began = true;
		write_log(c, s, w);
	}
	if (began)
		ev_write_end(w);
}
