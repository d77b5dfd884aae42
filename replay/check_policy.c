/* SPDX-License-Identifier: Apache-2.0 */
/* policy.expect: values that the policy accepts. */
#include "replay/checks.h"

#include "replay/facts.h"

static bool is_listed(const json_t *values, const char *hex)
{
	const json_t *v;
	size_t i;

	json_array_foreach (values, i, v)
		if (strcmp(json_string_value(v), hex) == 0)
			return true;
	return false;
}

/* One quote; of several, the inputs are those of the first few. */
static enum rp_outcome judge(const struct rp_case *c,
			     const struct rp_subject *quote,
			     const struct rp_expect *expect,
			     struct ev_span bytes, struct rp_finding *f)
{
	char hex[2 * 64 + 1];

	if (!rp_quote_trusted(c, quote))
		return rp_skip(f, "after: %s did not pass for %s",
			       rp_quote_doubt(c, quote), quote->name);
	assert(2 * bytes.n < sizeof(hex));
	ev_hex_encode(bytes, hex);
	rp_set_got(f, "%s", hex);
	if (is_listed(expect->values, hex))
		return RP_PASS;
	f->n_inputs = 0;
	rp_input_part(f, quote->name, quote->item->bytes, bytes);
	return rp_fail(f,
		       "unexpected: the policy does not list the %s of "
		       "%s",
		       expect->fact, quote->name);
}

enum rp_outcome rp_check_policy_expect(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct rp_subject *quote = NULL;
	enum rp_outcome all = RP_SKIP;
	struct ev_span bytes;

	rp_skip(f, "absent: the archive has no %s", s->expect->fact);
	rp_set_want(f, "one of %zu values in the policy",
		    json_array_size(s->expect->values));
	while ((quote = rp_next_subject(c, RP_QUOTE, quote)) != NULL) {
		enum rp_outcome one;

		if (!rp_fact_bytes(quote, s->expect->fact, &bytes))
			continue;
		if (f->n_inputs < RP_INPUTS_MAX)
			rp_input_part(f, quote->name, quote->item->bytes,
				      bytes);
		one = judge(c, quote, s->expect, bytes, f);
		if (one != RP_PASS)
			return one;
		all = RP_PASS;
	}
	if (all == RP_PASS)
		f->reason[0] = '\0';
	return all;
}
