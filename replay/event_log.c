/* SPDX-License-Identifier: Apache-2.0 */
/* Items that are logs become subjects. */
#include "replay/event_log.h"

#include "evidence/limits.h"
#include "evidence/tpm.h"
#include "replay/subject.h"

#include <stdlib.h>

static const struct ev_release *release_of(const struct rp_case *c)
{
	return c->archive != NULL ? &c->archive->release : NULL;
}

/* --- firmware's --- */

void rp_log_open_firmware(const struct rp_log *log, struct ev_tcg_log *out)
{
	struct ev_error err = { 0 };

	*out = (struct ev_tcg_log){ .end = EV_TCG_CUT };
	ev_tcg_log_open(log->tcg.item, out, &err); /* as it was once before */
	out->release = log->tcg.release;
}

static enum ev_code read_firmware(struct rp_case *c, struct rp_log *log,
				  struct ev_span bytes,
				  enum rp_register_set set)
{
	struct ev_tcg_log again;

	log->parsed.code = ev_tcg_log_open(bytes, &log->tcg, &log->parsed.err);
	if (log->parsed.code != EV_OK)
		return EV_OK;
	log->tcg.release = release_of(c);
	if (!rp_registers_replay(c->crypto, &log->tcg, set, &log->registers,
				 &log->remarks))
		return EV_TROUBLE;
	rp_log_open_firmware(log, &again);
	if (!rp_events_judge(c->crypto, &again, log->tcg.n_events,
			     &log->registers, &log->events))
		return EV_TROUBLE;
	log->n_entries = log->tcg.n_events;
	log->end = log->tcg.at;
	log->cut = log->tcg.end == EV_TCG_CUT;
	log->refusal = log->tcg.refusal;
	return EV_OK;
}

static enum ev_code read_tcg(struct rp_case *c, struct rp_log *log,
			     const struct rp_item *item)
{
	return read_firmware(c, log, item->bytes, RP_PCRS);
}

static enum ev_code read_ccel(struct rp_case *c, struct rp_log *log,
			      const struct rp_item *item)
{
	return read_firmware(c, log, item->bytes, RP_MRS);
}

/* --- those that follow --- */

/* False: it is of no register that is extended. */
static bool count(struct rp_log *log, enum rp_register_set set, uint64_t index,
		  uint64_t number, uint64_t offset)
{
	static const uint64_t limit[] = { [RP_PCRS] = 24, [RP_MRS] = 5 };

	if (index < limit[set] && (set == RP_PCRS || index > 0)) {
		log->n_in[set][index]++;
		return true;
	}
	rp_remark_add(&log->remarks, "index-out-of-range", number, offset);
	return false;
}

static void blame(struct rp_log *log, uint64_t number, uint64_t offset,
		  uint64_t size, const char *why)
{
	if (log->bad.n++ == 0)
		log->bad =
			(struct rp_bad_entry){ 1, number, offset, size, why };
}

bool rp_systemd_digests_are(struct ev_crypto *crypto,
			    const struct ev_systemd_record *r, bool *good)
{
	*good = r->string.n > 0 && r->n_digests > 0;
	for (size_t i = 0; i < r->n_digests; i++) {
		uint8_t digest[EV_DIGEST_MAX];

		if (!ev_digest(crypto, r->digest[i].alg, r->string, digest))
			return false;
		*good &= memcmp(digest, r->digest[i].value,
				ev_digest_size(r->digest[i].alg)) == 0;
	}
	return true;
}

static bool take_systemd(struct rp_case *c, struct rp_log *log,
			 const struct ev_systemd_record *r)
{
	bool good;

	log->n_entries = r->number;
	if (r->refusal.code != EV_OK) {
		blame(log, r->number, r->offset, r->size,
		      "is no record of a log");
		return true;
	}
	if (r->has_pcr)
		count(log, RP_PCRS, r->pcr, r->number, r->offset);
	if (!rp_systemd_digests_are(c->crypto, r, &good))
		return false;
	if (!good)
		blame(log, r->number, r->offset, r->size,
		      "has no digest of its text");
	return true;
}

static enum ev_code read_systemd(struct rp_case *c, struct rp_log *log,
				 const struct rp_item *item)
{
	struct ev_systemd_record r;
	struct ev_systemd_log in;
	bool ok = true;

	log->parsed.code =
		ev_systemd_log_open(item->bytes, &in, &log->parsed.err);
	if (log->parsed.code != EV_OK)
		return EV_OK;
	while (ok && ev_systemd_log_next(&in, &r))
		ok = take_systemd(c, log, &r);
	log->end = in.at;
	ok &= !in.trouble;
	ev_systemd_log_free(&in);
	return ok ? EV_OK : EV_TROUBLE;
}

bool rp_cel_digests_are(struct ev_crypto *crypto, const struct ev_cel_record *r,
			bool *good)
{
	bool any = false;

	*good = true;
	for (size_t i = 0; i < r->n_digests; i++) {
		uint8_t digest[EV_DIGEST_MAX];
		enum ev_digest_alg alg;

		if (!ev_tpm_digest_alg(r->digest[i].alg, &alg))
			continue;
		if (!ev_digest(crypto, alg, r->content, digest))
			return false;
		any = true;
		*good &= ev_span_eq(r->digest[i].digest,
				    ev_span_of(digest, ev_digest_size(alg)));
	}
	*good &= any;
	return true;
}

/* Nothing that matters to a policy may change once the workload runs. */
static const char *after_separator(const struct ev_cel_record *r, bool started)
{
	static const int harmless[] = { 9, 10, 11 }; /* of the machine */

	if (!started || r->cos_type < 0)
		return NULL;
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (r->cos_type == harmless[i])
			return NULL;
	return r->cos_type == EV_CEL_COS_SEPARATOR
		       ? "is a second launch separator"
		       : "configures the workload behind the launch separator";
}

static bool take_cel(struct rp_case *c, struct rp_log *log,
		     const struct ev_cel_record *r, bool *started)
{
	const char *why = r->odd;
	bool good;

	log->n_entries = r->number;
	if (!count(log, r->is_mr ? RP_MRS : RP_PCRS, r->index, r->number,
		   r->offset))
		why = "is of a register that nobody extends";
	if (!rp_cel_digests_are(c->crypto, r, &good))
		return false;
	if (!good)
		why = "has no digest of its content";
	if (why == NULL)
		why = after_separator(r, *started);
	if (why != NULL)
		blame(log, r->number, r->offset, r->size, why);
	*started |= r->cos_type == EV_CEL_COS_SEPARATOR;
	return true;
}

static enum ev_code read_cel(struct rp_case *c, struct rp_log *log,
			     const struct rp_item *item)
{
	struct ev_cel_record r;
	struct ev_cel_log in;
	bool started = false;

	log->parsed.code = ev_cel_log_open(item->bytes, &in, &log->parsed.err);
	if (log->parsed.code != EV_OK)
		return EV_OK;
	while (ev_cel_log_next(&in, &r))
		if (!take_cel(c, log, &r, &started))
			return EV_TROUBLE;
	log->end = in.at;
	log->cut = in.cut;
	log->refusal = in.refusal;
	return EV_OK;
}

/* --- IMA's --- */

void rp_log_open_ima(const struct rp_log *log, struct ev_ima_log *out)
{
	struct ev_error err = { 0 };

	if (ev_ima_log_open_bank(log->ima.item, log->ima.alg, out, &err) !=
	    EV_OK)
		out->ended = true; /* it was opened once, so it is not */
	out->release = log->ima.release;
}

static void note_aggregate(struct rp_log *log, const struct ev_ima_entry *e)
{
	/* What a violation stores is hashed by nobody. */
	if (e->number != 1 || e->violation ||
	    !ev_span_eq(e->file, EV_SPAN_LITERAL("boot_aggregate")))
		return;
	if (log->aggregate.n++ == 0)
		log->aggregate =
			(struct rp_aggregate){ 1, e->offset, e->size, e->algo,
					       e->file_digest };
}

bool rp_ima_hash_is(struct ev_crypto *crypto, const struct ev_ima_entry *e,
		    enum ev_digest_alg alg, bool *good)
{
	uint8_t digest[EV_DIGEST_MAX];

	if (!ev_ima_template_hash(crypto, e, alg, digest))
		return false;
	*good = ev_span_eq(e->template_hash,
			   ev_span_of(digest, ev_digest_size(alg)));
	return true;
}

/* The stored digest is of the data; what a violation stores is of nothing. */
static bool take_ima(struct rp_case *c, struct rp_log *log,
		     const struct ev_ima_entry *e)
{
	bool good;

	if (e->number == 1)
		log->template_name = e->template_name;
	count(log, RP_PCRS, e->pcr, e->number, e->offset);
	note_aggregate(log, e);
	if (e->odd != NULL)
		rp_remark_add(&log->remarks, e->odd, e->number, e->offset);
	log->n_violations += e->violation;
	if (e->violation)
		return true;
	if (!rp_ima_hash_is(c->crypto, e, log->ima.alg, &good))
		return false;
	if (!good)
		blame(log, e->number, e->offset, e->size,
		      "has a template hash that is not of its data");
	return true;
}

static enum ev_code read_ima(struct rp_case *c, struct rp_log *log,
			     const struct rp_item *item)
{
	const char *path =
		item->entry != NULL ? item->entry->source_detail : NULL;
	enum ev_digest_alg alg;
	struct ev_ima_entry e;

	log->parsed.code =
		path != NULL && ev_ima_path_alg(ev_span_str(path), &alg)
			? ev_ima_log_open_bank(item->bytes, alg, &log->ima,
					       &log->parsed.err)
			: ev_ima_log_open(item->bytes, &log->ima,
					  &log->parsed.err);
	if (log->parsed.code != EV_OK)
		return EV_OK;
	log->ima.release = release_of(c);
	while (ev_ima_log_next(&log->ima, &e))
		if (!take_ima(c, log, &e))
			return EV_TROUBLE;
	log->n_entries = log->ima.n_entries;
	log->end = log->ima.at;
	log->cut = log->ima.cut;
	log->refusal = log->ima.refusal;
	return EV_OK;
}

static const struct {
	const char *kind, *word;
	enum ev_code (*read)(struct rp_case *c, struct rp_log *log,
			     const struct rp_item *item);
} forms[] = {
	[RP_LOG_TCG] = { "tcg-eventlog", "crypto-agile", read_tcg },
	[RP_LOG_CCEL] = { "tdx-eventlog-ccel", "ccel", read_ccel },
	[RP_LOG_SYSTEMD] = { "cel-json", "systemd", read_systemd },
	[RP_LOG_CEL] = { "cel-tlv", "cel-tlv", read_cel },
	[RP_LOG_IMA] = { "ima-log-binary", "ima", read_ima },
};

bool rp_log_is_firmware(const struct rp_log *log)
{
	return log->form == RP_LOG_TCG || log->form == RP_LOG_CCEL;
}

const char *rp_log_format_word(const struct rp_log *log)
{
	if (log->form == RP_LOG_TCG && !log->tcg.agile)
		return "legacy";
	return forms[log->form].word;
}

static size_t form_of(const struct ev_kind *kind)
{
	size_t i = 0;

	while (i < RP_N_LOG_FORMS && strcmp(kind->kind, forms[i].kind) != 0)
		i++;
	return i;
}

bool rp_is_log(const struct ev_kind *kind)
{
	return form_of(kind) < RP_N_LOG_FORMS;
}

enum ev_code rp_log_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_log *log;

	if (c->n_logs == EV_LOGS_MAX)
		return EV_OK;
	c->n_logs++;
	log = rp_object_add(c, RP_LOG, item, sizeof(*log));
	if (log == NULL)
		return EV_TROUBLE;
	log->form = (enum rp_log_form)form_of(item->kind);
	return forms[log->form].read(c, log, item);
}

enum ev_code rp_ccel_table_parse(struct rp_case *c, const struct rp_item *item)
{
	struct rp_ccel_table *t =
		rp_object_add(c, RP_CCEL_TABLE, item, sizeof(*t));

	if (t == NULL)
		return EV_TROUBLE;
	t->parsed.code =
		ev_ccel_table_parse(item->bytes, &t->table, &t->parsed.err);
	return EV_OK;
}
