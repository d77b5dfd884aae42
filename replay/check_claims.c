/* SPDX-License-Identifier: Apache-2.0 */
/* maa.claims, ita.claims: what a token says, held against the evidence. */
#include "replay/checks.h"

#include "replay/claim_evidence.h"

#include <stdio.h>

/* Names of what differs, as far as a reason has room. */
static void name_all(const struct rp_claims *claims, char *out, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < claims->n; i++) {
		const struct rp_claim *c = &claims->claim[i];
		int n;

		if (c->result != RP_CLAIM_DIFFERS)
			continue;
		n = snprintf(out + at, size - at, "%s%s%s%s%s",
			     at > 0 ? ", " : "", c->name,
			     c->note != NULL ? " (" : "",
			     c->note != NULL ? c->note : "",
			     c->note != NULL ? ")" : "");
		if (n < 0 || (size_t)n >= size - at)
			return;
		at += (size_t)n;
	}
}

static void inputs(struct rp_finding *f, const struct rp_subject *s)
{
	const struct rp_subject *e = s->token->evidence;

	rp_input_part(f, s->name, s->item->bytes, s->token->jwt.payload_text);
	if (e->type == RP_SNP)
		rp_input_add(f, e->name, e->snp->report.offset,
			     e->snp->report.item.n);
	else
		rp_input_add(f, e->name, 0, e->quote->q.quote.n);
}

enum rp_outcome rp_check_claims(struct rp_case *c, const struct rp_subject *s,
				struct rp_finding *f)
{
	const struct rp_claims *claims = &s->token->claims;
	size_t equal = claims->count[RP_CLAIM_EQUAL];
	size_t differ = claims->count[RP_CLAIM_DIFFERS];
	char names[RP_REASON_MAX - 16];

	(void)c;
	if (s->token->evidence == NULL)
		return rp_skip(f, "absent: a quote or report that the token "
				  "speaks of");
	inputs(f, s);
	rp_set_want(f, "%zu recomputed claims equal", equal + differ);
	rp_set_got(f, "%zu equal, %zu not recomputable", equal,
		   claims->count[RP_CLAIM_NOT_RECOMPUTABLE]);
	if (claims->too_many)
		return rp_fail(f, "limit: more than %d claims", RP_CLAIMS_MAX);
	name_all(claims, names, sizeof(names));
	f->shown = true; /* as names are */
	if (differ > 0)
		return rp_fail(f, "differs: %s", names);
	if (equal == 0)
		return rp_skip(f, "nothing: no claim of this token can be "
				  "recomputed");
	if (claims->n_measured == 0)
		return rp_skip(f, "unmeasured: the token claims neither a "
				  "measurement nor the report data, so that "
				  "it may be of another machine");
	return RP_PASS;
}
