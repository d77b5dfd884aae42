/* SPDX-License-Identifier: Apache-2.0 */
/* policy.expect: values that the policy accepts. */
#include "replay/checks.h"

#include "replay/facts.h"

enum rp_outcome rp_check_policy_expect(struct rp_case *c,
				       const struct rp_subject *s,
				       struct rp_finding *f)
{
	const struct rp_subject *quote = NULL;
	char hex[2 * 64 + 1];
	struct ev_span bytes;
	const json_t *v;
	size_t i;

	if (!rp_fact_bytes(c, s->expect->fact, &quote, &bytes))
		return rp_skip(f, "absent: the archive has no %s",
			       s->expect->fact);
	rp_input_add(f, quote->name, ev_quote_offset(&quote->quote->q, bytes),
		     bytes.n);
	if (rp_outcome_of(c, "dcap.quote.signature", quote) != RP_PASS)
		return rp_skip(f, "after: dcap.quote.signature did not pass");
	ev_hex_encode(bytes, hex);
	rp_set_want(f, "one of %zu values in the policy",
		    json_array_size(s->expect->values));
	rp_set_got(f, "%s", hex);
	json_array_foreach(s->expect->values, i,
			   v) if (strcmp(json_string_value(v), hex) ==
				  0) return RP_PASS;
	return rp_fail(f,
		       "unexpected: the policy does not list this value of "
		       "%s",
		       s->expect->fact);
}
