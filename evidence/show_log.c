/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot event logs as JSON: the header, every event with the verdict on its
 * digests, and how the log ends.  Member "line" of an event says it in one
 * line, for people; the members beside it say it to programs.
 */
#include "evidence/event_data.h"
#include "evidence/event_digest.h"
#include "evidence/event_type.h"
#include "evidence/show.h"
#include "evidence/show_field.h"
#include "evidence/tcg_words.h"

#include <inttypes.h>
#include <stdio.h>

/* Events that are written; real logs have at most some hundred. */
#define EVENTS_MAX 65536
/* Data of events that is decoded: a guard on what is written, which may be ten
 * times as much.  Real logs are below 256 KiB. */
#define DECODED_MAX (UINT64_C(16) << 20)

struct shown {
	struct ev_crypto *crypto;
	struct ev_tcg_log log;
	bool ccel;
	uint64_t decoded; /* bytes of data so far */
	struct ev_writer *w;
};

static void write_bank_name(struct ev_writer *w, uint16_t alg)
{
	char name[EV_TCG_BANK_NAME];

	ev_tcg_bank_name(alg, name);
	ev_write_str(w, "bank", name);
}

/* --- the header --- */

/* TCG_EfiSpecIDEventStruct, behind the 32 bytes of its event. */
static const struct ev_field spec_id_layout[] = {
	{ "platformClass", 48, 4, EV_FIELD_LE },
	{ "specVersionMinor", 52, 1, EV_FIELD_LE },
	{ "specVersionMajor", 53, 1, EV_FIELD_LE },
	{ "specErrata", 54, 1, EV_FIELD_LE },
	{ "uintnSize", 55, 1, EV_FIELD_LE },
	{ "numberOfAlgorithms", 56, 4, EV_FIELD_LE },
};

#define ALGORITHMS_AT UINT64_C(60)

static void write_header(const struct shown *s)
{
	const struct ev_tcg_log *log = &s->log;
	struct ev_writer *w = s->w;

	ev_write_str(w, "format",
		     s->ccel	  ? "ccel"
		     : log->agile ? "crypto-agile"
				  : "legacy");
	ev_write_array(w, "banks");
	for (size_t i = 0; i < log->n_banks; i++) {
		ev_write_object(w, NULL);
		if (log->agile)
			ev_write_int(w, "offset",
				     (int64_t)(ALGORITHMS_AT + 4 * i));
		write_bank_name(w, log->bank[i].alg);
		ev_write_int(w, "alg", log->bank[i].alg);
		ev_write_int(w, "size", log->bank[i].size);
		ev_write_end(w);
	}
	ev_write_end(w);
	if (!log->agile)
		return;
	ev_write_object(w, "specId");
	ev_show_layout(w, log->item, 0, spec_id_layout,
		       sizeof(spec_id_layout) / sizeof(spec_id_layout[0]));
	if (log->vendor_info.n > 0)
		ev_show_hex(w, "vendorInfo",
			    (uint64_t)(log->vendor_info.p - log->item.p),
			    log->vendor_info);
	if (log->header_rest > 0)
		ev_write_int(w, "trailing", (int64_t)log->header_rest);
	ev_write_end(w);
}

/* --- events --- */

static bool write_digests(const struct shown *s, const struct ev_tcg_event *e)
{
	bool ok = true;

	ev_write_array(s->w, "digests");
	for (size_t i = 0; ok && i < s->log.n_banks; i++) {
		struct ev_event_digest d;

		if (e->digest[i].n == 0)
			continue;
		ok = ev_event_digest_check(s->crypto, &s->log, e, i, &d);
		if (!ok)
			break;
		ev_write_object(s->w, NULL);
		write_bank_name(s->w, s->log.bank[i].alg);
		ev_write_int(s->w, "offset",
			     (int64_t)(e->digest[i].p - s->log.item.p));
		ev_write_int(s->w, "length", (int64_t)e->digest[i].n);
		ev_write_hex(s->w, "value", e->digest[i]);
		ev_write_str(s->w, "verdict", ev_event_verdict_word(d.verdict));
		if (d.rule != NULL)
			ev_write_str(s->w, "rule", d.rule);
		ev_write_end(s->w);
	}
	ev_write_end(s->w);
	return ok;
}

static void add_verdict(const struct ev_event_digest *d, struct ev_buffer *out)
{
	static const char *const words[] = {
		[EV_EVENT_MATCHES] = "matches",
		[EV_EVENT_EXPLAINED] = "matches",
		[EV_EVENT_NOT_RECOMPUTABLE] = "not recomputable",
		[EV_EVENT_MISMATCH] = "MISMATCH",
	};

	ev_buffer_printf(out, "  %s", words[d->verdict]);
	if (d->rule != NULL)
		ev_buffer_printf(out, " (%s)", d->rule);
}

/* "   41  pcr4   EV_EFI_ACTION  Exit Boot Services Invocation  matches" */
static bool write_line(const struct shown *s, const struct ev_tcg_event *e,
		       const char *reg)
{
	struct ev_buffer line = { 0 };
	struct ev_event_digest d;
	size_t column;
	char *text;

	if (!ev_event_digest_check_all(s->crypto, &s->log, e, &d))
		return false;
	ev_buffer_printf(&line, "%5" PRIu64 "  %-5s  ", e->number, reg);
	column = line.n + 34;
	ev_event_type_name(e->type, &line);
	while (ev_buffer_ok(&line) && line.n < column)
		ev_buffer_add_byte(&line, ' ');
	ev_event_describe(e, &line);
	add_verdict(&d, &line);
	text = ev_buffer_take(&line, NULL);
	if (text != NULL)
		ev_write_shown(s->w, "line", text);
	free(text);
	return text != NULL;
}

/* The data as its type reads it, or where it lies. */
static void write_data(struct shown *s, const struct ev_tcg_event *e)
{
	const struct ev_event_type *type = ev_event_type_of(e->type);

	if (e->data.n == 0)
		return;
	if (e->data.n > DECODED_MAX - s->decoded) {
		ev_show_extent(s->w, "data", ev_event_data_offset(e),
			       e->data.n);
		return;
	}
	s->decoded += e->data.n;
	ev_write_object(s->w, "fields");
	type->write(e, s->w);
	ev_write_end(s->w);
}

static bool write_event(struct shown *s, const struct ev_tcg_event *e)
{
	struct ev_buffer name = { 0 };
	char reg[EV_TCG_REGISTER_NAME];
	bool ok;

	ev_tcg_register_name(s->ccel, e->index, reg);
	ev_event_type_name(e->type, &name);
	ev_write_object(s->w, NULL);
	ev_write_int(s->w, "event", (int64_t)e->number);
	ev_write_int(s->w, "offset", (int64_t)e->offset);
	ev_write_int(s->w, "length", (int64_t)e->size);
	ev_write_str(s->w, "register", reg);
	ev_write_text(s->w, "type", ev_buffer_span(&name));
	ev_buffer_free(&name);
	ok = write_digests(s, e) && write_line(s, e, reg);
	write_data(s, e);
	ev_write_end(s->w);
	return ok;
}

/* --- the log --- */

static enum ev_code write_log(struct shown *s, struct ev_error *err)
{
	struct ev_tcg_event e = { 0 };
	bool ok = true;

	write_header(s);
	ev_write_array(s->w, "events");
	while (ok && s->log.n_events < EVENTS_MAX &&
	       ev_tcg_log_next(&s->log, &e))
		ok = write_event(s, &e);
	ev_write_end(s->w);
	while (ok && ev_tcg_log_next(&s->log, &e))
		;
	if (s->log.n_events > EVENTS_MAX)
		ev_write_u64(s->w, "eventsLeftOut",
			     s->log.n_events - EVENTS_MAX);
	ev_tcg_end_write(s->w, &s->log);
	return ok ? EV_OK : ev_fail_trouble(err, "event-log", "out of memory");
}

static enum ev_code show(struct ev_span item, bool ccel, struct ev_writer *w,
			 struct ev_error *err)
{
	ev_auto(ev_crypto_free) struct ev_crypto *crypto = NULL;
	struct shown s = { .ccel = ccel, .w = w };

	if (ev_tcg_log_open(item, &s.log, err) != EV_OK || w == NULL)
		return err->code;
	crypto = ev_crypto_new();
	if (crypto == NULL)
		return ev_fail_trouble(err, "event-log", "out of memory");
	s.crypto = crypto;
	return write_log(&s, err);
}

enum ev_code ev_show_tcg_log(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err)
{
	return show(item, false, w, err);
}

enum ev_code ev_show_ccel_log(struct ev_span item, struct ev_writer *w,
			      struct ev_error *err)
{
	return show(item, true, w, err);
}
