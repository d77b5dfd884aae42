/* SPDX-License-Identifier: Apache-2.0 */
/* maa.enclave*: what vouches for the key that signed a token. */
#include "replay/checks.h"

#include "evidence/key_digest.h"
#include "replay/token.h"

#include <stdio.h>

/* RP_PASS where there is evidence that could be read. */
static enum rp_outcome evidence_state(const struct rp_subject *s,
				      struct rp_finding *f)
{
	const struct rp_token *t = s->token;
	const struct rp_enclave *e = &t->enclave;

	if (t->n_certs == 0)
		return rp_skip(f, "absent: the certificate of the token's "
				  "key");
	rp_input_add(f, t->certs_item->name, t->certs_offset, t->certs_size);
	if (e->parsed.code != EV_OK)
		return rp_refused(f, "evidence", &e->parsed.err);
	/* A certificate behind the leaf is nobody's word for it where the leaf
	 * is signed by itself. */
	if (e->evidence.form == EV_MAA_NONE && t->n_certs > 1 &&
	    !t->cert[0].self_issued)
		return rp_skip(f, "platform-key: the key is certified by a CA, "
				  "no enclave vouches for it");
	if (e->evidence.form == EV_MAA_NONE)
		return rp_fail(f, "no-evidence: nobody but itself vouches for "
				  "the key, neither an enclave nor a CA");
	if (e->report_parsed.code != EV_OK)
		return rp_refused(f, "evidence", &e->report_parsed.err);
	return RP_PASS;
}

/* Ids of the rows that were skipped, as far as there is room. */
static void name_skipped(const struct rp_enclave *e, char *out, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < e->n_rows; i++) {
		int n;

		if (e->row[i].outcome != RP_SKIP)
			continue;
		n = snprintf(out + at, size - at, "%s%s", at > 0 ? ", " : "",
			     e->row[i].check->id);
		if (n < 0 || (size_t)n >= size - at)
			return;
		at += (size_t)n;
	}
}

static enum rp_outcome judge_rows(const struct rp_enclave *e,
				  struct rp_finding *f)
{
	char skipped[RP_REASON_MAX - 40] = "";
	size_t n_passed = 0;

	rp_set_want(f, "%zu checks pass", e->n_rows);
	for (size_t i = 0; i < e->n_rows; i++) {
		const struct rp_enclave_row *row = &e->row[i];

		n_passed += row->outcome == RP_PASS;
		if (row->outcome != RP_FAIL)
			continue;
		rp_set_got(f, "%s%s%s", row->check->id,
			   row->got[0] != '\0' ? " " : "", row->got);
		f->shown = row->shown;
		return rp_fail(f, "%s: %.200s", row->check->id, row->reason);
	}
	rp_set_got(f, "%zu checks pass", n_passed);
	if (n_passed == e->n_rows)
		return RP_PASS;
	name_skipped(e, skipped, sizeof(skipped));
	return rp_skip(f, "incomplete: %s", skipped);
}

/* Tokens of one key are of one enclave, which is judged once. */
static bool repeat(const struct rp_case *c, struct rp_token *t)
{
	for (size_t i = 0; i < c->n_enclaves; i++) {
		const struct rp_token *other = c->enclaves[i];

		if (!ev_span_eq(other->cert[0].der, t->cert[0].der))
			continue;
		rp_enclave_repeat(&other->enclave, &t->enclave);
		return true;
	}
	return false;
}

enum rp_outcome rp_check_maa_enclave(struct rp_case *c,
				     const struct rp_subject *s,
				     struct rp_finding *f)
{
	enum rp_outcome state = evidence_state(s, f);

	if (state != RP_PASS)
		return state;
	if (!repeat(c, s->token)) {
		if (c->n_enclaves == RP_ENCLAVES_MAX)
			return rp_fail(f, "limit: only %d keys are followed",
				       RP_ENCLAVES_MAX);
		if (!rp_enclave_judge(c, s->token->certs_item->name,
				      &s->token->enclave))
			return RP_TROUBLE;
		c->enclaves[c->n_enclaves++] = s->token;
	}
	return judge_rows(&s->token->enclave, f);
}

enum rp_outcome rp_check_maa_enclave_binding(struct rp_case *c,
					     const struct rp_subject *s,
					     struct rp_finding *f)
{
	enum rp_outcome state = evidence_state(s, f);
	uint8_t want[64] = { 0 };

	if (state != RP_PASS)
		return state;
	f->hash = ev_digest_name(EV_SHA256);
	if (!ev_key_commitment(c->crypto, s->token->cert[0].spki, want))
		return RP_TROUBLE;
	state = rp_expect(f, EV_SPAN(want),
			  rp_enclave_report_data(&s->token->enclave));
	return state == RP_FAIL
		       ? rp_fail(f, "mismatch: the enclave's report data do "
				    "not commit to the certificate's key")
		       : state;
}

enum rp_outcome rp_check_maa_enclave_debug(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	enum rp_outcome state = evidence_state(s, f);
	bool debug;

	(void)c;
	if (state != RP_PASS)
		return state;
	debug = rp_enclave_is_debug(&s->token->enclave);
	if (rp_expect_text(f, "no debug", debug ? "debug" : "no debug") ==
	    RP_TROUBLE)
		return RP_TROUBLE;
	return debug ? rp_fail(f, "debug: whoever runs the service can look "
				  "into the enclave")
		     : RP_PASS;
}
