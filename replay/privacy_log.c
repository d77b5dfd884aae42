/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What event logs tell.  Where a format says what a text is, such as a
 * command line or the id of a machine, the text is listed; else what the log
 * may hold.  A log that cannot be read is no refusal here: a row of its kind
 * names all of it.
 */
#include "replay/privacy_row.h"

#include "evidence/base/json.h"
#include "evidence/cel_tlv.h"
#include "evidence/ima_log.h"
#include "evidence/systemd_log.h"
#include "evidence/tcg_log.h"

#include <inttypes.h>
#include <stdio.h>

/* Of one row in one log; real ones have fewer, a list of more is not read. */
#define TRACES_MAX 64

struct found {
	const struct rp_trace *as;
	struct rp_traces *out;
	struct rp_layer layer;
	uint64_t n;
};

static struct found begin(struct ev_span item, const struct rp_trace *as,
			  struct rp_traces *out)
{
	const struct rp_layer layer = { .item = item, .bytes = item };

	return (struct found){ as, out, layer, 0 };
}

static void add(struct found *f, struct ev_span part, enum rp_trace_form form)
{
	if (part.n > 0 && f->n++ < TRACES_MAX)
		rp_trace_add(f->out, f->as, &f->layer, part, form);
}

static void say(struct found *f, struct ev_span part, const char *words)
{
	if (part.n > 0 && f->n++ < TRACES_MAX)
		rp_trace_about(f->out, f->as, &f->layer, part, words);
}

static void end(struct found *f)
{
	char words[64];

	if (f->n <= TRACES_MAX)
		return;
	snprintf(words, sizeof(words), "%" PRIu64 " more like them",
		 f->n - TRACES_MAX);
	rp_trace_about(f->out, f->as, &f->layer, f->layer.item, words);
}

static void say_count(struct ev_span item, uint64_t n, const char *of,
		      const struct rp_trace *as, struct rp_traces *out)
{
	struct found f = begin(item, as, out);
	char words[96];

	snprintf(words, sizeof(words), "%" PRIu64 " %s", n, of);
	if (n > 0)
		say(&f, item, words);
}

/* --- IMA --- */

void rp_find_ima_ascii(const struct rp_privacy_row *row, struct ev_span item,
		       const struct rp_trace *as, struct rp_traces *out,
		       struct ev_error *err)
{
	uint64_t n = 0;
	bool empty = true; /* the line so far */

	(void)row;
	(void)err;
	for (size_t i = 0; i < item.n; i++) {
		n += empty && item.p[i] != '\n';
		empty = item.p[i] == '\n';
	}
	say_count(item, n, "paths of files", as, out);
}

void rp_find_ima_binary(const struct rp_privacy_row *row, struct ev_span item,
			const struct rp_trace *as, struct rp_traces *out,
			struct ev_error *err)
{
	struct ev_ima_entry e;
	struct ev_ima_log log;
	uint64_t n = 0;

	(void)row;
	if (ev_ima_log_open(item, &log, err) != EV_OK)
		return;
	while (ev_ima_log_next(&log, &e))
		n++;
	say_count(item, n, "paths of files", as, out);
	*err = log.refusal;
}

/* Template ima-buf: what is measured stands in the list itself. */
void rp_find_ima_buffer(const struct rp_privacy_row *row, struct ev_span item,
			const struct rp_trace *as, struct rp_traces *out,
			struct ev_error *err)
{
	struct found f = begin(item, as, out);
	struct ev_ima_entry e;
	struct ev_ima_log log;

	if (ev_ima_log_open(item, &log, err) != EV_OK)
		return;
	while (ev_ima_log_next(&log, &e)) {
		if (!ev_span_eq(e.file, ev_span_str(row->path[0])))
			continue;
		for (size_t i = 0; i < e.n_fields; i++)
			if (strcmp(e.field[i].id, "buf") == 0)
				add(&f, e.field[i].value, RP_TRACE_TEXT);
	}
	end(&f);
}

/* --- firmware's logs --- */

#define EVENT_TAG 0x00000006
#define IPL	  0x0000000d
/* The tag by which Linux measures "LOADED_IMAGE::LoadOptions". */
#define LOAD_OPTIONS "\xed\x22\x3b\x8f"

static bool begins_with(struct ev_span text, const char *head)
{
	return text.n >= strlen(head) &&
	       memcmp(text.p, head, strlen(head)) == 0;
}

static struct ev_span until_nul(struct ev_span text)
{
	const uint8_t *nul = text.n > 0 ? memchr(text.p, 0, text.n) : NULL;

	return nul == NULL ? text : ev_span_of(text.p, (size_t)(nul - text.p));
}

/* GRUB says what a text is, in front of it; of its other commands there are
 * hundreds.  systemd-boot measures the command line alone, in UTF-16. */
static void find_command(struct found *f, const struct ev_tcg_event *e)
{
	if (e->type == IPL && (begins_with(e->data, "kernel_cmdline") ||
			       begins_with(e->data, "grub_kernel_cmdline")))
		add(f, until_nul(e->data), RP_TRACE_TEXT);
	else if ((e->type == EVENT_TAG && begins_with(e->data, LOAD_OPTIONS)) ||
		 (e->type == IPL && e->data.n > 3 && e->data.p[1] == 0 &&
		  e->data.p[3] == 0 && e->data.p[0] != '.'))
		say(f, e->data, "a text in UTF-16");
}

void rp_find_log_command(const struct rp_privacy_row *row, struct ev_span item,
			 const struct rp_trace *as, struct rp_traces *out,
			 struct ev_error *err)
{
	struct found f = begin(item, as, out);
	struct ev_error refusal = { .code = EV_OK };
	struct ev_tcg_event e = { 0 };
	struct ev_tcg_log log;

	(void)row;
	(void)err;
	if (ev_tcg_log_open(item, &log, &refusal) != EV_OK)
		return;
	while (ev_tcg_log_next(&log, &e))
		find_command(&f, &e);
	end(&f);
}

/* Types of events by what their data hold, TCG PC Client Platform Firmware
 * Profile, 10.4.1. */
static bool holds(enum rp_log_part part, uint32_t type)
{
	static const struct {
		enum rp_log_part part;
		uint32_t type;
	} types[] = {
		{ RP_LOG_DEVICES, 0x80000002 }, /* Boot#### */
		{ RP_LOG_DEVICES, 0x80000003 }, /* paths of what was loaded */
		{ RP_LOG_DEVICES, 0x80000004 },
		{ RP_LOG_DEVICES, 0x80000005 },
		{ RP_LOG_DEVICES, 0x8000000c },
		{ RP_LOG_DISKS, 0x0000000e }, /* partition tables */
		{ RP_LOG_DISKS, 0x80000006 },
		{ RP_LOG_DISKS, 0x8000000d },
		{ RP_LOG_KEYS, 0x80000001 }, /* PK, KEK, db, dbx */
		{ RP_LOG_KEYS, 0x800000e0 },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].part == part && types[i].type == type)
			return true;
	return false;
}

void rp_find_log_part(const struct rp_privacy_row *row, struct ev_span item,
		      const struct rp_trace *as, struct rp_traces *out,
		      struct ev_error *err)
{
	struct ev_error refusal = { .code = EV_OK };
	struct ev_tcg_event e = { 0 };
	struct ev_tcg_log log;
	uint64_t n = 0;
	char words[64];

	(void)err;
	if (ev_tcg_log_open(item, &log, &refusal) != EV_OK)
		return;
	while (ev_tcg_log_next(&log, &e))
		n += holds(row->part, e.type);
	snprintf(words, sizeof(words), "%s: %s", n == 1 ? "event" : "events",
		 row->path[0]);
	say_count(item, n, words, as, out);
}

/* --- canonical event logs --- */

void rp_find_cos(const struct rp_privacy_row *row, struct ev_span item,
		 const struct rp_trace *as, struct rp_traces *out,
		 struct ev_error *err)
{
	struct found f = begin(item, as, out);
	struct ev_error refusal = { .code = EV_OK };
	struct ev_cel_record r;
	struct ev_cel_log log;

	(void)err;
	if (ev_cel_log_open(item, &log, &refusal) != EV_OK)
		return;
	while (ev_cel_log_next(&log, &r)) {
		const char *name = ev_cel_cos_name(r.cos_type);

		if (name != NULL && strcmp(name, row->path[0]) == 0)
			add(&f, r.cos_value, RP_TRACE_TEXT);
	}
	end(&f);
}

/* The text of a record where it stands, escapes not undone. */
static struct ev_span find_string(struct ev_span item,
				  const struct ev_systemd_record *r)
{
	struct ev_span text =
		ev_span_sub(item, (size_t)r->offset + 1, (size_t)r->size - 1);
	struct ev_span content, value;

	if (!ev_json_member(text, "content", &content) ||
	    !ev_json_member(content, "string", &value) || value.n < 2)
		return (struct ev_span){ NULL, 0 };
	return ev_span_sub(value, 1, value.n - 2);
}

void rp_find_systemd(const struct rp_privacy_row *row, struct ev_span item,
		     const struct rp_trace *as, struct rp_traces *out,
		     struct ev_error *err)
{
	struct found f = begin(item, as, out);
	struct ev_error refusal = { .code = EV_OK };
	struct ev_systemd_record r;
	struct ev_systemd_log log;

	(void)err;
	if (ev_systemd_log_open(item, &log, &refusal) != EV_OK)
		return;
	while (ev_systemd_log_next(&log, &r))
		if (ev_span_eq(r.event_type, ev_span_str(row->path[0])))
			add(&f, find_string(item, &r), RP_TRACE_TEXT);
	end(&f);
	out->no_memory |= log.trouble;
	ev_systemd_log_free(&log);
}
