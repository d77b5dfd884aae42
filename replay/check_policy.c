/* SPDX-License-Identifier: Apache-2.0 */
/* policy.expect: values that the policy accepts. */
#include "replay/checks.h"

#include "replay/facts.h"
#include "replay/token.h"

/* One quote; of several, the inputs are those of the first few. */
static enum rp_outcome judge(const struct rp_case *c,
			     const struct rp_subject *quote,
			     const struct rp_expect *expect, const char *text,
			     struct ev_span bytes, struct rp_finding *f)
{
	if (!rp_quote_trusted(c, quote))
		return rp_skip(f, "after: %s did not pass for %s",
			       rp_quote_doubt(c, quote), quote->name);
	rp_set_got(f, "%s", text);
	if (rp_expect_lists(expect, text))
		return RP_PASS;
	f->n_inputs = 0;
	rp_input_part(f, quote->name, quote->item->bytes, bytes);
	return rp_fail(f,
		       "unexpected: the policy does not list the %s of "
		       "%s",
		       expect->fact, quote->name);
}

/* A word has a check of its own, whose failure turns the verdict; that it was
 * not answered for any subject is said here, where nobody may skip it. */
static enum rp_outcome judge_word(const struct rp_case *c,
				  const struct rp_word_fact *fact,
				  struct rp_finding *f)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_findings; i++) {
		const struct rp_finding *other = &c->findings[i];

		if (strcmp(other->check->id, fact->check) != 0 ||
		    !other->applies || other->subject == NULL)
			continue;
		if (other->outcome != RP_PASS)
			return rp_skip(f, "after: %s did not pass for %s",
				       fact->check, other->subject->name);
		rp_set_got(f, "%s", other->got);
		n++;
	}
	return n > 0 ? RP_PASS
		     : rp_skip(f, "absent: the archive has no %s", fact->name);
}

/* What says facts of bytes: quotes, then SEV-SNP reports. */
static const struct rp_subject *next_of(const struct rp_case *c,
					const struct rp_subject *from)
{
	const struct rp_subject *next =
		from == NULL ? rp_next_subject(c, RP_QUOTE, NULL) : from->next;

	if (next == NULL && (from == NULL || from->type == RP_QUOTE))
		next = rp_next_subject(c, RP_SNP, NULL);
	return next;
}

static enum rp_outcome
judge_bytes(struct rp_case *c, const struct rp_subject *s, struct rp_finding *f)
{
	const struct rp_subject *quote = NULL;
	enum rp_outcome all = RP_SKIP;
	char text[RP_FACT_TEXT_MAX];
	struct ev_span bytes;

	rp_skip(f, "absent: the archive has no %s", s->expect->fact);
	while ((quote = next_of(c, quote)) != NULL) {
		enum rp_outcome one;

		if (!rp_fact(quote, s->expect->fact, text, &bytes))
			continue;
		if (f->n_inputs < RP_INPUTS_MAX)
			rp_input_part(f, quote->name, quote->item->bytes,
				      bytes);
		one = judge(c, quote, s->expect, text, bytes, f);
		if (one != RP_PASS)
			return one;
		all = RP_PASS;
	}
	if (all == RP_PASS)
		f->reason[0] = '\0';
	return all;
}

/* Of the enclave that vouches for the key of each token of Azure's. */
static enum rp_outcome judge_enclaves(const struct rp_case *c,
				      const struct rp_expect *expect,
				      struct rp_finding *f)
{
	const struct rp_subject *s = NULL;
	enum rp_outcome all = RP_SKIP;
	char text[RP_ENCLAVE_FACT_MAX];
	struct ev_span bytes;
	const char *doubt;

	rp_skip(f, "absent: the archive has no %s", expect->fact);
	while ((s = rp_next_subject(c, RP_TOKEN_MAA, s)) != NULL) {
		const struct rp_token *t = s->token;

		if (t->parsed.code != EV_OK)
			continue;
		if (!rp_enclave_fact(&t->enclave, expect->fact, text, &bytes))
			return rp_fail(f, "unexpected: %s has no %s", s->name,
				       expect->fact);
		if (!rp_enclave_trusted(c, s, &doubt))
			return rp_skip(f, "after: %s did not pass for %s",
				       doubt, s->name);
		if (f->n_inputs < RP_INPUTS_MAX)
			rp_input_add(f, t->certs_item->name, t->certs_offset,
				     t->certs_size);
		rp_set_got(f, "%s", text);
		if (!rp_expect_lists(expect, text))
			return rp_fail(f,
				       "unexpected: the policy does not list "
				       "the %s of %s",
				       expect->fact, s->name);
		all = RP_PASS;
	}
	if (all == RP_PASS)
		f->reason[0] = '\0';
	return all;
}

enum rp_outcome rp_check_policy_expect(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct rp_word_fact *word = rp_word_fact_find(s->expect->fact);

	rp_set_want(f, "one of %zu values in the policy",
		    json_array_size(s->expect->values));
	if (rp_enclave_fact_known(s->expect->fact))
		return judge_enclaves(c, s->expect, f);
	return word != NULL ? judge_word(c, word, f) : judge_bytes(c, s, f);
}
