/* SPDX-License-Identifier: Apache-2.0 */
/* log.*: event logs, and the registers that they give. */
#include "replay/checks.h"
#include "replay/compared.h"

#include <inttypes.h>

/* --- log.format --- */

enum rp_outcome rp_check_log_format(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct rp_log *log = s->log;
	const struct rp_remark *hidden =
		rp_remark_find(&log->remarks, "data-after-padding");

	(void)c;
	rp_input_add(f, s->name, 0, s->item->bytes.n);
	if (log->parsed.code != EV_OK)
		return rp_refused(f, "log", &log->parsed.err);
	if (log->cut)
		return rp_refused(f, "truncated", &log->refusal);
	if (hidden != NULL)
		return rp_fail(f,
			       "data-after-padding: the log ends at byte "
			       "%" PRIu64 ", and at byte %" PRIu64
			       " something follows its padding",
			       log->end, hidden->offset);
	rp_set_got(f, "%" PRIu64 " entries, %" PRIu64 " bytes", log->n_entries,
		   log->end);
	return RP_PASS;
}

/* --- log.pcr, log.rtmr, log.ima --- */

static void register_inputs(const struct rp_compared *r, struct rp_finding *f)
{
	const struct rp_item *item;

	if (r->log != NULL)
		rp_input_add(f, r->log->name, 0, r->log->item->bytes.n);
	for (size_t i = 0; i < RP_TAIL_LOGS; i++)
		if (rp_tail_count_in(&r->tail, i) > 0)
			rp_input_add(f, r->tail.log[i]->name, 0,
				     r->tail.log[i]->item->bytes.n);
	if (r->quoted.n == 0)
		return;
	item = r->quote->type == RP_QUOTE ? r->quote->item
					  : r->quote->tpm_quote->pcrs_item;
	rp_input_part(f, item->name, item->bytes, r->quoted);
}

enum rp_outcome rp_check_log_register(struct rp_case *c,
				      const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_compared *r = s->compared;
	const char *word = rp_register_result_word(r->result);

	(void)c;
	register_inputs(r, f);
	if (r->has_replayed && r->quoted.n > 0 &&
	    rp_expect(f, r->quoted,
		      ev_span_of(r->replayed, ev_digest_size(r->alg))) ==
		    RP_TROUBLE)
		return RP_TROUBLE;
	switch (r->result) {
	case RP_REG_EQUAL:
		return RP_PASS;
	case RP_REG_DIFFERS:
	case RP_REG_DIFFERS_EXPLAINED:
		return rp_fail(f, "%s: %s", word, r->explanation);
	case RP_REG_EXTENDED_OUTSIDE_LOG:
	case RP_REG_INCOMPLETE:
	case RP_REG_NO_EVIDENCE:
	case RP_REG_UNQUOTED:
		break;
	}
	return rp_skip(f, "%s%s%s", word, r->explanation[0] != '\0' ? ": " : "",
		       r->explanation);
}
