/* SPDX-License-Identifier: Apache-2.0 */
/* place.endorsement: a statement that is shown and never judged. */
#include "replay/checks.h"
#include "replay/endorsement.h"

enum rp_outcome rp_check_place_endorsement(struct rp_case *c,
					   const struct rp_subject *s,
					   struct rp_finding *f)
{
	ev_auto_buffer struct ev_buffer issuer = { 0 };
	char name[120];
	const char *from;

	(void)c;
	rp_input_add(f, s->name, 0, s->item->bytes.n);
	rp_endorsement_issuer(s->item, &issuer, &from);
	if (issuer.failed)
		return RP_TROUBLE;
	f->applies = false;
	if (from == NULL)
		return rp_skip(f, "not-judged: nothing says who its issuer is");
	ev_show(ev_buffer_span(&issuer), name, sizeof(name));
	f->shown = true;
	return rp_skip(f, "not-judged: the statement of %s, as its %s says",
		       name, from);
}
