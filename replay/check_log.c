/* SPDX-License-Identifier: Apache-2.0 */
/* log.*: event logs, and the registers that they give. */
#include "replay/checks.h"
#include "replay/compared.h"
#include "replay/link.h"

#include <inttypes.h>

/* --- log.format --- */

enum rp_outcome rp_check_log_format(struct rp_case *c,
				    const struct rp_subject *s,
				    struct rp_finding *f)
{
	const struct rp_log *log = s->log;

	(void)c;
	rp_input_add(f, s->name, 0, s->item->bytes.n);
	if (log->parsed.code != EV_OK)
		return rp_refused(f, "log", &log->parsed.err);
	if (log->cut)
		return rp_refused(f, "truncated", &log->refusal);
	if (rp_log_is_firmware(log) && log->tcg.end == EV_TCG_HIDDEN)
		return rp_fail(f,
			       "data-after-padding: the log ends at byte "
			       "%" PRIu64 ", and at byte %" PRIu64
			       " something follows its padding",
			       log->end, log->tcg.hidden);
	rp_set_got(f, "%" PRIu64 " entries, %" PRIu64 " bytes", log->n_entries,
		   log->end);
	return RP_PASS;
}

/* --- log.ccel-table --- */

#define CC_TYPE_TDX 2

/* The log of the table: the only one, or the one that says so. */
static const struct rp_item *log_beside(const struct rp_case *c,
					const struct rp_subject *table)
{
	const struct rp_subject *s = NULL;
	const struct rp_item *found = NULL;

	while ((s = rp_next_subject(c, RP_LOG, s)) != NULL) {
		if (s->log->form != RP_LOG_CCEL)
			continue;
		if (rp_relates_to(s->item, "log-of", table->item))
			return s->item;
		if (found == NULL)
			found = s->item;
	}
	return found;
}

enum rp_outcome rp_check_log_ccel_table(struct rp_case *c,
					const struct rp_subject *s,
					struct rp_finding *f)
{
	const struct ev_ccel_table *t = &s->ccel_table->table;
	const struct rp_item *log = log_beside(c, s);

	rp_input_add(f, s->name, 0, s->item->bytes.n);
	if (s->ccel_table->parsed.code != EV_OK)
		return rp_refused(f, "ccel-table", &s->ccel_table->parsed.err);
	if (!t->checksum_ok)
		return rp_fail(f, "checksum: the table's bytes do not add up "
				  "to 0");
	if (t->cc_type != CC_TYPE_TDX) {
		rp_expect_u64(f, CC_TYPE_TDX, t->cc_type);
		return rp_fail(f, "cc-type: the table is not of a TD");
	}
	if (log == NULL)
		return rp_skip(f, "absent: tdx-eventlog-ccel");
	rp_input_add(f, log->name, 0, log->bytes.n);
	if (rp_expect_u64(f, t->laml, log->bytes.n) != RP_FAIL)
		return RP_PASS;
	return rp_fail(f, "size: the log is not as large as the area of the "
			  "table");
}

/* --- log.ima-templates, log.cel --- */

static enum rp_outcome judge_entries(const struct rp_subject *s,
				     struct rp_finding *f)
{
	const struct rp_log *log = s->log;

	if (log->bad.n == 0) {
		rp_input_add(f, s->name, 0, s->item->bytes.n);
		return RP_PASS;
	}
	rp_input_add(f, s->name, log->bad.offset, log->bad.size);
	rp_set_got(f, "%" PRIu64 " of %" PRIu64 " entries are not", log->bad.n,
		   log->n_entries);
	return rp_fail(f, "entry: %" PRIu64 " at byte %" PRIu64 " %s",
		       log->bad.number, log->bad.offset, log->bad.why);
}

enum rp_outcome rp_check_log_ima_templates(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	(void)c;
	if (s->log->form != RP_LOG_IMA)
		return rp_not_applicable(f, "no log of IMA");
	rp_set_got(f, "%" PRIu64 " entries, %" PRIu64 " violations",
		   s->log->n_entries, s->log->n_violations);
	return judge_entries(s, f);
}

enum rp_outcome rp_check_log_cel(struct rp_case *c, const struct rp_subject *s,
				 struct rp_finding *f)
{
	(void)c;
	if (s->log->form != RP_LOG_CEL && s->log->form != RP_LOG_SYSTEMD)
		return rp_not_applicable(f, "no canonical event log");
	rp_set_got(f, "%" PRIu64 " records", s->log->n_entries);
	return judge_entries(s, f);
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
	if (r->quote->type == RP_TPM_QUOTE &&
	    r->quote->tpm_quote->values_made != NULL) /* of a dump */
		rp_input_add(f, item->name, 0, item->bytes.n);
	else
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
	case RP_REG_LEFT_OUT:
		break;
	}
	return rp_skip(f, "%s%s%s", word, r->explanation[0] != '\0' ? ": " : "",
		       r->explanation);
}
