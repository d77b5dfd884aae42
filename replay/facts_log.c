/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of logs: facts.log, a row a register. */
#include "replay/borne_out.h"
#include "replay/facts.h"

#include <stdio.h>

/* The logs that were extended, in order. */
static void write_items(const struct rp_compared *r, struct ev_writer *w)
{
	ev_write_array(w, "items");
	if (r->log != NULL)
		ev_write_str(w, NULL, r->log->name);
	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		if (rp_tail_count_in(&r->tail, i) > 0)
			ev_write_str(w, NULL, r->tail.log[i]->name);
	ev_write_end(w);
}

static void write_register(const struct rp_case *c, const struct rp_subject *s,
			   const char *check, struct ev_writer *w)
{
	const struct rp_compared *r = s->compared;
	size_t size = ev_digest_size(r->alg);
	char name[RP_REGISTER_NAME];

	rp_register_name(r->set, r->index, name);
	ev_write_object(w, NULL);
	ev_write_str(w, "register", name);
	ev_write_str(w, "bank", ev_digest_name(r->alg));
	write_items(r, w);
	if (r->quote != NULL) {
		ev_write_str(w, "quote", r->quote->name);
		ev_write_bool(w, "trusted",
			      rp_outcome_of(c, check, r->quote) == RP_PASS);
	}
	if (r->has_replayed)
		ev_write_hex(w, "replayed", ev_span_of(r->replayed, size));
	if (r->quoted.n > 0)
		ev_write_hex(w, "quoted", r->quoted);
	ev_write_int(w, "events", (int64_t)r->n_events);
	ev_write_str(w, "result", rp_register_result_word(r->result));
	if (rp_is_weak(c, r))
		ev_write_str(w, "weak", "SHA-1");
	if (r->explanation[0] != '\0')
		ev_write_str(w, "explanation", r->explanation);
	ev_write_end(w);
}

void rp_facts_log_write(const struct rp_case *c, struct ev_writer *w)
{
	static const struct {
		enum rp_subject_type type;
		const char *check;
	} rows[] = {
		{ RP_REGISTER_PCR, "tpm.quote.pcrs" },
		{ RP_REGISTER_IMA, "tpm.quote.pcrs" },
		{ RP_REGISTER_RTMR, "dcap.quote.signature" },
	};
	const struct rp_subject *s;

	if (c->first[RP_LOG] == NULL)
		return;
	ev_write_array(w, "log");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (s = c->first[rows[i].type]; s != NULL; s = s->next)
			write_register(c, s, rows[i].check, w);
	ev_write_end(w);
}
