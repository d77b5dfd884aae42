/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of logs: facts.events, an object a log with what each entry says. */
#include "replay/facts.h"

#include "evidence/event_data.h"
#include "evidence/event_type.h"
#include "evidence/shown_text.h"
#include "evidence/tcg_words.h"
#include "replay/borne_entries.h"
#include "replay/event_log.h"

/* Rows of a timeline; those of firmware have what was found of them. */
#define ROWS_MAX RP_EVENTS_KEPT

/* Members of a row that every form of log has. */
static void begin_row(struct ev_writer *w, uint64_t number, uint64_t offset,
		      const char *reg)
{
	ev_write_object(w, NULL);
	ev_write_int(w, "event", (int64_t)number);
	ev_write_int(w, "offset", (int64_t)offset);
	ev_write_str(w, "register", reg);
}

static void write_line(struct ev_writer *w, const char *name,
		       struct ev_buffer *text)
{
	ev_shown_write_line(w, name, EV_EVENT_LINE_MAX, text);
}

/* --- firmware's --- */

static void write_event(struct rp_borne_entries *borne,
			const struct ev_tcg_event *e, struct ev_writer *w)
{
	const struct rp_log *log = borne->log->log;
	const struct ev_event_digest *d = &log->events.kept[e->number - 1];
	struct ev_buffer type = { 0 }, line = { 0 };
	char reg[EV_TCG_REGISTER_NAME];

	ev_tcg_register_name(log->form == RP_LOG_CCEL, e->index, reg);
	begin_row(w, e->number, e->offset, reg);
	ev_event_type_name(e->type, &type);
	write_line(w, "type", &type);
	ev_write_str(w, "digest", ev_event_verdict_word(d->verdict));
	if (d->rule != NULL)
		ev_write_str(w, "rule", d->rule);
	ev_write_bool(w, "borneOut", rp_borne_event(borne, e));
	ev_event_describe(e, &line);
	write_line(w, "text", &line);
	ev_write_end(w);
}

static void write_banks(const struct ev_tcg_log *log, struct ev_writer *w)
{
	char name[EV_TCG_BANK_NAME];

	ev_write_array(w, "banks");
	for (size_t i = 0; i < log->n_banks; i++) {
		ev_tcg_bank_name(log->bank[i].alg, name);
		ev_write_str(w, NULL, name);
	}
	ev_write_end(w);
}

static void write_firmware(struct rp_borne_entries *borne, struct ev_writer *w)
{
	const struct rp_subject *s = borne->log;
	struct ev_tcg_event e;
	struct ev_tcg_log in;

	rp_log_open_firmware(s->log, &in);
	write_banks(&in, w);
	ev_tcg_end_write(w, &s->log->tcg);
	ev_write_array(w, "timeline");
	while (in.n_events < s->log->events.n_kept && ev_tcg_log_next(&in, &e))
		write_event(borne, &e, w);
	ev_write_end(w);
}

/* --- the records that follow --- */

static void write_end_of(const struct rp_log *log, struct ev_writer *w)
{
	ev_write_object(w, "end");
	ev_write_str(w, "how", log->cut ? "truncated" : "clean");
	ev_write_int(w, "offset", (int64_t)log->end);
	ev_event_refused(w, &log->refusal);
	ev_write_end(w);
}

static void write_cel_record(struct rp_borne_entries *borne,
			     const struct ev_cel_record *r, struct ev_writer *w)
{
	const char *type = ev_cel_cos_name(r->cos_type);
	struct ev_buffer name = { 0 }, line = { 0 };
	char reg[EV_TCG_REGISTER_NAME];

	ev_tcg_register_name(r->is_mr, r->index, reg);
	begin_row(w, r->number, r->offset, reg);
	if (type != NULL)
		ev_buffer_add_str(&name, type);
	else
		ev_buffer_printf(&name, "content type %u", r->content_type);
	write_line(w, "type", &name);
	ev_write_bool(w, "borneOut", rp_borne_cel(borne, r));
	ev_event_describe_loose(r->cos_type < 0 ? r->content : r->cos_value,
				&line);
	write_line(w, "text", &line);
	ev_write_end(w);
}

static void write_cel(struct rp_borne_entries *borne, struct ev_writer *w)
{
	const struct rp_subject *s = borne->log;
	struct ev_error err = { 0 };
	struct ev_cel_record r;
	struct ev_cel_log in;

	write_end_of(s->log, w);
	if (ev_cel_log_open(s->item->bytes, &in, &err) != EV_OK)
		return;
	ev_write_array(w, "timeline");
	while (in.n_records < ROWS_MAX && ev_cel_log_next(&in, &r))
		write_cel_record(borne, &r, w);
	ev_write_end(w);
}

static void write_systemd_record(struct rp_borne_entries *borne,
				 const struct ev_systemd_record *r,
				 struct ev_writer *w)
{
	struct ev_buffer line = { 0 }, type = { 0 };
	char reg[EV_TCG_REGISTER_NAME];

	ev_tcg_register_name(false, r->has_pcr ? r->pcr : EV_TCG_NOWHERE, reg);
	begin_row(w, r->number, r->offset, reg);
	ev_write_bool(w, "borneOut", rp_borne_systemd(borne, r));
	if (r->event_type.n > 0) {
		ev_shown_bytes(r->event_type, &type);
		write_line(w, "type", &type);
	}
	if (r->string.n > 0) {
		ev_shown_bytes(r->string, &line);
		write_line(w, "text", &line);
	}
	ev_event_refused(w, &r->refusal);
	ev_write_end(w);
}

static void write_systemd(struct rp_borne_entries *borne, struct ev_writer *w)
{
	const struct rp_subject *s = borne->log;
	struct ev_error err = { 0 };
	struct ev_systemd_log in;
	struct ev_systemd_record r;

	write_end_of(s->log, w);
	if (ev_systemd_log_open(s->item->bytes, &in, &err) != EV_OK)
		return;
	ev_write_array(w, "timeline");
	while (in.n_records < ROWS_MAX && ev_systemd_log_next(&in, &r))
		write_systemd_record(borne, &r, w);
	ev_write_end(w);
	ev_systemd_log_free(&in);
}

/* Its files are in facts.ima. */
static void write_ima(struct rp_borne_entries *borne, struct ev_writer *w)
{
	write_end_of(borne->log->log, w);
}

static void (*const forms[RP_N_LOG_FORMS])(struct rp_borne_entries *borne,
					   struct ev_writer *w) = {
	[RP_LOG_TCG] = write_firmware,	  [RP_LOG_CCEL] = write_firmware,
	[RP_LOG_SYSTEMD] = write_systemd, [RP_LOG_CEL] = write_cel,
	[RP_LOG_IMA] = write_ima,
};

static void write_log(const struct rp_case *c, const struct rp_subject *s,
		      struct ev_writer *w)
{
	const struct rp_log *log = s->log;
	struct rp_borne_entries borne;

	ev_write_object(w, NULL);
	ev_write_str(w, "item", s->name);
	if (log->parsed.code != EV_OK) {
		ev_event_refused(w, &log->parsed.err);
	} else {
		ev_write_str(w, "format", rp_log_format_word(log));
		ev_write_int(w, "events", (int64_t)log->n_entries);
		rp_remarks_write(&log->remarks, w);
		rp_borne_entries_begin(c, s, &borne);
		forms[log->form](&borne, w);
		if (borne.trouble)
			rp_facts_refuse(w);
		if (log->form != RP_LOG_IMA && log->n_entries > ROWS_MAX)
			ev_write_int(w, "timelineLeftOut",
				     (int64_t)(log->n_entries - ROWS_MAX));
	}
	ev_write_end(w);
}

void rp_facts_events_write(const struct rp_case *c, struct ev_writer *w)
{
	const struct rp_subject *s;

	if (c->first[RP_LOG] == NULL)
		return;
	ev_write_array(w, "events");
	for (s = c->first[RP_LOG]; s != NULL; s = s->next)
		write_log(c, s, w);
	ev_write_end(w);
}
