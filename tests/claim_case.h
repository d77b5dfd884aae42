/* SPDX-License-Identifier: Apache-2.0 */
/* Claims as JSON, held against evidence, and what each of them came to. */
#ifndef TESTS_CLAIM_CASE_H
#define TESTS_CLAIM_CASE_H

#include "evidence/quote.h"
#include "replay/claim.h"
#include "tests/parse_case.h"

static inline struct rp_claims
claims_compared(struct ev_span json, const struct rp_claim_evidence *evidence)
{
	struct rp_claims claims = { .claim = NULL };
	struct ev_nodes nodes = { 0 };
	struct ev_error err = { 0 };

	assert_int_equal(
		ev_nodes_parse_numbers(json, 1 << 20, "token", &nodes, &err),
		EV_OK);
	assert_true(rp_claims_compare(nodes.root, json, evidence, &claims));
	ev_nodes_free(&nodes);
	return claims;
}

static inline const struct rp_claim *
claims_named(const struct rp_claims *claims, const char *name)
{
	for (size_t i = 0; i < claims->n; i++)
		if (strcmp(claims->claim[i].name, name) == 0)
			return &claims->claim[i];
	fail_msg("no claim %s", name);
	abort();
}

static inline void claims_expect(const struct rp_claims *claims,
				 const char *name, enum rp_claim_result result,
				 const char *note)
{
	const struct rp_claim *c = claims_named(claims, name);

	if (c->result != result)
		fail_msg("%s: %s, token %s, recomputed %s", name,
			 rp_claim_result_word(c->result), c->token,
			 c->recomputed != NULL ? c->recomputed : "none");
	assert_string_equal(note != NULL ? note : "none",
			    c->note != NULL ? c->note : "none");
	assert_int_equal(c->recomputed != NULL,
			 result != RP_CLAIM_NOT_RECOMPUTABLE);
	assert_int_equal(c->input.item != NULL,
			 result != RP_CLAIM_NOT_RECOMPUTABLE);
}

static const uint8_t claims_td[EV_TD_BODY_10] = { 3, 0, 9 };
static const struct rp_claim_evidence claims_of_td = {
	.body[RP_CLAIM_OF_TD] = { { claims_td, sizeof(claims_td) }, "q", 48 },
};

static inline void claims_expect_td(const char *json, const char *name,
				    enum rp_claim_result result,
				    const char *note)
{
	struct rp_claims claims =
		claims_compared(ev_span_str(json), &claims_of_td);

	claims_expect(&claims, name, result, note);
	rp_claims_free(&claims);
}

#endif
