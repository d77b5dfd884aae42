/* SPDX-License-Identifier: Apache-2.0 */
/* Entries behind firmware's, log by log. */
#include "replay/tail.h"

uint64_t rp_tail_count_in(const struct rp_tail *tail, size_t i)
{
	return tail->log[i] == NULL
		       ? 0
		       : tail->log[i]->log->n_in[tail->set][tail->index];
}

uint64_t rp_tail_count(const struct rp_tail *tail)
{
	uint64_t n = 0;

	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		n += rp_tail_count_in(tail, i);
	return n;
}

/* --- systemd's --- */

static void open_systemd(struct rp_tail_reader *r, const struct rp_subject *s)
{
	struct ev_error err = { 0 };

	ev_systemd_log_open(s->item->bytes, &r->systemd, &err);
}

static enum rp_tail_step next_systemd(struct rp_tail_reader *r,
				      struct rp_tail_entry *out)
{
	struct ev_systemd_record rec;

	while (ev_systemd_log_next(&r->systemd, &rec)) {
		if (rec.refusal.code != EV_OK || !rec.has_pcr ||
		    rec.pcr != r->tail->index)
			continue;
		out->number = rec.number;
		out->offset = rec.offset;
		for (size_t i = 0; i < rec.n_digests; i++) {
			if (rec.digest[i].alg != r->tail->alg)
				continue;
			memcpy(out->digest, rec.digest[i].value,
			       sizeof(out->digest));
			return RP_TAIL_ENTRY;
		}
		return RP_TAIL_INCOMPLETE;
	}
	return r->systemd.trouble ? RP_TAIL_TROUBLE : RP_TAIL_END;
}

/* --- a canonical log's --- */

static void open_cel(struct rp_tail_reader *r, const struct rp_subject *s)
{
	struct ev_error err = { 0 };

	ev_cel_log_open(s->item->bytes, &r->cel, &err);
}

static enum rp_tail_step next_cel(struct rp_tail_reader *r,
				  struct rp_tail_entry *out)
{
	struct ev_cel_record rec;

	while (ev_cel_log_next(&r->cel, &rec)) {
		if (rec.is_mr != (r->tail->set == RP_MRS) ||
		    rec.index != r->tail->index)
			continue;
		out->number = rec.number;
		out->offset = rec.offset;
		for (size_t i = 0; i < rec.n_digests; i++) {
			if (rec.digest[i].alg != r->tail->tpm_alg)
				continue;
			memcpy(out->digest, rec.digest[i].digest.p,
			       rec.digest[i].digest.n);
			return RP_TAIL_ENTRY;
		}
		return RP_TAIL_INCOMPLETE;
	}
	return RP_TAIL_END;
}

/* --- IMA's --- */

static void open_ima(struct rp_tail_reader *r, const struct rp_subject *s)
{
	rp_log_open_ima(s->log, &r->ima);
	r->ima.unsplit = true;
}

/* The TPM was given ones for a violation, and what was stored for the rest;
 * of other banks the log stores nothing. */
static bool ima_digest(struct ev_crypto *crypto, const struct rp_tail *tail,
		       const struct ev_ima_log *log,
		       const struct ev_ima_entry *e, uint8_t *out)
{
	enum ev_digest_alg alg = tail->padded ? EV_SHA1 : tail->alg;
	size_t size = ev_digest_size(alg);

	memset(out, 0, EV_DIGEST_MAX);
	if (e->violation)
		memset(out, 0xff, size);
	else if (log->alg == alg)
		memcpy(out, e->template_hash.p, size);
	else
		return ev_ima_template_hash(crypto, e, alg, out);
	return true;
}

static enum rp_tail_step next_ima(struct rp_tail_reader *r,
				  struct rp_tail_entry *out)
{
	struct ev_ima_entry e;

	while (ev_ima_log_next(&r->ima, &e)) {
		if (e.pcr != r->tail->index)
			continue;
		out->number = e.number;
		out->offset = e.offset;
		return ima_digest(r->crypto, r->tail, &r->ima, &e, out->digest)
			       ? RP_TAIL_ENTRY
			       : RP_TAIL_TROUBLE;
	}
	return RP_TAIL_END;
}

static const struct {
	void (*open)(struct rp_tail_reader *r, const struct rp_subject *s);
	enum rp_tail_step (*next)(struct rp_tail_reader *r,
				  struct rp_tail_entry *out);
} readers[RP_TAIL_LOGS] = {
	[RP_TAIL_SYSTEMD] = { open_systemd, next_systemd },
	[RP_TAIL_CEL] = { open_cel, next_cel },
	[RP_TAIL_IMA] = { open_ima, next_ima },
};

void rp_tail_begin(struct rp_tail_reader *r, struct ev_crypto *crypto,
		   const struct rp_tail *tail)
{
	*r = (struct rp_tail_reader){ .crypto = crypto, .tail = tail };
}

enum rp_tail_step rp_tail_next(struct rp_tail_reader *r,
			       struct rp_tail_entry *out)
{
	for (; r->at < RP_TAIL_LOGS; r->at++, r->opened = false) {
		enum rp_tail_step step;

		if (rp_tail_count_in(r->tail, r->at) == 0)
			continue;
		out->log = r->tail->log[r->at];
		if (!r->opened)
			readers[r->at].open(r, out->log);
		r->opened = true;
		step = readers[r->at].next(r, out);
		if (step != RP_TAIL_END)
			return step;
	}
	return RP_TAIL_END;
}

void rp_tail_end(struct rp_tail_reader *r)
{
	ev_systemd_log_free(&r->systemd);
}
