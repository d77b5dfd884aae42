/* SPDX-License-Identifier: Apache-2.0 */
/* The statements that a launch carries about itself. */
#include "audit/endorsement.h"

#include <stdio.h>

size_t au_recomputed_of(const struct au_candidates *candidates,
			struct au_recomputed *out, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < candidates->n && n < max; i++) {
		const struct au_candidate *c = &candidates->item[i];

		if (c->is_default)
			out[n++] = (struct au_recomputed){
				c->launch->reg->platform_name,
				ev_span_of(c->value, c->launch->reg->size)
			};
	}
	return n;
}

/* What stands in a launch of one platform and speaks of another is wrong. */
static void refuse_others(struct au_statement *s, const char *platform)
{
	if (s->platform == NULL || strcmp(s->platform, platform) == 0)
		return;
	s->agreement = AU_CONTRADICTS;
	snprintf(s->reason, sizeof(s->reason),
		 "it stands in a launch of %s and speaks of %s", platform,
		 s->platform);
}

enum ev_code au_endorsement_read(const struct au_candidate *candidate,
				 const struct au_cose_trust *trust,
				 struct ev_crypto *crypto,
				 struct au_statements *out,
				 struct ev_error *err)
{
	const struct au_launch *launch = candidate->launch;
	const struct au_signed_document doc = {
		launch->corim, launch->corim_signature, launch->corim_offset,
		launch->corim_signature_offset, AU_COSE_IGVM
	};
	const struct au_recomputed recomputed = {
		launch->reg->platform_name,
		ev_span_of(candidate->value, launch->reg->size)
	};
	struct au_statements list = { .n = 0 };

	if (launch->corim.n > 0 &&
	    au_statement_corim(&doc, trust, crypto, &list, err) != EV_OK)
		return err->code;
	if (launch->id_block.n > 0 &&
	    au_statement_id_block(launch->id_block, launch->id_block_offset,
				  &list, err) != EV_OK)
		return err->code;
	if (list.n == 0 && out->n_silent < AU_STATEMENTS_MAX)
		out->silent[out->n_silent++] = recomputed.platform;
	au_statements_compare(&list, &recomputed, 1);
	for (size_t i = 0; i < list.n; i++) {
		refuse_others(&list.item[i], recomputed.platform);
		if (out->n < AU_STATEMENTS_MAX)
			out->item[out->n++] = list.item[i];
	}
	return EV_OK;
}

enum ev_code au_endorsements_read(const struct au_candidates *candidates,
				  const struct au_cose_trust *trust,
				  struct ev_crypto *crypto,
				  struct au_statements *out,
				  struct ev_error *err)
{
	for (size_t i = 0; i < candidates->n; i++) {
		const struct au_candidate *c = &candidates->item[i];

		if (c->is_default &&
		    au_endorsement_read(c, trust, crypto, out, err) != EV_OK)
			return err->code;
	}
	return EV_OK;
}
