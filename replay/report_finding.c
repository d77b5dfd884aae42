/* SPDX-License-Identifier: Apache-2.0 */
/* One object of `checks`: its members in the order of their names. */
#include "replay/report_finding.h"

#include "evidence/base/json_string.h"
#include "replay/report.h"

static const char *const outcome_words[] = {
	[RP_PASS] = "pass",
	[RP_FAIL] = "fail",
	[RP_SKIP] = "skip",
};

const char *rp_outcome_word(enum rp_outcome outcome)
{
	return outcome_words[outcome];
}

static inline void add(struct ev_buffer *out, struct ev_span text)
{
	uint8_t *p = ev_buffer_extend(out, text.n);

	if (p != NULL)
		memcpy(p, text.p, text.n);
}
#define ADD(out, literal) add(out, EV_SPAN_LITERAL(literal))

/* Text of our own: an id, a word. */
static void add_word(struct ev_buffer *out, const char *word)
{
	ev_json_quote_plain(ev_span_str(word), out);
}

static void add_text(struct ev_buffer *out, const char *text)
{
	ev_json_quote_foreign(ev_span_str(text), out);
}

/* What a finding says in words, which may have been made fit for people. */
static void add_said(struct ev_buffer *out, const struct rp_finding *f,
		     const char *text)
{
	if (f->shown)
		ev_json_quote_shown(text, out);
	else
		add_text(out, text);
}

static void add_inputs(struct ev_buffer *out, const struct rp_finding *f)
{
	ADD(out, ",\"inputs\":[");
	for (size_t i = 0; i < f->n_inputs; i++) {
		if (i > 0)
			ADD(out, ",");
		ADD(out, "{\"item\":");
		add_text(out, f->input[i].item);
		ADD(out, ",\"length\":");
		ev_json_decimal(f->input[i].length, out);
		ADD(out, ",\"offset\":");
		ev_json_decimal(f->input[i].offset, out);
		ADD(out, "}");
	}
	ADD(out, "]");
}

static void add_bool(struct ev_buffer *out, bool value)
{
	if (value)
		ADD(out, "true");
	else
		ADD(out, "false");
}

static void add_judgement(const struct rp_case *c, const struct rp_finding *f,
			  struct ev_buffer *out)
{
	ADD(out, ",\"outcome\":");
	add_word(out, outcome_words[f->outcome]);
	if (f->reason[0] != '\0') {
		ADD(out, ",\"reason\":");
		add_said(out, f, f->reason);
	}
	ADD(out, ",\"required\":");
	add_bool(out, rp_is_required(c, f));
	ADD(out, ",\"subject\":");
	add_text(out, f->subject != NULL ? f->subject->name : "");
	ADD(out, ",\"waived\":");
	add_bool(out, rp_is_waived(c, f));
}

/* What the long way would write. */
static void add_absent(const struct rp_case *c, const struct rp_finding *f,
		       struct ev_buffer *out)
{
	ADD(out, "{\"id\":");
	add_word(out, f->check->id);
	ADD(out, ",\"inputs\":[],\"outcome\":\"skip\",\"reason\":\"" RP_ABSENT
		 "\",\"required\":");
	add_bool(out, rp_is_required(c, f));
	ADD(out, ",\"subject\":\"\",\"waived\":false}");
}

void rp_report_finding(const struct rp_case *c, const struct rp_finding *f,
		       struct ev_buffer *out)
{
	if (f->absent) {
		add_absent(c, f, out);
		return;
	}
	ADD(out, "{");
	if (f->got != NULL) {
		ADD(out, "\"got\":");
		add_said(out, f, f->got);
		ADD(out, ",");
	}
	if (f->hash != NULL) {
		ADD(out, "\"hash\":");
		add_word(out, f->hash);
		ADD(out, ",");
	}
	ADD(out, "\"id\":");
	add_word(out, f->check->id);
	add_inputs(out, f);
	add_judgement(c, f, out);
	if (f->want != NULL) {
		ADD(out, ",\"want\":");
		add_said(out, f, f->want);
	}
	ADD(out, "}");
}
