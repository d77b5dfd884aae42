/* SPDX-License-Identifier: Apache-2.0 */
/* Canonical event logs as JSON: TLV, and systemd's in JSON. */
#include "evidence/cel_tlv.h"
#include "evidence/event_data.h"
#include "evidence/show.h"
#include "evidence/show_entries.h"
#include "evidence/show_field.h"
#include "evidence/systemd_log.h"
#include "evidence/tpm.h"

#include <inttypes.h>
#include <stdio.h>

/* --- TLV --- */

/* Measurement registers by Intel's names (UEFI 2.10, 38.4.1). */
static void register_name(const struct ev_cel_record *r, char out[16])
{
	if (!r->is_mr)
		snprintf(out, 16, "pcr%" PRIu32, r->index);
	else if (r->index == 0)
		snprintf(out, 16, "mrtd");
	else if (r->index <= 4)
		snprintf(out, 16, "rtmr%" PRIu32, r->index - 1);
	else
		snprintf(out, 16, "mr%" PRIu32, r->index);
}

/* One of an algorithm that is not known may be long, or empty. */
static void write_place(struct ev_show_entries *s, struct ev_span digest)
{
	if (digest.n == 0)
		return;
	ev_write_int(s->w, "offset", (int64_t)(digest.p - s->item.p));
	ev_write_int(s->w, "length", (int64_t)digest.n);
	if (digest.n <= EV_DIGEST_MAX)
		ev_write_hex(s->w, "value", digest);
}

/* The verdict on all digests: a mismatch if there is one. */
static const char *write_digests(struct ev_show_entries *s,
				 const struct ev_cel_record *r)
{
	const char *all = "not-recomputable";

	ev_write_array(s->w, "digests");
	for (size_t i = 0; i < r->n_digests; i++) {
		const struct ev_cel_digest *d = &r->digest[i];
		const char *word = "not-recomputable";
		enum ev_digest_alg alg;

		ev_write_object(s->w, NULL);
		ev_write_int(s->w, "alg", d->alg);
		if (ev_tpm_digest_alg(d->alg, &alg)) {
			ev_write_str(s->w, "bank", ev_digest_name(alg));
			word = ev_show_verdict(s, alg, r->content, d->digest);
		}
		write_place(s, d->digest);
		ev_write_str(s->w, "verdict", word);
		ev_write_end(s->w);
		if (strcmp(all, "mismatch") != 0 && word[0] == 'm')
			all = word;
	}
	ev_write_end(s->w);
	return all;
}

/* What a record of Confidential Space is of; else its number. */
static void write_content(struct ev_show_entries *s,
			  const struct ev_cel_record *r, struct ev_buffer *line)
{
	const char *name = ev_cel_cos_name(r->cos_type);

	ev_write_int(s->w, "contentType", r->content_type);
	if (r->cos_type < 0) {
		ev_show_entry_hex(s, "content", r->content);
		ev_buffer_printf(line, "content type %d, %zu bytes",
				 r->content_type, r->content.n);
		return;
	}
	ev_write_int(s->w, "cosType", r->cos_type);
	if (name != NULL) {
		ev_write_str(s->w, "name", name);
		ev_buffer_add_str(line, name);
	} else {
		ev_buffer_printf(line, "type %d", r->cos_type);
	}
	ev_show_entry_text(s, "value", r->cos_value);
	if (r->cos_value.n > 0)
		ev_buffer_add_str(line, "  ");
	ev_show_line_text(line, r->cos_value);
}

static void write_record(struct ev_show_entries *s,
			 const struct ev_cel_record *r)
{
	struct ev_buffer line = { 0 };
	const char *word;
	char reg[16];

	register_name(r, reg);
	ev_show_entry_begin(s, r->number, r->offset, r->size, reg);
	ev_write_u64(s->w, "recordNumber", r->recnum);
	ev_show_line_begin(&line, r->number, reg);
	write_content(s, r, &line);
	word = write_digests(s, r);
	ev_buffer_printf(&line, "  %s", word);
	if (r->odd != NULL) {
		ev_write_str(s->w, "odd", r->odd);
		ev_buffer_printf(&line, " (%s)", r->odd);
	}
	ev_show_line_end(s, &line);
	ev_write_end(s->w);
}

enum ev_code ev_show_cel_tlv(struct ev_span item, struct ev_writer *w,
			     struct ev_error *err)
{
	struct ev_show_entries s;
	struct ev_cel_record r;
	struct ev_cel_log log;

	if (ev_cel_log_open(item, &log, err) != EV_OK || w == NULL ||
	    ev_show_entries_begin(item, w, &s, err) != EV_OK)
		return err->code;
	ev_write_str(w, "format", "cel-tlv");
	ev_write_array(w, "events");
	while (log.n_records < EV_SHOW_ENTRIES_MAX && ev_cel_log_next(&log, &r))
		write_record(&s, &r);
	ev_write_end(w);
	while (ev_cel_log_next(&log, &r))
		;
	return ev_show_entries_end(&s, log.n_records, log.at, &log.refusal,
				   err);
}

/* --- systemd --- */

/* The text is what is hashed, but for secrets, of which it is a description
 * (systemd, src/shared/tpm2-util.c, tpm2_pcr_extend_bytes). */
static const char *write_systemd_digests(struct ev_show_entries *s,
					 const struct ev_systemd_record *r)
{
	const char *all = "not-recomputable";

	ev_write_array(s->w, "digests");
	for (size_t i = 0; i < r->n_digests; i++) {
		enum ev_digest_alg alg = r->digest[i].alg;
		struct ev_span value =
			ev_span_of(r->digest[i].value, ev_digest_size(alg));
		const char *word = ev_show_verdict(s, alg, r->string, value);

		if (strcmp(word, "matches") == 0)
			all = word;
		else
			word = "not-recomputable";
		ev_write_object(s->w, NULL);
		ev_write_str(s->w, "bank", ev_digest_name(alg));
		ev_write_hex(s->w, "value", value);
		ev_write_str(s->w, "verdict", word);
		ev_write_end(s->w);
	}
	ev_write_end(s->w);
	return all;
}

static void write_said(struct ev_show_entries *s,
		       const struct ev_systemd_record *r,
		       struct ev_buffer *line)
{
	const char *word;

	if (r->content_type.n > 0)
		ev_write_foreign(s->w, "contentType", r->content_type);
	if (r->event_type.n > 0)
		ev_write_foreign(s->w, "type", r->event_type);
	if (r->string.n > 0)
		ev_write_foreign(s->w, "text", r->string);
	ev_show_line_text(line, r->event_type);
	ev_buffer_add_str(line, "  ");
	ev_show_line_text(line, r->string);
	word = write_systemd_digests(s, r);
	ev_buffer_printf(line, "  %s", word);
}

static void write_systemd_record(struct ev_show_entries *s,
				 const struct ev_systemd_record *r)
{
	struct ev_buffer line = { 0 };
	char reg[16] = "none";

	if (r->has_pcr)
		snprintf(reg, sizeof(reg), "pcr%" PRIu32, r->pcr);
	ev_show_entry_begin(s, r->number, r->offset, r->size, reg);
	ev_show_line_begin(&line, r->number, reg);
	ev_event_refused(s->w, &r->refusal);
	if (r->refusal.code == EV_OK)
		write_said(s, r, &line);
	else
		ev_buffer_add_str(&line, "refused");
	ev_show_line_end(s, &line);
	ev_write_end(s->w);
}

enum ev_code ev_show_systemd_log(struct ev_span item, struct ev_writer *w,
				 struct ev_error *err)
{
	const struct ev_error none = { .code = EV_OK };
	struct ev_show_entries s;
	struct ev_systemd_record r;
	struct ev_systemd_log log;

	if (ev_systemd_log_open(item, &log, err) != EV_OK || w == NULL ||
	    ev_show_entries_begin(item, w, &s, err) != EV_OK)
		return err->code;
	ev_write_str(w, "format", "systemd");
	ev_write_array(w, "events");
	while (log.n_records < EV_SHOW_ENTRIES_MAX &&
	       ev_systemd_log_next(&log, &r))
		write_systemd_record(&s, &r);
	ev_write_end(w);
	while (ev_systemd_log_next(&log, &r))
		;
	s.no_memory |= log.trouble;
	ev_show_entries_end(&s, log.n_records, log.at, &none, err);
	ev_systemd_log_free(&log);
	return err->code;
}
